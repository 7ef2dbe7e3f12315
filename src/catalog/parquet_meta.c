/* parquet_meta: the footer's thrift, field by field. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_meta.h"

#include "catalog/thrift.h"

static unsigned clamp(int64_t n, int64_t max)
{
    return (unsigned)(n < 0 ? 0 : n > max ? max : n);
}

static enum parquet_unit read_unit(struct thrift *t)
{
    enum parquet_unit unit = UNIT_NONE;
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        if (s.id >= UNIT_MILLIS && s.id <= UNIT_NANOS)
            unit = (enum parquet_unit)s.id;
        thrift_skip(t, s.type);
    }
    return unit;
}

/* The members of one alternative of LogicalType. */
static void read_logical_members(struct thrift *t, struct parquet_element *e)
{
    struct thrift_struct s;
    bool is_time = e->logical == LOGICAL_TIME || e->logical == LOGICAL_TIMESTAMP;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        if (e->logical == LOGICAL_DECIMAL && s.id == 1)
            e->scale = clamp(thrift_int(t, &s), 1000);
        else if (e->logical == LOGICAL_DECIMAL && s.id == 2)
            e->precision = clamp(thrift_int(t, &s), 1000);
        else if (e->logical == LOGICAL_INTEGER && s.id == 1)
            e->bits = clamp(thrift_int(t, &s), 64);
        else if (e->logical == LOGICAL_INTEGER && s.id == 2)
            e->is_signed = thrift_bool(t, &s);
        else if (is_time && s.id == 1)
            e->is_utc = thrift_bool(t, &s);
        else if (is_time && s.id == 2 && thrift_is_struct(t, &s))
            e->unit = read_unit(t);
        else
            thrift_skip(t, s.type);
    }
}

static void read_logical(struct thrift *t, struct parquet_element *e)
{
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        if (s.type == THRIFT_STRUCT && s.id > 0 && s.id < LOGICAL_N) {
            e->logical = (enum parquet_logical)s.id;
            read_logical_members(t, e);
        } else {
            thrift_skip(t, s.type);
        }
    }
}

/* What a converted type says in terms of logical types. */
struct converted {
    enum parquet_logical logical;
    enum parquet_unit unit;
    unsigned bits;
    bool is_signed;
};

static const struct converted CONVERTED[] = {
    { LOGICAL_STRING, UNIT_NONE, 0, false },      { LOGICAL_MAP, UNIT_NONE, 0, false },
    { LOGICAL_MAP, UNIT_NONE, 0, false },         { LOGICAL_LIST, UNIT_NONE, 0, false },
    { LOGICAL_ENUM, UNIT_NONE, 0, false },        { LOGICAL_DECIMAL, UNIT_NONE, 0, false },
    { LOGICAL_DATE, UNIT_NONE, 0, false },        { LOGICAL_TIME, UNIT_MILLIS, 0, false },
    { LOGICAL_TIME, UNIT_MICROS, 0, false },      { LOGICAL_TIMESTAMP, UNIT_MILLIS, 0, false },
    { LOGICAL_TIMESTAMP, UNIT_MICROS, 0, false }, { LOGICAL_INTEGER, UNIT_NONE, 8, false },
    { LOGICAL_INTEGER, UNIT_NONE, 16, false },    { LOGICAL_INTEGER, UNIT_NONE, 32, false },
    { LOGICAL_INTEGER, UNIT_NONE, 64, false },    { LOGICAL_INTEGER, UNIT_NONE, 8, true },
    { LOGICAL_INTEGER, UNIT_NONE, 16, true },     { LOGICAL_INTEGER, UNIT_NONE, 32, true },
    { LOGICAL_INTEGER, UNIT_NONE, 64, true },     { LOGICAL_JSON, UNIT_NONE, 0, false },
    { LOGICAL_BSON, UNIT_NONE, 0, false },        { LOGICAL_INTERVAL, UNIT_NONE, 0, false },
};

/* The older annotation; a moment is one in UTC there. */
static void use_converted(struct parquet_element *e, int64_t converted)
{
    if (e->logical != LOGICAL_NONE || converted < 0 || converted >= (int64_t)ARRAY_LEN(CONVERTED))
        return;
    const struct converted *row = &CONVERTED[converted];
    e->logical = row->logical;
    e->unit = row->unit;
    e->bits = row->bits;
    e->is_signed = row->is_signed;
    e->is_utc = row->logical == LOGICAL_TIME || row->logical == LOGICAL_TIMESTAMP;
}

static bool read_element(struct thrift *t, struct parquet_element *e)
{
    struct thrift_struct s;
    int64_t converted = -1, type = -1;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        switch (s.id) {
        case 1:
            type = thrift_int(t, &s);
            break;
        case 2:
            e->type_length = clamp(thrift_int(t, &s), INT32_MAX);
            break;
        case 3:
            e->repetition = (enum parquet_repetition)clamp(thrift_int(t, &s), PARQUET_REPEATED);
            break;
        case 4:
            e->name = thrift_binary(t, &s);
            break;
        case 5:
            e->n_children = clamp(thrift_int(t, &s), INT32_MAX);
            break;
        case 6:
            converted = thrift_int(t, &s);
            break;
        case 7:
            e->scale = clamp(thrift_int(t, &s), 1000);
            break;
        case 8:
            e->precision = clamp(thrift_int(t, &s), 1000);
            break;
        case 10:
            if (thrift_is_struct(t, &s))
                read_logical(t, e);
            break;
        default:
            thrift_skip(t, s.type);
        }
    }
    use_converted(e, converted);
    e->is_leaf = type >= 0 && type < PARQUET_N_TYPES && e->n_children == 0;
    if (e->is_leaf)
        e->type = (enum parquet_type)type;
    return thrift_ok(t) && type < PARQUET_N_TYPES;
}

static enum compression codec(int64_t n)
{
    static const enum compression CODECS[] = { COMPRESSION_NONE,   COMPRESSION_SNAPPY,
                                               COMPRESSION_GZIP,   COMPRESSION_LZO,
                                               COMPRESSION_BROTLI, COMPRESSION_LZ4,
                                               COMPRESSION_ZSTD,   COMPRESSION_LZ4 };
    /* 5 is the deprecated LZ4 in Hadoop's framing, 7 the raw one. */
    return n >= 0 && n < (int64_t)ARRAY_LEN(CODECS) ? CODECS[n] : COMPRESSION_MIXED;
}

/* A number that counts something: a negative one is damage. */
static int64_t count(struct thrift *t, const struct thrift_struct *s)
{
    int64_t n = thrift_int(t, s);
    if (n < 0)
        bytes_fail(&t->b);
    return n < 0 ? 0 : n;
}

static void read_column_meta(struct thrift *t, struct parquet_chunk *c)
{
    struct thrift_struct s;
    int64_t data = 0, dictionary = 0;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        switch (s.id) {
        case 4:
            c->compression = codec(thrift_int(t, &s));
            break;
        case 5:
            c->n_values = (uint64_t)count(t, &s);
            break;
        case 7:
            c->size = (uint64_t)count(t, &s);
            break;
        case 9:
            data = thrift_int(t, &s);
            break;
        case 11:
            dictionary = thrift_int(t, &s);
            break;
        default:
            thrift_skip(t, s.type);
        }
    }
    /* Some writers give 0 where there is no dictionary. */
    c->offset = (uint64_t)(dictionary > 0 && dictionary < data ? dictionary : data);
}

static void read_chunk(struct thrift *t, struct parquet_chunk *c)
{
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        if (s.id == 1)
            c->is_elsewhere = thrift_binary(t, &s).len > 0;
        else if (s.id == 3 && thrift_is_struct(t, &s))
            read_column_meta(t, c);
        else if (s.id != 3)
            thrift_skip(t, s.type);
    }
}

struct meta_reader {
    struct arena *a;
    struct thrift t;
    bool with_groups;
    bool has_codec;
    struct parquet_meta *out;
};

static void see_codec(struct meta_reader *r, enum compression compression)
{
    if (r->has_codec && r->out->compression != compression)
        r->out->compression = COMPRESSION_MIXED;
    else
        r->out->compression = compression;
    r->has_codec = true;
}

static void read_chunks(struct meta_reader *r, const struct thrift_struct *s,
                        struct parquet_group *group)
{
    size_t n = thrift_list(&r->t, s, THRIFT_STRUCT);
    if (r->with_groups)
        group->chunks = ARENA_NEW_N(r->a, struct parquet_chunk, n);
    for (size_t i = 0; i < n && thrift_ok(&r->t); i++) {
        struct parquet_chunk chunk = { 0 };
        read_chunk(&r->t, &chunk);
        if (!thrift_ok(&r->t))
            return;
        see_codec(r, chunk.compression);
        if (r->with_groups)
            group->chunks[group->n_chunks++] = chunk;
    }
}

static void read_group(struct meta_reader *r, struct parquet_group *group)
{
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(&r->t, &s)) {
        if (s.id == 1)
            read_chunks(r, &s, group);
        else if (s.id == 3)
            group->n_rows = (uint64_t)count(&r->t, &s);
        else
            thrift_skip(&r->t, s.type);
    }
}

static void read_groups(struct meta_reader *r, const struct thrift_struct *s)
{
    size_t n = thrift_list(&r->t, s, THRIFT_STRUCT);
    if (r->with_groups)
        r->out->groups = ARENA_NEW_N(r->a, struct parquet_group, n);
    for (size_t i = 0; i < n && thrift_ok(&r->t); i++) {
        struct parquet_group group = { 0 };
        read_group(r, &group);
        if (r->with_groups && thrift_ok(&r->t))
            r->out->groups[r->out->n_groups++] = group;
    }
}

static bool read_elements(struct meta_reader *r, const struct thrift_struct *s, struct err *err)
{
    size_t n = thrift_list(&r->t, s, THRIFT_STRUCT);
    if (n > LIMIT_SCHEMA_COLUMNS) {
        return err_set(err, ERR_TOO_LARGE, "the Parquet schema has %zu elements; the limit is %lu",
                       n, LIMIT_SCHEMA_COLUMNS);
    }
    r->out->elements = ARENA_NEW_N(r->a, struct parquet_element, n);
    for (size_t i = 0; i < n; i++) {
        if (!read_element(&r->t, &r->out->elements[i]))
            return err_set(err, ERR_PARSE, "the Parquet schema is damaged at its element %zu", i);
    }
    r->out->n_elements = n;
    return true;
}

bool parquet_meta_read(struct arena *a, struct str footer, bool is_cut, bool with_groups,
                       struct parquet_meta *out, struct err *err)
{
    struct parquet_meta meta = { .is_cut = is_cut };
    struct meta_reader r = { a, thrift_init(footer), with_groups, false, &meta };
    struct thrift_struct s;
    bool has_rows = false;
    thrift_begin(&s);
    while (thrift_field(&r.t, &s)) {
        if (s.id == 2) {
            if (!read_elements(&r, &s, err))
                return false;
        } else if (s.id == 3) {
            int64_t n = thrift_int(&r.t, &s);
            has_rows = n >= 0;
            meta.n_rows = (uint64_t)n;
        } else if (s.id == 4) {
            read_groups(&r, &s);
        } else {
            thrift_skip(&r.t, s.type);
        }
    }
    if (meta.n_elements == 0 || !has_rows || (!thrift_ok(&r.t) && !is_cut))
        return err_set(err, ERR_PARSE, "the Parquet footer is damaged");
    *out = meta;
    return true;
}

bool parquet_footer_length(struct str end, uint64_t file_size, uint64_t *out, struct err *err)
{
    struct bytes b = bytes_le(end);
    uint64_t length = bytes_u32(&b);
    struct str magic = bytes_take(&b, 4);
    if (str_eq(magic, STR("PARE")))
        return err_set(err, ERR_UNSUPPORTED, "the Parquet footer is encrypted");
    if (!str_eq(magic, STR("PAR1")))
        return err_set(err, ERR_PARSE, "the Parquet file does not end in PAR1: it is cut");
    if (length + PARQUET_END_BYTES + 4 > file_size)
        return err_set(err, ERR_PARSE, "the Parquet footer is longer than the file");
    *out = length;
    return true;
}
