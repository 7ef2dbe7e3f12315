/*
 * demo_data: the sample datasets and notebooks of demo/, compiled in by demo/embed.py.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DEMO_DATA_H
#define CLI_DEMO_DATA_H

#include "util/str.h"

struct demo_file {
    struct str bucket; /* "datasets" or "notebooks" */
    struct str key, content_type;
    const unsigned char *bytes;
    size_t size_bytes;
};

extern const struct demo_file demo_files[];
extern const size_t demo_n_files;

#endif
