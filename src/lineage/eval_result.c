/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

/* The texts of the locations as one value. */
static struct value *location_value(const struct io *io, const struct locations *l, unsigned flags)
{
    struct value *v = NULL;
    for (size_t i = 0; i < l->n; i++) {
        struct value *text = l->items[i].text;
        if (flags != 0)
            text = value_with_flags(&io->e->vs, text, flags);
        v = value_join(&io->e->vs, v, text);
    }
    return v;
}

/* An object that readers take for the location says itself of which file system it is. */
static struct value *location_with_scheme(const struct io *io, const struct locations *l)
{
    struct values *vs = &io->e->vs;
    struct value *v = NULL;
    struct str scheme = io_scheme(io);
    if (io->row->kind == KIND_S3 || io->row->kind == KIND_GS)
        scheme = io->row->kind == KIND_S3 ? STR("s3") : STR("gs");
    for (size_t i = 0; i < l->n; i++) {
        struct value *text = l->items[i].text;
        if (scheme.len > 0 && !str_contains(text->text.bytes, STR("://"))) {
            struct str front = arena_concat(io->e->arena, scheme, STR("://"));
            text = value_concat(vs, value_text(vs, front), text);
        }
        v = value_join(vs, v, text);
    }
    return v;
}

/* A row that gives "=dst.{1}" writes to the target with that behind it: an archive's format. */
void io_add_suffix(const struct io *io, struct locations *dst)
{
    struct eval *e = io->e;
    struct str suffix = STR(".{1}");
    struct value *v = io->args->n_items > 1 ? value_to_text(&e->vs, io->args->items[1]) : NULL;
    struct str text;
    if (!str_has_suffix(io->row->returns, suffix) || v == NULL || !value_is_known_text(v, &text))
        return;
    for (size_t i = 0; i < dst->n; i++) {
        struct location *l = &dst->items[i];
        l->text =
            value_concat(&e->vs, l->text, value_concat(&e->vs, value_text(&e->vs, STR(".")), v));
        l->uri = arena_printf(e->arena, "%.*s.%.*s", STR_FMT(l->uri), STR_FMT(text));
    }
}

static struct str expand_kind(const struct io *io, struct str returns)
{
    size_t at = str_find(returns, STR("{0}"), 0);
    if (at == SIZE_MAX)
        return returns;
    struct value *v = args_get(io->args, 0, STR("service_name"));
    if (v == NULL)
        v = args_get(io->args, 0, STR("protocol"));
    v = v != NULL ? value_alternative(v, 0) : NULL;
    struct str text = v != NULL && v->kind == VALUE_TEXT ? v->text.bytes : STR_EMPTY;
    return arena_printf(io->e->arena, "%.*s%.*s%.*s", STR_FMT(str_slice(returns, 0, at)),
                        STR_FMT(text), STR_FMT(str_from_pos(returns, at + 3)));
}

static struct value *listing(const struct io *io, const struct locations *l, const char *joint)
{
    struct eval *e = io->e;
    struct value *seq = eval_seq(e, VALUE_IS_LISTED);
    struct value *any = NULL;
    for (size_t i = 0; i < l->n; i++) {
        struct value *text = l->items[i].text;
        if (*joint != '\0' && str_has_suffix(text->text.bytes, STR("/")))
            joint = "";
        struct value *one =
            value_concat(&e->vs, text,
                         value_concat(&e->vs, value_text(&e->vs, str_from(joint)),
                                      value_unknown(&e->vs, HOLE_LISTING, STR_EMPTY)));
        any = value_join(&e->vs, any, one);
    }
    seq->seq->is_open = true;
    seq->seq->any_more = any == NULL || any->kind != VALUE_TEXT
                             ? any
                             : value_with_flags(&e->vs, any, any->flags | VALUE_IS_LISTED);
    return seq;
}

/* os.walk: (folder, names of folders, names of files) of each folder below. */
static struct value *walk_triples(const struct io *io, const struct locations *l)
{
    struct eval *e = io->e;
    struct value *names = eval_seq(e, VALUE_IS_LISTED);
    names->seq->is_open = true;
    names->seq->any_more = value_unknown(&e->vs, HOLE_LISTING, STR_EMPTY);
    struct value *seq = eval_seq(e, VALUE_IS_LISTED);
    struct value *triple = eval_seq(e, VALUE_IS_TUPLE);
    struct value *root = NULL;
    for (size_t i = 0; i < l->n; i++)
        root = value_join(&e->vs, root, l->items[i].text);
    value_seq_add(&e->vs, triple,
                  root != NULL ? root : value_unknown(&e->vs, HOLE_LISTING, STR_EMPTY));
    value_seq_add(&e->vs, triple, names);
    value_seq_add(&e->vs, triple, names);
    seq->seq->is_open = true;
    seq->seq->any_more = triple;
    return seq;
}

/* What boto3's list_objects_v2 gives: a mapping whose Contents have a Key below the prefix. */
static struct value *list_response(const struct io *io)
{
    struct eval *e = io->e;
    struct value *prefix = io_part(io, ROLE_AT, PART_PREFIX);
    if (prefix == NULL)
        prefix = io_part(io, ROLE_AT, PART_KEY);
    struct value *key = value_unknown(&e->vs, HOLE_LISTING, STR_EMPTY);
    key = prefix != NULL ? value_concat(&e->vs, prefix, key) : value_to_text(&e->vs, key);
    static const char *const MEMBERS[][2] = { { "Contents", "Key" },
                                              { "CommonPrefixes", "Prefix" },
                                              { "Versions", "Key" } };
    struct value *map = eval_map(e);
    map->map->is_open = true;
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        struct value *entry = eval_map(e);
        entry->map->is_open = true;
        strmap_put(&entry->map->entries, str_from(MEMBERS[i][1]), key);
        struct value *seq = eval_seq(e, VALUE_IS_LISTED);
        seq->seq->is_open = true;
        seq->seq->any_more = entry;
        strmap_put(&map->map->entries, str_from(MEMBERS[i][0]), seq);
    }
    return map;
}

static struct value *with_kind(const struct io *io, struct value *result, struct str kind,
                               struct value *place, struct value *bucket)
{
    struct chain *c = ARENA_NEW(io->e->arena, struct chain);
    *c = *result->chain;
    c->kind = kind;
    if (place != NULL)
        c->place = place;
    if (bucket != NULL)
        c->bucket = bucket;
    struct value *v = eval_new(io->e, VALUE_CHAIN);
    v->chain = c;
    return v;
}

/* A path without a folder stays a path where a table's name could stand. */
static struct value *as_folder(const struct io *io, struct value *text)
{
    struct values *vs = &io->e->vs;
    struct str known;
    if (!value_is_known_text(text, &known) || str_find_char(known, '/') != SIZE_MAX)
        return text;
    return value_concat(vs, value_text(vs, STR("./")), text);
}

static struct value *object_place(const struct io *io, struct value *result, struct str kind,
                                  const struct locations *l)
{
    struct value *bucket = io_part(io, ROLE_AT, PART_BUCKET);
    struct value *key = io_part(io, ROLE_AT, PART_KEY);
    if (bucket == NULL && key == NULL)
        return with_kind(io, result, kind,
                         io->row->kind == KIND_PATH && str_eq(kind, STR("delta.table"))
                             ? as_folder(io, location_value(io, l, 0))
                             : location_value(io, l, 0),
                         NULL);
    return with_kind(io, result, kind, key, bucket);
}

/* bucket.objects.filter(Prefix=p): objects whose keys begin with p. */
static struct value *objects(const struct io *io, struct value *result, struct str kind)
{
    struct eval *e = io->e;
    struct value *bucket = io_part(io, ROLE_AT, PART_BUCKET);
    struct value *prefix = io_part(io, ROLE_AT, PART_PREFIX);
    struct value *key = value_unknown(&e->vs, HOLE_LISTING, STR_EMPTY);
    key = prefix != NULL ? value_concat(&e->vs, prefix, key) : value_to_text(&e->vs, key);
    struct value *seq = eval_seq(e, VALUE_IS_LISTED);
    seq->seq->is_open = true;
    seq->seq->any_more = with_kind(io, result, kind, key, bucket);
    return seq;
}

/* fsspec.url_to_fs: the file system of a URL, and the path there; get_fs_token_paths: with a token
 * between, and a list of paths. */
static struct value *fs_and_path(const struct io *io, const struct locations *l,
                                 struct value *result)
{
    struct eval *e = io->e;
    struct value *text = l->n > 0 ? l->items[0].text : value_to_text(&e->vs, result);
    size_t mark = str_find(text->text.bytes, STR("://"), 0);
    struct str scheme = mark == SIZE_MAX ? STR("local") : str_slice(text->text.bytes, 0, mark);
    if (mark != SIZE_MAX)
        text = value_text_slice(&e->vs, text, mark + 3, text->text.bytes.len);
    struct value *pair = eval_seq(e, VALUE_IS_TUPLE);
    struct str kind = arena_concat(e->arena, STR("fs."), scheme);
    value_seq_add(&e->vs, pair, with_kind(io, result, kind, NULL, NULL));
    if (str_eq(io->row->returns, STR("fs+token+paths"))) {
        struct value *paths = eval_seq(e, 0);
        value_seq_add(&e->vs, paths, text);
        value_seq_add(&e->vs, pair, value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY));
        text = paths;
    }
    value_seq_add(&e->vs, pair, text);
    return pair;
}

/* The file of a call that reads a configuration: its location, or that of the open file, or of what
 * was read of it, that it is given. */
static struct str config_uri(const struct io *io, const struct locations *l)
{
    if (l->n > 0)
        return l->items[0].uri;
    const struct value *v = io_part(io, ROLE_AT, PART_WHOLE);
    const struct chain *c = v != NULL && v->kind == VALUE_CHAIN ? v->chain : NULL;
    for (int i = 0; i < 2 && c != NULL && c->place == NULL; i++) /* f, f.read() */
        c = c->base;
    const struct value *place = c != NULL ? c->place : NULL;
    return place != NULL && place->kind == VALUE_TEXT
               ? uri_from_path(io->e->arena, place->text.bytes)
               : STR_EMPTY;
}

/* What stands in a file of settings: known where the file lies beside the notebook. */
static struct value *configuration(const struct io *io, const struct locations *l)
{
    struct eval *e = io->e;
    struct str form, rest;
    (void)str_cut(io->row->returns, '.', &form, &rest);
    struct str uri = config_uri(io, l);
    if (uri.len == 0 && str_eq(rest, STR("env")))
        uri = STR("file:.env");
    struct value *v = load_config(e, uri, rest);
    if (v != NULL)
        return v;
    v = eval_map(e);
    v->map->is_open = true;
    v->map->missing = (struct hole){ HOLE_CONFIGURATION, STR_EMPTY };
    return v;
}

/* A parser that read files is asked for what stands in them. */
static void read_settings(const struct io *io, const struct locations *l)
{
    struct eval *e = io->e;
    const struct value parser = { .kind = VALUE_CHAIN, .chain = io->receiver };
    for (size_t i = 0; i < (l->n > 0 ? l->n : 1); i++) {
        struct value *v =
            load_config(e, l->n > 0 ? l->items[i].uri : config_uri(io, l), STR("ini"));
        for (size_t k = 0; v != NULL && v->kind == VALUE_MAP && k < v->map->entries.n; k++)
            chain_set(e, &parser, value_text(&e->vs, v->map->entries.entries[k].key),
                      v->map->entries.entries[k].value);
    }
}

static void read_environment(const struct io *io, const struct locations *l)
{
    struct str uri = config_uri(io, l);
    const struct value *is_stronger = args_named(io->args, STR("override"));
    load_environment(io->e, uri.len > 0 ? uri : STR("file:.env"),
                     is_stronger != NULL && value_truth(is_stronger) > 0);
}

/* What a file beside the notebook gives, or NULL: the row is about no such file. */
static struct value *file_result(const struct io *io, const struct locations *l,
                                 struct value *result)
{
    struct str r = io->row->returns;
    if (str_eq(r, STR("config")) || str_has_prefix(r, STR("config.")))
        return configuration(io, l);
    if (str_eq(r, STR("settings"))) {
        read_settings(io, l);
        return result;
    }
    if (str_eq(r, STR("environment"))) {
        read_environment(io, l);
        return result;
    }
    if (!str_eq(r, STR("intake")))
        return NULL;
    struct value *v = with_kind(io, result, r, location_value(io, l, 0), NULL);
    catalog_open(io, l, v);
    return v;
}

struct value *io_result(const struct io *io, const struct locations *l, struct value *result)
{
    struct eval *e = io->e;
    struct str r = io->row->returns;
    if (r.len == 0)
        return result;
    struct value *v = NULL;
    if (r.ptr[0] == '=' || str_eq(r, STR("path"))) {
        struct locations side = *l;
        if (str_eq(r, STR("=src")))
            side = io_locations(io, ROLE_SRC);
        v = location_value(io, &side, str_eq(r, STR("path")) ? VALUE_IS_PATH : 0);
        return v != NULL ? v : value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
    }
    if (str_eq(r, STR("names")))
        return listing(io, l, "/");
    if (str_eq(r, STR("prefix")))
        return listing(io, l, "");
    if (str_eq(r, STR("pattern"))) {
        struct value *seq = eval_seq(e, VALUE_IS_LISTED);
        v = location_value(io, l, 0);
        seq->seq->any_more = v;
        seq->seq->is_open = true;
        return seq;
    }
    if (str_eq(r, STR("response")))
        return list_response(io);
    if (str_eq(r, STR("pages"))) {
        v = eval_seq(e, VALUE_IS_LISTED);
        v->seq->is_open = true;
        v->seq->any_more = list_response(io);
        return v;
    }
    if (str_has_prefix(r, STR("fs+")))
        return fs_and_path(io, l, result);
    if (str_eq(r, STR("walk")))
        return walk_triples(io, l);
    if (str_eq(r, STR("objects")))
        return objects(io, result, STR("s3.object"));
    struct str of_objects = STR(":objects");
    if (str_has_suffix(r, of_objects))
        return objects(io, result, str_slice(r, 0, r.len - of_objects.len));
    v = file_result(io, l, result);
    if (v != NULL)
        return v;
    struct str colon = STR(":place");
    if (str_has_suffix(r, colon))
        return object_place(io, result, str_slice(r, 0, r.len - colon.len), l);
    if (str_eq(r, STR("place")))
        return object_place(io, result, STR_EMPTY, l);
    if (str_eq(r, STR("handle")) || str_eq(r, STR("location")))
        return with_kind(io, result, r, location_with_scheme(io, l), NULL);
    if (io->row->kind == KIND_DB)
        r = io_connection_kind(io, r);
    return with_kind(io, result, expand_kind(io, r), NULL, NULL);
}
