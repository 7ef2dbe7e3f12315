/* sources: /v1/sources. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"
#include "api/scan_json.h"
#include "scan/scan.h"

bool scans_needed(const struct call *call, struct err *err)
{
    return call->api->options.scans != NULL ||
           err_set(err, ERR_UNSUPPORTED, "this process runs no scans");
}

static void put_time_or_null(struct json_writer *w, struct str key, int64_t unix_ms)
{
    if (unix_ms > 0)
        json_put_time(w, key, unix_ms);
    else
        json_put_null(w, key);
}

void source_write(struct call *call, const struct index_source *source)
{
    struct json_writer *w = &call->json;
    json_write_object(w);
    json_put_str(w, STR("name"), source->name);
    json_put_str(w, STR("uri"), source->uri);
    json_write_key(w, STR("wants"));
    json_write_array(w);
    if ((source->wants & INDEX_WANTS_NOTEBOOKS) != 0)
        json_write_str(w, STR("notebooks"));
    if ((source->wants & INDEX_WANTS_DATASETS) != 0)
        json_write_str(w, STR("datasets"));
    json_write_end(w);
    json_put_i64(w, STR("interval_s"), source->interval_s);
    json_put_bool(w, STR("is_from_config"), source->is_from_config);
    if (source->last_scan != 0)
        json_put_i64(w, STR("last_scan_id"), source->last_scan);
    else
        json_put_null(w, STR("last_scan_id"));
    put_time_or_null(w, STR("scanned_at"), source->scanned_unix_ms);
    json_write_end(w);
}

/* A page on its way. */
struct source_page {
    struct call *call;
    int64_t n_left;
    struct str last; /* the name of the last one that was written */
    bool is_more;
};

static bool write_one(void *ctx, const struct index_source *source, struct err *err)
{
    struct source_page *page = ctx;
    if (page->n_left == 0) {
        page->is_more = true;
        return err_set(err, ERR_CANCELLED, "the page is full");
    }
    page->n_left--;
    page->last = arena_str(page->call->req->arena, source->name);
    source_write(page->call, source);
    return true;
}

bool api_sources_list(struct call *call, struct err *err)
{
    struct source_page page = { .call = call, .n_left = call_number(call, STR("limit")) };
    struct err why = ERR_INIT;
    struct index_reader *reader;
    struct page_key after;
    bool has_after;
    if (!page_read(call, &after, &has_after, err) || !call_reader(call, &reader, err))
        return false;
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    if (!index_each_source(reader, after.text, write_one, &page, &why) && !page.is_more) {
        *err = why;
        return false;
    }
    json_write_end(&call->json);
    page_write_next(call, page.is_more ? &(struct page_key){ .text = page.last } : NULL);
    json_write_end(&call->json);
    return true;
}

static bool find(struct call *call, struct str name, struct index_source *out, struct err *err)
{
    struct index_reader *reader;
    return call_reader(call, &reader, err) &&
           index_find_source(reader, call->req->arena, name, out, err);
}

bool api_source_get(struct call *call, struct err *err)
{
    struct index_source source;
    if (!find(call, call_text(call, STR("source")), &source, err))
        return false;
    source_write(call, &source);
    return true;
}

static bool read_wants(const struct json *body, struct scan_source *out, struct err *err)
{
    const struct json *wants;
    if (!json_opt_array(body, STR("wants"), &wants, err))
        return false;
    out->wants_notebooks = out->wants_datasets = wants == NULL;
    for (size_t i = 0; wants != NULL && i < wants->n_items; i++) {
        bool is_notebooks = str_eq(wants->items[i].text, STR("notebooks"));
        out->wants_notebooks = out->wants_notebooks || is_notebooks;
        out->wants_datasets = out->wants_datasets || !is_notebooks;
    }
    return true;
}

/* A folder of the server's machine is for its owner to name, in the settings. */
static bool check_uri(struct str uri, struct err *err)
{
    if (str_has_prefix(uri, STR("s3://")))
        return true;
    err_set(err, ERR_INVALID, "/uri: \"%.*s\" is not s3://BUCKET/PREFIX",
            STR_FMT(str_slice(uri, 0, 100)));
    return err_fix(err, "Folders of the server are sources by the setting scan.sources only.");
}

bool api_source_create(struct call *call, struct err *err)
{
    struct scan_source source = { 0 };
    struct index_source made;
    if (!scans_needed(call, err) || !json_get_str(call->body, STR("name"), &source.name, err) ||
        !json_get_str(call->body, STR("uri"), &source.uri, err) ||
        !json_opt_i64(call->body, STR("interval_s"), 0, INT32_MAX, 0, &source.interval_s, err) ||
        !read_wants(call->body, &source, err) || !check_uri(source.uri, err))
        return false;
    while (source.uri.ptr[source.uri.len - 1] == '/')
        source.uri.len--;
    if (!scans_put_source(call->api->options.scans, &source, err) ||
        !find(call, source.name, &made, err))
        return false;
    call->answer->status = 201;
    source_write(call, &made);
    return true;
}

bool api_source_delete(struct call *call, struct err *err)
{
    if (!scans_needed(call, err) ||
        !scans_remove_source(call->api->options.scans, call_text(call, STR("source")), err))
        return false;
    json_write_object(&call->json);
    json_put_str(&call->json, STR("status"), STR("removed"));
    json_write_end(&call->json);
    return true;
}
