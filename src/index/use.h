/*
 * use: how data flows between a dataset and a notebook, as the table use has it.  Internal to the
 * folder.
 *
 * The flows stand in the key behind the dataset, so that those who read it, and those who write
 * it, are each one range of rows.  The columns read_* and write_* are NULL where it does not flow
 * that way: where the first reference stands (use_at()), how many there are, and percent * 2, plus
 * 1 where all of them are in passing or in code that is not reached.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_USE_H
#define INDEX_USE_H

#include "index/ref.h"

enum use_flows { USE_NO_FLOW, USE_READS, USE_READS_AND_WRITES, USE_WRITES };

/* Cell and line as one number, in their order; lines past the first million are that one. */
static inline int64_t use_at(int64_t cell, int64_t line)
{
    return cell << 20 | (line < 0xFFFFF ? line : 0xFFFFF);
}

/* The flows in SQL. */
#define USE_READ_RANGE " BETWEEN 1 AND 2"
#define USE_WRITE_RANGE " BETWEEN 2 AND 3"

/* Data flows by references of these kinds and directions; listing is a read that says little. */
#define REF_FLOW_KINDS "(r.what >> 4 & 15) IN (0, 1, 5, 8)"
#define REF_READ_DIRS "(0, 2)"
#define REF_WRITE_DIRS "(1)"

/* 0: reads, 1: writes; -1: no data flows by it. */
static inline int ref_way(int64_t what)
{
    static const bool flows[REFERENCE_N_KINDS] = { [REFERENCE_DATA] = true,
                                                   [REFERENCE_MODEL] = true,
                                                   [REFERENCE_ARCHIVE] = true,
                                                   [REFERENCE_BUILTIN] = true };
    enum reference_dir dir = ref_dir(what);
    if (ref_kind(what) >= REFERENCE_N_KINDS || !flows[ref_kind(what)] || dir == REFERENCE_DELETE)
        return -1;
    return dir == REFERENCE_WRITE ? 1 : 0;
}

#endif
