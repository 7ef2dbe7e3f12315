/* avro: every record of any container file is decoded in bounds, its fields are found again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/avro_data.h"
#include "fuzz.h"

struct seen {
    size_t n_records, n_bytes;
};

static void look(struct seen *s, const struct avro_value *v)
{
    for (size_t i = 0; v->kind == AVRO_BYTES && i < v->bytes.len; i++)
        s->n_bytes += v->bytes.ptr[i] == '\n';
    (void)avro_logical(v);
    for (size_t i = 0; v->kind == AVRO_RECORD && i < v->n_fields; i++) {
        FUZZ_CHECK(avro_field(v, v->fields[i].name) != NULL);
        look(s, &v->fields[i]);
    }
}

static bool each(void *ctx, const struct avro_value *record, struct err *err)
{
    enum { MOST = 2000 };
    struct seen *s = ctx;
    look(s, record);
    return ++s->n_records < MOST || err_set(err, ERR_TOO_LARGE, "enough");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct seen seen = { 0 };
    bool ok = avro_each(fuzz_text(data, size), each, &seen, &err);
    FUZZ_CHECK(ok == (err.code == ERR_NONE));
    return 0;
}
