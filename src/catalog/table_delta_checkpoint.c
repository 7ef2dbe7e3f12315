/*
 * table_delta_checkpoint: the state of a Delta table as of one version.
 *
 * The form in JSON is read; of one in Parquet is said that it is not.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_delta.h"

void delta_sidecar(struct delta_log *log, struct str path, int64_t size_bytes)
{
    struct arena *a = &log->base.arena;
    if (log->n_sidecars == LIMIT_TABLE_SIDECARS || size_bytes <= 0 ||
        str_contains(path, STR("://"))) {
        log_fail(&log->base, "a side file of the checkpoint cannot be read: %.*s", STR_FMT(path));
        return;
    }
    *ARENA_PUSH(a, log->sidecars, log->n_sidecars, log->cap_sidecars) = (struct log_object){
        .key = arena_printf(a, "%.*s_sidecars/%.*s", STR_FMT(log->folder), STR_FMT(path)),
        .size_bytes = (uint64_t)size_bytes,
        .version = log->checkpoint_version,
    };
}

/* The next file; NULL: there are no more. */
static struct log_object *next_file(struct delta_log *log)
{
    if (log->at_checkpoint < log->n_checkpoint)
        return &log->checkpoint[log->at_checkpoint++];
    if (log->at_sidecar < log->n_sidecars)
        return &log->sidecars[log->at_sidecar++];
    return NULL;
}

bool delta_checkpoint_next_read(struct delta_log *log, struct family_read *out)
{
    log->reading = log->is_in_commits ? NULL : next_file(log);
    if (log->reading == NULL)
        return false;
    if (str_has_suffix(log->reading->key, STR(".json")))
        return log_read_all(&log->base, log->reading, out);
    log_fail(&log->base, "%.*s: a checkpoint in Parquet is not read", STR_FMT(log->reading->key));
    return false;
}

void delta_checkpoint_give(struct delta_log *log, struct str bytes)
{
    delta_actions(log, bytes);
}
