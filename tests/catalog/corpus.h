/* corpus: the files of fuzz/corpus, for tests that read them whole and cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CATALOG_CORPUS_H
#define TESTS_CATALOG_CORPUS_H

#include "test.h"

#include "util/str.h"

#include <stdlib.h>

/* A block of exactly the file's size, so that the address sanitizer sees what lies beyond. */
static inline struct str corpus_load(const char *target, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/fuzz/corpus/%s/%s", SOURCE_ROOT, target, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t n = (size_t)ftell(file);
    char *bytes = malloc(n);
    assert_non_null(bytes);
    rewind(file);
    assert_int_equal(fread(bytes, 1, n, file), n);
    (void)fclose(file);
    return (struct str){ bytes, n };
}

static inline void corpus_unload(struct str file)
{
    free((void *)(uintptr_t)file.ptr);
}

#endif
