/*
 * config_file: the file and the environment as sources of settings.
 *
 * inih reads the lines; it cuts those longer than its buffer without a word, so the reader given to
 * it refuses them, counts lines for the messages, and knows which lines continue a value.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"

#include "util/buf.h"
#include "util/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <string.h>
#include <unistd.h>

struct parse {
    struct config *config;
    struct str rest, name;
    struct err *err;
    unsigned line;
    bool failed, is_more;         /* is_more: this line continues the value above it */
    unsigned lines[CONFIG_N];     /* where a setting stands in this file; 0: it does not */
    struct str tokens, templates; /* the lines of [auth] and [templates] so far, joined */
};

/* fgets() over the text.  num is the size of inih's buffer. */
static char *next_line(char *out, int num, void *stream)
{
    struct parse *p = stream;
    struct str line;
    if (p->failed || p->rest.len == 0)
        return NULL;
    str_cut(p->rest, '\n', &line, &p->rest);
    p->line++;
    if (line.len + 2 > (size_t)num) {
        p->failed = true;
        err_set(p->err, ERR_CONFIG, "%.*s:%u: the line is longer than %d bytes", STR_FMT(p->name),
                p->line, num - 2);
        err_fix(p->err, "Continue a list on the next line, behind white space.");
        return NULL;
    }
    p->is_more = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    memcpy(out, line.ptr, line.len);
    memcpy(out + line.len, "\n", 2);
    return out;
}

static bool unknown(struct parse *p, struct str section, struct str key)
{
    struct config *c = p->config;
    struct str names[CONFIG_N];
    struct str full =
        section.len > 0 ? arena_printf(c->arena, "%.*s.%.*s", STR_FMT(section), STR_FMT(key)) : key;
    for (int i = 0; i < CONFIG_N; i++)
        names[i] = config_full_name(c->arena, (enum config_id)i);
    struct str near = str_nearest(full, names, CONFIG_N);
    /* The right key in the wrong section is the commonest slip. */
    for (int i = 0; i < CONFIG_N; i++)
        if (str_eq(config_key((enum config_id)i)->key, key))
            near = names[i];
    err_set(p->err, ERR_CONFIG, "%.*s:%u: there is no setting %.*s", STR_FMT(p->name), p->line,
            STR_FMT(full));
    if (near.len > 0)
        err_fix(p->err, "Did you mean %.*s?", STR_FMT(near));
    else
        err_fix(p->err, "boathouse config lists all settings.");
    return false;
}

static bool take_token(struct parse *p, struct str name, struct str value)
{
    struct arena *a = p->config->arena;
    p->tokens =
        arena_printf(a, "%.*s%.*s %.*s\n", STR_FMT(p->tokens), STR_FMT(name), STR_FMT(value));
    return config_set(p->config, CONFIG_AUTH_TOKENS, p->tokens, CONFIG_FILE,
                      arena_printf(a, "%.*s:%u", STR_FMT(p->name), p->line), p->err);
}

/* A line that continues the one above it, or a new one. */
static bool take_template(struct parse *p, struct str name, struct str value)
{
    struct arena *a = p->config->arena;
    p->templates = p->is_more && p->templates.len > 0
                       ? arena_printf(a, "%.*s %.*s", STR_FMT(p->templates), STR_FMT(value))
                       : arena_printf(a, "%.*s\n%.*s %.*s", STR_FMT(p->templates), STR_FMT(name),
                                      STR_FMT(value));
    return config_set(p->config, CONFIG_TEMPLATES_SETS, p->templates, CONFIG_FILE,
                      arena_printf(a, "%.*s:%u", STR_FMT(p->name), p->line), p->err);
}

static bool take(struct parse *p, struct str section, struct str key, struct str value)
{
    struct config *c = p->config;
    if (str_eq(section, STR("auth")))
        return take_token(p, key, value);
    if (str_eq(section, STR("templates")))
        return take_template(p, key, value);
    for (int i = 0; i < CONFIG_N; i++) {
        const struct config_key *k = config_key((enum config_id)i);
        if (!str_eq(k->section, section) || !str_eq(k->key, key))
            continue;
        struct str origin = arena_printf(c->arena, "%.*s:%u", STR_FMT(p->name), p->line);
        if (p->lines[i] != 0 && !(p->is_more && k->kind == CONFIG_KIND_LIST))
            return err_set(p->err, ERR_CONFIG, "%.*s: %.*s was set in line %u already",
                           STR_FMT(origin), STR_FMT(config_full_name(c->arena, (enum config_id)i)),
                           p->lines[i]);
        if (p->lines[i] != 0)
            value =
                arena_printf(c->arena, "%.*s\n%.*s", STR_FMT(c->values[i].text), STR_FMT(value));
        p->lines[i] = p->line;
        return config_set(c, (enum config_id)i, value, CONFIG_FILE, origin, p->err);
    }
    return unknown(p, section, key);
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
    struct parse *p = user;
    if (!p->failed && !take(p, str_from(section), str_from(name), str_from(value)))
        p->failed = true;
    return p->failed ? 0 : 1;
}

bool config_parse(struct config *c, struct str text, struct str name, struct err *err)
{
    struct parse p = { .config = c, .rest = text, .name = name, .err = err };
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
        return err_set(err, ERR_CONFIG, "%.*s: holds a NUL byte", STR_FMT(name));
    int line = ini_parse_stream(next_line, &p, handle, &p);
    if (p.failed)
        return false;
    if (line != 0)
        return err_set(err, ERR_CONFIG, "%.*s:%d: neither [section] nor key = value", STR_FMT(name),
                       line);
    return true;
}

static bool read_all(int fd, struct buf *out)
{
    for (;;) {
        char *at = buf_reserve(out, 4096);
        ssize_t n = at != NULL ? read(fd, at, 4096) : 0;
        if (n <= 0)
            return n == 0;
        buf_added(out, (size_t)n);
    }
}

/* *found_out: false when there is no such file. */
static bool read_path(struct config *c, struct str path, bool *found_out, struct err *err)
{
    char *cpath = arena_cstr(c->arena, path, err);
    if (cpath == NULL)
        return false;
    int fd = open(cpath, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        *found_out = false;
        return errno == ENOENT || errno == ENOTDIR ? true : err_errno(err, errno, "%s", cpath);
    }
    AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
    bool ok = read_all(fd, &text);
    int error = errno;
    close(fd);
    if (!buf_ok(&text))
        return err_set(err, ERR_CONFIG, "%s: is larger than %lu bytes", cpath, LIMIT_CONFIG_BYTES);
    if (!ok)
        return err_errno(err, error, "reading %s", cpath);
    *found_out = true;
    c->file = path;
    return config_parse(c, arena_str(c->arena, buf_str(&text)), path, err);
}

bool config_read_file(struct config *c, struct str path, char *const *env, struct err *err)
{
    struct arena *a = c->arena;
    bool found = false;
    const char *named = env_get(env, "BOATHOUSE_CONFIG");
    if (path.len == 0 && named != NULL)
        path = str_from(named);
    if (path.len > 0) {
        if (!read_path(c, path, &found, err))
            return false;
        return found || err_set(err, ERR_CONFIG, "%.*s: there is no such file", STR_FMT(path));
    }
    const char *xdg = env_get(env, "XDG_CONFIG_HOME");
    struct str places[2] = { STR_EMPTY, STR("/etc/boathouse/boathouse.conf") };
    if (xdg != NULL && xdg[0] == '/')
        places[0] = arena_printf(a, "%s/boathouse/boathouse.conf", xdg);
    else if (c->home.len > 0)
        places[0] = arena_printf(a, "%.*s/.config/boathouse/boathouse.conf", STR_FMT(c->home));
    for (size_t i = 0; i < ARRAY_LEN(places) && !found; i++)
        if (places[i].len > 0 && !read_path(c, places[i], &found, err))
            return false;
    return true;
}

const char *env_get(char *const *env, const char *name)
{
    size_t len = strlen(name);
    for (; *env != NULL; env++)
        if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
            return *env + len + 1;
    return NULL;
}

/* Is BOATHOUSE_... meant to be a setting?  Yes if it begins like a section or is nearly a name. */
static bool is_ours(struct str name, struct str near)
{
    if (near.len > 0 && str_distance(name, near, 3) < 3)
        return true;
    for (int i = 0; i < CONFIG_N; i++) {
        struct str section = config_key((enum config_id)i)->section;
        struct str rest = str_from_pos(name, sizeof "BOATHOUSE_" - 1);
        if (section.len > 0 && rest.len > section.len && rest.ptr[section.len] == '_' &&
            str_eq_nocase(str_slice(rest, 0, section.len), section))
            return true;
    }
    return false;
}

bool config_read_env(struct config *c, char *const *env, struct err *err)
{
    struct str names[CONFIG_N];
    for (int i = 0; i < CONFIG_N; i++)
        names[i] = config_env_name(c->arena, (enum config_id)i);
    for (; *env != NULL; env++) {
        struct str name, value;
        int id = 0;
        if (!str_cut(str_from(*env), '=', &name, &value) ||
            !str_has_prefix(name, STR("BOATHOUSE_")) || str_eq(name, STR("BOATHOUSE_CONFIG")))
            continue;
        while (id < CONFIG_N && !str_eq(name, names[id]))
            id++;
        if (id < CONFIG_N) {
            if (!config_set(c, (enum config_id)id, value, CONFIG_ENVIRONMENT, name, err))
                return false;
            continue;
        }
        struct str near = str_nearest(name, names, CONFIG_N);
        if (!is_ours(name, near))
            continue;
        err_set(err, ERR_CONFIG, "%.*s: there is no such setting", STR_FMT(name));
        if (near.len > 0)
            err_fix(err, "Did you mean %.*s?", STR_FMT(near));
        return false;
    }
    return true;
}
