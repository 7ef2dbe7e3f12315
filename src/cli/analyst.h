/*
 * analyst: what the analyses share, from the settings.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ANALYST_H
#define CLI_ANALYST_H

#include "cli/config.h"
#include "scan/analyses.h"

/* From the settings analysis.rules and analysis.values.  a: of the values.  Fails with ERR_CONFIG
 * and what reading the file says. */
MUST_USE bool analyst_open(struct analyst *analyst, struct arena *a, const struct config *c,
                           struct err *err);
/* The text of the file of analysis.rules. */
MUST_USE bool analyst_read_rules(const char *path, struct buf *text, struct err *err);
void analyst_release(struct analyst *analyst);

#endif
