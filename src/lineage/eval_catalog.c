/*
 * eval_catalog: names that a catalogue of data sets gives a location.
 *
 * Kedro's lie in conf/ of the project, beside the notebook's folder or in it; Intake's are opened
 * by their name.  A catalogue that is made in the notebook is asked first.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include "util/attrs.h"
#include "util/limits.h"

static struct value *member_of(const struct value *map, struct str name)
{
    return map != NULL && map->kind == VALUE_MAP ? strmap_get(&map->map->entries, name) : NULL;
}

static bool text_of(const struct value *v, struct str *out)
{
    if (v == NULL || v->kind != VALUE_TEXT)
        return false;
    *out = v->text.bytes;
    return true;
}

/* ---- templates ---- */

/* What stands for a name of a template; false: it is not known. */
typedef bool fill_fn(struct values *vs, const struct value *from, struct str name, struct str *out);

/* text with each open...close filled, what is not known by a hole. */
static struct str fill_template(struct values *vs, struct str text, struct str open,
                                struct str close, fill_fn *fill, const struct value *from)
{
    size_t at = 0;
    for (unsigned n = 0; n < LIMIT_UNPACK; n++) {
        struct str with = STR(HOLE_TEXT);
        at = str_find(text, open, at);
        size_t end = at == SIZE_MAX ? at : str_find(text, close, at);
        if (end == SIZE_MAX)
            break;
        (void)fill(vs, from, str_trim(str_slice(text, at + open.len, end)), &with);
        struct str rest = str_from_pos(text, end + close.len);
        if (with.len + text.len > LIMIT_TEXT_BYTES)
            break;
        text = arena_printf(vs->arena, "%.*s%.*s%.*s", STR_FMT(str_slice(text, 0, at)),
                            STR_FMT(with), STR_FMT(rest));
        at += with.len;
    }
    return text;
}

/* a.b: the member b of the member a. */
static bool dotted_text(const struct value *from, struct str name, struct str *out)
{
    struct str head, rest;
    while (str_cut(name, '.', &head, &rest)) {
        from = member_of(from, head);
        name = rest;
    }
    return text_of(member_of(from, name), out);
}

/* ---- Kedro ---- */

static bool kedro_name(struct values *vs, const struct value *from, struct str name,
                       struct str *out)
{
    (void)vs;
    if (str_has_prefix(name, STR("globals:")))
        name = str_from_pos(name, 8);
    return dotted_text(from, name, out);
}

static void add_catalog(struct eval *e, struct value *all, struct str folder, struct str file)
{
    struct str uri = arena_printf(e->arena, "file:%.*s%.*s", STR_FMT(folder), STR_FMT(file));
    const struct value *v = load_config(e, uri, STR_EMPTY);
    for (size_t i = 0; v != NULL && v->kind == VALUE_MAP && i < v->map->entries.n; i++)
        if (!strmap_has(&all->map->entries, v->map->entries.entries[i].key))
            strmap_put(&all->map->entries, v->map->entries.entries[i].key,
                       v->map->entries.entries[i].value);
}

/* All entries of the project's catalogues, which are read when one is first asked for. */
static const struct value *project_catalog(struct eval *e)
{
    static const struct str FOLDERS[] = { STR_INIT(""), STR_INIT("../") };
    static const struct str FILES[] = {
        STR_INIT("conf/local/catalog.yml"),
        STR_INIT("conf/base/catalog.yml"),
        STR_INIT("conf/base/catalog.yaml"),
        STR_INIT("conf/base/globals.yml"),
        STR_INIT("catalog.yml"),
        STR_INIT("catalog.yaml"),
    };
    if (e->catalog != NULL)
        return e->catalog;
    e->catalog = eval_map(e);
    for (size_t i = 0; i < ARRAY_LEN(FOLDERS); i++)
        for (size_t k = 0; k < ARRAY_LEN(FILES); k++)
            add_catalog(e, e->catalog, FOLDERS[i], FILES[k]);
    return e->catalog;
}

/* Where an entry says that its data is, in normal form; false: it does not. */
static bool entry_location(struct eval *e, const struct value *entry, const struct value *all,
                           struct location *out)
{
    static const struct str PATHS[] = { STR_INIT("filepath"), STR_INIT("path") };
    static const struct str TABLES[] = { STR_INIT("table_name"), STR_INIT("table") };
    struct str text, database;
    if (entry->kind == VALUE_CHAIN && entry->chain->place != NULL &&
        text_of(value_alternative(entry->chain->place, 0), &text)) {
        *out = (struct location){ value_alternative(entry->chain->place, 0),
                                  uri_from_path(e->arena, text) };
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(PATHS); i++)
        if (text_of(member_of(entry, PATHS[i]), &text)) {
            text = fill_template(&e->vs, text, STR("${"), STR("}"), kedro_name, all);
            *out = (struct location){ value_text(&e->vs, text), uri_from_path(e->arena, text) };
            return out->text->kind == VALUE_TEXT;
        }
    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++)
        if (text_of(member_of(entry, TABLES[i]), &text)) {
            if (text_of(member_of(entry, STR("database")), &database))
                text = arena_printf(e->arena, "%.*s.%.*s", STR_FMT(database), STR_FMT(text));
            *out = (struct location){ value_text(&e->vs, text), uri_from_table(e->arena, text) };
            return out->text->kind == VALUE_TEXT;
        }
    return false;
}

/* The entries that the catalogue was made with in the notebook, or NULL. */
static const struct value *own_entries(const struct chain *c)
{
    for (; c != NULL; c = c->base) {
        if (c->step != STEP_CALL || c->args == NULL)
            continue;
        const struct value *v = c->args->n_items > 0 ? c->args->items[0] : NULL;
        if (v == NULL)
            v = args_named(c->args, STR("datasets"));
        if (v == NULL)
            v = args_named(c->args, STR("catalog"));
        if (v != NULL && v->kind == VALUE_MAP)
            return v;
    }
    return NULL;
}

bool catalog_location(const struct io *io, struct str name, struct location *out)
{
    struct eval *e = io->e;
    const struct value *own = own_entries(io->receiver);
    const struct value *all = member_of(own, name) != NULL ? own : project_catalog(e);
    const struct value *entry = member_of(all, name);
    if (entry == NULL || !entry_location(e, entry, all, out))
        return false;
    out->text = value_with_origin_in(&e->vs, out->text, "catalogue", name, e->unit->name,
                                     (uint32_t)e->unit->cell, io->node->line);
    return true;
}

/* ---- Intake ---- */

/* A parameter's default; the folder of the catalogue is put under its name by the caller. */
static bool intake_name(struct values *vs, const struct value *from, struct str name,
                        struct str *out)
{
    if (text_of(member_of(from, name), out))
        return true;
    const struct value *parameter = member_of(member_of(from, STR("parameters")), name);
    struct value *standard = member_of(parameter, STR("default"));
    return standard != NULL && text_of(value_to_text(vs, standard), out);
}

static struct value *intake_place(struct eval *e, struct value *source, struct str folder)
{
    static const struct str NAMES[] = { STR_INIT("urlpath"), STR_INIT("path"), STR_INIT("url"),
                                        STR_INIT("uri") };
    const struct value *args = member_of(source, STR("args"));
    struct value *place = NULL;
    for (size_t i = 0; i < ARRAY_LEN(NAMES) && place == NULL; i++)
        place = member_of(args, NAMES[i]);
    size_t n = place == NULL ? 0 : place->kind == VALUE_SEQ ? place->seq->n : 1;
    struct value *all = NULL;
    strmap_put(&source->map->entries, STR("CATALOG_DIR"), value_text(&e->vs, folder));
    for (size_t i = 0; i < n && i < LIMIT_ALTERNATIVES; i++) {
        struct str text;
        if (!text_of(place->kind == VALUE_SEQ ? place->seq->items[i] : place, &text))
            continue;
        text = fill_template(&e->vs, text, STR("{{"), STR("}}"), intake_name, source);
        all = value_join(&e->vs, all, value_text(&e->vs, text));
    }
    return all;
}

static struct value *intake_entry(struct eval *e, struct str name, struct value *place)
{
    struct chain *c = ARENA_NEW(e->arena, struct chain);
    *c = (struct chain){ .step = STEP_ROOT,
                         .lang = CALL_PYTHON,
                         .name = name,
                         .is_value = true,
                         .kind = STR("intake.entry"),
                         .place = place };
    struct value *v = eval_new(e, VALUE_CHAIN);
    v->chain = c;
    return v;
}

void catalog_open(const struct io *io, const struct locations *l, struct value *opened)
{
    struct eval *e = io->e;
    struct str text;
    for (size_t i = 0; i < l->n; i++) {
        const struct value *v = load_config(e, l->items[i].uri, STR_EMPTY);
        const struct value *sources = member_of(v, STR("sources"));
        if (sources == NULL || sources->kind != VALUE_MAP || !text_of(l->items[i].text, &text))
            continue;
        size_t slash = str_rfind_char(text, '/');
        struct str folder = slash == SIZE_MAX ? STR(".") : str_slice(text, 0, slash);
        const struct strmap *m = &sources->map->entries;
        for (size_t k = 0; k < m->n; k++) {
            struct value *source = m->entries[k].value;
            struct value *place = source != NULL && source->kind == VALUE_MAP
                                      ? intake_place(e, source, folder)
                                      : NULL;
            if (place != NULL)
                chain_set(e, opened, value_text(&e->vs, m->entries[k].key),
                          intake_entry(e, m->entries[k].key, place));
        }
    }
}
