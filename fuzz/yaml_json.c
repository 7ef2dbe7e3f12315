/* yaml_json: what a YAML document becomes is JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/yaml_json.h"
#include "fuzz.h"
#include "util/limits.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(LIMIT_YAML_BYTES);
    struct err err = ERR_INIT, why = ERR_INIT;
    if (!yaml_to_json(fuzz_text(data, size), &out, &err)) {
        FUZZ_CHECK(err.code == ERR_PARSE || err.code == ERR_TOO_LARGE);
        return 0;
    }
    /* Keys may stand twice (the later one wins, as in Python) and numbers be of any size; our
     * reader of JSON refuses both. */
    static const struct str refused[] = { STR_INIT("duplicate"), STR_INIT("\\u0000"),
                                          STR_INIT("NUL"), STR_INIT("too big"),
                                          STR_INIT("overflow") };
    bool ok =
        json_parse(&a, buf_str(&out), LIMIT_JSON_BYTES, &why) != NULL || why.code == ERR_TOO_LARGE;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        ok = ok || str_contains(str_from(why.msg), refused[i]);
    FUZZ_CHECK(ok);
    return 0;
}
