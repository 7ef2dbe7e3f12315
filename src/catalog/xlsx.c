/* xlsx: the sheets of a workbook. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/zip.h"

bool xlsx_read(struct view *v, const struct zip *zip, struct schema *out, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < zip->n_members; i++) {
        if (str_has_prefix(zip->members[i].name, STR("xl/worksheets/")))
            schema_add_part(v->arena, out, zip->members[i].name);
    }
    return true;
}
