/* json: a document that is read is written as one that reads and writes as the same again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"
#include "fuzz.h"
#include "json/writer.h"

static void write_json(struct buf *out, const struct json *value)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_json(&w, value);
    FUZZ_CHECK(buf_ok(out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF first = BUF_INIT(SIZE_MAX);
    AUTO_BUF second = BUF_INIT(SIZE_MAX);
    struct err err = ERR_INIT;
    const struct json *value = json_parse(&a, fuzz_text(data, size), LIMIT_JSON_BYTES, &err);
    if (value == NULL) {
        FUZZ_CHECK(err.code != ERR_NONE);
        return 0;
    }
    write_json(&first, value);
    value = json_parse(&a, buf_str(&first), LIMIT_JSON_BYTES, &err);
    FUZZ_CHECK(value != NULL);
    write_json(&second, value);
    FUZZ_CHECK(str_eq(buf_str(&first), buf_str(&second)));
    return 0;
}
