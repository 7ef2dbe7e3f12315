/* hdf5_links: the links of a group: of a symbol table, or as messages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/hdf5_internal.h"

/* Nodes of a group's B-tree that are walked, and its depth. */
enum { NODES_MAX = 2000, TREE_DEPTH_MAX = 16, HEAP_BYTES_MAX = 4 * 1024 * 1024 };

struct table_walk {
    struct hdf5 *h;
    struct str heap; /* names, each ended by NUL */
    hdf5_link_fn *each;
    struct str path;
    unsigned depth;
    unsigned n_nodes;
};

static bool read_heap(struct hdf5 *h, uint64_t address, struct str *out)
{
    struct str head;
    uint64_t n_head = 8 + 2 * (uint64_t)h->n_length + h->n_offset;
    if (!hdf5_get(h, address, n_head, &head))
        return false;
    struct bytes b = bytes_le(str_from_pos(head, 8));
    uint64_t size = bytes_uint(&b, h->n_length);
    bytes_skip(&b, h->n_length);
    uint64_t data = hdf5_address(h, &b);
    if (!str_has_prefix(head, STR("HEAP")) || size > HEAP_BYTES_MAX || data == HDF5_NOWHERE)
        return hdf5_damaged(h, "a heap of names");
    return hdf5_get(h, data, size, out);
}

static bool read_symbols(struct table_walk *w, uint64_t address)
{
    struct hdf5 *h = w->h;
    struct str node;
    uint64_t n_entry = 2 * (uint64_t)h->n_offset + 24;
    if (!hdf5_get(h, address, 8, &node))
        return false;
    struct bytes b = bytes_le(str_from_pos(node, 6));
    unsigned n = bytes_u16(&b);
    if (!str_has_prefix(node, STR("SNOD")))
        return hdf5_damaged(h, "a symbol table");
    if (!hdf5_get(h, address + 8, n * n_entry, &node))
        return false;
    b = bytes_le(node);
    for (unsigned i = 0; i < n; i++) {
        uint64_t name_at = hdf5_address(h, &b), object = hdf5_address(h, &b);
        uint32_t cache = bytes_u32(&b);
        bytes_skip(&b, 20);
        struct str name =
            str_from_pos(w->heap, name_at < w->heap.len ? (size_t)name_at : w->heap.len);
        name = str_slice(name, 0, str_find_char(name, 0));
        /* 2: a symbolic link */
        if (cache != 2 && object != HDF5_NOWHERE && !w->each(h, name, object, w->path, w->depth))
            return false;
    }
    return true;
}

static bool read_node(struct table_walk *w, uint64_t address, unsigned depth)
{
    struct hdf5 *h = w->h;
    struct str node;
    uint64_t n_head = 8 + 2 * (uint64_t)h->n_offset, n_entry = h->n_length + (uint64_t)h->n_offset;
    if (++w->n_nodes > NODES_MAX || depth > TREE_DEPTH_MAX)
        return hdf5_damaged(h, "a group's tree has no end");
    if (!hdf5_get(h, address, n_head, &node))
        return false;
    struct bytes b = bytes_le(str_from_pos(node, 4));
    unsigned type = bytes_u8(&b), level = bytes_u8(&b), n = bytes_u16(&b);
    if (!str_has_prefix(node, STR("TREE")) || type != 0)
        return hdf5_damaged(h, "a group's tree");
    if (!hdf5_get(h, address + n_head, n * n_entry, &node))
        return false;
    b = bytes_le(node);
    for (unsigned i = 0; i < n; i++) {
        bytes_skip(&b, h->n_length);
        uint64_t child = hdf5_address(h, &b);
        if (!(level > 0 ? read_node(w, child, depth + 1) : read_symbols(w, child)))
            return false;
    }
    return true;
}

bool hdf5_link(struct hdf5 *h, struct str message, hdf5_link_fn *each, struct str path,
               unsigned depth)
{
    struct bytes b = bytes_le(message);
    bytes_skip(&b, 1);
    unsigned flags = bytes_u8(&b);
    unsigned type = (flags & 8) != 0 ? bytes_u8(&b) : 0;
    bytes_skip(&b, (flags & 4) != 0 ? 8 : 0);
    bytes_skip(&b, (flags & 0x10) != 0 ? 1 : 0);
    struct str name = bytes_take(&b, bytes_uint(&b, 1U << (flags & 3)));
    uint64_t address = type == 0 ? hdf5_address(h, &b) : HDF5_NOWHERE;
    if (!bytes_ok(&b))
        return hdf5_damaged(h, "a link is cut");
    return address == HDF5_NOWHERE || each(h, name, address, path, depth);
}

bool hdf5_links(struct hdf5 *h, const struct hdf5_object *group, hdf5_link_fn *each,
                struct str path, unsigned depth)
{
    for (size_t i = 0; i < group->n_links; i++) {
        if (!hdf5_link(h, group->links[i], each, path, depth))
            return false;
    }
    if (group->btree != HDF5_NOWHERE && group->heap != HDF5_NOWHERE) {
        struct table_walk w = { .h = h, .each = each, .path = path, .depth = depth };
        return read_heap(h, group->heap, &w.heap) && read_node(&w, group->btree, 0);
    }
    if (group->fractal_heap != HDF5_NOWHERE && group->name_index != HDF5_NOWHERE)
        return hdf5_dense_links(h, group, each, path, depth);
    return true;
}
