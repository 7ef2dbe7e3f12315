/*
 * hdf5_internal: the parts of the reader of HDF5: file, groups, object headers, types.
 *
 * (HDF5 File Format Specification 3.0.)  Read are superblocks 0 to 3, object headers 1 and 2,
 * groups by symbol table, by link messages and by fractal heap.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_HDF5_INTERNAL_H
#define CATALOG_HDF5_INTERNAL_H

#include "catalog/format_internal.h"

enum hdf5_message {
    HDF5_DATASPACE = 0x01,
    HDF5_LINK_INFO = 0x02,
    HDF5_DATATYPE = 0x03,
    HDF5_LINK = 0x06,
    HDF5_ATTRIBUTE = 0x0c,
    HDF5_CONTINUATION = 0x10,
    HDF5_SYMBOL_TABLE = 0x11,
};

struct hdf5 {
    struct view *v;
    struct schema *out;
    struct err *err;
    uint64_t base;     /* where addresses count from */
    unsigned n_offset; /* bytes of an address */
    unsigned n_length;
    struct column_list columns;
    size_t n_all;
    unsigned n_objects; /* looked at */
    bool is_stopped;    /* enough was read: what follows is left out */
};

/* What one object header says. */
struct hdf5_object {
    bool has_type, has_space, is_group;
    bool is_dimension; /* of NetCDF-4, without values of its own */
    struct column type;
    uint64_t sizes[LIMIT_SCHEMA_SIZES];
    size_t n_sizes;
    uint64_t btree, heap;              /* symbol table */
    uint64_t fractal_heap, name_index; /* dense links */
    struct str *links;                 /* link messages */
    size_t n_links, cap_links;
};

#define HDF5_NOWHERE UINT64_MAX

/* length bytes at an address; false: missing, stopped (then is_stopped) or err. */
MUST_USE bool hdf5_get(struct hdf5 *h, uint64_t address, uint64_t length, struct str *out);
uint64_t hdf5_address(struct hdf5 *h, struct bytes *b);

/* Read an object header with its continuations. */
MUST_USE bool hdf5_object(struct hdf5 *h, uint64_t address, struct hdf5_object *out);

/* A datatype message as type, native and fields of a column; false: damaged. */
MUST_USE bool hdf5_type(struct hdf5 *h, struct bytes *b, struct column *out, unsigned depth);

/* Called for each hard link of a group. */
typedef bool hdf5_link_fn(struct hdf5 *h, struct str name, uint64_t address, struct str path,
                          unsigned depth);
MUST_USE bool hdf5_links(struct hdf5 *h, const struct hdf5_object *group, hdf5_link_fn *each,
                         struct str path, unsigned depth);
/* The links of a fractal heap by its index of names.  hdf5_heap.c. */
MUST_USE bool hdf5_dense_links(struct hdf5 *h, const struct hdf5_object *group, hdf5_link_fn *each,
                               struct str path, unsigned depth);
/* A link message. */
MUST_USE bool hdf5_link(struct hdf5 *h, struct str message, hdf5_link_fn *each, struct str path,
                        unsigned depth);

bool hdf5_damaged(struct hdf5 *h, const char *what);

#endif
