/* What /metrics says of the catalogue: how much there is, and how fresh it is, source by source. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"
#include "index/runs.h"
#include "util/histogram.h"

static bool write_source(void *ctx, const struct index_source *source, struct err *err)
{
    struct buf *out = ctx;
    (void)err;
    /* Names hold nothing that would have to be escaped (scan.h). */
    buf_printf(out, "boathouse_source_scanned_timestamp_seconds{source=\"%.*s\"} %lld\n",
               STR_FMT(source->name), (long long)(source->scanned_unix_ms / 1000));
    return true;
}

static bool write_state(struct index_reader *r, struct buf *out, struct err *err)
{
    struct index_state state;
    if (!index_state(r, &state, err))
        return false;
    metric_head(out, "boathouse_catalogue_notebooks", "gauge", "Notebooks in the catalogue.");
    buf_printf(out, "boathouse_catalogue_notebooks %llu\n", (unsigned long long)state.n_notebooks);
    metric_head(out, "boathouse_catalogue_datasets", "gauge", "Datasets in the catalogue.");
    buf_printf(out, "boathouse_catalogue_datasets %llu\n", (unsigned long long)state.n_datasets);
    metric_head(out, "boathouse_source_scanned_timestamp_seconds", "gauge",
                "When a source was last scanned to its end; 0: never.");
    return index_each_source(r, STR_EMPTY, write_source, out, err);
}

void metrics_catalogue_write(struct index *index, struct buf *out)
{
    struct index_reader *r;
    struct err ignored = ERR_INIT; /* what is not known is not written */
    if (index == NULL || !index_reader_take(index, &r, &ignored))
        return;
    bool is_written UNUSED = write_state(r, out, &ignored);
    index_reader_give(r);
}
