/* config: see config.h.  Values are read here; the file's format is in config_file.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"

#include "util/buf.h"
#include "util/limits.h"
#include "util/scan.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct config_key keys[CONFIG_N] = {
#define K(id, section_, key_, kind_, def, unit_, min_, max_, alias_, text_)                        \
    [CONFIG_##id] = { .section = STR_INIT(section_),                                               \
                      .key = STR_INIT(key_),                                                       \
                      .kind = CONFIG_KIND_##kind_,                                                 \
                      .fallback = STR_INIT(def),                                                   \
                      .unit = STR_INIT(unit_),                                                     \
                      .min = (min_),                                                               \
                      .max = (max_),                                                               \
                      .alias = STR_INIT(alias_),                                                   \
                      .text = (text_) },
#include "cli/config.def"
#undef K
};

const struct config_key *config_key(enum config_id id)
{
    return &keys[id];
}

struct str config_full_name(struct arena *a, enum config_id id)
{
    const struct config_key *k = &keys[id];
    if (k->section.len == 0)
        return k->key;
    return arena_printf(a, "%.*s.%.*s", STR_FMT(k->section), STR_FMT(k->key));
}

/* prefix, section and key joined by sep, each byte through change. */
static struct str joined(struct arena *a, const char *prefix, enum config_id id, char sep,
                         int (*change)(int))
{
    const struct config_key *k = &keys[id];
    struct str name = arena_printf(a, "%s%.*s%s%.*s", prefix, STR_FMT(k->section),
                                   k->section.len > 0 ? "_" : "", STR_FMT(k->key));
    char *out = arena_alloc(a, name.len + 1);
    for (size_t i = 0; i < name.len; i++)
        out[i] = name.ptr[i] == '_' ? sep : (char)change((unsigned char)name.ptr[i]);
    return (struct str){ out, name.len };
}

struct str config_env_name(struct arena *a, enum config_id id)
{
    return joined(a, "BOATHOUSE_", id, '_', toupper);
}

struct str config_option_name(struct arena *a, enum config_id id)
{
    return joined(a, "", id, '-', tolower);
}

bool config_find_option(struct arena *a, struct str name, enum config_id *id_out)
{
    for (int i = 0; i < CONFIG_N; i++) {
        enum config_id id = (enum config_id)i;
        if (!str_eq(name, config_option_name(a, id)) &&
            (keys[i].alias.len == 0 || !str_eq(name, keys[i].alias)))
            continue;
        *id_out = id;
        return true;
    }
    return false;
}

static bool wrong(const struct config *c, enum config_id id, struct str text, struct str origin,
                  const char *want, struct err *err)
{
    struct str name = config_full_name(c->arena, id);
    return err_set(err, ERR_CONFIG, "%.*s: %.*s (%.*s): %s is needed", STR_FMT(origin),
                   STR_FMT(name), STR_FMT(str_slice(text, 0, 60)), want);
}

static bool set_int(struct config *c, enum config_id id, struct config_value *v, struct err *err)
{
    const struct config_key *k = &keys[id];
    uint64_t n;
    if (!scan_whole_u64(v->text, INT64_MAX, &n) || (int64_t)n < k->min || (int64_t)n > k->max) {
        char want[100];
        snprintf(want, sizeof want, "a number from %lld to %lld (%.*s)", (long long)k->min,
                 (long long)k->max, STR_FMT(k->unit));
        return wrong(c, id, v->text, v->origin, want, err);
    }
    v->number = (int64_t)n;
    return true;
}

static bool set_choice(struct config *c, enum config_id id, struct config_value *v, struct err *err)
{
    struct str choice, rest = keys[id].unit;
    char want[100];
    for (int64_t n = 0; rest.len > 0; n++) {
        str_cut(rest, '|', &choice, &rest);
        if (str_eq(choice, v->text)) {
            v->number = n;
            return true;
        }
    }
    snprintf(want, sizeof want, "one of %.*s", STR_FMT(keys[id].unit));
    return wrong(c, id, v->text, v->origin, want, err);
}

/* Split at line ends, and but for templates, which have them inside, at commas; empty pieces are
 * nothing. */
static bool set_list(struct config *c, enum config_id id, struct config_value *v, struct err *err)
{
    bool are_lines = keys[id].kind == CONFIG_KIND_TEMPLATES;
    struct str *items = NULL;
    size_t n = 0, cap = 0, start = 0;
    for (size_t i = 0; i <= v->text.len; i++) {
        if (i < v->text.len && (are_lines || v->text.ptr[i] != ',') && v->text.ptr[i] != '\n')
            continue;
        struct str item = str_trim(str_slice(v->text, start, i));
        start = i + 1;
        if (item.len > 0)
            *ARENA_PUSH(c->arena, items, n, cap) = item;
    }
    if ((int64_t)n < keys[id].min || (int64_t)n > keys[id].max) {
        char want[100];
        snprintf(want, sizeof want, "a list of %lld to %lld items", (long long)keys[id].min,
                 (long long)keys[id].max);
        return wrong(c, id, v->text, v->origin, want, err);
    }
    v->items = items;
    v->n_items = n;
    AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
    for (size_t i = 0; i < n; i++) {
        buf_add(&text, i == 0 ? STR_EMPTY : are_lines ? STR("\n") : STR(", "));
        buf_add(&text, items[i]);
    }
    v->text = arena_str(c->arena, buf_str(&text));
    return true;
}

bool config_set(struct config *c, enum config_id id, struct str text, enum config_source source,
                struct str origin, struct err *err)
{
    struct config_value v = { .source = source, .origin = arena_str(c->arena, origin) };
    v.text = arena_str(c->arena, str_trim(text));
    if (!str_is_utf8(v.text) || memchr(v.text.ptr, '\0', v.text.len) != NULL)
        return err_set(err, ERR_CONFIG, "%.*s: the value is not UTF-8 text", STR_FMT(origin));
    switch (keys[id].kind) {
    case CONFIG_KIND_TEXT:
        break;
    case CONFIG_KIND_PATH:
        if (str_has_prefix(v.text, STR("~/")) && c->home.len > 0)
            v.text = arena_concat(c->arena, c->home, str_from_pos(v.text, 1));
        break;
    case CONFIG_KIND_INT:
        if (!set_int(c, id, &v, err))
            return false;
        break;
    case CONFIG_KIND_CHOICE:
        if (!set_choice(c, id, &v, err))
            return false;
        break;
    case CONFIG_KIND_LIST:
    case CONFIG_KIND_TOKENS:
    case CONFIG_KIND_TEMPLATES:
        if (!set_list(c, id, &v, err))
            return false;
        break;
    }
    c->values[id] = v;
    return true;
}

void config_init(struct config *c, struct arena *a, const char *home)
{
    *c = (struct config){ .arena = a, .home = arena_str(a, str_from(home)) };
    for (int i = 0; i < CONFIG_N; i++) {
        struct err err = ERR_INIT;
        if (!config_set(c, (enum config_id)i, keys[i].fallback, CONFIG_DEFAULT, STR("default"),
                        &err))
            panic("the default of %.*s: %s", STR_FMT(keys[i].key), err.msg);
    }
}

bool config_check(const struct config *c, struct err *err)
{
    const char *cert = config_cstr(c, CONFIG_SERVER_TLS_CERT);
    const char *key = config_cstr(c, CONFIG_SERVER_TLS_KEY);
    if ((cert == NULL) != (key == NULL))
        return err_set(err, ERR_CONFIG, "server.%s is set without server.%s",
                       cert != NULL ? "tls_cert" : "tls_key",
                       cert != NULL ? "tls_key" : "tls_cert");
    return true;
}

struct str config_text(const struct config *c, enum config_id id)
{
    return c->values[id].text;
}

const char *config_cstr(const struct config *c, enum config_id id)
{
    struct str text = c->values[id].text;
    if (text.len == 0)
        return NULL;
    struct err err = ERR_INIT;
    return arena_cstr(c->arena, text, &err); /* config_set() refused NUL bytes */
}

int64_t config_int(const struct config *c, enum config_id id)
{
    return c->values[id].number;
}

bool config_is(const struct config *c, enum config_id id, struct str choice)
{
    return str_eq(c->values[id].text, choice);
}
