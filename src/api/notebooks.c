/* notebooks: /v1/notebooks and /v1/notebooks/{notebook_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "index/document.h"

enum { MAX_REFERENCES = 20000, MAX_LIBRARIES = 1000, MAX_PARAMETERS = 1000, MAX_COPIES = 100 };

static bool put_notebook(struct call *call, struct index_reader *r,
                         const struct index_notebook_row *nb, struct index_kind kinds[PROCESS_N],
                         size_t *n_kinds, struct err *err)
{
    struct json_writer *w = &call->json;
    if (!index_notebook_kinds(r, call->req->arena, nb->row, kinds, n_kinds, err))
        return false;
    json_put_id(w, STR("id"), nb->id);
    json_put_str(w, STR("uri"), nb->uri);
    json_put_str(w, STR("title"), nb->title);
    json_put_str(w, STR("source"), nb->source);
    json_put_str(w, STR("owner"), nb->owner);
    json_put_str(w, STR("language"), nb->language);
    json_put_str(w, STR("kernel"), nb->kernel);
    json_put_u64(w, STR("size_bytes"), nb->size_bytes);
    json_put_time_if(w, STR("modified"), nb->modified_unix_s * 1000);
    json_put_u64(w, STR("n_cells"), nb->n_cells);
    json_put_u64(w, STR("n_code_cells"), nb->n_code_cells);
    json_put_u64(w, STR("n_lines"), nb->n_lines);
    json_put_u64(w, STR("n_references"), nb->n_references);
    json_put_u64(w, STR("n_copies"), nb->n_copies);
    json_write_key(w, STR("kinds"));
    json_write_array(w);
    for (size_t i = 0; i < *n_kinds; i++)
        json_write_str(w, str_from(process_name(kinds[i].process)));
    json_write_end(w);
    json_put_str_if(w, STR("hit_limit"), nb->hit_limit);
    json_put_str_if(w, STR("error"), nb->error);
    return true;
}

/* The one at the location that is asked for, as a list. */
static bool find_one(struct call *call, struct index_reader *r, struct index_notebooks *out,
                     struct err *err)
{
    struct arena *a = call->req->arena;
    struct index_notebook_row nb;
    bool has_one;
    *out = (struct index_notebooks){ 0 };
    if (!index_notebook_by_uri(r, a, call_text(call, STR("uri")), &nb, &has_one, err))
        return false;
    if (has_one)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = nb;
    return true;
}

bool api_notebooks_list(struct call *call, struct err *err)
{
    struct arena *a = call->req->arena;
    struct index_reader *r;
    struct index_notebooks found;
    struct index_kind kinds[PROCESS_N];
    struct question question;
    size_t n_kinds, limit = (size_t)call_number(call, STR("limit"));
    struct index_notebook_query q = {
        .q = call_text(call, STR("q")),
        .kind = call_text(call, STR("kind")),
        .library = call_text(call, STR("library")),
        .language = call_text(call, STR("language")),
        .owner = call_text(call, STR("owner")),
        .uses = STR_EMPTY,
        .is_broken = call_flag(call, STR("broken")),
        .is_without_copies = !call_flag(call, STR("copies")),
        .since_unix_s = call_time(call, STR("modified_since")) / 1000,
        .before_unix_s = call_time(call, STR("modified_before")) / 1000,
        .limit = limit + 1,
    };
    if (!call_after(call, &q.after, err) || !call_reader(call, &r, err))
        return false;
    if (call_text(call, STR("uses")).len > 0) {
        if (!call_question(call, STR("uses"), r, &question, err))
            return false;
        q.uses = place_key(a, question.forms[0]);
    }
    bool ok = call_text(call, STR("uri")).len > 0 ? find_one(call, r, &found, err)
                                                  : index_notebooks(r, a, &q, &found, err);
    if (!ok)
        return false;
    size_t n = found.n < limit ? found.n : limit;
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    for (size_t i = 0; i < n; i++) {
        json_write_object(&call->json);
        if (!put_notebook(call, r, &found.items[i], kinds, &n_kinds, err))
            return false;
        json_write_end(&call->json);
    }
    json_write_end(&call->json);
    if (found.n > limit) {
        const struct index_notebook_row *last = &found.items[n - 1];
        const struct page_key key = { last->modified_unix_s, last->row, STR_EMPTY };
        page_write_next(call, &key);
    }
    json_write_end(&call->json);
    return true;
}

static bool put_cell(void *ctx, const struct document_cell *cell, struct err *err)
{
    static const char *const kinds[] = {
        [CELL_CODE] = "code", [CELL_MARKDOWN] = "markdown", [CELL_RAW] = "raw"
    };
    struct json_writer *w = ctx;
    (void)err;
    json_write_object(w);
    json_put_u64(w, STR("index"), cell->index);
    json_put_str(w, STR("kind"), str_from(kinds[cell->kind]));
    json_put_str_if(w, STR("language"), cell->language);
    json_put_bool(w, STR("is_parameters"), cell->is_parameters);
    json_put_str(w, STR("text"), cell->text);
    json_write_end(w);
    return true;
}

static bool put_cells(struct call *call, struct index_reader *r, int64_t row, struct err *err)
{
    json_write_key(&call->json, STR("cells"));
    json_write_array(&call->json);
    if (!index_each_cell(r, row, put_cell, &call->json, err))
        return false;
    json_write_end(&call->json);
    return true;
}

static bool put_references(struct call *call, struct index_reader *r, int64_t row, struct err *err)
{
    struct index_uses uses;
    if (!index_notebook_uses(r, call->req->arena, row, MAX_REFERENCES, &uses, err))
        return false;
    json_write_key(&call->json, STR("references"));
    json_write_array(&call->json);
    for (size_t i = 0; i < uses.n; i++) {
        json_write_object(&call->json);
        put_reference(&call->json, &uses.items[i]);
        json_write_end(&call->json);
    }
    json_write_end(&call->json);
    return true;
}

static bool put_parameters(struct call *call, struct index_reader *r, int64_t row, struct err *err)
{
    struct json_writer *w = &call->json;
    struct index_parameters found;
    if (!index_notebook_parameters(r, call->req->arena, row, MAX_PARAMETERS, &found, err))
        return false;
    json_write_key(w, STR("parameters"));
    json_write_array(w);
    for (size_t i = 0; i < found.n; i++) {
        json_write_object(w);
        json_put_str(w, STR("name"), found.items[i].name);
        json_put_str(w, STR("value"), found.items[i].value);
        json_put_u64(w, STR("cell"), found.items[i].cell);
        json_put_u64(w, STR("line"), found.items[i].line);
        json_write_end(w);
    }
    json_write_end(w);
    return true;
}

static bool put_libraries(struct call *call, struct index_reader *r, int64_t row, struct err *err)
{
    struct index_texts found;
    if (!index_notebook_libraries(r, call->req->arena, row, MAX_LIBRARIES, &found, err))
        return false;
    json_write_key(&call->json, STR("libraries"));
    json_write_array(&call->json);
    for (size_t i = 0; i < found.n; i++)
        json_write_str(&call->json, found.items[i]);
    json_write_end(&call->json);
    return true;
}

static void put_kinds(struct json_writer *w, const struct index_kind *kinds, size_t n)
{
    json_write_key(w, STR("kind_evidence"));
    json_write_array(w);
    for (size_t i = 0; i < n; i++) {
        json_write_object(w);
        json_put_str(w, STR("kind"), str_from(process_name(kinds[i].process)));
        json_put_u64(w, STR("weight"), kinds[i].weight);
        json_put_array_text(w, STR("evidence"), kinds[i].evidence);
        json_write_end(w);
    }
    json_write_end(w);
}

static bool put_copies(struct call *call, struct index_reader *r,
                       const struct index_notebook_row *nb, struct err *err)
{
    struct json_writer *w = &call->json;
    struct index_notebooks found;
    if (!index_notebook_copies(r, call->req->arena, nb, MAX_COPIES, &found, err))
        return false;
    json_write_key(w, STR("copies"));
    json_write_array(w);
    for (size_t i = 0; i < found.n; i++) {
        json_write_object(w);
        json_put_id(w, STR("id"), found.items[i].id);
        json_put_str(w, STR("uri"), found.items[i].uri);
        json_write_end(w);
    }
    json_write_end(w);
    return true;
}

bool api_notebook_get(struct call *call, struct err *err)
{
    struct index_reader *r;
    struct index_notebook_row nb;
    struct index_kind kinds[PROCESS_N];
    size_t n_kinds;
    json_write_object(&call->json);
    if (!call_reader(call, &r, err) ||
        !index_notebook_get(r, call->req->arena, call_id(call, STR("notebook_id")), &nb, err) ||
        !put_notebook(call, r, &nb, kinds, &n_kinds, err))
        return false;
    put_kinds(&call->json, kinds, n_kinds);
    if (!put_libraries(call, r, nb.row, err) || !put_parameters(call, r, nb.row, err) ||
        !put_references(call, r, nb.row, err) || !put_copies(call, r, &nb, err) ||
        !put_cells(call, r, nb.row, err))
        return false;
    json_write_end(&call->json);
    return true;
}
