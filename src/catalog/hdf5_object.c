/* hdf5_object: messages of an object header, of either version, with its continuations. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/hdf5_internal.h"

enum { CONTINUATIONS_MAX = 64, BLOCK_BYTES_MAX = 1024 * 1024 };

struct block {
    uint64_t address, length;
};

struct header {
    struct hdf5 *h;
    struct hdf5_object *out;
    unsigned version, flags; /* flags of version 2 */
    struct block more[CONTINUATIONS_MAX];
    unsigned n_more;
};

static bool read_dataspace(struct hdf5 *h, struct bytes b, struct hdf5_object *out)
{
    unsigned version = bytes_u8(&b), rank = bytes_u8(&b);
    bytes_skip(&b, version == 1 ? 6 : 2);
    for (unsigned i = 0; i < rank && i < LIMIT_SCHEMA_SIZES; i++)
        out->sizes[out->n_sizes++] = bytes_uint(&b, h->n_length);
    out->has_space = true;
    return bytes_ok(&b);
}

static void read_link_info(struct hdf5 *h, struct bytes b, struct hdf5_object *out)
{
    bytes_skip(&b, 1);
    unsigned flags = bytes_u8(&b);
    bytes_skip(&b, (flags & 1) != 0 ? 8 : 0);
    out->fractal_heap = hdf5_address(h, &b);
    out->name_index = hdf5_address(h, &b);
    out->is_group = bytes_ok(&b);
}

static void read_symbol_table(struct hdf5 *h, struct bytes b, struct hdf5_object *out)
{
    out->btree = hdf5_address(h, &b);
    out->heap = hdf5_address(h, &b);
    out->is_group = bytes_ok(&b);
}

static bool read_continuation(struct header *r, struct bytes b)
{
    struct block block = { .address = hdf5_address(r->h, &b) };
    block.length = bytes_uint(&b, r->h->n_length);
    if (!bytes_ok(&b) || block.length > BLOCK_BYTES_MAX || r->n_more == CONTINUATIONS_MAX)
        return hdf5_damaged(r->h, "an object header goes on without end");
    r->more[r->n_more++] = block;
    return true;
}

static bool read_message(struct header *r, unsigned type, unsigned flags, struct str data)
{
    struct bytes b = bytes_le(data);
    bool is_shared = (flags & 2) != 0;
    switch (type) {
    case HDF5_DATASPACE:
        return is_shared || read_dataspace(r->h, b, r->out) ||
               hdf5_damaged(r->h, "a dataspace is cut");
    case HDF5_DATATYPE:
        r->out->has_type = true;
        /* A named type lies elsewhere. */
        if (is_shared)
            r->out->type = (struct column){ .native = STR("named type") };
        else if (!hdf5_type(r->h, &b, &r->out->type, 0))
            return hdf5_damaged(r->h, "a type is cut");
        return true;
    case HDF5_ATTRIBUTE:
        if (str_contains(data, STR("This is a netCDF dimension but not a netCDF variable")))
            r->out->is_dimension = true;
        return true;
    case HDF5_LINK_INFO:
        read_link_info(r->h, b, r->out);
        return true;
    case HDF5_SYMBOL_TABLE:
        read_symbol_table(r->h, b, r->out);
        return true;
    case HDF5_LINK:
        r->out->is_group = true;
        *ARENA_PUSH(r->h->v->arena, r->out->links, r->out->n_links, r->out->cap_links) = data;
        return true;
    case HDF5_CONTINUATION:
        return read_continuation(r, b);
    default:
        return true;
    }
}

static bool read_messages(struct header *r, struct str block)
{
    struct bytes b = bytes_le(block);
    size_t n_head = r->version == 1 ? 8 : (r->flags & 4) != 0 ? 6 : 4;
    while (bytes_left(&b) >= n_head) {
        unsigned type = r->version == 1 ? bytes_u16(&b) : bytes_u8(&b);
        unsigned size = bytes_u16(&b), flags = bytes_u8(&b);
        bytes_skip(&b, n_head - (r->version == 1 ? 5 : 4));
        struct str data = bytes_take(&b, size);
        if (!bytes_ok(&b))
            return hdf5_damaged(r->h, "an object header is cut");
        if (!read_message(r, type, flags, data))
            return false;
    }
    return true;
}

static bool read_more(struct header *r)
{
    for (unsigned i = 0; i < r->n_more; i++) {
        struct str block;
        if (!hdf5_get(r->h, r->more[i].address, r->more[i].length, &block))
            return false;
        if (r->version == 2) {
            if (!str_has_prefix(block, STR("OCHK")) || block.len < 8)
                return hdf5_damaged(r->h, "an object header's continuation");
            block = str_slice(block, 4, block.len - 4);
        }
        if (!read_messages(r, block))
            return false;
    }
    return true;
}

static bool first_block_1(struct header *r, uint64_t address, struct str *block)
{
    struct str head;
    if (!hdf5_get(r->h, address, 16, &head))
        return false;
    struct bytes b = bytes_le(str_from_pos(head, 8));
    uint64_t size = bytes_u32(&b);
    r->version = 1;
    if (head.ptr[0] != 1 || size > BLOCK_BYTES_MAX)
        return hdf5_damaged(r->h, "an object header");
    return hdf5_get(r->h, address + 16, size, block);
}

static bool first_block_2(struct header *r, uint64_t address, struct str *block)
{
    struct str head;
    if (!hdf5_get(r->h, address, 6, &head))
        return false;
    r->version = 2;
    r->flags = (unsigned char)head.ptr[5];
    unsigned n_size = 1U << (r->flags & 3);
    uint64_t at =
        address + 6 + ((r->flags & 0x20) != 0 ? 16 : 0) + ((r->flags & 0x10) != 0 ? 4 : 0);
    if (!hdf5_get(r->h, at, n_size, &head))
        return false;
    struct bytes b = bytes_le(head);
    uint64_t size = bytes_uint(&b, n_size);
    if (size > BLOCK_BYTES_MAX)
        return hdf5_damaged(r->h, "an object header");
    return hdf5_get(r->h, at + n_size, size, block);
}

bool hdf5_object(struct hdf5 *h, uint64_t address, struct hdf5_object *out)
{
    struct str magic, block;
    struct header r = { .h = h, .out = out };
    *out = (struct hdf5_object){ .btree = HDF5_NOWHERE,
                                 .heap = HDF5_NOWHERE,
                                 .fractal_heap = HDF5_NOWHERE,
                                 .name_index = HDF5_NOWHERE };
    if (!hdf5_get(h, address, 4, &magic))
        return false;
    bool is_2 = str_eq(magic, STR("OHDR"));
    if (!(is_2 ? first_block_2(&r, address, &block) : first_block_1(&r, address, &block)))
        return false;
    return read_messages(&r, block) && read_more(&r);
}
