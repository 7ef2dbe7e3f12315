/*
 * pure_url: URLs taken apart, as sequences with names.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_URL_H
#define LINEAGE_PURE_URL_H

#include "lineage/pure_seq.h"

/* .hostname of what urlparse() gave; NULL if it is none, or another name. */
struct value *url_attribute(struct values *vs, const struct seq *s, struct str name);
/* .geturl(), urlunparse(): the text of five or six parts; NULL of another number. */
struct value *url_put_together(struct values *vs, const struct seq *s);

#endif
