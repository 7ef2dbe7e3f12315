/*
 * doctor: the checks of boathouse doctor.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/wiring.h"

enum { DOCTOR_MAX_CHECKS = 16 };

struct check {
    struct str name, detail;
    struct str fix; /* of a failure; of what is well a hint, or empty */
    bool ok;
    enum err_code code; /* of a failure */
};

struct doctor {
    struct cli *cli;
    struct wiring wiring;
    struct check checks[DOCTOR_MAX_CHECKS];
    size_t n;
};

/* What is well; hint: what could be better, or NULL. */
void doctor_add(struct doctor *d, const char *name, struct str detail, const char *hint);
/* What is not, with the fix of the error. */
void doctor_add_failed(struct doctor *d, const char *name, const struct err *err);

/* doctor_aws.c: are there keys, and whose are they?  False: nothing that needs them can go well. */
bool doctor_keys(struct doctor *d);
/* EMR: may its clusters be listed, is the clock right, is the release still supported? */
void doctor_emr(struct doctor *d);

#endif
