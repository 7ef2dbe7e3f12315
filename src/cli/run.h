/*
 * run: one run of the program, from the words typed to the exit status.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

/* Find the command, load the settings, do it, print a failure.  env: NULL-terminated. */
int cli_run(int argc, char *const *argv, char *const *env);

#endif
