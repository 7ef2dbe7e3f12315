/*
 * page: lists of the API in pages, by the key of the last item (keyset), not by counting.
 *
 * A token says behind which item the next page begins, and of which question it is: with another
 * question it is refused, because its answer would be silently wrong.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/api_internal.h"

/* The place of an item in its list; what of it is used is the list's own affair. */
struct page_key {
    int64_t number, id;
    struct str text; /* at most PAGE_MAX_TEXT_BYTES */
};

enum { PAGE_MAX_TEXT_BYTES = 2000 };

/* Behind which item to begin.  *has_out false: at the first one; *out is zeroed then.  Fails with
 * ERR_INVALID when the token is none, or of another question. */
MUST_USE bool page_read(const struct call *call, struct page_key *out, bool *has_out,
                        struct err *err);

/* Write the member next_page_token of the open object; last NULL: null, there is no next page. */
void page_write_next(struct call *call, const struct page_key *last);

#endif
