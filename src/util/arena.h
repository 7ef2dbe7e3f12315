/*
 * arena: memory that is given piece by piece and taken back all at once.
 *
 * One arena serves one request, one notebook or one command and is used by one thread.  Exhausted
 * memory panics, therefore arena_alloc() never returns NULL; every input that makes an arena grow
 * is bounded by its reader.  Under AddressSanitizer free space is poisoned and pieces are kept
 * apart, so that overruns inside an arena are found.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_ARENA_H
#define UTIL_ARENA_H

#include "util/attrs.h"
#include "util/err.h"
#include "util/str.h"

#include <stdalign.h>
#include <stdarg.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_IS_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_IS_WATCHED 1
#endif
#endif
#ifndef ARENA_IS_WATCHED
#define ARENA_IS_WATCHED 0
#endif

struct arena_block;

struct arena {
    struct arena_block *newest;
    char *at, *end;            /* free space in the newest block */
    size_t used_bytes;         /* given out since init or reset, padding included */
    struct arena_block *spare; /* kept by a reset */
};

#define ARENA_INIT                                                                                 \
    {                                                                                              \
        0                                                                                          \
    }
#define AUTO_ARENA AUTO(arena_release) struct arena

/* Free everything.  The arena is empty and may be used again.  Accepts an empty arena. */
void arena_release(struct arena *a);

/* Forget all pieces but keep the blocks (up to 8 MiB), for the next request of the same thread. */
void arena_reset(struct arena *a);

/* size zeroed bytes, aligned for any type; size 0 gives a unique pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));

/* The same for a size that the compiler knows: two additions and a few stores where the block has
 * room, which is nearly always.  Under AddressSanitizer each piece is one of arena_alloc(). */
static inline void *arena_alloc_known(struct arena *a, size_t size)
{
    const size_t whole = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (ARENA_IS_WATCHED || size == 0 || (size_t)(a->end - a->at) < whole)
        return arena_alloc(a, size);
    char *piece = a->at;
    a->at += whole;
    a->used_bytes += whole;
    return memset(piece, 0, size);
}

/* n zeroed elements of size bytes each; panics when n * size overflows. */
void *arena_alloc_n(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull));

/* Make room for new_n elements where old_n stood; the old elements are copied, the new zeroed.
 * Grows in place when the piece is the newest one.  ptr may be NULL when old_n is 0. */
void *arena_grow(struct arena *a, void *ptr, size_t old_n, size_t new_n, size_t size);

#define ARENA_NEW(a, type) ((type *)arena_alloc_known((a), sizeof(type)))
#define ARENA_NEW_N(a, type, n) ((type *)arena_alloc_n((a), (n), sizeof(type)))

/* Append one element to an array of the arena, growing by doubling; evaluates to its address.
 * vec: an lvalue pointer; n, cap: size_t lvalues. */
#define ARENA_PUSH(a, vec, n, cap)                                                                 \
    (((n) == (cap)                                                                                 \
          ? (void)((vec) = arena_grow((a), (vec), (n), (cap) == 0 ? 8 : (cap)*2, sizeof *(vec)),   \
                   (cap) = (cap) == 0 ? 8 : (cap)*2)                                               \
          : (void)0),                                                                              \
     &(vec)[(n)++])

/* Copies of bytes, owned by the arena.  The C string ends in NUL as well. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
struct str arena_vprintf(struct arena *a, const char *fmt, va_list args) PRINTF(2, 0);
/* A copy with ASCII letters in lower case; the bytes as lower-case hexadecimal digits. */
struct str arena_lower(struct arena *a, struct str s);
struct str arena_hex(struct arena *a, const unsigned char *bytes, size_t n);
/* left and right joined. */
struct str arena_concat(struct arena *a, struct str left, struct str right);

/* A NUL-terminated copy for a C interface.  NULL and ERR_INVALID if s holds a NUL byte. */
MUST_USE char *arena_cstr(struct arena *a, struct str s, struct err *err);

#endif
