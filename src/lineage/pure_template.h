/*
 * pure_template: texts with places to fill in.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_TEMPLATE_H
#define LINEAGE_PURE_TEMPLATE_H

#include "lineage/pure_internal.h"
#include "lineage/pure_number.h"

/* string.Template(template).substitute(...); is_safe: names that are not given stay. */
struct value *pure_substitute(struct values *vs, const struct value *template,
                              const struct call_args *args, bool is_safe);

/* jinja2.Template(template).render(...): what is more than a name is a hole. */
struct value *pure_render(struct values *vs, const struct value *template,
                          const struct call_args *args);

#endif
