/* notebook: see notebook.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/notebook.h"

bool cell_has_tag(const struct cell *c, struct str tag)
{
    for (size_t i = 0; i < c->n_tags; i++)
        if (str_eq(c->tags[i], tag))
            return true;
    return false;
}
