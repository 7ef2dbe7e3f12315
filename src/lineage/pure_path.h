/*
 * pure_path: paths as texts, and path objects.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_PATH_H
#define LINEAGE_PURE_PATH_H

#include "lineage/pure_template.h"

/* Where the last component of a path begins; where its suffix begins (at its end if it has none),
 * as Python's splitext() has it. */
size_t path_base(struct str s);
size_t path_suffix(struct str s);
/* The same of a path that may be a key below a prefix, whose hole may hold "/". */
size_t path_listed_base(const struct value *v, size_t base);
/* The last component. */
struct value *path_tail(struct values *vs, const struct value *v);

/* A path object of a TEXT, in pathlib's form: no "." and no empty components, no "/" at the end. */
struct value *path_object(struct values *vs, const struct value *text);

/* .parent, .name, ...; NULL if it is none of these. */
struct value *path_attribute(struct values *vs, struct value *path, struct str name);

/* A variable of the environment, by the argument 0 or key, else what argument 1 or fallback is. */
struct value *pure_getenv(const struct pure_call *c, struct str key, struct str fallback);

#endif
