/*
 * arena: see arena.h.  Blocks double from 4 KiB up to 1 MiB and form a list, newest first; a piece
 * larger than that gets a block of its own.  Zeroing happens when a piece is given out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
enum { REDZONE = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
enum { REDZONE = 0 };
#endif

enum { BLOCK_MIN = 4 * 1024, BLOCK_MAX = 1024 * 1024, ALIGN = alignof(max_align_t) };

struct arena_block {
    struct arena_block *older;
    size_t size; /* bytes of data */
    alignas(max_align_t) char data[];
};

static void add_block(struct arena *a, size_t need)
{
    size_t size = a->newest == NULL ? BLOCK_MIN : a->newest->size * 2;
    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    struct arena_block *block = malloc(sizeof *block + size);
    if (block == NULL)
        panic("out of memory (%zu bytes)", size);
    block->older = a->newest;
    block->size = size;
    a->newest = block;
    a->at = block->data;
    a->end = block->data + size;
    ASAN_POISON_MEMORY_REGION(block->data, size);
}

static void free_block(struct arena_block *block)
{
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    free(block);
}

void arena_release(struct arena *a)
{
    while (a->newest != NULL) {
        struct arena_block *block = a->newest;
        a->newest = block->older;
        free_block(block);
    }
    *a = (struct arena)ARENA_INIT;
}

void arena_reset(struct arena *a)
{
    while (a->newest != NULL && (a->newest->older != NULL || a->newest->size > BLOCK_MAX)) {
        struct arena_block *block = a->newest;
        a->newest = block->older;
        free_block(block);
    }
    a->used_bytes = 0;
    if (a->newest == NULL) {
        *a = (struct arena)ARENA_INIT;
        return;
    }
    a->at = a->newest->data;
    a->end = a->newest->data + a->newest->size;
    ASAN_POISON_MEMORY_REGION(a->at, a->newest->size);
}

static size_t padded(size_t size)
{
    size_t whole;
    if (__builtin_add_overflow(size, (size_t)(REDZONE + ALIGN - 1), &whole))
        panic("out of memory (%zu bytes)", size);
    whole &= ~(size_t)(ALIGN - 1);
    return whole == 0 ? ALIGN : whole;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t whole = padded(size);
    if ((size_t)(a->end - a->at) < whole)
        add_block(a, whole);
    char *piece = a->at;
    a->at += whole;
    a->used_bytes += whole;
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    return memset(piece, 0, size);
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
    char *moved = arena_alloc(a, total);
    if (old_n > 0)
        memcpy(moved, piece, old_n * size);
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
    char *copy = arena_alloc(a, len + 1);
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
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    if (n < 0)
        panic("a format cannot be printed: %s", fmt);
    char *text = arena_alloc(a, (size_t)n + 1);
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
