/*
 * family_internal: how a family becomes datasets.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_FAMILY_INTERNAL_H
#define CATALOG_FAMILY_INTERNAL_H

#include "catalog/discover_internal.h"

/* A part of a family, or one object of it. */
struct unit {
    struct group *group;
    const struct sample *one; /* the object; NULL: the whole part */
    const struct schema *schema;
    enum format format;
    struct totals totals;
    size_t cluster; /* index of the first unit of its dataset */
    struct str uri; /* of its dataset; set for the first unit of a cluster */
    size_t mark;    /* 1 + index of the unit that it was found to be like */
    bool is_lone;   /* one object, by itself, with columns */
    bool is_mixed;  /* objects of it have columns that do not go together */
    bool is_alike;  /* in a cluster by its columns, against its name */
};

struct units {
    struct unit *items;
    size_t n, cap;
};

/* Give each cluster its uri; clusters that would have the same one become one. */
void family_name(struct family *f, struct units *all);
/* Make the dataset of the cluster whose first unit is items[first]. */
void family_dataset(struct family *f, const struct units *all, size_t first, struct dataset *out);
/* The one dataset of a table. */
void family_table(struct family *f, struct dataset *out);

#endif
