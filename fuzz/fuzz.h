/*
 * fuzz: what the targets share.
 *
 * A target is LLVMFuzzerTestOneInput() as libFuzzer defines it, for one reader of outside bytes:
 * under 40 lines, no stub.  It may check what must hold of every answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "util/err.h"
#include "util/str.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold; unlike assert() in every build. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            panic("%s:%d: not so: %s", __FILE__, __LINE__, #condition);                            \
    } while (0)

/* The first byte of the input, which chooses among ways; 0 when there is none. */
static inline unsigned fuzz_take_byte(const uint8_t **data, size_t *size)
{
    if (*size == 0)
        return 0;
    --*size;
    return *(*data)++;
}

static inline struct str fuzz_text(const uint8_t *data, size_t size)
{
    return size == 0 ? STR_EMPTY : (struct str){ (const char *)data, size };
}

#endif
