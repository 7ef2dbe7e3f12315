/* SPDX-License-Identifier: Apache-2.0 */
#include "sql_text.h"

#include "util/buf.h"

struct str sql_text(struct arena *a, struct str text, enum sql_dialect dialect,
                    struct sql_session *session)
{
    static const char *const kinds[] = { "table", "path", "stage", "stream" };
    struct sql_session own;
    struct sql_result result = { 0 };
    AUTO_BUF out = BUF_INIT(64UL * 1024 * 1024);
    sql_session_init(&own, a);
    sql_session_add_view(&own, STR("known_view"));
    sql_refs(a, text, dialect, session != NULL ? session : &own, &result);
    for (size_t i = 0; i < result.n_refs; i++) {
        const struct sql_ref *r = &result.refs[i];
        buf_add_char(&out, "rwl"[r->dir]);
        buf_add(&out, str_from(r->is_may ? "? " : " "));
        buf_add(&out, str_from(kinds[r->kind]));
        buf_add_char(&out, ':');
        buf_add(&out, r->name);
        buf_add_char(&out, ';');
    }
    return arena_str(a, buf_str(&out));
}
