/* sql: what an SQL text reads and writes.  The first byte chooses the dialect. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql.h"
#include "fuzz.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum sql_dialect dialect =
        (enum sql_dialect)(fuzz_take_byte(&data, &size) % (SQL_CLICKHOUSE + 1));
    struct str text = fuzz_text(data, size);
    AUTO_ARENA a = ARENA_INIT;
    struct sql_session session;
    struct sql_result result = { 0 };
    sql_session_init(&session, &a);
    sql_refs(&a, text, dialect, &session, &result);
    FUZZ_CHECK(result.n_refs <= LIMIT_SQL_REFS);
    for (size_t i = 0; i < result.n_refs; i++) {
        FUZZ_CHECK(result.refs[i].line >= 1 && result.refs[i].line <= size + 1);
        FUZZ_CHECK(result.refs[i].col >= 1 && result.refs[i].col <= size + 1);
        FUZZ_CHECK(result.refs[i].statement != NULL && result.refs[i].name.len > 0);
    }
    return 0;
}
