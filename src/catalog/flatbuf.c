/* flatbuf: offsets followed only where they stay inside. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/flatbuf.h"

#include "catalog/bytes.h"

/* The unsigned number at a place; false outside. */
static bool uint_at(struct str all, size_t at, unsigned n, uint64_t *out)
{
    if (at > all.len || all.len - at < n)
        return false;
    struct bytes b = bytes_le(str_slice(all, at, at + n));
    *out = bytes_uint(&b, n);
    return true;
}

/* Follow the offset that stands at a place. */
static bool follow(struct str all, size_t at, size_t *out)
{
    uint64_t offset;
    if (!uint_at(all, at, 4, &offset) || offset == 0 || offset >= all.len - at)
        return false;
    *out = at + (size_t)offset;
    return true;
}

struct flat flat_root(struct str message)
{
    size_t at;
    return follow(message, 0, &at) ? (struct flat){ message, at } : (struct flat){ message, 0 };
}

bool flat_is(struct flat table)
{
    return table.at != 0;
}

/* Where field id stands; 0: absent. */
static size_t field_at(struct flat t, unsigned id)
{
    uint64_t back, n_vtable, offset;
    if (t.at == 0 || !uint_at(t.all, t.at, 4, &back))
        return 0;
    int64_t vtable = (int64_t)t.at - (int32_t)(uint32_t)back;
    if (vtable < 0 || !uint_at(t.all, (size_t)vtable, 2, &n_vtable) ||
        n_vtable < 6 + 2 * (uint64_t)id ||
        !uint_at(t.all, (size_t)vtable + 4 + 2 * (size_t)id, 2, &offset) || offset == 0)
        return 0;
    return t.at + (size_t)offset;
}

int64_t flat_int(struct flat t, unsigned id, unsigned n, int64_t fallback)
{
    uint64_t value;
    size_t at = field_at(t, id);
    if (at == 0 || !uint_at(t.all, at, n, &value))
        return fallback;
    unsigned shift = 64 - 8 * n;
    return (int64_t)(value << shift) >> shift;
}

struct flat flat_table(struct flat t, unsigned id)
{
    size_t at = field_at(t, id), to;
    return at != 0 && follow(t.all, at, &to) ? (struct flat){ t.all, to }
                                             : (struct flat){ t.all, 0 };
}

struct flat_vector flat_vector(struct flat t, unsigned id, size_t width)
{
    size_t at = field_at(t, id), to;
    uint64_t n;
    if (at == 0 || !follow(t.all, at, &to) || !uint_at(t.all, to, 4, &n) ||
        n > (t.all.len - to - 4) / width)
        return (struct flat_vector){ t.all, 0, 0 };
    return (struct flat_vector){ t.all, to + 4, (uint32_t)n };
}

struct str flat_str(struct flat t, unsigned id)
{
    struct flat_vector v = flat_vector(t, id, 1);
    return v.n == 0 ? STR_EMPTY : str_slice(v.all, v.at, v.at + v.n);
}

struct flat flat_vector_table(struct flat_vector v, uint32_t i)
{
    size_t to;
    if (i >= v.n || !follow(v.all, v.at + 4 * (size_t)i, &to))
        return (struct flat){ v.all, 0 };
    return (struct flat){ v.all, to };
}

struct str flat_vector_struct(struct flat_vector v, uint32_t i, size_t width)
{
    return i >= v.n ? STR_EMPTY : str_slice(v.all, v.at + i * width, v.at + (i + 1) * width);
}
