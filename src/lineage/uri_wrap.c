/*
 * uri_wrap: locations inside other notations.
 *
 *   simplecache::s3://b/k   zip://x.csv::s3://b/k.zip    fsspec: the last link is the place
 *   /vsis3/b/k  /vsizip/vsicurl/https://h/x.zip/y.shp    GDAL's virtual file systems
 *   jar:file:/x.jar!/y  zip+https://h/x.zip!y            parts of an archive: the archive
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri_internal.h"

#include <string.h>

/* Exactly these, or anything that begins with those: no place for data. */
static const struct str nowhere[] = {
    STR_INIT("-"),           STR_INIT(":memory:"),     STR_INIT("stdin"),
    STR_INIT("stdout"),      STR_INIT("stderr"),       STR_INIT("<stdin>"),
    STR_INIT("/dev/stdin"),  STR_INIT("/dev/stdout"),  STR_INIT("/dev/stderr"),
    STR_INIT("/dev/null"),   STR_INIT("/dev/zero"),    STR_INIT("/dev/tty"),
    STR_INIT("/dev/random"), STR_INIT("/dev/urandom"),
};
static const struct str nowhere_prefixes[] = {
    STR_INIT("/dev/fd/"), STR_INIT("/vsimem/"), STR_INIT("/vsistdin"), STR_INIT("/vsistdout"),
    STR_INIT("memory:"),  STR_INIT("mailto:"),  STR_INIT(":memory:"),
};

static bool is_nowhere(struct str text)
{
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        if (str_eq(text, nowhere[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof nowhere_prefixes / sizeof nowhere_prefixes[0]; i++) {
        if (str_has_prefix_nocase(text, nowhere_prefixes[i]))
            return true;
    }
    /* RFC 2397: the data stand in the text itself. */
    return str_has_prefix_nocase(text, STR("data:")) && str_find_char(text, ',') != SIZE_MAX;
}

/* Links of a chain ("zip", "zip://inner.csv") that are no location of their own. */
static const struct str links[] = {
    STR_INIT("simplecache"), STR_INIT("filecache"), STR_INIT("blockcache"), STR_INIT("cached"),
    STR_INIT("zip"),         STR_INIT("tar"),       STR_INIT("libarchive"), STR_INIT("reference"),
    STR_INIT("dask"),        STR_INIT("dir"),       STR_INIT("generic"),    STR_INIT("jlab"),
};

static bool is_link(struct str part)
{
    struct str scheme = uri_scheme(part);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (str_eq(scheme.len > 0 ? scheme : part, links[i]))
            return true;
    }
    return false;
}

/* One link off the front of a chain. */
static bool unchain(struct str *text)
{
    size_t at = str_find(*text, STR("::"), 0);
    if (at == SIZE_MAX || !is_link(str_slice(*text, 0, at)))
        return false;
    *text = str_from_pos(*text, at + 2);
    return true;
}

/* A path of GDAL: what stands for its prefix.  With NULL the rest is a path or URI of its own. */
static const struct {
    struct str prefix;
    const char *scheme;
    bool is_archive; /* the rest goes on inside the archive */
} gdal[] = {
    { STR_INIT("/vsis3/"), "s3://", false },
    { STR_INIT("/vsis3_streaming/"), "s3://", false },
    { STR_INIT("/vsigs/"), "gs://", false },
    { STR_INIT("/vsigs_streaming/"), "gs://", false },
    { STR_INIT("/vsiaz/"), "az://", false },
    { STR_INIT("/vsiaz_streaming/"), "az://", false },
    { STR_INIT("/vsiadls/"), "abfs://", false },
    { STR_INIT("/vsioss/"), "oss://", false },
    { STR_INIT("/vsiswift/"), "swift://", false },
    { STR_INIT("/vsihdfs/"), NULL, false },
    { STR_INIT("/vsicurl/"), NULL, false },
    { STR_INIT("/vsicurl_streaming/"), NULL, false },
    { STR_INIT("/vsigzip/"), NULL, true },
    { STR_INIT("/vsizip/"), NULL, true },
    { STR_INIT("/vsitar/"), NULL, true },
};

static const struct str archives[] = {
    STR_INIT(".zip"), STR_INIT(".jar"), STR_INIT(".kmz"), STR_INIT(".tar"),
    STR_INIT(".tgz"), STR_INIT(".gz"),  STR_INIT(".bz2"), STR_INIT(".7z"),
};

static bool ends_archive(struct str text)
{
    for (size_t i = 0; i < sizeof archives / sizeof archives[0]; i++) {
        if (str_has_suffix_nocase(text, archives[i]))
            return true;
    }
    return false;
}

/* Cut text behind the name of an archive that the byte c follows. */
static struct str cut_inside(struct str text, char c)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == c && ends_archive(str_slice(text, 0, i)))
            return str_slice(text, 0, i);
    }
    return text;
}

/* "/vsizip/{/vsis3/b/x.zip}/y" marks where the archive's name ends. */
static struct str unbrace(struct str text)
{
    size_t end = str_find_char(text, '}');
    return text.len > 0 && text.ptr[0] == '{' && end != SIZE_MAX ? str_slice(text, 1, end) : text;
}

static bool ungdal(struct arena *a, struct str *text)
{
    if (!str_has_prefix(*text, STR("/vsi")))
        return false;
    for (size_t i = 0; i < sizeof gdal / sizeof gdal[0]; i++) {
        if (!str_has_prefix(*text, gdal[i].prefix))
            continue;
        struct str rest = str_from_pos(*text, gdal[i].prefix.len);
        if (gdal[i].scheme != NULL) {
            *text = arena_concat(a, str_from(gdal[i].scheme), rest);
            return true;
        }
        /* The "/" of "/vsizip/vsis3/" serves both. */
        if (str_has_prefix(rest, STR("vsi")))
            rest = str_from_pos(*text, gdal[i].prefix.len - 1);
        *text = gdal[i].is_archive ? cut_inside(unbrace(rest), '/') : rest;
        return true;
    }
    return false;
}

/* "jar:", "zip://", "zip+s3://" and their like in front. */
static bool unwrap_scheme(struct str *text)
{
    static const struct str wrappers[] = { STR_INIT("jar"), STR_INIT("zip"), STR_INIT("tar"),
                                           STR_INIT("gzip") };
    struct str scheme = uri_scheme(*text), outer, inner;
    bool has_inner = str_cut(scheme, '+', &outer, &inner);
    for (size_t i = 0; i < sizeof wrappers / sizeof wrappers[0]; i++) {
        if (!str_eq_nocase(outer, wrappers[i]))
            continue;
        *text = str_from_pos(*text, (has_inner ? outer.len : scheme.len) + 1);
        if (!has_inner && str_has_prefix(*text, STR("//")))
            *text = str_from_pos(*text, 2);
        return true;
    }
    return false;
}

struct str uri_unwrap(struct arena *a, struct str text, bool *is_nowhere_out)
{
    /* Each step but the last shortens the text, "/vsis3/" too. */
    while (unchain(&text) || unwrap_scheme(&text) || ungdal(a, &text))
        text = str_trim(text);
    text = cut_inside(text, '!');
    *is_nowhere_out = is_nowhere(text);
    return text;
}
