/*
 * memory: giving memory back to the system that only the start, or a piece of work, needed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_MEMORY_H
#define UTIL_MEMORY_H

/* Give back free heap, and unmap for now the pages of the program and its libraries that were only
 * read, never written: the kernel has them in its cache and maps those again that are used again.
 * Takes some milliseconds; any thread; does nothing where /proc is missing. */
void memory_give_back(void);

#endif
