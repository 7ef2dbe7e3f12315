/*
 * sql_text: what the SQL reader finds, as one line for tables of cases.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LINEAGE_SQL_TEXT_H
#define TESTS_LINEAGE_SQL_TEXT_H

#include "lineage/sql.h"

/* The references of a text as "r table:a.b;" each: r w l for the direction, "?" behind it for what
 * may be left out.  session: NULL for one of its own, which knows the view known_view. */
struct str sql_text(struct arena *a, struct str text, enum sql_dialect dialect,
                    struct sql_session *session);

#endif
