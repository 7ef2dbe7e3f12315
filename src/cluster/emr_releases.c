/* emr_releases: what a release of EMR can do, by the table of releases.def. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"
#include "util/clock.h"
#include "util/scan.h"

#define NEWEST_RELEASE "emr-7.14.0"

struct version {
    struct str line; /* "emr-", "emr-spark-" */
    uint64_t major, minor, patch;
};

static const struct release {
    struct version version;
    struct str support_ends;
    bool has_hub, keeps_notebooks, ends_idle;
} releases[] = {
#define R(line, major, minor, patch, support_ends, has_hub, keeps_notebooks, ends_idle)            \
    { { STR_INIT(line), major, minor, patch },                                                     \
      STR_INIT(support_ends),                                                                      \
      has_hub,                                                                                     \
      keeps_notebooks,                                                                             \
      ends_idle },
#include "cluster/releases.def"
#undef R
};

struct str emr_release_at(size_t i)
{
    static const struct str names[] = {
#define L(line, major, minor, patch) STR_INIT(line #major "." #minor "." #patch),
#include "cluster/release_labels.def"
#undef L
    };
    return i < ARRAY_LEN(names) ? names[i] : STR_EMPTY;
}

struct str emr_releases_as_of(void)
{
    return STR("2026-11-25");
}

static int version_cmp(const struct version *a, const struct version *b)
{
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor)
        return a->minor < b->minor ? -1 : 1;
    return (a->patch > b->patch) - (a->patch < b->patch);
}

static bool version_parse(struct str release, struct version *out)
{
    struct str spark = STR("emr-spark-");
    out->line = str_has_prefix(release, spark) ? spark : STR("emr-");
    struct scan s = scan_init(release);
    return scan_str(&s, out->line) && scan_u64(&s, 999, &out->major) && scan_char(&s, '.') &&
           scan_u64(&s, 999, &out->minor) && scan_char(&s, '.') && scan_u64(&s, 999, &out->patch) &&
           scan_is_done(&s);
}

/* The last row of its line that is not newer; NULL: it is older than all. */
static const struct release *row_of(const struct version *v)
{
    const struct release *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(releases); i++)
        if (str_eq(releases[i].version.line, v->line) && version_cmp(&releases[i].version, v) <= 0)
            found = &releases[i];
    return found;
}

bool emr_release_check(struct str release, struct err *err)
{
    struct version v;
    struct str shown = str_slice(release, 0, 40);
    if (!version_parse(release, &v)) {
        err_set(err, ERR_CONFIG, "clusters.release: \"%.*s\" is no release of EMR", STR_FMT(shown));
        return err_fix(err, "Write it as EMR does: " NEWEST_RELEASE ".");
    }
    const struct release *row = row_of(&v);
    if (row == NULL || !row->has_hub) {
        err_set(err, ERR_CONFIG, "clusters.release: %.*s has no JupyterHub", STR_FMT(shown));
        return err_fix(err, "Set a release of the emr- line, such as " NEWEST_RELEASE ".");
    }
    if (!row->keeps_notebooks) {
        err_set(err, ERR_CONFIG, "clusters.release: %.*s cannot keep notebooks on S3",
                STR_FMT(shown));
        return err_fix(err, "The first that can is emr-5.17.0; the newest, " NEWEST_RELEASE
                            ", is better.");
    }
    return true;
}

bool emr_release_ends_idle(struct str release)
{
    struct version v;
    const struct release *row = version_parse(release, &v) ? row_of(&v) : NULL;
    return row != NULL && row->ends_idle;
}

struct emr_release emr_release_describe(struct str release)
{
    struct version v;
    const struct release *row = version_parse(release, &v) ? row_of(&v) : NULL;
    if (row == NULL)
        return (struct emr_release){ .has_hub = false };
    return (struct emr_release){ row->has_hub, row->keeps_notebooks, row->ends_idle };
}

static bool is_before(struct str date, int64_t now_unix_ms)
{
    char today[RFC3339_SIZE];
    time_rfc3339(now_unix_ms, today);
    return str_cmp(date, str_slice(str_from(today), 0, 10)) < 0;
}

struct emr_support emr_release_support(struct str release, int64_t now_unix_ms)
{
    struct emr_support support = { .ends = STR_EMPTY };
    struct version v;
    if (!version_parse(release, &v))
        return support;
    /* Releases end in the order in which they came: what is older than one that has ended has ended
     * too. */
    for (size_t i = 0; i < ARRAY_LEN(releases); i++) {
        const struct release *r = &releases[i];
        if (r->support_ends.len == 0 || !str_eq(r->version.line, v.line))
            continue;
        int order = version_cmp(&r->version, &v);
        if (order == 0)
            support.ends = r->support_ends;
        if (order >= 0 && is_before(r->support_ends, now_unix_ms))
            support.has_ended = true;
    }
    return support;
}
