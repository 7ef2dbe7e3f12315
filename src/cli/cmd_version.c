/* boathouse version */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <stdio.h>

int cmd_version(struct cli *cli, bool *ok, struct err *err)
{
    (void)ok;
    (void)err;
    printf(cli->is_json ? "{\"name\":\"boathouse\",\"version\":\"%s\"}\n" : "boathouse %s\n",
           BOATHOUSE_VERSION);
    return 0;
}
