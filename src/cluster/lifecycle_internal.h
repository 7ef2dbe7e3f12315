/* lifecycle_internal: what the two files of the lifecycle share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_LIFECYCLE_INTERNAL_H
#define CLUSTER_LIFECYCLE_INTERNAL_H

#include "cluster/lifecycle.h"

/* One more event.  kind: "info", "warning", "error". */
void lifecycle_tell(struct lifecycle_out *out, const char *kind, const char *type, const char *fmt,
                    ...) PRINTF(4, 5);
/* What a cluster that is ready calls for. */
void lifecycle_due_live(const struct cluster_row *row, const struct lifecycle_rules *rules,
                        int64_t now, struct lifecycle_due *out);
/* Has nobody worked for so long that it is to end?  Warns before. */
bool lifecycle_is_idle(struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                       struct lifecycle_out *out);
/* What the provider says of the password that was asked for. */
void lifecycle_rotation_viewed(struct cluster_row *row, enum cluster_hardening hardening,
                               const struct lifecycle_rules *rules, int64_t now,
                               struct lifecycle_out *out);

#endif
