/* prepare: see prepare.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/prepare.h"
#include "catalog/kinds.h"
#include "catalog/place.h"
#include "index/document.h"
#include "index/ref.h"
#include "util/limits.h"
#include "json/writer.h"

/* Bytes of a text that a person reads (title, error) and of a parameter's value; the rest is cut.
 */
enum { MAX_TEXT = 500, MAX_VALUE = 2000 };
/* Bytes of base64 that are kept. */
enum { MAX_PICTURE = 100 };

struct str prepare_cut(struct str text, size_t max)
{
    while (max > 0 && max < text.len && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return str_slice(text, 0, max);
}

static struct str keep(struct arena *a, struct str text)
{
    text = prepare_cut(text, MAX_TEXT);
    return text.len == 0 ? STR_EMPTY : arena_str(a, text);
}

/* ---- What the analysis found. ---- */

static void prepare_libraries(struct arena *a, struct index_prepared *p, const struct analysis *an)
{
    p->libraries = ARENA_NEW_N(a, struct str, an->n_libraries);
    for (size_t i = 0; i < an->n_libraries; i++) {
        struct str name = prepare_cut(an->libraries[i], MAX_TEXT);
        bool is_known = name.len == 0;
        for (size_t k = 0; k < p->n_libraries && !is_known; k++)
            is_known = str_eq(p->libraries[k], name);
        if (!is_known)
            p->libraries[p->n_libraries++] = arena_str(a, name);
    }
}

static void prepare_parameters(struct arena *a, struct index_prepared *p, const struct analysis *an)
{
    p->parameters = ARENA_NEW_N(a, struct prepared_parameter, an->n_parameters);
    p->n_parameters = an->n_parameters;
    for (size_t i = 0; i < an->n_parameters; i++) {
        const struct parameter *from = &an->parameters[i];
        p->parameters[i] =
            (struct prepared_parameter){ .name = keep(a, from->name),
                                         .value = arena_str(a, prepare_cut(from->value, MAX_VALUE)),
                                         .cell = (int64_t)from->cell,
                                         .line = (int64_t)from->line };
    }
}

/* As ref.h has it. */
static struct str holes_of(struct arena *a, struct buf *out, const struct reference *r)
{
    buf_reset(out);
    for (size_t i = 0; i < r->n_holes; i++) {
        const struct hole *hole = &r->holes[i];
        if (i > 0)
            buf_add_char(out, '\n');
        buf_add(out, str_from(hole_reason_name(hole->reason)));
        if (hole->name.len > 0 && str_find_char(hole->name, '\n') == SIZE_MAX) {
            buf_add_char(out, ' ');
            buf_add(out, hole->name);
        }
    }
    return out->len == 0 ? STR_EMPTY : arena_str(a, buf_str(out));
}

/* A path of a notebook that lies in a folder of this machine is relative to that folder: stored so,
 * a question by the whole path finds it. */
static struct str key_of(struct arena *a, struct str notebook, struct str uri)
{
    const struct str scheme = STR("file:");
    struct str path = str_from_pos(uri, scheme.len);
    bool is_relative = str_has_prefix(notebook, STR("file:/")) && str_has_prefix(uri, scheme) &&
                       path.len > 0 && path.ptr[0] != '/' && path.ptr[0] != '~' &&
                       !str_has_prefix(path, STR("{}"));
    if (is_relative) {
        struct str folder = str_slice(notebook, scheme.len, str_rfind_char(notebook, '/'));
        uri = arena_concat(a, scheme, place_absolute(a, folder, path));
    }
    return place_key(a, uri);
}

static void prepare_references(struct arena *a, struct index_prepared *p, const struct analysis *an)
{
    AUTO_BUF holes = BUF_INIT(LIMIT_JSON_BYTES);
    p->references = ARENA_NEW_N(a, struct prepared_reference, an->n_references);
    p->n_references = an->n_references;
    for (size_t i = 0; i < an->n_references; i++) {
        const struct reference *r = &an->references[i];
        AUTO_ARENA spare = ARENA_INIT;
        p->references[i] = (struct prepared_reference){
            .place = arena_str(a, key_of(&spare, p->uri, r->uri)),
            .via = keep(a, r->via),
            .local = r->is_derived ? arena_str(a, r->local) : STR_EMPTY,
            .holes = holes_of(a, &holes, r),
            .what = ref_what(r),
            .cell = (int64_t)r->cell,
            .line = (int64_t)r->line,
            .col = (int64_t)r->col,
        };
    }
}

static void prepare_tables(struct arena *a, struct index_prepared *p, const struct analysis *an)
{
    p->tables = ARENA_NEW_N(a, struct prepared_table, an->n_bindings);
    p->n_tables = an->n_bindings;
    for (size_t i = 0; i < an->n_bindings; i++) {
        const struct table_binding *t = &an->bindings[i];
        p->tables[i] = (struct prepared_table){ .name = arena_str(a, place_key(a, t->table)),
                                                .location = arena_str(a, place_key(a, t->location)),
                                                .cell = (int64_t)t->cell,
                                                .line = (int64_t)t->line };
    }
}

static void prepare_analysis(struct arena *a, struct index_prepared *p, const struct analysis *an)
{
    p->language = keep(a, an->language);
    p->kernel = keep(a, an->kernel);
    p->hit_limit = an->hit_limit == NULL ? STR_EMPTY : str_from(an->hit_limit);
    p->n_cells = (int64_t)an->n_cells;
    p->n_code_cells = (int64_t)an->n_code_cells;
    p->n_lines = (int64_t)an->n_lines;
    p->n_train = (int64_t)an->n_train;
    p->n_plot = (int64_t)an->n_plot;
    p->n_query = (int64_t)an->n_query;
    p->n_write = (int64_t)an->n_write;
    p->n_gaps = (int64_t)an->n_gaps;
    prepare_libraries(a, p, an);
    prepare_parameters(a, p, an);
    prepare_references(a, p, an);
    prepare_tables(a, p, an);
}

static void write_evidence(struct buf *out, const struct kind_found *found)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_array(&w);
    for (size_t i = 0; i < found->n_evidence; i++) {
        const struct kind_evidence *e = &found->evidence[i];
        json_write_object(&w);
        json_put_str(&w, STR("text"), e->text);
        json_put_str(&w, STR("rule"), str_from(e->rule));
        json_put_u64(&w, STR("weight"), e->weight);
        if (e->cell != SIZE_MAX) {
            json_put_u64(&w, STR("cell"), e->cell);
            json_put_u64(&w, STR("line"), e->line);
        }
        json_write_end(&w);
    }
    json_write_end(&w);
}

static void prepare_kinds(struct arena *a, struct index_prepared *p, const struct kinds *kinds)
{
    AUTO_BUF evidence = BUF_INIT(LIMIT_JSON_BYTES);
    p->kinds = ARENA_NEW_N(a, struct prepared_kind, kinds->n);
    p->n_kinds = kinds->n;
    for (size_t i = 0; i < kinds->n; i++) {
        const struct kind_found *k = &kinds->items[i];
        buf_reset(&evidence);
        write_evidence(&evidence, k);
        p->kinds[i] = (struct prepared_kind){ .kind = (int64_t)k->process + 1,
                                              .weight = (int64_t)k->weight,
                                              .evidence = arena_str(a, buf_str(&evidence)) };
    }
}

/* ---- The text of the cells. ---- */

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

/* Text of a cell without the bytes of pictures that are written into it (";base64,iVBOR..."): they
 * are most of many notebooks, and nobody reads or searches them.  Lines keep their numbers.  In
 * out, if there were some. */
static struct str without_pictures(struct buf *out, struct str text)
{
    const struct str mark = STR(";base64,");
    size_t kept = 0;
    buf_reset(out);
    for (size_t at = 0; (at = str_find(text, mark, at)) != SIZE_MAX;) {
        size_t from = at + mark.len, to = from;
        while (to < text.len && is_base64(text.ptr[to]))
            to++;
        if (to - from > MAX_PICTURE) {
            buf_add(out, str_slice(text, kept, from));
            kept = to;
        }
        at = to;
    }
    if (kept == 0)
        return text;
    buf_add(out, str_from_pos(text, kept));
    return buf_str(out);
}

static void end_document(struct arena *a, struct index_prepared *p, struct buf *body,
                         struct buf *packed, size_t first)
{
    if (body->len == 0)
        return;
    document_pack(buf_str(body), packed);
    *ARENA_PUSH(a, p->documents, p->n_documents, p->cap_documents) =
        (struct prepared_document){ .first_cell = (int64_t)first,
                                    .body = arena_str(a, buf_str(packed)) };
    buf_reset(body);
}

static void prepare_cells(struct arena *a, struct index_prepared *p,
                          const struct index_notebook *in)
{
    const struct notebook *nb = in->notebook;
    AUTO_BUF body = BUF_INIT(SIZE_MAX);
    AUTO_BUF packed = BUF_INIT(SIZE_MAX);
    AUTO_BUF room = BUF_INIT(SIZE_MAX);
    size_t first = 0;
    for (size_t i = 0; i < nb->n_cells; i++) {
        const struct cell *c = &nb->cells[i];
        struct str language = in->languages == NULL ? c->language : in->languages[i];
        struct document_cell cell = { .index = c->index,
                                      .kind = c->kind,
                                      .is_parameters = cell_has_tag(c, STR("parameters")),
                                      .language = language,
                                      .text = without_pictures(&room, c->source) };
        if (body.len > 0 && body.len + cell.text.len > DOCUMENT_BYTES)
            end_document(a, p, &body, &packed, first);
        if (body.len == 0)
            first = c->index;
        document_add(&body, &cell);
    }
    end_document(a, p, &body, &packed, first);
}

/* ---- All of it. ---- */

struct index_prepared *index_prepare_notebook(struct arena *a, const struct index_notebook *nb)
{
    struct index_prepared *p = ARENA_NEW(a, struct index_prepared);
    p->source = nb->source;
    p->uri = arena_str(a, nb->uri);
    p->etag = arena_str(a, nb->etag);
    p->owner = keep(a, nb->owner);
    p->title = keep(a, nb->title);
    p->size_bytes = (int64_t)nb->size_bytes;
    p->modified_s = nb->modified_unix_ms / 1000;
    p->n_siblings = (int64_t)nb->n_siblings;
    if (nb->error != NULL) {
        p->error_code = (int64_t)nb->error->code;
        p->error = keep(a, str_from(nb->error->msg));
    }
    p->format = nb->notebook == NULL ? 0 : (int64_t)nb->notebook->format;
    p->sketch.is_empty = true;
    if (nb->sketch != NULL)
        p->sketch = *nb->sketch;
    if (nb->analysis != NULL)
        prepare_analysis(a, p, nb->analysis);
    if (nb->kinds != NULL)
        prepare_kinds(a, p, nb->kinds);
    if (nb->notebook != NULL)
        prepare_cells(a, p, nb);
    return p;
}
