/* fd: see fd.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/fd.h"

#include <errno.h>
#include <unistd.h>

bool fd_write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = str_from_pos(bytes, (size_t)n);
    }
    return true;
}

bool fd_write_synced(int fd, struct str bytes)
{
    return fd_write_all(fd, bytes) && fsync(fd) == 0;
}
