/* page: see page.h.  A token is, in hexadecimal digits: hash of the question, number, id, text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"

#include <string.h>

enum { HEAD_BYTES = 24 };

/* FNV-1a: the same in every process, unlike str_hash(), because a token outlives one. */
static uint64_t add_hash(uint64_t hash, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001B3u;
    return (hash ^ 0xFF) * 0x100000001B3u; /* the end of the text */
}

/* All but how many items and which page. */
static uint64_t question_hash(const struct call *call)
{
    uint64_t hash = add_hash(0xCBF29CE484222325u, call->route->name);
    for (size_t i = 0; i < call->route->n_params; i++)
        if (!str_eq(call->route->params[i].name, STR("limit")) &&
            !str_eq(call->route->params[i].name, STR("page_token")))
            hash = add_hash(hash, call->values[i]);
    return hash;
}

static void put_u64(unsigned char *at, uint64_t n)
{
    for (size_t i = 0; i < 8; i++)
        at[i] = (unsigned char)(n >> (56 - 8 * i));
}

static uint64_t get_u64(const unsigned char *at)
{
    uint64_t n = 0;
    for (size_t i = 0; i < 8; i++)
        n = n << 8 | at[i];
    return n;
}

static bool digit_of(char c, unsigned char *out)
{
    if (c >= '0' && c <= '9')
        *out = (unsigned char)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *out = (unsigned char)(c - 'a' + 10);
    else
        return false;
    return true;
}

/* The bytes of the digits; empty when they are none. */
static struct str unhex(struct arena *a, struct str text)
{
    unsigned char *bytes = ARENA_NEW_N(a, unsigned char, text.len / 2 + 1), high, low;
    if (text.len % 2 != 0)
        return STR_EMPTY;
    for (size_t i = 0; i < text.len / 2; i++) {
        if (!digit_of(text.ptr[2 * i], &high) || !digit_of(text.ptr[2 * i + 1], &low))
            return STR_EMPTY;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return (struct str){ (const char *)bytes, text.len / 2 };
}

bool page_read(const struct call *call, struct page_key *out, bool *has_out, struct err *err)
{
    struct str token = call_text(call, STR("page_token"));
    *out = (struct page_key){ .text = STR_EMPTY };
    *has_out = token.len > 0;
    if (token.len == 0)
        return true;
    struct str bytes = unhex(call->req->arena, token);
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    if (bytes.len < HEAD_BYTES || get_u64(at) != question_hash(call)) {
        err_set(err, ERR_INVALID, "the page_token is of another question");
        return err_fix(err, "Send it with the parameters of the answer that it comes from, or ask "
                            "for the first page without it.");
    }
    out->number = (int64_t)get_u64(at + 8);
    out->id = (int64_t)get_u64(at + 16);
    out->text = str_from_pos(bytes, HEAD_BYTES);
    return true;
}

void page_write_next(struct call *call, const struct page_key *last)
{
    struct arena *a = call->req->arena;
    if (last == NULL) {
        json_put_null(&call->json, STR("next_page_token"));
        return;
    }
    size_t n = HEAD_BYTES + last->text.len;
    unsigned char *bytes = ARENA_NEW_N(a, unsigned char, n);
    put_u64(bytes, question_hash(call));
    put_u64(bytes + 8, (uint64_t)last->number);
    put_u64(bytes + 16, (uint64_t)last->id);
    if (last->text.len > 0)
        memcpy(bytes + HEAD_BYTES, last->text.ptr, last->text.len);
    json_put_str(&call->json, STR("next_page_token"), arena_hex(a, bytes, n));
}
