/* parquet_page: the pages of one column chunk, one after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_internal.h"

#include "catalog/thrift.h"
#include "catalog/unpack.h"

enum page_type { PAGE_DATA, PAGE_INDEX, PAGE_DICTIONARY, PAGE_DATA_2 };

/* Headers are some 30 bytes; statistics in them may be long. */
#define HEADER_BYTES (64UL * 1024)

struct page {
    int64_t type, size, packed_size;
    int64_t n_values, encoding;
    int64_t def_encoding;
    int64_t def_length, rep_length; /* version 2 */
    bool is_packed;                 /* version 2 */
    size_t header_length;
};

static void read_data(struct thrift *t, struct page *p)
{
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        if (s.id == 1)
            p->n_values = thrift_int(t, &s);
        else if (s.id == 2)
            p->encoding = thrift_int(t, &s);
        else if (s.id == 3 && p->type == PAGE_DATA)
            p->def_encoding = thrift_int(t, &s);
        else
            thrift_skip(t, s.type);
    }
}

static void read_data_2(struct thrift *t, struct page *p)
{
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(t, &s)) {
        switch (s.id) {
        case 1:
            p->n_values = thrift_int(t, &s);
            break;
        case 4:
            p->encoding = thrift_int(t, &s);
            break;
        case 5:
            p->def_length = thrift_int(t, &s);
            break;
        case 6:
            p->rep_length = thrift_int(t, &s);
            break;
        case 7:
            p->is_packed = thrift_bool(t, &s);
            break;
        default:
            thrift_skip(t, s.type);
        }
    }
}

/* False: damaged, or cut. */
static bool read_header(struct str bytes, struct page *p)
{
    struct thrift t = thrift_init(bytes);
    struct thrift_struct s;
    *p = (struct page){ .type = -1, .is_packed = true };
    thrift_begin(&s);
    while (thrift_field(&t, &s)) {
        if (s.id == 1)
            p->type = thrift_int(&t, &s);
        else if (s.id == 2)
            p->size = thrift_int(&t, &s);
        else if (s.id == 3)
            p->packed_size = thrift_int(&t, &s);
        else if ((s.id == 5 || s.id == 7) && thrift_is_struct(&t, &s))
            read_data(&t, p);
        else if (s.id == 8 && thrift_is_struct(&t, &s))
            read_data_2(&t, p);
        else
            thrift_skip(&t, s.type);
    }
    p->header_length = bytes.len - bytes_left(&t.b);
    return thrift_ok(&t) && p->type >= 0;
}

/* The bytes of the file from offset on that the window has; at least min, or *need is set. */
static bool window_get(struct cursor *c, uint64_t offset, uint64_t min, struct str *out,
                       struct format_need *need)
{
    struct str bytes = STR_EMPTY;
    if (offset >= c->window.offset && offset - c->window.offset <= c->window.bytes.len)
        bytes = str_from_pos(c->window.bytes, (size_t)(offset - c->window.offset));
    /* The window may reach behind the chunk. */
    bytes = str_slice(bytes, 0, (size_t)(c->end - offset));
    if (bytes.len >= min) {
        *out = bytes;
        return true;
    }
    uint64_t want = min > LIMIT_PARQUET_WINDOW_BYTES ? min : LIMIT_PARQUET_WINDOW_BYTES;
    uint64_t left = c->end - offset;
    *need = (struct format_need){ offset, (size_t)(want < left ? want : left) };
    return false;
}

/* Texts of a cell that goes on in the next page must outlive this one. */
static bool keep_cell(struct cursor *c, struct err *err)
{
    if (c->leaf->view.kind != PARQUET_TEXT)
        return true;
    for (; c->n_kept < c->n_cell; c->n_kept++) {
        struct parquet_value *v = &c->cell[c->n_kept];
        if (!v->is_null)
            v->text = arena_str(&c->cell_arena, v->text);
        if (c->cell_arena.used_bytes > LIMIT_PARQUET_CELL_BYTES)
            return err_set(err, ERR_TOO_LARGE, "one list of the Parquet file holds more than %lu",
                           LIMIT_PARQUET_CELL_BYTES);
    }
    return true;
}

static unsigned bits_of(unsigned max)
{
    unsigned n = 0;
    for (; max > 0; max >>= 1)
        n++;
    return n;
}

/* Levels of version 1: a length and runs. */
static bool take_levels(struct bytes *b, unsigned max, int64_t encoding, struct hybrid *out)
{
    if (max == 0)
        return true;
    struct str runs = bytes_take(b, bytes_u32(b));
    *out = hybrid_init(runs, bits_of(max));
    return bytes_ok(b) && encoding == ENCODED_RLE;
}

static bool begin_page(struct cursor *c, const struct page *p, struct str bytes, struct err *err)
{
    const struct parquet_leaf *leaf = &c->leaf->view;
    struct bytes b = bytes_le(bytes);
    if (!take_levels(&b, leaf->max_rep, ENCODED_RLE, &c->reps) ||
        !take_levels(&b, leaf->max_def, p->def_encoding, &c->defs))
        return err_set(err, ERR_PARSE, "the levels of a Parquet page are damaged");
    struct str rest = { (const char *)b.at, bytes_left(&b) };
    return parquet_values_begin(&c->values, (enum parquet_encoding)p->encoding, rest,
                                (uint64_t)p->n_values, err);
}

static bool unpack_page(struct cursor *c, const struct page *p, struct str packed, bool is_packed,
                        struct str *out, struct err *err)
{
    return unpack_exact(&c->page_arena, is_packed ? c->chunk->compression : COMPRESSION_NONE,
                        packed, (size_t)p->size, LIMIT_PARQUET_PAGE_BYTES, out, err);
}

static bool begin_data(struct cursor *c, const struct page *p, struct str packed, struct err *err)
{
    struct str bytes;
    return unpack_page(c, p, packed, true, &bytes, err) && begin_page(c, p, bytes, err);
}

/* Levels of version 2 stand unpacked before the values. */
static bool begin_data_2(struct cursor *c, struct page *p, struct str packed, struct err *err)
{
    const struct parquet_leaf *leaf = &c->leaf->view;
    struct str bytes;
    uint64_t n_levels = (uint64_t)p->rep_length + (uint64_t)p->def_length;
    if (p->rep_length < 0 || p->def_length < 0 || n_levels > packed.len ||
        n_levels > (uint64_t)p->size)
        return err_set(err, ERR_PARSE, "the levels of a Parquet page are damaged");
    c->reps = hybrid_init(str_slice(packed, 0, (size_t)p->rep_length), bits_of(leaf->max_rep));
    c->defs = hybrid_init(str_slice(packed, (size_t)p->rep_length, (size_t)n_levels),
                          bits_of(leaf->max_def));
    packed = str_from_pos(packed, (size_t)n_levels);
    p->size -= (int64_t)n_levels;
    bool is_packed = p->is_packed && packed.len > 0;
    if (packed.len == 0 && p->size != 0)
        return err_set(err, ERR_PARSE, "a Parquet page has no values");
    if (!unpack_page(c, p, packed, is_packed, &bytes, err))
        return false;
    return parquet_values_begin(&c->values, (enum parquet_encoding)p->encoding, bytes,
                                (uint64_t)p->n_values, err);
}

static bool begin_dictionary(struct cursor *c, const struct page *p, struct str packed,
                             struct err *err)
{
    struct str bytes;
    arena_reset(&c->dictionary_arena);
    return unpack_page(c, p, packed, true, &bytes, err) &&
           parquet_dictionary(&c->dictionary_arena, c->leaf->element, bytes, (uint64_t)p->n_values,
                              &c->values, err);
}

static bool check_page(const struct cursor *c, const struct page *p, struct err *err)
{
    if (p->size < 0 || p->packed_size < 0 || p->n_values < 0 ||
        (uint64_t)p->packed_size > c->end - c->at - p->header_length)
        return err_set(err, ERR_PARSE, "a Parquet page at offset %llu is damaged",
                       (unsigned long long)c->at);
    if ((uint64_t)p->packed_size > LIMIT_PARQUET_PAGE_BYTES ||
        (uint64_t)p->size > LIMIT_PARQUET_PAGE_BYTES)
        return err_set(err, ERR_TOO_LARGE, "a Parquet page has %lld bytes; the limit is %lu",
                       (long long)p->size, LIMIT_PARQUET_PAGE_BYTES);
    return true;
}

/* The page whose header was read; moves behind it. */
static bool begin_any(struct cursor *c, struct page *p, struct str packed, struct err *err)
{
    c->at += p->header_length + packed.len;
    if (p->type == PAGE_DICTIONARY)
        return begin_dictionary(c, p, packed, err);
    if (p->type != PAGE_DATA && p->type != PAGE_DATA_2)
        return true;
    if ((uint64_t)p->n_values > c->n_values_left)
        return err_set(err, ERR_PARSE, "a Parquet column has more values than it says");
    arena_reset(&c->page_arena);
    c->n_values_left -= (uint64_t)p->n_values;
    c->n_levels_left = (uint64_t)p->n_values;
    return p->type == PAGE_DATA ? begin_data(c, p, packed, err) : begin_data_2(c, p, packed, err);
}

enum cursor_step cursor_page(struct cursor *c, struct format_need *need, struct err *err)
{
    struct str bytes;
    struct page p;
    if (!keep_cell(c, err))
        return CURSOR_FAILED;
    while (c->n_levels_left == 0) {
        uint64_t left = c->end - c->at;
        if (left == 0) {
            (void)err_set(err, ERR_PARSE, "a Parquet column has fewer values than it says");
            return CURSOR_FAILED;
        }
        uint64_t min = left < HEADER_BYTES ? left : 1;
        if (!window_get(c, c->at, min, &bytes, need))
            return CURSOR_NEED;
        if (!read_header(bytes, &p)) {
            /* Perhaps it is only cut by the window. */
            uint64_t more = left < HEADER_BYTES * 16 ? left : HEADER_BYTES * 16;
            if (bytes.len < more && !window_get(c, c->at, more, &bytes, need))
                return CURSOR_NEED;
            (void)err_set(err, ERR_PARSE, "a Parquet page header at offset %llu is damaged",
                          (unsigned long long)c->at);
            return CURSOR_FAILED;
        }
        if (!check_page(c, &p, err))
            return CURSOR_FAILED;
        if (!window_get(c, c->at, p.header_length + (uint64_t)p.packed_size, &bytes, need))
            return CURSOR_NEED;
        struct str packed =
            str_slice(bytes, p.header_length, p.header_length + (size_t)p.packed_size);
        if (!begin_any(c, &p, packed, err))
            return CURSOR_FAILED;
    }
    return CURSOR_OK;
}

bool cursor_open(struct cursor *c, const struct parquet_chunk *chunk, uint64_t file_size,
                 struct err *err)
{
    if (chunk->is_elsewhere)
        return err_set(err, ERR_UNSUPPORTED, "a Parquet column lies in another file");
    if (chunk->offset > file_size || chunk->size > file_size - chunk->offset)
        return err_set(err, ERR_PARSE, "a Parquet column lies behind the end of the file");
    c->chunk = chunk;
    c->at = chunk->offset;
    c->end = chunk->offset + chunk->size;
    c->n_values_left = chunk->n_values;
    c->n_levels_left = 0;
    c->has_rep = false;
    c->values.element = c->leaf->element;
    c->values.dictionary = NULL;
    c->values.n_dictionary = 0;
    return true;
}

void cursor_release(struct cursor *c)
{
    arena_release(&c->dictionary_arena);
    arena_release(&c->page_arena);
    arena_release(&c->cell_arena);
    arena_release(&c->window_arena);
    buf_release(&c->values.text);
}
