/* profile: the files of the AWS tools, ~/.aws/config and ~/.aws/credentials. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"

#include "util/buf.h"
#include "util/limits.h"

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
    if (options->profile.len > 0)
        return options->profile;
    return env != NULL ? str_from(env) : STR("default");
}

static struct str read_file(struct arena *a, const char *path)
{
    AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
    FILE *f = fopen(path, "re");
    char piece[4096];
    size_t n;
    if (f == NULL)
        return STR_EMPTY;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&text, (struct str){ piece, n });
    fclose(f);
    return buf_ok(&text) ? arena_str(a, buf_str(&text)) : STR_EMPTY;
}

/* The value of key in the section whose name is one of two; empty if absent. */
static struct str find(struct str text, struct str section, struct str other, struct str key)
{
    bool is_inside = false;
    struct str line;
    while (text.len > 0) {
        str_cut(text, '\n', &line, &text);
        bool is_nested = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        line = str_trim(line);
        if (line.len > 1 && line.ptr[0] == '[' && line.ptr[line.len - 1] == ']') {
            struct str name = str_trim(str_slice(line, 1, line.len - 1));
            is_inside = str_eq(name, section) || str_eq(name, other);
            continue;
        }
        struct str name, value;
        if (!is_inside || is_nested || line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';' ||
            !str_cut(line, '=', &name, &value))
            continue;
        if (str_eq(str_trim(name), key))
            return str_trim(value);
    }
    return STR_EMPTY;
}

static struct str path_of(const struct aws_options *options, struct arena *a, const char *env_name,
                          const char *file)
{
    const char *env = aws_env(options, env_name);
    if (env != NULL)
        return arena_printf(a, "%s", env);
    return arena_printf(a, "%s/.aws/%s", options->home != NULL ? options->home : "", file);
}

struct str aws_profile_get(const struct aws_options *options, struct arena *a, struct str key)
{
    struct str name = aws_profile_name(options);
    struct str long_name = arena_printf(a, "profile %.*s", STR_FMT(name));
    struct str credentials =
        read_file(a, path_of(options, a, "AWS_SHARED_CREDENTIALS_FILE", "credentials").ptr);
    struct str config = read_file(a, path_of(options, a, "AWS_CONFIG_FILE", "config").ptr);
    struct str value = find(credentials, name, name, key);
    return value.len > 0 ? value : find(config, long_name, name, key);
}
