/*
 * beneath: opening files below a folder, never outside of it.
 *
 * The kernel resolves the path (openat2 with RESOLVE_BENEATH) and refuses whatever climbs out, by
 * "..", by an absolute path or by a symbolic link, without a race.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_BENEATH_H
#define UTIL_BENEATH_H

#include "util/attrs.h"

/* Open path below the folder that dir_fd is open on; flags as of open(), O_CLOEXEC is added.
 * -1 and errno; EXDEV or ELOOP when it leads out. */
MUST_USE int beneath_open(int dir_fd, const char *path, int flags);

#endif
