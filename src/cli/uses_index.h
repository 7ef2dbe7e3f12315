/*
 * uses_index: "boathouse uses URI" without places.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_USES_INDEX_H
#define CLI_USES_INDEX_H

#include "cli/command.h"

/* As a command_fn.  Fails with ERR_NOT_FOUND without an index. */
int uses_by_index(struct cli *cli, bool *ok, struct err *err);

#endif
