/* main: nothing but the start; what happens is in run.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include <unistd.h>

int main(int argc, char **argv)
{
    return cli_run(argc, argv, environ);
}
