/* boathouse openapi */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "api/api.h"
#include "cli/output.h"

int cmd_openapi(struct cli *cli, bool *ok, struct err *err)
{
    (void)cli;
    *ok = output_write(api_contract_json(), err) && output_write(STR("\n"), err);
    return 0;
}
