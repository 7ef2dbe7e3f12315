/*
 * report: what analyze and uses tell beside their results: failures, progress, the exit status.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/sources.h"
#include "scan/analyses.h"

struct report {
    const char *verb; /* for the progress: "analysed" */
    bool is_answered; /* failures are part of the output and do not change the exit status */
    size_t n, n_broken, n_printed;
    int status; /* of the first failure that is not a broken notebook, else 1 after one, else 0 */
    int64_t shown_ms;
};

void report_init(struct report *r, bool is_answered, const char *verb);

/* The next finding in order: its failure goes to standard error. */
void report_add(struct report *r, const struct finding *f);

/* 0; 1 when nothing was there or a notebook was broken; that of the error when a place could not be
 * read. */
int report_status(const struct report *r);

/* --jobs of the command; default: the processors, and more when S3 is read, where waiting is most
 * of the time.  Fails with ERR_INVALID. */
MUST_USE bool report_workers(const struct cli *cli, const struct str *places, size_t n,
                             unsigned *n_out, struct err *err);

#endif
