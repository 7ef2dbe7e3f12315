/* analysis_json: the JSON of analysis_print.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/analysis_print.h"

#include "store/store.h"
#include "json/writer.h"

static void put_text(struct arena *a, struct json_writer *w, struct str key, struct str text)
{
    json_put_str(w, key, analysis_text(a, text));
}

static void write_counts(struct json_writer *w, const struct analysis *an)
{
    json_write_key(w, STR("counts"));
    json_write_object(w);
    json_put_u64(w, STR("cells"), an->n_cells);
    json_put_u64(w, STR("code_cells"), an->n_code_cells);
    json_put_u64(w, STR("lines"), an->n_lines);
    json_put_u64(w, STR("train"), an->n_train);
    json_put_u64(w, STR("plot"), an->n_plot);
    json_put_u64(w, STR("query"), an->n_query);
    json_put_u64(w, STR("write"), an->n_write);
    json_write_end(w);
}

static void write_parameters(struct arena *a, struct json_writer *w, const struct analysis *an)
{
    json_write_key(w, STR("parameters"));
    json_write_array(w);
    for (size_t i = 0; i < an->n_parameters; i++) {
        const struct parameter *p = &an->parameters[i];
        json_write_object(w);
        json_put_str(w, STR("name"), p->name);
        put_text(a, w, STR("value"), p->value);
        json_put_u64(w, STR("cell"), p->cell);
        json_put_u64(w, STR("line"), p->line);
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_holes(struct json_writer *w, const struct reference *r)
{
    json_write_key(w, STR("holes"));
    json_write_array(w);
    for (size_t i = 0; i < r->n_holes; i++) {
        json_write_object(w);
        json_put_str(w, STR("reason"), str_from(hole_reason_name(r->holes[i].reason)));
        json_put_str(w, STR("name"), r->holes[i].name);
        json_write_end(w);
    }
    json_write_end(w);
}

void analysis_write_reference(struct arena *a, struct json_writer *w, const struct reference *r)
{
    json_put_str(w, STR("dir"), str_from(reference_dir_name(r->dir)));
    json_put_str(w, STR("uri"), r->uri);
    json_put_u64(w, STR("cell"), r->cell);
    json_put_u64(w, STR("line"), r->line);
    json_put_u64(w, STR("col"), r->col);
    json_put_str(w, STR("code"), r->code);
    put_text(a, w, STR("via"), r->via);
    json_put_str(w, STR("kind"), str_from(reference_kind_name(r->kind)));
    json_put_bool(w, STR("resolved"), r->n_holes == 0);
    write_holes(w, r);
    json_put_bool(w, STR("called"), r->is_called);
    json_put_bool(w, STR("may"), r->is_may);
    json_put_bool(w, STR("derived"), r->is_derived);
    json_put_str_if(w, STR("local"), r->local);
}

static void write_origin(struct arena *a, struct json_writer *w, const struct notebook *nb,
                         const struct reference *r)
{
    struct analysis_step steps[ANALYSIS_MAX_STEPS];
    bool is_cut;
    size_t n = analysis_steps(a, nb, r->origin, steps, &is_cut);
    json_write_key(w, STR("origin"));
    json_write_array(w);
    for (size_t i = 0; i < n; i++) {
        json_write_object(w);
        json_put_str(w, STR("step"), str_from(steps[i].what));
        put_text(a, w, STR("name"), steps[i].name);
        json_put_str_if(w, STR("file"), steps[i].file);
        json_put_u64(w, STR("cell"), steps[i].cell);
        json_put_u64(w, STR("line"), steps[i].line);
        json_put_str(w, STR("code"), steps[i].code);
        json_put_u64(w, STR("depth"), steps[i].depth);
        json_write_end(w);
    }
    json_write_end(w);
    json_put_bool(w, STR("origin_is_cut"), is_cut);
}

static void write_gaps(struct json_writer *w, const struct analysis *an)
{
    json_write_key(w, STR("gaps"));
    json_write_array(w);
    for (size_t i = 0; i < an->n_gaps; i++) {
        json_write_object(w);
        json_put_u64(w, STR("cell"), an->gaps[i].cell);
        json_put_u64(w, STR("line"), an->gaps[i].line);
        json_put_str(w, STR("reason"), str_from(an->gaps[i].reason));
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_bindings(struct json_writer *w, const struct analysis *an)
{
    json_write_key(w, STR("tables"));
    json_write_array(w);
    for (size_t i = 0; i < an->n_bindings; i++) {
        const struct table_binding *b = &an->bindings[i];
        json_write_object(w);
        json_put_str(w, STR("table"), b->table);
        json_put_str(w, STR("location"), b->location);
        json_put_u64(w, STR("cell"), b->cell);
        json_put_u64(w, STR("line"), b->line);
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_object(struct json_writer *w, const struct store_object *object)
{
    if (object->etag.len == 0)
        return;
    json_write_key(w, STR("object"));
    json_write_object(w);
    json_put_str(w, STR("etag"), object->etag);
    json_put_u64(w, STR("size_bytes"), object->size_bytes);
    json_put_time(w, STR("modified_at"), object->last_modified_unix_ms);
    json_write_end(w);
}

static void write_cells(struct json_writer *w, const struct notebook *nb)
{
    static const struct str kinds[] = { [CELL_CODE] = STR_INIT("code"),
                                        [CELL_MARKDOWN] = STR_INIT("markdown"),
                                        [CELL_RAW] = STR_INIT("raw") };
    json_put_i64(w, STR("format"), (int64_t)nb->format);
    json_put_str_if(w, STR("title"), nb->title);
    json_put_str_if(w, STR("notebook_language"), nb->language);
    json_write_key(w, STR("cells"));
    json_write_array(w);
    for (size_t i = 0; i < nb->n_cells; i++) {
        const struct cell *c = &nb->cells[i];
        json_write_object(w);
        json_put_str(w, STR("kind"), kinds[c->kind]);
        json_put_u64(w, STR("index"), c->index);
        json_put_str_if(w, STR("language"), c->language);
        json_put_str_if(w, STR("id"), c->id);
        json_write_key(w, STR("tags"));
        json_write_array(w);
        for (size_t k = 0; k < c->n_tags; k++)
            json_write_str(w, c->tags[k]);
        json_write_end(w);
        json_put_str(w, STR("source"), c->source);
        json_write_end(w);
    }
    json_write_end(w);
}

void analysis_write_json(struct arena *a, struct buf *out, struct str name,
                         const struct notebook *nb, const struct analysis *an,
                         const struct analysis_form *form)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str(&w, STR("path"), name);
    json_put_str(&w, STR("language"), an->language);
    json_put_str(&w, STR("kernel"), an->kernel);
    write_counts(&w, an);
    json_write_key(&w, STR("libraries"));
    json_write_array(&w);
    for (size_t i = 0; i < an->n_libraries; i++)
        json_write_str(&w, an->libraries[i]);
    json_write_end(&w);
    write_parameters(a, &w, an);
    json_write_key(&w, STR("references"));
    json_write_array(&w);
    for (size_t i = 0; i < an->n_references; i++) {
        json_write_object(&w);
        analysis_write_reference(a, &w, &an->references[i]);
        if (form->has_origin)
            write_origin(a, &w, nb, &an->references[i]);
        json_write_end(&w);
    }
    json_write_end(&w);
    write_gaps(&w, an);
    json_write_key(&w, STR("limit"));
    if (an->hit_limit != NULL)
        json_write_str(&w, str_from(an->hit_limit));
    else
        json_write_null(&w);
    if (form->has_cells) {
        write_bindings(&w, an);
        write_object(&w, form->object);
        write_cells(&w, nb);
    }
    json_write_end(&w);
}

void analysis_write_score(struct buf *out, struct str name, const struct analysis *an)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str(&w, STR("notebook"), name);
    json_write_key(&w, STR("references"));
    json_write_array(&w);
    for (size_t i = 0; i < an->n_references; i++) {
        const struct reference *r = &an->references[i];
        if (r->dir == REFERENCE_LIST)
            continue;
        json_write_object(&w);
        json_put_str(&w, STR("dir"), r->dir == REFERENCE_READ ? STR("read") : STR("write"));
        json_put_str(&w, STR("uri"), r->uri);
        json_put_u64(&w, STR("cell"), r->cell);
        json_put_str(&w, STR("via"), r->via);
        json_write_end(&w);
    }
    json_write_end(&w);
    json_write_end(&w);
}

void analysis_write_broken(struct buf *out, struct str name, const struct err *why, bool is_score)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str(&w, is_score ? STR("notebook") : STR("path"), name);
    if (!is_score) {
        json_write_key(&w, STR("error"));
        json_write_object(&w);
        json_put_str(&w, STR("code"), str_from(err_kind(why->code)->code));
        json_put_str(&w, STR("message"), str_from(why->msg));
        json_put_str(&w, STR("fix"), str_from(err_fix_text(why)));
        json_write_end(&w);
    }
    json_write_key(&w, STR("references"));
    json_write_array(&w);
    json_write_end(&w);
    json_write_end(&w);
}
