/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"

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
        if (!is_letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
            return false;
    }
    struct str rest = str_from_pos(name, colon + 1);
    return str_has_prefix(rest, STR("/")) || str_has_prefix(name, STR("arn:")) ||
           str_has_prefix(rest, STR(HOLE_TEXT "/"));
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

struct suffix {
    struct str text;
    enum shell_what what;
    bool is_data; /* nothing but data is called so */
};

#define S(text, what, is_data)                                                                     \
    {                                                                                              \
        STR_INIT(text), what, is_data                                                              \
    }
static const struct suffix suffixes[] = {
#include "lineage/shell_suffixes.def"
};
#undef S

static const struct suffix *find_suffix(struct str base)
{
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (base.len > suffixes[i].text.len && str_has_suffix_nocase(base, suffixes[i].text))
            return &suffixes[i];
    }
    return NULL;
}

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
    return is_github || has_version(base);
}

static bool has_model_word(struct str base)
{
    return contains_word(base, "model") || contains_word(base, "Model") ||
           contains_word(base, "weights") || contains_word(base, "checkpoint");
}

static enum shell_what refined(enum shell_what what, struct str name, struct str base)
{
    if (what == SHELL_ARCHIVE && is_program_archive(name, base))
        return SHELL_CODE;
    if (what == SHELL_ARCHIVE && has_model_word(base) && str_contains(base, STR(".tar")))
        return SHELL_MODEL;
    if (what == SHELL_DATA && has_model_word(base) &&
        (str_contains(base, STR(".p")) || str_contains(base, STR(".h5")) ||
         str_contains(base, STR(".bin"))))
        return SHELL_MODEL;
    if (what == SHELL_DATA && str_contains(base, STR(".json")) &&
        (contains_word(base, "config") || contains_word(base, "credential") ||
         contains_word(base, "setting") || contains_word(base, "kaggle.json")))
        return SHELL_CONFIG;
    if (what == SHELL_DATA && str_contains(base, STR(".txt")) &&
        (contains_word(base, "requirements") || contains_word(base, "log.txt") ||
         contains_word(base, "_log") || contains_word(base, "README")))
        return contains_word(base, "log") ? SHELL_LOG : SHELL_CODE;
    return what;
}

enum shell_what shell_what_of(struct str name)
{
    name = without_query(name);
    struct str base = shell_base_name(name);
    if (str_has_suffix(name, STR("/"))) {
        base = shell_base_name(str_slice(name, 0, name.len - 1));
        return str_eq(base, STR("logs")) ? SHELL_LOG : SHELL_DATA;
    }
    const struct suffix *s = find_suffix(base);
    return refined(s == NULL ? SHELL_DATA : s->what, name, base);
}

bool shell_has_data_suffix(struct str name)
{
    const struct suffix *s = find_suffix(shell_base_name(without_query(name)));
    return s != NULL && s->is_data && shell_what_of(name) == s->what;
}
