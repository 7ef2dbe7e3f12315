/* emr_settings: can clusters be made by these settings?  Told at start, before money is spent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"
#include "util/scan.h"

struct version {
    uint64_t major, minor, patch;
};

/* The first release whose JupyterHub keeps notebooks on S3. */
static const struct version first_release = { 5, 17, 0 };
#define FIRST_RELEASE "emr-5.17.0"
#define NEWEST_RELEASE "emr-7.14.0"

static int version_cmp(struct version a, struct version b)
{
    if (a.major != b.major)
        return a.major < b.major ? -1 : 1;
    if (a.minor != b.minor)
        return a.minor < b.minor ? -1 : 1;
    return (a.patch > b.patch) - (a.patch < b.patch);
}

static bool version_parse(struct str release, struct version *out)
{
    struct scan s = scan_init(release);
    return scan_str(&s, STR("emr-")) && scan_u64(&s, 999, &out->major) && scan_char(&s, '.') &&
           scan_u64(&s, 999, &out->minor) && scan_char(&s, '.') && scan_u64(&s, 999, &out->patch) &&
           scan_is_done(&s);
}

bool emr_release_check(struct str release, struct err *err)
{
    struct version v;
    struct str shown = str_slice(release, 0, 40);
    if (str_has_prefix(release, STR("emr-spark-"))) {
        err_set(err, ERR_CONFIG, "clusters.release: %.*s has no JupyterHub", STR_FMT(shown));
        return err_fix(err, "Set a release of the emr- line, such as " NEWEST_RELEASE ".");
    }
    if (!version_parse(release, &v)) {
        err_set(err, ERR_CONFIG, "clusters.release: \"%.*s\" is no release of EMR", STR_FMT(shown));
        return err_fix(err, "Write it as EMR does: " NEWEST_RELEASE ".");
    }
    if (version_cmp(v, first_release) < 0) {
        err_set(err, ERR_CONFIG, "clusters.release: %.*s cannot keep notebooks on S3",
                STR_FMT(shown));
        return err_fix(err, "The nearest that can is " FIRST_RELEASE "; the newest " NEWEST_RELEASE
                            " is better.");
    }
    return true;
}

bool emr_release_ends_idle(struct str release)
{
    struct version v;
    if (!version_parse(release, &v))
        return false;
    return version_cmp(v, (struct version){ 6, 1, 0 }) >= 0 ||
           (v.major == 5 && version_cmp(v, (struct version){ 5, 30, 0 }) >= 0);
}

/* A family, a dot, a size: "m5.xlarge", "u-6tb1.112xlarge". */
static bool is_instance_type(struct str type)
{
    struct str family, size;
    if (type.len > 40 || !str_cut(type, '.', &family, &size) || family.len < 2 || size.len < 2)
        return false;
    for (size_t i = 0; i < type.len; i++) {
        char c = type.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || i == family.len))
            return false;
    }
    return true;
}

static bool check_type(struct str type, const char *setting, struct err *err)
{
    if (is_instance_type(type))
        return true;
    err_set(err, ERR_CONFIG, "clusters.%s: \"%.*s\" is no instance type", setting,
            STR_FMT(str_slice(type, 0, 40)));
    return err_fix(err, "Write it as EC2 does: m5.xlarge.");
}

static bool check_present(struct str value, const char *setting, struct err *err)
{
    return value.len > 0 || err_set(err, ERR_CONFIG, "clusters.%s is empty", setting);
}

bool emr_settings_check(const struct emr_settings *s, struct err *err)
{
    if (s->log_uri.len > 0 && !str_has_prefix(s->log_uri, STR("s3://")))
        return err_set(err, ERR_CONFIG, "clusters.log_uri: s3://BUCKET/PREFIX/ is needed");
    return emr_release_check(s->release, err) && check_type(s->primary_type, "primary_type", err) &&
           check_type(s->worker_type, "worker_type", err) &&
           check_present(s->notebooks_bucket, "notebooks_bucket", err) &&
           check_present(s->service_role, "service_role", err) &&
           check_present(s->instance_profile, "instance_profile", err);
}
