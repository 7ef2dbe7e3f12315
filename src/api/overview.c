/* overview: /v1/overview, what there is and who asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

bool api_overview(struct call *call, struct err *err)
{
    struct json_writer *w = &call->json;
    struct index_reader *r;
    struct index_state state;
    if (!call_reader(call, &r, err) || !index_state(r, &state, err))
        return false;
    json_write_object(w);
    json_put_str(w, STR("version"), call->api->options.version);
    if (call->caller.len > 0)
        json_put_str(w, STR("caller"), call->caller);
    else
        json_put_null(w, STR("caller"));
    json_put_str(w, STR("role"), role_name(call->role));
    json_put_bool(w, STR("needs_token"), call->api->n_tokens > 0);
    json_put_u64(w, STR("n_sources"), state.n_sources);
    json_put_u64(w, STR("n_datasets"), state.n_datasets);
    json_put_u64(w, STR("n_notebooks"), state.n_notebooks);
    json_put_u64(w, STR("n_references"), state.n_references);
    if (state.updated_unix_ms != 0)
        json_put_time(w, STR("updated_at"), state.updated_unix_ms);
    else
        json_put_null(w, STR("updated_at"));
    json_write_end(w);
    return true;
}
