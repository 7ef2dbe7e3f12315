/*
 * uri_what: what a location holds, by the end of its name.
 *
 * A compression's suffix is taken off first ("x.csv.gz"), unless it makes an archive ("x.tar.gz").
 * Pickles are data: what they hold cannot be told by the name, unless it says so itself.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri.h"

#include "util/attrs.h"

#include <stdlib.h>

enum { SUFFIX_MAX = 16 }; /* bytes of the longest suffix that is known */

struct ending {
    struct str suffix; /* without "." */
    enum uri_what what;
};

/* clang-format off */
static const struct ending endings[] = {
#define ENDING(suffix, what) { STR_INIT(suffix), URI_WHAT_##what },
#include "lineage/uri_endings.def"
#undef ENDING
};
/* clang-format on */

/* Whole names. */
static const struct ending names[] = {
    { STR_INIT("dockerfile"), URI_WHAT_CODE },
    { STR_INIT("makefile"), URI_WHAT_CODE },
    { STR_INIT("jenkinsfile"), URI_WHAT_CODE },
    { STR_INIT("requirements.txt"), URI_WHAT_CONFIG },
    { STR_INIT("environment.yml"), URI_WHAT_CONFIG },
    { STR_INIT("config.json"), URI_WHAT_CONFIG },
    { STR_INIT("settings.json"), URI_WHAT_CONFIG },
    { STR_INIT("package.json"), URI_WHAT_CONFIG },
    { STR_INIT("credentials"), URI_WHAT_CONFIG },
    { STR_INIT("credentials.json"), URI_WHAT_CONFIG },
    { STR_INIT("token.json"), URI_WHAT_CONFIG },
    { STR_INIT("service_account.json"), URI_WHAT_CONFIG },
    { STR_INIT(".env"), URI_WHAT_CONFIG },
    { STR_INIT(".netrc"), URI_WHAT_CONFIG },
    { STR_INIT("readme"), URI_WHAT_DOCUMENT },
    { STR_INIT("readme.txt"), URI_WHAT_DOCUMENT },
    { STR_INIT("license"), URI_WHAT_DOCUMENT },
    { STR_INIT("license.txt"), URI_WHAT_DOCUMENT },
    { STR_INIT("changelog"), URI_WHAT_DOCUMENT },
    { STR_INIT("model.tar.gz"), URI_WHAT_MODEL },
    { STR_INIT("model.pkl"), URI_WHAT_MODEL },
    { STR_INIT("model.pickle"), URI_WHAT_MODEL },
    { STR_INIT("model.json"), URI_WHAT_MODEL },
    { STR_INIT("model.h5"), URI_WHAT_MODEL },
};

static enum uri_what what_of_name(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_nocase(names[i].suffix, name))
            return names[i].what;
    return URI_WHAT_UNKNOWN;
}

static int by_suffix(const void *suffix, const void *ending)
{
    return str_cmp(*(const struct str *)suffix, ((const struct ending *)ending)->suffix);
}

static enum uri_what what_of_suffix(struct str suffix)
{
    char lower[SUFFIX_MAX];
    if (suffix.len == 0 || suffix.len > sizeof lower)
        return URI_WHAT_UNKNOWN;
    for (size_t i = 0; i < suffix.len; i++) {
        char c = suffix.ptr[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    suffix.ptr = lower;
    const struct ending *found =
        bsearch(&suffix, endings, ARRAY_LEN(endings), sizeof endings[0], by_suffix);
    return found == NULL ? URI_WHAT_UNKNOWN : found->what;
}

static bool is_compression(struct str suffix)
{
    static const struct str all[] = {
        STR_INIT("gz"),  STR_INIT("gzip"), STR_INIT("bz2"),     STR_INIT("xz"),
        STR_INIT("zst"), STR_INIT("zstd"), STR_INIT("lz4"),     STR_INIT("snappy"),
        STR_INIT("br"),  STR_INIT("lzo"),  STR_INIT("deflate"),
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (str_eq_nocase(suffix, all[i]))
            return true;
    return false;
}

/* Cut the suffix off *name; empty when there is none. */
static struct str take_suffix(struct str *name)
{
    size_t dot = str_rfind_char(*name, '.');
    if (dot == SIZE_MAX || dot == 0)
        return STR_EMPTY;
    struct str suffix = str_from_pos(*name, dot + 1);
    *name = str_slice(*name, 0, dot);
    return suffix;
}

enum uri_what uri_what(struct str uri)
{
    if (str_has_prefix(uri, STR("table:")) || str_has_prefix(uri, STR("stream:")) ||
        str_has_prefix(uri, STR("builtin:")))
        return URI_WHAT_DATA;
    struct str scheme, path, name = uri_base_name(uri);
    if (str_find_char(uri, '/') == SIZE_MAX && str_cut(uri, ':', &scheme, &path))
        name = path;
    enum uri_what what = what_of_name(name);
    if (what != URI_WHAT_UNKNOWN)
        return what;
    struct str suffix = take_suffix(&name), inner = name;
    if (is_compression(suffix)) {
        struct str under = take_suffix(&inner);
        what = what_of_suffix(under);
        return what == URI_WHAT_UNKNOWN ? URI_WHAT_DATA : what;
    }
    return what_of_suffix(suffix);
}
