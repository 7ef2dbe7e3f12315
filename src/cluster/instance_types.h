/*
 * instance_types: the machines that EMR can use (instance_types.def).  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_INSTANCE_TYPES_H
#define CLUSTER_INSTANCE_TYPES_H

#include "util/str.h"

enum { TYPE_LINES = 3, TYPE_FIRST_LINE = 5 };

struct instance_type {
    struct str name;
    unsigned vcpus, memory_mib;
    struct str arch;              /* "x86_64", "arm64" */
    struct str since[TYPE_LINES]; /* the first release of emr-5, -6 and -7 that takes it: "5.36.2";
                                     empty: none does */
};

/* The i-th, in the order of the file; NULL behind the last. */
const struct instance_type *instance_type_at(size_t i);
/* NULL: the list does not have it. */
const struct instance_type *instance_type_find(struct str name);
/* The day of the list. */
struct str instance_types_as_of(void);

/* Does a release ("emr-6.15.0") take a type? */
enum type_support { TYPE_SUPPORTED, TYPE_TOO_NEW, TYPE_UNKNOWN };
enum type_support instance_type_support(struct str name, struct str release);

#endif
