/* fd: descriptors: writing all of something. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_FD_H
#define UTIL_FD_H

#include "util/attrs.h"
#include "util/str.h"

/* Write all of the bytes, however many calls that takes.  False: errno says why; some may have been
 * written. */
MUST_USE bool fd_write_all(int fd, struct str bytes);
/* The same, and wait until the disk has them. */
MUST_USE bool fd_write_synced(int fd, struct str bytes);

#endif
