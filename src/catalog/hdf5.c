/* hdf5: superblock, and the walk over groups that makes a column of each dataset. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/hdf5_internal.h"

#include <stdlib.h>

/* Objects and depth of groups that are looked at; reads after which the walk ends. */
enum { OBJECTS_MAX = 2000, DEPTH_MAX = 8, READS_MAX = 40 };
/* Read with an address: objects lie near each other. */
#define AHEAD_BYTES (32UL * 1024)

bool hdf5_damaged(struct hdf5 *h, const char *what)
{
    return err_set(h->err, ERR_PARSE, "the HDF5 file is damaged: %s", what);
}

bool hdf5_get(struct hdf5 *h, uint64_t address, uint64_t length, struct str *out)
{
    uint64_t at = h->base + address;
    if (address > h->v->size || length > h->v->size || at > h->v->size - length)
        return hdf5_damaged(h, "an address lies behind its end");
    if (!view_get_some(h->v, at, length, AHEAD_BYTES, out, h->err)) {
        if (h->v->is_missing && h->v->n_ranges >= READS_MAX) {
            h->v->is_missing = false;
            h->is_stopped = true;
        }
        return false;
    }
    *out = str_slice(*out, 0, (size_t)length);
    return true;
}

uint64_t hdf5_address(struct hdf5 *h, struct bytes *b)
{
    uint64_t address = bytes_uint(b, h->n_offset);
    uint64_t none = h->n_offset == 8 ? UINT64_MAX : (1ULL << 8 * h->n_offset) - 1;
    return address == none ? HDF5_NOWHERE : address;
}

static bool visit(struct hdf5 *h, struct str name, uint64_t address, struct str path,
                  unsigned depth);

static bool add_dataset(struct hdf5 *h, const struct hdf5_object *object, struct str path)
{
    struct column *c = columns_push(h->v->arena, &h->columns, &h->n_all, h->err);
    if (c == NULL)
        return false;
    *c = object->type;
    c->name = format_text(h->v->arena, path);
    c->shape = shape_of(h->v->arena, object->sizes, object->n_sizes);
    return true;
}

/* One object: a dataset is a column, a group is walked. */
static bool visit(struct hdf5 *h, struct str name, uint64_t address, struct str path,
                  unsigned depth)
{
    struct hdf5_object object = { 0 };
    struct arena *a = h->v->arena;
    if (h->is_stopped)
        return true;
    if (++h->n_objects > OBJECTS_MAX || depth > DEPTH_MAX) {
        h->is_stopped = true;
        return true;
    }
    if (!hdf5_object(h, address, &object))
        return h->is_stopped;
    struct str whole = depth == 0      ? STR_EMPTY
                       : path.len == 0 ? name
                                       : arena_printf(a, "%.*s/%.*s", STR_FMT(path), STR_FMT(name));
    whole = str_slice(whole, 0, LIMIT_SCHEMA_NAME_BYTES);
    if (object.has_type && object.has_space)
        return object.is_dimension || add_dataset(h, &object, whole);
    return hdf5_links(h, &object, visit, whole, depth + 1) || h->is_stopped;
}

/* The superblock: at 0, or behind a user block. */
static bool find_superblock(struct hdf5 *h, struct str *out, uint64_t *at)
{
    for (*at = 0; *at + 96 <= h->v->size; *at = *at == 0 ? 512 : *at * 2) {
        if (!view_get_some(h->v, *at, 96, 96, out, h->err))
            return false;
        if (str_has_prefix(*out, STR("\x89HDF\r\n\x1a\n")))
            return true;
        if (*at > FORMAT_HEAD_BYTES)
            break;
    }
    return hdf5_damaged(h, "it has no superblock");
}

/* The address of the root group's object header. */
static bool read_superblock(struct hdf5 *h, uint64_t *root)
{
    struct str block;
    uint64_t at;
    if (!find_superblock(h, &block, &at))
        return false;
    struct bytes b = bytes_le(str_from_pos(block, 8));
    unsigned version = bytes_u8(&b);
    if (version > 3)
        return hdf5_damaged(h, "its superblock is of an unknown version");
    bytes_skip(&b, version < 2 ? 4 : 0);
    h->n_offset = bytes_u8(&b);
    h->n_length = bytes_u8(&b);
    if (h->n_offset < 2 || h->n_offset > 8 || h->n_length < 2 || h->n_length > 8)
        return hdf5_damaged(h, "its sizes of addresses are impossible");
    bytes_skip(&b, version < 2 ? 9 : 1);
    bytes_skip(&b, version == 1 ? 4 : 0);
    h->base = hdf5_address(h, &b);
    bytes_skip(&b, version < 2 ? 4 * (uint64_t)h->n_offset : 2 * (uint64_t)h->n_offset);
    *root = hdf5_address(h, &b);
    if (!bytes_ok(&b) || h->base > at)
        return hdf5_damaged(h, "its superblock is cut");
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct column *)a)->name, ((const struct column *)b)->name);
}

bool format_read_hdf5(struct view *v, struct schema *out, struct err *err)
{
    struct hdf5 h = { .v = v, .out = out, .err = err };
    uint64_t root = 0;
    if (v->size == SIZE_UNKNOWN)
        return err_set(err, ERR_UNSUPPORTED, "a packed HDF5 file of this size is not unpacked");
    if (!read_superblock(&h, &root) || !visit(&h, STR_EMPTY, root, STR_EMPTY, 0))
        return false;
    if (h.is_stopped)
        schema_warn(v->arena, out, STR("Only a part of its groups was looked at."));
    if (out->format == FORMAT_NETCDF)
        out->detail = STR("NetCDF-4, in HDF5");
    if (h.columns.n > 0)
        qsort(h.columns.items, h.columns.n, sizeof *h.columns.items, by_name);
    out->columns = h.columns.items;
    out->n_columns = h.columns.n;
    return true;
}
