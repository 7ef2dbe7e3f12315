/* zip_read: the schema of what a zip holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/zip.h"

/* Unpacked of the only member to look inside of it. */
#define INSIDE_BYTES (256UL * 1024)

static bool is_npz(const struct zip *zip)
{
    for (size_t i = 0; i < zip->n_members; i++) {
        if (!str_has_suffix(zip->members[i].name, STR(".npy")))
            return false;
    }
    return zip->n_members > 0;
}

/* One member is a packed file. */
static bool read_only_member(struct view *v, const struct zip_member *m, struct schema *out,
                             struct err *err)
{
    struct str inside;
    bool is_whole;
    struct err inner_err = ERR_INIT;
    if (!zip_head(v, m, INSIDE_BYTES, &inside, &is_whole, err))
        return false;
    struct format_range range = { 0, inside };
    struct view inner = { .arena = v->arena,
                          .name = m->name,
                          .size = is_whole ? inside.len : SIZE_UNKNOWN,
                          .ranges = &range,
                          .n_ranges = inside.len > 0,
                          .depth = v->depth + 1 };
    if (!format_read_view(&inner, out, &inner_err)) {
        if (is_whole && inner_err.code != ERR_UNSUPPORTED)
            return err_set(err, inner_err.code, "inside of the zip: %s", inner_err.msg);
        schema_warn(v->arena, out,
                    STR("The object is packed as a whole: only a part of it can be looked at."));
    }
    out->compression = COMPRESSION_ZIP;
    schema_add_part(v->arena, out, m->name);
    return true;
}

bool zip_read(struct view *v, struct schema *out, struct err *err)
{
    struct zip zip;
    out->format = FORMAT_ZIP;
    if (!zip_open(v, &zip, err))
        return false;
    if (zip_find(&zip, STR("xl/workbook.xml")) != NULL) {
        out->format = FORMAT_XLSX;
        return xlsx_read(v, &zip, out, err);
    }
    if (is_npz(&zip)) {
        out->format = FORMAT_NPZ;
        return npz_read(v, &zip, out, err);
    }
    if (zip_find(&zip, STR("xl/workbook.bin")) != NULL) {
        out->format = FORMAT_XLSX;
        schema_warn(v->arena, out, STR("A binary workbook (xlsb) is told, not read."));
        return true;
    }
    if (zip.n_members == 1 && v->depth < LIMIT_PACKINGS)
        return read_only_member(v, &zip.members[0], out, err);
    for (size_t i = 0; i < zip.n_members; i++)
        schema_add_part(v->arena, out, zip.members[i].name);
    return true;
}
