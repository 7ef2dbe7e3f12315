/*
 * parquet_bits: the packed runs of numbers inside of Parquet's pages, one number at a time.
 *
 * (Encodings.md: RLE / bit-packing hybrid, DELTA_BINARY_PACKED.)  Streams: a run of a thousand
 * million equal numbers takes no memory.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PARQUET_BITS_H
#define CATALOG_PARQUET_BITS_H

#include "catalog/bytes.h"
#include "util/attrs.h"

/* Numbers of a fixed width in bits, lowest bit first. */
struct bit_run {
    struct str bytes;
    uint64_t at; /* bits */
};

/* The next number of width (0..64) bits; zeros behind the end. */
uint64_t bit_run_next(struct bit_run *run, unsigned width);

struct hybrid {
    struct bytes b;
    unsigned width;  /* bits: 0..32 */
    uint64_t n_left; /* in the run */
    bool is_packed;
    uint64_t value; /* of a repeated run */
    struct bit_run run;
};

struct hybrid hybrid_init(struct str s, unsigned width);
MUST_USE bool hybrid_next(struct hybrid *h, uint64_t *out);

struct delta {
    struct bytes b;
    uint64_t n_left;    /* values, with the first */
    uint64_t per_mini;  /* values of a miniblock */
    unsigned n_minis;   /* in a block */
    unsigned mini;      /* the present one */
    uint64_t mini_left; /* values in it */
    struct str widths;
    struct bit_run run;
    uint64_t min_delta, value;
    bool is_first;
};

/* False: the header is damaged. */
MUST_USE bool delta_init(struct delta *d, struct str s);
MUST_USE bool delta_next(struct delta *d, int64_t *out);
/* Pass over all values; what stands behind the last block, or false. */
MUST_USE bool delta_rest(struct delta d, struct str *rest);

#endif
