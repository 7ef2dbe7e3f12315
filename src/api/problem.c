/* problem: the one place where an error becomes an answer (RFC 9457). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

/* Messages about our own inside and about what outside services said stay in the log. */
static bool is_private(enum err_code code)
{
    return code == ERR_INTERNAL || code == ERR_IO || code == ERR_CONFIG || code == ERR_UPSTREAM ||
           code == ERR_CREDENTIALS;
}

static void write_faults(struct json_writer *w, const struct call *call)
{
    json_write_key(w, STR("errors"));
    json_write_array(w);
    for (size_t i = 0; i < call->n_faults; i++) {
        json_write_object(w);
        json_put_str(w, STR("in"), call->faults[i].place);
        bool is_body = str_eq(call->faults[i].place, STR("body"));
        json_put_str(w, is_body ? STR("pointer") : STR("parameter"), call->faults[i].name);
        json_put_str(w, STR("detail"), call->faults[i].detail);
        json_put_str(w, STR("fix"), call->faults[i].fix);
        json_write_end(w);
    }
    json_write_end(w);
}

void problem_answer(struct call *call, const struct err *err)
{
    const struct err_kind *kind = err_kind(err->code);
    struct http_answer *answer = call->answer;
    struct arena *a = call->req->arena;
    struct json_writer w;
    buf_reset(&answer->body);
    answer->static_body = STR_EMPTY;
    answer->n_headers = 0;
    answer->status = kind->http_status;
    http_answer_header(answer, STR("Content-Type"), STR("application/problem+json"));
    if (call->allowed.len > 0)
        http_answer_header(answer, STR("Allow"), call->allowed);
    if (err->code == ERR_UNAUTHENTICATED)
        http_answer_header(answer, STR("WWW-Authenticate"), STR("Bearer"));
    if (kind->retryable)
        http_answer_header(answer, STR("Retry-After"),
                           arena_printf(a, "%u", err->retry_after_s > 0 ? err->retry_after_s : 1));
    json_writer_init(&w, &answer->body);
    json_write_object(&w);
    json_put_str(&w, STR("type"), arena_printf(a, "/problems/%s", kind->code));
    json_put_str(&w, STR("title"), str_from(kind->title));
    json_put_i64(&w, STR("status"), kind->http_status);
    json_put_str(&w, STR("detail"),
                 is_private(err->code) ? STR("The log has the reason under this request's id.")
                                       : str_from(err->msg));
    json_put_str(&w, STR("instance"), arena_concat(a, STR("/requests/"), call->id));
    json_put_str(&w, STR("code"), str_from(kind->code));
    json_put_bool(&w, STR("retryable"), kind->retryable);
    json_put_str(&w, STR("fix"), str_from(err_fix_text(err)));
    if (err->code == ERR_INVALID && call->n_faults > 0)
        write_faults(&w, call);
    json_write_end(&w);
    buf_add_char(&answer->body, '\n');
}
