/* row: the document of the ledger and the struct, by a table of its members. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/lifecycle.h"

#include <stddef.h>

enum field_kind { FIELD_STR, FIELD_INT, FIELD_BOOL };

static const struct field {
    struct str name;
    enum field_kind kind;
    size_t offset;
} fields[] = {
#define F(name, kind, member)                                                                      \
    {                                                                                              \
        STR_INIT(name), kind, offsetof(struct cluster_row, member)                                 \
    }
    F("provider", FIELD_STR, provider),
    F("phase_ms", FIELD_INT, phase_ms),
    F("reason_code", FIELD_STR, reason.code),
    F("reason_kind", FIELD_STR, reason.kind),
    F("reason_message", FIELD_STR, reason.message),
    F("reason_fix", FIELD_STR, reason.fix),
    F("reason_retryable", FIELD_BOOL, reason.is_retryable),
    F("attempt", FIELD_INT, attempt),
    F("is_sent", FIELD_BOOL, is_sent),
    F("attempt_ms", FIELD_INT, attempt_ms),
    F("retry_ms", FIELD_INT, retry_ms),
    F("state", FIELD_STR, state),
    F("state_code", FIELD_STR, state_code),
    F("state_message", FIELD_STR, state_message),
    F("error_code", FIELD_STR, error_code),
    F("error_data", FIELD_STR, error_data),
    F("host", FIELD_STR, host),
    F("hub_url", FIELD_STR, hub_url),
    F("progress", FIELD_STR, progress),
    F("ends_by", FIELD_STR, ends_by),
    F("end_asked_ms", FIELD_INT, end_asked_ms),
    F("end_sent_ms", FIELD_INT, end_sent_ms),
    F("is_remote_protected", FIELD_BOOL, is_remote_protected),
    F("created_ms", FIELD_INT, created_ms),
    F("ready_ms", FIELD_INT, ready_ms),
    F("ended_ms", FIELD_INT, ended_ms),
    F("expires_ms", FIELD_INT, expires_ms),
    F("warned_expiry", FIELD_BOOL, warned_expiry),
    F("warned_budget", FIELD_BOOL, warned_budget),
    F("warned_watchdog", FIELD_BOOL, warned_watchdog),
    F("warned_idle", FIELD_BOOL, warned_idle),
    F("active_ms", FIELD_INT, active_ms),
    F("saved_ms", FIELD_INT, saved_ms),
    F("activity_ms", FIELD_INT, activity_ms),
    F("activity_known_ms", FIELD_INT, activity_known_ms),
    F("blocker", FIELD_STR, blocker),
    F("seen_ms", FIELD_INT, seen_ms),
    F("viewed_ms", FIELD_INT, viewed_ms),
    F("missing_ms", FIELD_INT, missing_ms),
    F("spans_taken_ms", FIELD_INT, spans_taken_ms),
    F("has_final_spans", FIELD_BOOL, has_final_spans),
    F("spent_micro", FIELD_INT, spent_micro),
    F("hourly_micro", FIELD_INT, hourly_micro),
    F("is_cost_complete", FIELD_BOOL, is_cost_complete),
    F("month_near_ms", FIELD_INT, month_near_ms),
    F("month_spent_ms", FIELD_INT, month_spent_ms),
    F("is_adopted", FIELD_BOOL, is_adopted),
    F("is_hardened", FIELD_BOOL, is_hardened),
    F("secret_generation", FIELD_INT, secret_generation),
    F("revealed_ms", FIELD_INT, revealed_ms),
    F("next_generation", FIELD_INT, next_generation),
    F("wants_rotation", FIELD_BOOL, wants_rotation),
    F("rotation_sent_ms", FIELD_INT, rotation_sent_ms),
    F("wants_resize", FIELD_BOOL, wants_resize),
    F("sized_workers", FIELD_INT, sized_workers),
    F("sized_min", FIELD_INT, sized_min),
    F("sized_max", FIELD_INT, sized_max),
#undef F
};

static void write_extras(struct json_writer *w, const struct cluster_row *row)
{
    json_write_key(w, STR("extras"));
    json_write_array(w);
    for (size_t i = 0; i < row->n_extras; i++) {
        json_write_object(w);
        json_put_str(w, STR("id"), row->extras[i].id);
        json_put_bool(w, STR("is_ended"), row->extras[i].is_ended);
        json_put_bool(w, STR("has_spans"), row->extras[i].has_spans);
        json_put_i64(w, STR("stop_ms"), row->extras[i].stop_ms);
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_doc(struct json_writer *w, const struct cluster_row *row)
{
    json_write_object(w);
    json_put_str(w, STR("ends_because"), ends_because_name(row->ends_because));
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const void *at = (const char *)row + fields[i].offset;
        switch (fields[i].kind) {
        case FIELD_STR:
            json_put_str_if(w, fields[i].name, *(const struct str *)at);
            break;
        case FIELD_INT:
            if (*(const int64_t *)at != 0)
                json_put_i64(w, fields[i].name, *(const int64_t *)at);
            break;
        case FIELD_BOOL:
            if (*(const bool *)at)
                json_put_bool(w, fields[i].name, true);
            break;
        }
    }
    write_extras(w, row);
    json_write_key(w, STR("spec"));
    json_write_object(w);
    spec_write(w, &row->spec);
    json_write_end(w);
    json_write_end(w);
}

void row_to_ledger(struct arena *a, const struct cluster_row *row, struct ledger_row *out)
{
    AUTO_BUF text = BUF_INIT(LEDGER_DOC_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    write_doc(&w, row);
    if (!buf_ok(&text))
        panic("a row of more than %d bytes", (int)LEDGER_DOC_MAX_BYTES); /* all parts are bounded */
    *out = (struct ledger_row){ .id = row->id,
                                .version = row->version,
                                .owner = row->owner,
                                .name = row->name,
                                .phase = phase_name(row->phase),
                                .remote = row->remote,
                                .is_live = !phase_is_over(row->phase),
                                .is_settled = row_is_settled(row),
                                .created_ms = row->requested_ms,
                                .doc = arena_str(a, buf_str(&text)) };
}

static bool read_extras(struct arena *a, const struct json *doc, struct cluster_row *row,
                        struct err *err)
{
    const struct json *extras;
    if (!json_opt_array(doc, STR("extras"), &extras, err))
        return false;
    for (unsigned i = 0; extras != NULL && i < extras->n_items && i < ROW_MAX_EXTRAS; i++) {
        struct row_extra *e = &row->extras[row->n_extras++];
        const struct json *one = &extras->items[i];
        if (!json_get_str(one, STR("id"), &e->id, err) ||
            !json_opt_bool(one, STR("is_ended"), false, &e->is_ended, err) ||
            !json_opt_bool(one, STR("has_spans"), false, &e->has_spans, err) ||
            !json_opt_i64(one, STR("stop_ms"), 0, INT64_MAX, 0, &e->stop_ms, err))
            return false;
        e->id = arena_str(a, e->id);
    }
    return true;
}

static bool read_field(const struct json *doc, const struct field *f, struct cluster_row *row,
                       struct err *err)
{
    void *at = (char *)row + f->offset;
    switch (f->kind) {
    case FIELD_STR:
        return json_opt_str(doc, f->name, STR_EMPTY, at, err);
    case FIELD_INT:
        return json_opt_i64(doc, f->name, INT64_MIN, INT64_MAX, 0, at, err);
    case FIELD_BOOL:
        return json_opt_bool(doc, f->name, false, at, err);
    }
    panic("field kind %d", (int)f->kind);
}

static bool read_doc(struct arena *a, const struct json *doc, struct cluster_row *row,
                     struct err *err)
{
    struct str because;
    const struct json *spec;
    if (!json_opt_str(doc, STR("ends_because"), STR_EMPTY, &because, err) ||
        !json_opt_object(doc, STR("spec"), &spec, err) || !spec_merge(a, &row->spec, spec, err) ||
        !read_extras(a, doc, row, err))
        return false;
    for (int i = 0; i < ENDS_N; i++)
        if (str_eq(ends_because_name((enum ends_because)i), because))
            row->ends_because = (enum ends_because)i;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (!read_field(doc, &fields[i], row, err))
            return false;
    return true;
}

bool row_from_ledger(struct arena *a, const struct ledger_row *stored, struct cluster_row *out,
                     struct err *err)
{
    struct cluster_row row = { .id = stored->id,
                               .version = stored->version,
                               .owner = stored->owner,
                               .name = stored->name,
                               .remote = stored->remote,
                               .requested_ms = stored->created_ms };
    const struct json *doc = json_parse(a, stored->doc, LEDGER_DOC_MAX_BYTES, err);
    if (doc == NULL || !phase_parse(stored->phase, &row.phase) || !read_doc(a, doc, &row, err)) {
        struct err why = *err;
        return err_set(err, ERR_IO, "the ledger's row %.*s cannot be read: %s", STR_FMT(stored->id),
                       why.msg);
    }
    *out = row;
    return true;
}
