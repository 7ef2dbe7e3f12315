/* templates: see templates.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/templates.h"

#include "util/buf.h"
#include "json/json.h"

enum { NAME_MAX_BYTES = 64, TEMPLATE_MAX_BYTES = 16 * 1024, LISTED_BYTES = 400 };

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return name.len > 0 && name.len <= NAME_MAX_BYTES;
}

static bool take_fixed(const struct json *body, struct cluster_template *t, struct err *err)
{
    const struct json *list;
    if (!json_opt_array(body, STR("fixed"), &list, err))
        return false;
    for (unsigned i = 0; list != NULL && i < list->n_items; i++) {
        struct str pointer;
        if (t->n_fixed == TEMPLATE_MAX_FIXED)
            return err_set(err, ERR_CONFIG, "/fixed has more than %d items", TEMPLATE_MAX_FIXED);
        if (!json_as_str(&list->items[i], &pointer, err))
            return false;
        if (!str_has_prefix(pointer, STR("/")))
            return err_set(err, ERR_CONFIG, "/fixed: \"%.*s\" is no JSON pointer",
                           STR_FMT(str_slice(pointer, 0, 60)));
        t->fixed[t->n_fixed++] = pointer;
    }
    return true;
}

/* What is left without description and fixed. */
static const struct json *without_own(struct arena *a, const struct json *body)
{
    struct json *rest = ARENA_NEW(a, struct json);
    struct json *items = ARENA_NEW_N(a, struct json, body->n_items);
    unsigned n = 0;
    for (unsigned i = 0; i < body->n_items; i++)
        if (!str_eq(body->items[i].key, STR("description")) &&
            !str_eq(body->items[i].key, STR("fixed")))
            items[n++] = body->items[i];
    *rest = *body;
    rest->items = items;
    rest->n_items = n;
    return rest;
}

static bool take(struct arena *a, struct str line, const struct cluster_spec *defaults,
                 struct cluster_template *out, struct err *err)
{
    struct str name, text;
    struct cluster_spec tried = *defaults;
    str_cut(line, ' ', &name, &text);
    if (!is_name(name))
        return err_set(err, ERR_CONFIG,
                       "\"%.*s\": letters, digits, \"-\", \"_\" and \".\" are "
                       "needed, at most %d",
                       STR_FMT(str_slice(name, 0, 60)), NAME_MAX_BYTES);
    const struct json *body = json_parse(a, text, TEMPLATE_MAX_BYTES, err);
    if (body == NULL || !json_as_object(body, err))
        return err_wrap(err, "%.*s", STR_FMT(name));
    *out = (struct cluster_template){ .name = name, .settings = without_own(a, body) };
    if (!json_opt_str(body, STR("description"), STR_EMPTY, &out->description, err) ||
        !take_fixed(body, out, err) || !spec_merge(a, &tried, out->settings, err))
        return err_wrap(err, "%.*s", STR_FMT(name));
    return true;
}

bool templates_parse(struct arena *a, const struct str *lines, size_t n,
                     const struct cluster_spec *defaults, struct cluster_templates *out,
                     struct err *err)
{
    struct cluster_templates found = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct cluster_template one;
        if (!take(a, str_trim(lines[i]), defaults, &one, err)) {
            err->code = ERR_CONFIG;
            return err_wrap(err, "[templates]");
        }
        if (templates_find(&found, one.name) != NULL)
            return err_set(err, ERR_CONFIG, "[templates]: %.*s stands there twice",
                           STR_FMT(one.name));
        *ARENA_PUSH(a, found.items, found.n, found.cap) = one;
    }
    *out = found;
    return true;
}

const struct cluster_template *templates_find(const struct cluster_templates *t, struct str name)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->items[i].name, name))
            return &t->items[i];
    return NULL;
}

bool templates_apply(struct arena *a, const struct cluster_templates *t, struct str name,
                     struct cluster_spec *spec, struct err *err)
{
    const struct cluster_template *found = templates_find(t, name);
    if (found != NULL) {
        spec->template_name = found->name;
        return spec_merge(a, spec, found->settings, err);
    }
    AUTO_BUF names = BUF_INIT(LISTED_BYTES);
    for (size_t i = 0; i < t->n && names.len + t->items[i].name.len + 2 < LISTED_BYTES; i++) {
        buf_add(&names, i > 0 ? STR(", ") : STR_EMPTY);
        buf_add(&names, t->items[i].name);
    }
    err_set(err, ERR_INVALID, "/template: there is no template \"%.*s\"",
            STR_FMT(str_slice(name, 0, 60)));
    return t->n == 0 ? err_fix(err, "The section [templates] of the settings has none.")
                     : err_fix(err, "There are: %s.", buf_cstr(&names));
}

bool template_allows(const struct cluster_template *t, const struct json *request, struct err *err)
{
    for (size_t i = 0; request != NULL && i < t->n_fixed; i++) {
        if (json_find(request, t->fixed[i]) == NULL)
            continue;
        err_set(err, ERR_FORBIDDEN, "%.*s: the template %.*s fixes it", STR_FMT(t->fixed[i]),
                STR_FMT(t->name));
        return err_fix(err, "Leave it out, choose another template, or ask an admin.");
    }
    return true;
}
