/*
 * arena: see arena.h.  Blocks double from 4 KiB up to 1 MiB and form a list, newest first; a piece
 * larger than that gets a block of its own.  Zeroing happens when a piece is given out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if ARENA_IS_WATCHED
#include <sanitizer/asan_interface.h>
enum { REDZONE = 16, SMALL = 0 };
#else
#define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
enum { REDZONE = 0, SMALL = 256 }; /* pieces up to SMALL are zeroed step by step */
#endif

enum {
    BLOCK_MIN = 4 * 1024,
    BLOCK_MAX = 1024 * 1024,
    KEEP_MAX = 8 * BLOCK_MAX, /* of all blocks that a reset keeps */
    ALIGN = alignof(max_align_t)
};

struct arena_block {
    struct arena_block *older;
    size_t size; /* bytes of data */
    alignas(max_align_t) char data[];
};

static void use_block(struct arena *a, struct arena_block *block)
{
    block->older = a->newest;
    a->newest = block;
    a->at = block->data;
    a->end = block->data + block->size;
}

/* A block that a reset kept and that is large enough, or NULL. */
static struct arena_block *take_spare(struct arena *a, size_t need)
{
    for (struct arena_block **at = &a->spare; *at != NULL; at = &(*at)->older)
        if ((*at)->size >= need) {
            struct arena_block *block = *at;
            *at = block->older;
            return block;
        }
    return NULL;
}

static void add_block(struct arena *a, size_t need)
{
    struct arena_block *block = take_spare(a, need);
    if (block != NULL) {
        use_block(a, block);
        return;
    }
    size_t size = a->newest == NULL ? BLOCK_MIN : a->newest->size * 2;
    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    block = malloc(sizeof *block + size);
    if (block == NULL)
        panic("out of memory (%zu bytes)", size);
    block->size = size;
    use_block(a, block);
    ASAN_POISON_MEMORY_REGION(block->data, size);
}

static void free_block(struct arena_block *block)
{
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    free(block);
}

static void free_blocks(struct arena_block *list)
{
    while (list != NULL) {
        struct arena_block *block = list;
        list = block->older;
        free_block(block);
    }
}

void arena_release(struct arena *a)
{
    free_blocks(a->newest);
    free_blocks(a->spare);
    *a = (struct arena)ARENA_INIT;
}

/* Move the blocks of list behind *end, freeing those past KEEP_MAX; the new end. */
static struct arena_block **keep(struct arena_block *list, struct arena_block **end, size_t *kept)
{
    while (list != NULL) {
        struct arena_block *block = list;
        list = block->older;
        if (*kept + block->size > KEEP_MAX) {
            free_block(block);
            continue;
        }
        *kept += block->size;
        ASAN_POISON_MEMORY_REGION(block->data, block->size);
        *end = block;
        end = &block->older;
    }
    *end = NULL;
    return end;
}

/* The blocks that were just used come first, for the processor's caches hold them; among them the
 * newest, which are the largest.  So the next request works in the same memory again. */
void arena_reset(struct arena *a)
{
    struct arena_block *spare = NULL;
    size_t kept = 0;
    (void)keep(a->spare, keep(a->newest, &spare, &kept), &kept);
    *a = (struct arena){ .spare = spare };
}

static inline size_t padded(size_t size)
{
    if (size > SIZE_MAX / 2)
        panic("out of memory (%zu bytes)", size);
    size_t whole = (size + REDZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    return whole == 0 ? ALIGN : whole;
}

/* size bytes that are not zeroed. */
static inline char *take(struct arena *a, size_t size)
{
    size_t whole = padded(size);
    if ((size_t)(a->end - a->at) < whole)
        add_block(a, whole);
    char *piece = a->at;
    a->at += whole;
    a->used_bytes += whole;
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    return piece;
}

void *arena_alloc(struct arena *a, size_t size)
{
    char *piece = take(a, size);
    if (size > SMALL)
        return memset(piece, 0, size);
    for (size_t i = 0; i < size; i += ALIGN) /* without a call; the padding as well */
        memset(piece + i, 0, ALIGN);
    return piece;
}

void *arena_alloc_n(struct arena *a, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total))
        panic("out of memory (%zu times %zu bytes)", n, size);
    return arena_alloc(a, total);
}

void *arena_grow(struct arena *a, void *ptr, size_t old_n, size_t new_n, size_t size)
{
    size_t old_whole = padded(old_n * size);
    char *piece = ptr;
    size_t total;
    if (__builtin_mul_overflow(new_n, size, &total))
        panic("out of memory (%zu times %zu bytes)", new_n, size);
    size_t more = padded(total) - old_whole;
    if (piece != NULL && piece + old_whole == a->at && (size_t)(a->end - a->at) >= more) {
        ASAN_UNPOISON_MEMORY_REGION(piece, total);
        memset(piece + old_n * size, 0, total - old_n * size);
        a->at += more;
        a->used_bytes += more;
        return piece;
    }
    char *moved = take(a, total);
    if (old_n > 0)
        memcpy(moved, piece, old_n * size);
    memset(moved + old_n * size, 0, total - old_n * size);
    return moved;
}

struct str arena_str(struct arena *a, struct str s)
{
    return arena_concat(a, s, STR_EMPTY);
}

struct str arena_concat(struct arena *a, struct str left, struct str right)
{
    size_t len;
    if (__builtin_add_overflow(left.len, right.len, &len) || len == SIZE_MAX)
        panic("out of memory (joining two texts)");
    char *copy = take(a, len + 1);
    copy[len] = '\0';
    if (left.len > 0)
        memcpy(copy, left.ptr, left.len);
    if (right.len > 0)
        memcpy(copy + left.len, right.ptr, right.len);
    return (struct str){ copy, len };
}

struct str arena_lower(struct arena *a, struct str s)
{
    char *copy = arena_alloc(a, s.len);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
    return (struct str){ copy, s.len };
}

struct str arena_hex(struct arena *a, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc_n(a, n, 2);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (struct str){ text, 2 * n };
}

struct str arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
    char small[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    if (n < 0)
        panic("a format cannot be printed: %s", fmt);
    char *text = take(a, (size_t)n + 1);
    if ((size_t)n < sizeof small)
        memcpy(text, small, (size_t)n + 1);
    else
        (void)vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct str){ text, (size_t)n };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vprintf(a, fmt, args);
    va_end(args);
    return text;
}

char *arena_cstr(struct arena *a, struct str s, struct err *err)
{
    if (str_find_char(s, '\0') != SIZE_MAX) {
        (void)err_set(err, ERR_INVALID, "a NUL byte stands in the text");
        return NULL;
    }
    char *copy = arena_alloc(a, s.len + 1);
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return copy;
}
