/* parquet_bits: runs, packed numbers and differences. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_bits.h"

uint64_t bit_run_next(struct bit_run *run, unsigned width)
{
    uint64_t value = 0;
    for (unsigned got = 0; got < width;) {
        size_t byte = (size_t)((run->at + got) / 8);
        unsigned shift = (unsigned)((run->at + got) % 8), n = 8 - shift;
        uint64_t bits = byte < run->bytes.len ? (unsigned char)run->bytes.ptr[byte] : 0;
        n = n < width - got ? n : width - got;
        value |= (bits >> shift & ((1U << n) - 1)) << got;
        got += n;
    }
    run->at += width;
    return value;
}

struct hybrid hybrid_init(struct str s, unsigned width)
{
    return (struct hybrid){ .b = bytes_le(s), .width = width };
}

static bool next_run(struct hybrid *h)
{
    if (bytes_left(&h->b) == 0)
        return false;
    uint64_t head = bytes_varint(&h->b);
    h->is_packed = (head & 1) != 0;
    if (!h->is_packed) {
        h->n_left = head >> 1;
        h->value = bytes_uint(&h->b, (h->width + 7) / 8);
    } else {
        /* The last run may be cut where no values are. */
        uint64_t n_bytes = (head >> 1) * h->width;
        n_bytes = n_bytes < bytes_left(&h->b) ? n_bytes : bytes_left(&h->b);
        h->n_left = (head >> 1) > UINT32_MAX ? 0 : (head >> 1) * 8;
        h->run = (struct bit_run){ bytes_take(&h->b, n_bytes), 0 };
    }
    return bytes_ok(&h->b);
}

bool hybrid_next(struct hybrid *h, uint64_t *out)
{
    while (h->n_left == 0) {
        if (!next_run(h))
            return false;
    }
    h->n_left--;
    if (!h->is_packed) {
        *out = h->value;
        return true;
    }
    if (h->width > 0 && h->run.at / 8 >= h->run.bytes.len)
        return false;
    *out = bit_run_next(&h->run, h->width);
    return true;
}

bool delta_init(struct delta *d, struct str s)
{
    *d = (struct delta){ .b = bytes_le(s), .is_first = true };
    uint64_t per_block = bytes_varint(&d->b), n_minis = bytes_varint(&d->b);
    d->n_left = bytes_varint(&d->b);
    d->value = (uint64_t)bytes_zigzag(&d->b);
    if (!bytes_ok(&d->b) || per_block == 0 || per_block > 1U << 20 || n_minis == 0 ||
        n_minis > per_block || per_block % n_minis != 0)
        return false;
    d->per_mini = per_block / n_minis;
    d->n_minis = (unsigned)n_minis;
    d->mini = d->n_minis;
    return d->per_mini % 8 == 0;
}

/* The next miniblock, of the next block where this one is done. */
static bool next_mini(struct delta *d)
{
    if (d->mini >= d->n_minis) {
        d->min_delta = (uint64_t)bytes_zigzag(&d->b);
        d->widths = bytes_take(&d->b, d->n_minis);
        d->mini = 0;
        if (!bytes_ok(&d->b))
            return false;
    }
    unsigned width = (unsigned char)d->widths.ptr[d->mini];
    uint64_t n_bytes = d->per_mini / 8 * width;
    if (width > 64 || n_bytes > bytes_left(&d->b))
        return false;
    d->run = (struct bit_run){ bytes_take(&d->b, n_bytes), 0 };
    d->mini_left = d->per_mini;
    return true;
}

bool delta_next(struct delta *d, int64_t *out)
{
    if (d->n_left == 0)
        return false;
    if (d->is_first) {
        d->is_first = false;
    } else {
        if (d->mini_left == 0 && !next_mini(d))
            return false;
        unsigned width = (unsigned char)d->widths.ptr[d->mini];
        d->value += d->min_delta + bit_run_next(&d->run, width);
        if (--d->mini_left == 0)
            d->mini++;
    }
    d->n_left--;
    *out = (int64_t)d->value;
    return true;
}

bool delta_rest(struct delta d, struct str *rest)
{
    uint64_t n = d.n_left == 0 ? 0 : d.n_left - 1; /* the first stands in the header */
    while (n > 0) {
        uint64_t before = d.per_mini;
        if (!next_mini(&d))
            return false;
        d.mini++;
        n -= n < before ? n : before;
    }
    *rest = (struct str){ (const char *)d.b.at, bytes_left(&d.b) };
    return true;
}
