/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"
#include "lineage/uri.h"

/* ---- parts of names ---- */

bool shell_is_unknown(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != HOLE_BYTE)
            return false;
    }
    return true;
}

bool shell_is_remote(struct str name)
{
    size_t colon = str_find_char(name, ':');
    if (colon == SIZE_MAX || colon < 2)
        return false;
    for (size_t i = 0; i < colon; i++) {
        char c = name.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool is_other = (c >= '0' && c <= '9') || str_find_char(STR("+-.@"), c) != SIZE_MAX;
        if (!is_letter && (i == 0 || !is_other))
            return false;
    }
    return true;
}

/* A URL without "?query" and "#fragment". */
static struct str without_query(struct str name)
{
    if (!str_has_prefix(name, STR("http")))
        return name;
    name = str_slice(name, 0, str_find_char(name, '#'));
    return str_slice(name, 0, str_find_char(name, '?'));
}

struct str shell_base_name(struct str name)
{
    size_t slash = str_rfind_char(name, '/');
    return slash == SIZE_MAX ? name : str_from_pos(name, slash + 1);
}

struct str shell_join(struct arena *a, struct str folder, struct str name)
{
    const char *slash = str_has_suffix(folder, STR("/")) || folder.len == 0 ? "" : "/";
    if (str_eq(folder, STR(".")))
        return name;
    if (str_eq(name, STR(".")))
        return folder;
    while (str_has_prefix(name, STR("./")))
        name = str_from_pos(name, 2);
    return arena_printf(a, "%.*s%s%.*s", STR_FMT(folder), slash, STR_FMT(name));
}

/* ---- what a name tells ---- */

static const enum shell_what kinds[] = {
    [URI_WHAT_UNKNOWN] = SHELL_DATA,    [URI_WHAT_DATA] = SHELL_DATA,
    [URI_WHAT_MODEL] = SHELL_MODEL,     [URI_WHAT_FIGURE] = SHELL_FIGURE,
    [URI_WHAT_CODE] = SHELL_CODE,       [URI_WHAT_CONFIG] = SHELL_CONFIG,
    [URI_WHAT_ARCHIVE] = SHELL_ARCHIVE, [URI_WHAT_DOCUMENT] = SHELL_DOCUMENT,
};

static bool contains_word(struct str s, const char *word)
{
    return str_contains(s, str_from(word));
}

/* "1.2.3" behind a letter's end: the name of a release. */
static bool has_version(struct str s)
{
    unsigned dots = 0;
    bool was_digit = false;
    for (size_t i = 0; i < s.len; i++) {
        bool is_digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
        if (s.ptr[i] == '.' && was_digit)
            dots++;
        else if (is_digit && dots == 2)
            return true;
        else if (!is_digit)
            dots = 0;
        was_digit = is_digit;
    }
    return false;
}

/* Archives of programs: releases, source trees, builds for a machine. */
static bool is_program_archive(struct str name, struct str base)
{
    static const char *const marks[] = { "linux", "Linux",   "amd64", "x86_64", "darwin",
                                         "arm64", "aarch64", "-bin.", "-src.",  "bin-hadoop" };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (contains_word(base, marks[i]))
            return true;
    }
    bool is_github = contains_word(name, "github.com/") &&
                     (contains_word(name, "/archive/") || contains_word(name, "/zipball/") ||
                      contains_word(name, "/tarball/"));
    size_t release = str_find(name, STR("/releases/download/v"), 0);
    bool is_release = release != SIZE_MAX && contains_word(name, "github.com/") &&
                      release + 20 < name.len && name.ptr[release + 20] >= '0' &&
                      name.ptr[release + 20] <= '9';
    return is_github || is_release || has_version(base);
}

static bool has_model_word(struct str base)
{
    return contains_word(base, "model") || contains_word(base, "Model") ||
           contains_word(base, "weights") || contains_word(base, "checkpoint");
}

/* Files of the machine and its programs. */
static bool is_of_system(struct str name, struct str base)
{
    static const char *const folders[] = { "/etc/", "/usr/", "/lib/",  "/bin/",
                                           "/sys/", "~/.",   "/root/." };
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        if (str_has_prefix(name, str_from(folders[i])))
            return true;
    }
    if (str_eq(name, STR("/bin")))
        return true;
    return base.len > 1 && base.ptr[0] == '.' && base.ptr[1] != '.' && !shell_is_remote(name);
}

/* What commands tell beyond the suffix. */
static enum shell_what refined(enum shell_what what, struct str name, struct str base)
{
    if (what == SHELL_ARCHIVE && is_program_archive(name, base))
        return SHELL_CODE;
    bool is_packed = what == SHELL_ARCHIVE || str_contains(base, STR(".p")) ||
                     str_contains(base, STR(".h5")) || str_contains(base, STR(".bin")) ||
                     str_contains(base, STR(".tar"));
    if ((what == SHELL_ARCHIVE || what == SHELL_DATA) && is_packed && has_model_word(base))
        return SHELL_MODEL;
    if (what == SHELL_DATA && str_contains(base, STR(".json")) &&
        (contains_word(base, "config") || contains_word(base, "credential") ||
         contains_word(base, "setting") || str_eq(base, STR("kaggle.json"))))
        return SHELL_CONFIG;
    if (what == SHELL_DATA && str_contains(base, STR(".txt")) &&
        (contains_word(base, "requirements") || contains_word(base, "log.txt") ||
         contains_word(base, "_log")))
        return SHELL_DOCUMENT;
    return what;
}

enum shell_what shell_what_of(struct str name)
{
    struct str whole = without_query(name), base = shell_base_name(whole);
    if (is_of_system(whole, base))
        return SHELL_CONFIG;
    if (str_has_suffix(whole, STR("/"))) {
        base = shell_base_name(str_slice(whole, 0, whole.len - 1));
        return str_eq(base, STR("logs")) ? SHELL_DOCUMENT : SHELL_DATA;
    }
    return refined(kinds[uri_what(whole)], whole, base);
}

bool shell_has_data_suffix(struct str name)
{
    struct str whole = without_query(name);
    enum uri_what what = uri_what(whole);
    return (what == URI_WHAT_DATA || what == URI_WHAT_ARCHIVE) &&
           kinds[what] == shell_what_of(name) && !str_has_suffix(whole, STR("/"));
}
