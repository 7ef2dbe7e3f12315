/*
 * demo_data: the sample datasets and notebooks of demo/, compiled in by tools/embed.py.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DEMO_DATA_H
#define CLI_DEMO_DATA_H

#include "util/str.h"

struct demo_file {
    const char *name; /* "datasets/" or "notebooks/", and the key */
    struct str text;
};

extern const struct demo_file demo_files[];
extern const size_t demo_file_n;

#endif
