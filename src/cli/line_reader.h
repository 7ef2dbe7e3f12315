/*
 * line_reader: the lines of a descriptor, each as soon as it is there.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LINE_READER_H
#define CLI_LINE_READER_H

#include "util/buf.h"
#include "util/err.h"

struct line_reader {
    int fd;
    struct buf pending; /* what was read and not given yet; its limit is that of a line */
    size_t at;          /* of pending, the beginning of the next line */
    bool is_end;
};

/* limit_bytes: of one line. */
void line_reader_init(struct line_reader *r, int fd, size_t limit_bytes);
void line_reader_release(struct line_reader *r);

/* The next line without its line end, valid until the next call; *is_there is false at the end.  A
 * line that is too long is given cut, with *is_cut.  Fails with ERR_IO. */
MUST_USE bool line_reader_next(struct line_reader *r, struct str *line, bool *is_there,
                               bool *is_cut, struct err *err);

#endif
