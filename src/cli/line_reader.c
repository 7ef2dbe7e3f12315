/* line_reader: see line_reader.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/line_reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

void line_reader_init(struct line_reader *r, int fd, size_t limit_bytes)
{
    *r = (struct line_reader){ .fd = fd, .pending = BUF_INIT(limit_bytes + READ_BYTES) };
}

void line_reader_release(struct line_reader *r)
{
    buf_release(&r->pending);
}

/* More bytes behind those that are pending. */
static bool fill(struct line_reader *r, struct err *err)
{
    if (r->at > 0) {
        memmove(r->pending.ptr, r->pending.ptr + r->at, r->pending.len - r->at);
        r->pending.len -= r->at;
        r->at = 0;
    }
    for (;;) {
        char *room = buf_reserve(&r->pending, READ_BYTES);
        ssize_t n = read(r->fd, room, READ_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, errno, "reading the lines");
        r->is_end = n == 0;
        buf_added(&r->pending, (size_t)n);
        return true;
    }
}

bool line_reader_next(struct line_reader *r, struct str *line, bool *is_there, bool *is_cut,
                      struct err *err)
{
    size_t limit = r->pending.limit - READ_BYTES, searched = 0;
    *is_cut = false;
    for (;;) {
        struct str rest = str_from_pos(buf_str(&r->pending), r->at);
        size_t end = str_find_char(str_from_pos(rest, searched), '\n');
        end = end == SIZE_MAX ? SIZE_MAX : end + searched;
        if (end != SIZE_MAX || (r->is_end && rest.len > 0)) {
            bool has_end = end != SIZE_MAX;
            *line = str_slice(rest, 0, has_end ? end : rest.len);
            *is_there = true;
            r->at += line->len + (has_end ? 1 : 0);
            bool was_cut = line->len > limit;
            *is_cut = was_cut;
            *line = str_slice(*line, 0, limit);
            return true;
        }
        if (r->is_end) {
            *is_there = false;
            return true;
        }
        searched = rest.len;
        if (rest.len > limit) { /* the rest of a line that is too long is not kept */
            r->pending.len = r->at + limit + 1;
            searched = limit + 1;
        }
        if (!fill(r, err))
            return false;
    }
}
