/* boathouse local-cluster: what the provider of this machine starts for each cluster. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cluster/local.h"

int cmd_local_cluster(struct cli *cli, bool *ok, struct err *err)
{
    const char *folder = arena_cstr(cli->arena, cli_arg(cli, 0), err);
    *ok = folder != NULL;
    return *ok ? local_supervise(folder) : 0;
}
