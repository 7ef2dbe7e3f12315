/*
 * cluster_kept: lists of clusters without reading each document again.
 *
 * What a row alone says of a cluster is kept as text by the row's version; when the provider's list
 * was last read is added each time.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "api/kept.h"

enum { CLUSTER_TEXT_MAX_BYTES = 512 * 1024, AGE_BYTES = 200 };

/* "{...": the members that the row alone says, without the closing brace. */
static struct str members_of(struct arena *a, const struct cluster_row *row)
{
    AUTO_BUF text = BUF_INIT(CLUSTER_TEXT_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    cluster_write_members(&w, row);
    return arena_str(a, buf_str(&text));
}

/* ",...}": the rest. */
static void add_age(struct buf *out, bool is_live, int64_t synced_ms, int64_t now_ms)
{
    AUTO_BUF text = BUF_INIT(AGE_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    cluster_write_age(&w, is_live, synced_ms, now_ms);
    json_write_end(&w);
    buf_add_char(out, ',');
    buf_add(out, str_from_pos(buf_str(&text), 1));
}

bool cluster_kept_write(struct call *call, struct ledger *l, const struct ledger_row *stored,
                        int64_t synced_ms, int64_t now_ms, bool *is_gone, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF whole = BUF_INIT(CLUSTER_TEXT_MAX_BYTES);
    struct kept *kept = call->api->kept_clusters;
    struct kept_answer text;
    struct ledger_row fresh = *stored;
    *is_gone = false;
    if (!kept_get(kept, stored->id, (uint64_t)stored->version, &a, &text)) {
        struct cluster_row row;
        struct err why = ERR_INIT;
        if (stored->doc.len == 0 && !l->ops->get(l, &a, stored->id, &fresh, &why)) {
            *is_gone = why.code == ERR_NOT_FOUND;
            *err = why;
            return *is_gone;
        }
        if (!row_from_ledger(&a, &fresh, &row, err))
            return false;
        text = (struct kept_answer){ .bytes = members_of(&a, &row) };
        kept_put(kept, fresh.id, (uint64_t)fresh.version, &text);
    }
    buf_add(&whole, text.bytes);
    add_age(&whole, fresh.is_live, synced_ms, now_ms);
    if (!buf_ok(&whole))
        return err_set(err, ERR_TOO_LARGE, "cluster %.*s is too large", STR_FMT(stored->id));
    json_write_raw(&call->json, buf_str(&whole));
    return true;
}
