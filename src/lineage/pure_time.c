/* pure_time: see pure_time.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_time.h"

void time_format_into(struct text_out *out, const struct value *v, struct str format)
{
    (void)format;
    text_out_hole(out, value_hole(v));
}
