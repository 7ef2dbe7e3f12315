/* hdf5_heap: links that lie in a fractal heap, found by a B-tree of version 2. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/hdf5_internal.h"

enum { TREE_NAMES = 5, NODE_FIXED_BYTES = 10, ROWS_MAX = 64 };

struct heap {
    uint64_t width, start_size, max_direct, root;
    unsigned offset_bytes, length_bytes, n_rows; /* rows 0: the root is a direct block */
    bool is_filtered;
};

struct tree {
    uint64_t node_bytes, root, n_root;
    unsigned record_bytes, depth;
};

struct dense {
    struct hdf5 *h;
    struct heap heap;
    struct tree tree;
    hdf5_link_fn *each;
    struct str path;
    unsigned depth;
};

/* Bytes that hold a number up to max. */
static unsigned bytes_for(uint64_t max)
{
    unsigned n = 1;
    for (max >>= 8; max > 0; max >>= 8)
        n++;
    return n;
}

static bool read_heap(struct dense *d, uint64_t address)
{
    struct hdf5 *h = d->h;
    struct str head;
    uint64_t n_length = h->n_length;
    if (!hdf5_get(h, address, 22 + 12 * n_length + 3 * (uint64_t)h->n_offset, &head))
        return false;
    struct bytes b = bytes_le(str_from_pos(head, 5));
    bytes_skip(&b, 2);
    d->heap.is_filtered = bytes_u16(&b) > 0;
    bytes_skip(&b, 1);
    uint64_t max_object = bytes_u32(&b);
    bytes_skip(&b, n_length + 2 * (uint64_t)h->n_offset + n_length + 8 * n_length);
    d->heap.width = bytes_u16(&b);
    d->heap.start_size = bytes_uint(&b, h->n_length);
    d->heap.max_direct = bytes_uint(&b, h->n_length);
    unsigned heap_bits = bytes_u16(&b);
    bytes_skip(&b, 2);
    d->heap.root = hdf5_address(h, &b);
    d->heap.n_rows = bytes_u16(&b);
    unsigned for_block = bytes_for(d->heap.max_direct), for_object = bytes_for(max_object);
    d->heap.offset_bytes = (heap_bits + 7) / 8;
    d->heap.length_bytes = for_block < for_object ? for_block : for_object;
    if (!bytes_ok(&b) || !str_has_prefix(head, STR("FRHP")) || d->heap.offset_bytes > 8 ||
        d->heap.start_size == 0 || d->heap.start_size > d->heap.max_direct ||
        d->heap.max_direct > INT32_MAX || d->heap.width == 0)
        return hdf5_damaged(h, "a fractal heap");
    return true;
}

static bool read_tree(struct dense *d, uint64_t address)
{
    struct hdf5 *h = d->h;
    struct str head;
    if (!hdf5_get(h, address, 16 + (uint64_t)h->n_offset + 2 + h->n_length, &head))
        return false;
    struct bytes b = bytes_le(str_from_pos(head, 5));
    unsigned type = bytes_u8(&b);
    d->tree.node_bytes = bytes_u32(&b);
    d->tree.record_bytes = bytes_u16(&b);
    d->tree.depth = bytes_u16(&b);
    bytes_skip(&b, 2);
    d->tree.root = hdf5_address(h, &b);
    d->tree.n_root = bytes_u16(&b);
    if (!bytes_ok(&b) || !str_has_prefix(head, STR("BTHD")) || type != TREE_NAMES ||
        d->tree.record_bytes < 5 || d->tree.node_bytes <= NODE_FIXED_BYTES)
        return hdf5_damaged(h, "an index of names");
    return true;
}

/* Where in the file a place of the heap lies; HDF5_NOWHERE: below an inner block, which only heaps
 * of many thousand links have. */
static bool locate(struct dense *d, uint64_t offset, uint64_t *address)
{
    struct hdf5 *h = d->h;
    uint64_t at = 0, index = 0, size = d->heap.start_size;
    *address = HDF5_NOWHERE;
    if (d->heap.n_rows == 0) {
        *address = d->heap.root + offset;
        return true;
    }
    for (unsigned row = 0; row < d->heap.n_rows && row < ROWS_MAX; row++) {
        size = row < 2 ? d->heap.start_size : size * 2;
        if (size > d->heap.max_direct)
            return true;
        if (offset < at + size * d->heap.width) {
            struct str entry;
            uint64_t child = index + (offset - at) / size;
            uint64_t table = d->heap.root + 5 + h->n_offset + d->heap.offset_bytes;
            if (!hdf5_get(h, table + child * h->n_offset, h->n_offset, &entry))
                return false;
            struct bytes b = bytes_le(entry);
            uint64_t block = hdf5_address(h, &b);
            *address = block == HDF5_NOWHERE ? block : block + (offset - at) % size;
            return true;
        }
        at += size * d->heap.width;
        index += d->heap.width;
    }
    return true;
}

static bool read_record(struct dense *d, struct str record)
{
    struct str message;
    uint64_t address;
    struct bytes b = bytes_le(str_from_pos(record, 4));
    unsigned kind = bytes_u8(&b) >> 4 & 3;
    uint64_t offset = bytes_uint(&b, d->heap.offset_bytes);
    uint64_t length = bytes_uint(&b, d->heap.length_bytes);
    if (!bytes_ok(&b))
        return hdf5_damaged(d->h, "an index of names");
    if (kind != 0 || d->heap.is_filtered)
        return true; /* huge, tiny or packed: no writer keeps links so */
    if (!locate(d, offset, &address))
        return false;
    if (address == HDF5_NOWHERE) {
        d->h->is_stopped = true;
        return true;
    }
    return hdf5_get(d->h, address, length, &message) &&
           hdf5_link(d->h, message, d->each, d->path, d->depth);
}

static bool read_records(struct dense *d, struct str records, uint64_t n)
{
    for (uint64_t i = 0; i < n && !d->h->is_stopped; i++) {
        size_t at = (size_t)(i * d->tree.record_bytes);
        if (!read_record(d, str_slice(records, at, at + d->tree.record_bytes)))
            return false;
    }
    return true;
}

static bool read_leaf(struct dense *d, uint64_t address, uint64_t n)
{
    struct str node;
    if (n * d->tree.record_bytes > d->tree.node_bytes)
        return hdf5_damaged(d->h, "an index of names");
    if (!hdf5_get(d->h, address, 6 + n * d->tree.record_bytes, &node))
        return false;
    if (!str_has_prefix(node, STR("BTLF")))
        return hdf5_damaged(d->h, "a leaf of an index of names");
    return read_records(d, str_from_pos(node, 6), n);
}

/* The root above leaves: records, then a child before, between and behind them. */
static bool read_inner(struct dense *d)
{
    struct hdf5 *h = d->h;
    struct str node;
    uint64_t n_records = d->tree.n_root * d->tree.record_bytes;
    uint64_t max = (d->tree.node_bytes - NODE_FIXED_BYTES) / d->tree.record_bytes;
    unsigned n_count = bytes_for(max);
    uint64_t n_children = (d->tree.n_root + 1) * (h->n_offset + n_count);
    if (!hdf5_get(h, d->tree.root, 6 + n_records + n_children, &node))
        return false;
    if (!str_has_prefix(node, STR("BTIN")))
        return hdf5_damaged(h, "a node of an index of names");
    if (!read_records(d, str_from_pos(node, 6), d->tree.n_root))
        return false;
    struct bytes b = bytes_le(str_from_pos(node, 6 + (size_t)n_records));
    for (uint64_t i = 0; i <= d->tree.n_root && !h->is_stopped; i++) {
        uint64_t child = hdf5_address(h, &b), n = bytes_uint(&b, n_count);
        if (!read_leaf(d, child, n))
            return false;
    }
    return true;
}

bool hdf5_dense_links(struct hdf5 *h, const struct hdf5_object *group, hdf5_link_fn *each,
                      struct str path, unsigned depth)
{
    struct dense d = { .h = h, .each = each, .path = path, .depth = depth };
    if (!read_heap(&d, group->fractal_heap) || !read_tree(&d, group->name_index))
        return false;
    if (d.tree.root == HDF5_NOWHERE)
        return true;
    if (d.tree.depth == 0)
        return read_leaf(&d, d.tree.root, d.tree.n_root);
    if (d.tree.depth == 1)
        return read_inner(&d);
    h->is_stopped = true;
    return true;
}
