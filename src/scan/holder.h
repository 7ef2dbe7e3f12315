/*
 * holder: which process holds a lease, written so that another one on the same machine can tell
 * that it is gone.
 *
 * "BOOT/NAMESPACE/PID/START": the boot of the machine, the namespace of process numbers, the number
 * and when it started (numbers are used again).  Of a process on another machine, in another
 * container or before a boot nothing can be told but by time.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_HOLDER_H
#define SCAN_HOLDER_H

#include "util/attrs.h"

#include <stdbool.h>

enum { HOLDER_SIZE = 128 };

/* This process. */
void holder_self(char out[HOLDER_SIZE]);

/* Is that process surely gone?  False when it lives, and when nobody can know. */
bool holder_is_gone(const char *holder);

#endif
