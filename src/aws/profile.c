/*
 * profile: the files of the AWS tools, ~/.aws/config and ~/.aws/credentials.
 *
 * INI with two turns of their own: a profile is "[NAME]" in the credentials file but "[profile
 * NAME]" in the config file (except default), and a key with an empty value may have nested keys
 * below it, indented ("[services x]", "s3 =", "  endpoint_url = ...").
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"

#include "util/buf.h"
#include "util/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *aws_env(const struct aws_options *options, const char *name)
{
    size_t len = strlen(name);
    for (char *const *e = options->env; e != NULL && *e != NULL; e++)
        if (strncmp(*e, name, len) == 0 && (*e)[len] == '=' && (*e)[len + 1] != '\0')
            return *e + len + 1;
    return NULL;
}

struct str aws_profile_name(const struct aws_options *options)
{
    const char *env = aws_env(options, "AWS_PROFILE");
    if (env == NULL)
        env = aws_env(options, "AWS_DEFAULT_PROFILE");
    if (options->profile.len > 0)
        return options->profile;
    return env != NULL ? str_from(env) : STR("default");
}

bool aws_read_file(struct arena *a, const char *path, size_t limit_bytes, struct str *out,
                   struct err *err)
{
    AUTO_BUF text = BUF_INIT(limit_bytes);
    FILE *f = fopen(path, "re");
    char piece[4096];
    size_t n;
    if (f == NULL)
        return err_errno(err, errno, "opening %s", path);
    while (buf_ok(&text) && (n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&text, (struct str){ piece, n });
    bool is_bad = ferror(f) != 0;
    fclose(f);
    if (is_bad)
        return err_set(err, ERR_IO, "reading %s failed", path);
    if (!buf_ok(&text))
        return err_set(err, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, limit_bytes);
    *out = arena_str(a, buf_str(&text));
    return true;
}

/* One of the two files; a missing one is empty. */
static struct str read_ini(const struct aws_options *options, struct arena *a, const char *env_name,
                           const char *file)
{
    struct err ignored = ERR_INIT;
    struct str text = STR_EMPTY;
    const char *env = aws_env(options, env_name);
    const char *path =
        env != NULL
            ? env
            : arena_printf(a, "%s/.aws/%s", options->home != NULL ? options->home : "", file).ptr;
    /* As with the AWS tools, what cannot be read gives no keys; the search goes on elsewhere. */
    if (!aws_read_file(a, path, LIMIT_CONFIG_BYTES, &text, &ignored))
        return STR_EMPTY;
    return text;
}

struct ini_line {
    enum { INI_NONE, INI_SECTION, INI_KEY, INI_NESTED } kind;
    struct str name, value;
};

static struct ini_line read_line(struct str raw)
{
    struct ini_line out = { INI_NONE, STR_EMPTY, STR_EMPTY };
    struct str line = str_trim(raw);
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
        return out;
    if (line.ptr[0] == '[' && str_find_char(line, ']') != SIZE_MAX) {
        out.kind = INI_SECTION;
        out.name = str_trim(str_slice(line, 1, str_find_char(line, ']')));
        return out;
    }
    if (!str_cut(line, '=', &out.name, &out.value))
        return out;
    out.kind = raw.ptr[0] == ' ' || raw.ptr[0] == '\t' ? INI_NESTED : INI_KEY;
    out.name = str_trim(out.name);
    out.value = str_trim(out.value);
    return out;
}

/* Is this the section "KIND NAME"?  kind "": just NAME.  The name may be quoted. */
static bool is_section(struct str header, const char *kind, struct str name)
{
    struct str first = STR_EMPTY, rest = header;
    if (kind[0] != '\0' && !str_cut(header, ' ', &first, &rest))
        return false;
    return str_eq(first, str_from(kind)) && str_eq(str_trim_char(str_trim(rest), '"'), name);
}

/* outer: "" for a key of the section itself, else the key that the wanted one is nested below.
 * Returns whether the section is there; *out is untouched without the key. */
static bool find(struct str text, const char *kind, struct str name, struct str outer,
                 struct str key, struct str *out)
{
    bool is_inside = false, is_there = false;
    struct str line, below = STR_EMPTY;
    while (text.len > 0) {
        str_cut(text, '\n', &line, &text);
        struct ini_line l = line.len > 0 ? read_line(line) : (struct ini_line){ .kind = INI_NONE };
        if (l.kind == INI_SECTION) {
            is_inside = is_section(l.name, kind, name);
            is_there |= is_inside;
        }
        if (l.kind == INI_SECTION || l.kind == INI_KEY)
            below = l.kind == INI_KEY ? l.name : STR_EMPTY;
        bool is_level =
            outer.len > 0 ? l.kind == INI_NESTED && str_eq(below, outer) : l.kind == INI_KEY;
        if (is_inside && is_level && str_eq_nocase(l.name, key))
            *out = l.value;
    }
    return is_there;
}

/* A key of a profile in the config file, where default may stand without "profile". */
static bool find_in_config(struct str config, struct str name, struct str key, struct str *out)
{
    bool is_there = str_eq(name, STR("default")) && find(config, "", name, STR_EMPTY, key, out);
    return find(config, "profile", name, STR_EMPTY, key, out) || is_there;
}

struct str aws_section_get(const struct aws_options *options, struct arena *a, const char *kind,
                           struct str name, struct str key)
{
    struct str value = STR_EMPTY;
    struct str config = read_ini(options, a, "AWS_CONFIG_FILE", "config");
    if (strcmp(kind, "profile") != 0) {
        (void)find(config, kind, name, STR_EMPTY, key, &value); /* absent: empty */
        return value;
    }
    struct str credentials = read_ini(options, a, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
    (void)find(credentials, "", name, STR_EMPTY, key, &value);
    if (value.len == 0)
        (void)find_in_config(config, name, key, &value);
    return value;
}

bool aws_profile_exists(const struct aws_options *options, struct arena *a, struct str name)
{
    struct str ignored = STR_EMPTY;
    return find(read_ini(options, a, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), "", name,
                STR_EMPTY, STR_EMPTY, &ignored) ||
           find_in_config(read_ini(options, a, "AWS_CONFIG_FILE", "config"), name, STR_EMPTY,
                          &ignored);
}

struct str aws_profile_get(const struct aws_options *options, struct arena *a, struct str key)
{
    return aws_section_get(options, a, "profile", aws_profile_name(options), key);
}

struct str aws_region_or_default(const struct aws_options *options, struct arena *a)
{
    const char *env = aws_env(options, "AWS_REGION");
    if (env == NULL)
        env = aws_env(options, "AWS_DEFAULT_REGION");
    if (options->region.len > 0)
        return options->region;
    struct str region = env != NULL ? str_from(env) : aws_profile_get(options, a, STR("region"));
    return region.len > 0 ? region : STR("us-east-1");
}

bool aws_services_check(const struct aws_options *options, struct arena *a, struct err *err)
{
    struct str services = aws_profile_get(options, a, STR("services")), ignored = STR_EMPTY;
    struct str config = read_ini(options, a, "AWS_CONFIG_FILE", "config");
    if (services.len == 0 ||
        find(config, "services", services, STR_EMPTY, STR("endpoint_url"), &ignored))
        return true;
    err_set(err, ERR_CONFIG, "the profile %.*s names the services %.*s, which are not there",
            STR_FMT(aws_profile_name(options)), STR_FMT(services));
    return err_fix(err, "Add the section [services %.*s] to ~/.aws/config.", STR_FMT(services));
}

struct str aws_endpoint_setting(const struct aws_options *options, struct arena *a,
                                const char *service)
{
    if (options->endpoint_url.len > 0) /* our own setting, for all services */
        return options->endpoint_url;
    const char *ignore = aws_env(options, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (ignore != NULL && str_eq_nocase(str_from(ignore), STR("true")))
        return STR_EMPTY;
    struct str name = arena_printf(a, "AWS_ENDPOINT_URL_%s", service), found = STR_EMPTY;
    const char *own = aws_env(options, name.ptr), *all = aws_env(options, "AWS_ENDPOINT_URL");
    if (own != NULL || all != NULL)
        return str_from(own != NULL ? own : all);
    struct str services = aws_profile_get(options, a, STR("services"));
    struct str config = read_ini(options, a, "AWS_CONFIG_FILE", "config");
    if (services.len > 0) {
        char lower[16] = "";
        for (size_t i = 0; service[i] != '\0' && i + 1 < sizeof lower; i++)
            lower[i] = (char)(service[i] | 0x20);
        (void)find(config, "services", services, str_from(lower), STR("endpoint_url"), &found);
    }
    return found.len > 0 ? found : aws_profile_get(options, a, STR("endpoint_url"));
}
