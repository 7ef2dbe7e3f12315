/*
 * source_walk: the notebooks below a folder of this machine, in the byte order of their paths.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SOURCE_WALK_H
#define CLI_SOURCE_WALK_H

#include "cli/sources.h"

/* Every notebook below root, as sources.h says.  Fails when root itself cannot be read, and as
 * each(); of folders below it s->broken() is told. */
MUST_USE bool source_walk(struct sources *s, struct str root, source_fn *each, void *ctx,
                          struct err *err);

#endif
