/*
 * notebooks_index: "boathouse notebooks" without --search-on.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_NOTEBOOKS_INDEX_H
#define CLI_NOTEBOOKS_INDEX_H

#include "cli/command.h"

/* As a command_fn.  Fails with ERR_NOT_FOUND without an index. */
int notebooks_by_index(struct cli *cli, bool *ok, struct err *err);

#endif
