/* spec: see spec.h.  The members are a table, which reads and writes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/spec.h"

#include "util/scan.h"

#include <stddef.h>

enum member_kind { MEMBER_STR, MEMBER_INT, MEMBER_BOOL, MEMBER_LIST, MEMBER_MONEY, MEMBER_MARKET };

enum { TEXT_MAX_BYTES = 256, LABEL_MAX_BYTES = 128 };

/* group: the object that it stands in; empty: the body itself. */
static const struct member {
    struct str group, name;
    enum member_kind kind;
    size_t offset;
    int64_t min, max; /* of a number; of a list the number of its items */
} members[] = {
#define M(group, name, kind, field, min, max)                                                      \
    {                                                                                              \
        STR_INIT(group), STR_INIT(name), kind, offsetof(struct cluster_spec, field), min, max      \
    }
    M("", "template", MEMBER_STR, template_name, 0, 0),
    M("", "release", MEMBER_STR, release, 0, 0),
    M("size", "primary", MEMBER_STR, primary_type, 0, 0),
    M("size", "workers", MEMBER_INT, n_workers, 0, 2000),
    M("size", "worker_types", MEMBER_LIST, worker_types, 1, SPEC_MAX_TYPES),
    M("size", "market", MEMBER_MARKET, market, 0, 0),
    M("size", "autoscale_min", MEMBER_INT, autoscale_min, 0, 2000),
    M("size", "autoscale_max", MEMBER_INT, autoscale_max, 0, 2000),
    M("size", "root_gib", MEMBER_INT, root_gib, 0, 2048),
    M("network", "subnet_ids", MEMBER_LIST, subnets, 0, SPEC_MAX_SUBNETS),
    M("network", "additional_security_groups", MEMBER_LIST, groups, 0, SPEC_MAX_GROUPS),
    M("notebooks", "bucket", MEMBER_STR, bucket, 0, 0),
    M("notebooks", "hub_user", MEMBER_STR, hub_user, 0, 0),
    M("lifecycle", "idle_timeout_s", MEMBER_INT, idle_timeout_s, 60, 604800),
    M("lifecycle", "max_lifetime_s", MEMBER_INT, max_lifetime_s, 0, 31536000),
    M("lifecycle", "max_usd", MEMBER_MONEY, max_usd_micro, 0, 0),
    M("lifecycle", "termination_protected", MEMBER_BOOL, is_protected, 0, 0),
#undef M
};

static const struct str groups[] = { STR_INIT("size"), STR_INIT("network"), STR_INIT("notebooks"),
                                     STR_INIT("lifecycle") };

static const struct str market_words[] = { [SPEC_ON_DEMAND] = STR_INIT("on_demand"),
                                           [SPEC_SPOT] = STR_INIT("spot"),
                                           [SPEC_SPOT_WITH_FALLBACK] =
                                               STR_INIT("spot_with_fallback") };

bool money_parse(struct str text, int64_t *micro_out)
{
    struct str whole, part;
    uint64_t n, rest = 0;
    str_cut(text, '.', &whole, &part);
    if (part.len > 6 || !scan_whole_u64(whole, 1000000000, &n) ||
        (part.len > 0 && !scan_whole_u64(part, 999999, &rest)) ||
        (part.len == 0 && text.len > whole.len))
        return false;
    for (size_t i = part.len; i < 6; i++)
        rest *= 10;
    *micro_out = (int64_t)(n * 1000000 + rest);
    return true;
}

/* At least two digits behind the point, more only if they say something. */
struct str money_text(struct arena *a, int64_t micro)
{
    struct str text =
        arena_printf(a, "%lld.%06lld", (long long)(micro / 1000000), (long long)(micro % 1000000));
    size_t len = text.len;
    while (len > text.len - 4 && text.ptr[len - 1] == '0')
        len--;
    return str_slice(text, 0, len);
}

static bool at(struct arena *a, const struct json *value, struct err *err)
{
    struct str place = json_pointer(a, value);
    return err_wrap(err, "%.*s", STR_FMT(place));
}

static bool take_text(struct arena *a, const struct json *value, struct str *out, struct err *err)
{
    struct str text;
    if (!json_as_str(value, &text, err))
        return false;
    if (text.len > TEXT_MAX_BYTES || text.len == 0)
        return err_set(err, ERR_INVALID, "1 to %d bytes are needed", TEXT_MAX_BYTES) ||
               at(a, value, err);
    *out = arena_str(a, text);
    return true;
}

static bool take_list(struct arena *a, const struct member *m, const struct json *value,
                      struct spec_list *out, struct err *err)
{
    struct spec_list list = { .n = 0 };
    if (value->kind != JSON_KIND_ARRAY || value->n_items < (unsigned)m->min ||
        value->n_items > (unsigned)m->max)
        return err_set(err, ERR_INVALID, "an array of %lld to %lld texts is needed",
                       (long long)m->min, (long long)m->max) ||
               at(a, value, err);
    for (unsigned i = 0; i < value->n_items; i++)
        if (!take_text(a, &value->items[i], &list.items[list.n++], err))
            return false;
    *out = list;
    return true;
}

static bool take_market(struct arena *a, const struct json *value, enum spec_market *out,
                        struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(market_words) && value->kind == JSON_KIND_STR; i++)
        if (str_eq(market_words[i], value->text)) {
            *out = (enum spec_market)i;
            return true;
        }
    err_set(err, ERR_INVALID, "on_demand, spot or spot_with_fallback is needed");
    return at(a, value, err);
}

static bool take_money(struct arena *a, const struct json *value, int64_t *out, struct err *err)
{
    if (value->kind == JSON_KIND_STR && money_parse(value->text, out))
        return true;
    err_set(err, ERR_INVALID, "an amount of dollars as text is needed, such as \"20.00\"");
    return at(a, value, err);
}

static bool take_member(struct arena *a, const struct member *m, const struct json *value,
                        struct cluster_spec *spec, struct err *err)
{
    void *field = (char *)spec + m->offset;
    switch (m->kind) {
    case MEMBER_STR:
        return take_text(a, value, field, err);
    case MEMBER_INT:
        return json_as_i64(value, m->min, m->max, field, err);
    case MEMBER_BOOL:
        if (value->kind != JSON_KIND_BOOL)
            return err_set(err, ERR_INVALID, "true or false is needed") || at(a, value, err);
        *(bool *)field = value->boolean;
        return true;
    case MEMBER_LIST:
        return take_list(a, m, value, field, err);
    case MEMBER_MONEY:
        return take_money(a, value, field, err);
    case MEMBER_MARKET:
        return take_market(a, value, field, err);
    }
    panic("member kind %d", (int)m->kind);
}

static const struct member *member_of(struct str group, struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (str_eq(members[i].group, group) && str_eq(members[i].name, name))
            return &members[i];
    return NULL;
}

static bool take_label(struct arena *a, const struct json *value, struct json_member *out,
                       struct err *err)
{
    const struct json *key = json_get(value, STR("key")), *text = json_get(value, STR("value"));
    if (key == NULL || text == NULL || value->n_items != 2) {
        err_set(err, ERR_INVALID, "an object of key and value is needed");
        return at(a, value, err);
    }
    if (!take_text(a, key, &out->key, err) || !take_text(a, text, &out->value, err))
        return false;
    if (out->key.len <= LABEL_MAX_BYTES)
        return true;
    err_set(err, ERR_INVALID, "at most %d bytes are allowed", LABEL_MAX_BYTES);
    return at(a, key, err);
}

static bool take_labels(struct arena *a, const struct json *value, struct cluster_spec *spec,
                        struct err *err)
{
    if (value->kind != JSON_KIND_ARRAY || value->n_items > SPEC_MAX_LABELS) {
        err_set(err, ERR_INVALID, "an array of at most %d labels is needed", SPEC_MAX_LABELS);
        return at(a, value, err);
    }
    spec->n_labels = 0;
    for (unsigned i = 0; i < value->n_items; i++)
        if (!take_label(a, &value->items[i], &spec->labels[spec->n_labels++], err))
            return false;
    return true;
}

static bool refuse(struct arena *a, const struct json *value, struct err *err)
{
    err_set(err, ERR_INVALID, "there is no such member");
    return at(a, value, err);
}

static bool take_group(struct arena *a, struct str group, const struct json *object,
                       struct cluster_spec *spec, struct err *err)
{
    if (!json_as_object(object, err))
        return false;
    for (unsigned i = 0; i < object->n_items; i++) {
        const struct json *value = &object->items[i];
        const struct member *m = member_of(group, value->key);
        if (m == NULL)
            return refuse(a, value, err);
        if (value->kind != JSON_KIND_NULL && !take_member(a, m, value, spec, err))
            return false;
    }
    return true;
}

bool spec_merge(struct arena *a, struct cluster_spec *spec, const struct json *value,
                struct err *err)
{
    if (value == NULL)
        return true;
    if (!json_as_object(value, err))
        return false;
    for (unsigned i = 0; i < value->n_items; i++) {
        const struct json *one = &value->items[i];
        const struct member *m = member_of(STR_EMPTY, one->key);
        bool is_group = false;
        if (one->kind == JSON_KIND_NULL)
            continue;
        for (size_t g = 0; g < ARRAY_LEN(groups); g++)
            is_group = is_group || str_eq(groups[g], one->key);
        bool ok = m != NULL                         ? take_member(a, m, one, spec, err)
                  : is_group                        ? take_group(a, one->key, one, spec, err)
                  : str_eq(one->key, STR("labels")) ? take_labels(a, one, spec, err)
                                                    : refuse(a, one, err);
        if (!ok)
            return false;
    }
    return true;
}

static void write_member(struct json_writer *w, const struct member *m,
                         const struct cluster_spec *spec)
{
    const void *field = (const char *)spec + m->offset;
    AUTO_ARENA a = ARENA_INIT;
    if (m->kind == MEMBER_STR && ((const struct str *)field)->len == 0)
        return;
    json_write_key(w, m->name);
    switch (m->kind) {
    case MEMBER_STR:
        json_write_str(w, *(const struct str *)field);
        return;
    case MEMBER_INT:
        json_write_i64(w, *(const int64_t *)field);
        return;
    case MEMBER_BOOL:
        json_write_bool(w, *(const bool *)field);
        return;
    case MEMBER_LIST:
        json_write_array(w);
        for (size_t i = 0; i < ((const struct spec_list *)field)->n; i++)
            json_write_str(w, ((const struct spec_list *)field)->items[i]);
        json_write_end(w);
        return;
    case MEMBER_MONEY:
        json_write_str(w, money_text(&a, *(const int64_t *)field));
        return;
    case MEMBER_MARKET:
        json_write_str(w, market_words[*(const enum spec_market *)field]);
        return;
    }
}

void spec_write(struct json_writer *w, const struct cluster_spec *spec)
{
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        bool is_first = i == 0 || !str_eq(members[i].group, members[i - 1].group);
        bool is_last =
            i + 1 == ARRAY_LEN(members) || !str_eq(members[i].group, members[i + 1].group);
        if (is_first && members[i].group.len > 0) {
            json_write_key(w, members[i].group);
            json_write_object(w);
        }
        if (members[i].kind != MEMBER_LIST || members[i].min == 0 ||
            ((const struct spec_list *)(const void *)((const char *)spec + members[i].offset))->n >
                0)
            write_member(w, &members[i], spec);
        if (is_last && members[i].group.len > 0)
            json_write_end(w);
    }
    json_write_key(w, STR("labels"));
    json_write_array(w);
    for (size_t i = 0; i < spec->n_labels; i++) {
        json_write_object(w);
        json_put_str(w, STR("key"), spec->labels[i].key);
        json_put_str(w, STR("value"), spec->labels[i].value);
        json_write_end(w);
    }
    json_write_end(w);
}
