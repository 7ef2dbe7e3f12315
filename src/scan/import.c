/* import: see import.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/import.h"

#include "notebook/reader.h"
#include "scan/run.h"
#include "scan/scans_internal.h"

#include <stdlib.h>

enum { TOGETHER = 64 };

struct import {
    struct scans *scans;
    struct index_source source;   /* of the lines that are pending; id 0: none */
    struct arena arena;           /* of source */
    struct scan_session *session; /* the lease of it */
    struct run *run;
    struct merge_range *range;
    struct import_counts counts;
};

struct import *import_open(struct scans *s)
{
    struct import *im = calloc(1, sizeof *im);
    if (im == NULL)
        panic("no memory for an import");
    im->scans = s;
    return im;
}

void import_close(struct import *im)
{
    if (im == NULL)
        return;
    merge_range_free(im->range);
    scan_session_end(im->session);
    arena_release(&im->arena);
    free(im);
}

/* Write what is pending of the source. */
static bool flush(struct import *im, struct err *err)
{
    struct merge_range *range = im->range;
    if (im->run == NULL || range == NULL)
        return true;
    im->range = run_points_new();
    return run_write_range(im->run, range, err);
}

static bool leave_source(struct import *im, struct err *err)
{
    if (im->session == NULL)
        return true;
    bool ok = flush(im, err) && run_settle(im->run, err);
    merge_range_free(im->range);
    scan_session_end(im->session);
    arena_release(&im->arena);
    im->range = NULL;
    im->session = NULL;
    im->run = NULL;
    im->source = (struct index_source){ 0 };
    return ok;
}

/* Is it a notebook of the source that goes on? */
static bool is_inside(const struct index_source *source, struct str path)
{
    struct str rest = str_from_pos(path, source->uri.len);
    return source->id != 0 && str_has_prefix(path, source->uri) && rest.len > 1 &&
           rest.ptr[0] == '/' && (source->wants & INDEX_WANTS_NOTEBOOKS) != 0;
}

struct lookup {
    struct import *import;
    struct str path;
};

static bool look(void *ctx, const struct index_source *source, struct err *err)
{
    struct lookup *l = ctx;
    struct import *im = l->import;
    (void)err;
    if (im->source.id == 0 && is_inside(source, l->path)) {
        im->source = *source;
        im->source.uri = arena_str(&im->arena, source->uri);
    }
    return true;
}

/* The source of the path becomes the one that goes on; source.id 0: there is none. */
static bool enter_source(struct import *im, struct str path, struct err *err)
{
    struct lookup l = { im, path };
    struct index_reader *reader;
    if (is_inside(&im->source, path))
        return true;
    if (!leave_source(im, err) || !index_reader_take(im->scans->options.index, &reader, err))
        return false;
    bool ok = index_each_source(reader, STR_EMPTY, look, &l, err);
    index_reader_give(reader);
    if (!ok || im->source.id == 0)
        return ok;
    im->session = scan_session_begin(im->scans, im->source.id, &im->run, err);
    if (im->session == NULL) {
        im->source.id = 0;
        return err_wrap(err, "%.*s", STR_FMT(im->source.uri));
    }
    im->range = run_points_new();
    return true;
}

static bool add(struct import *im, const struct imported *in, struct err *err)
{
    struct run *run = im->run;
    const struct store_object object = { .key = str_from_pos(in->path, run->place.root.len),
                                         .etag = in->etag,
                                         .size_bytes = in->size_bytes,
                                         .last_modified_unix_ms = in->modified_unix_ms };
    struct merge_range *range = im->range;
    if (!notebook_is_name(object.key) || object.key.len > LIMIT_KEY_BYTES) {
        im->counts.n_outside++;
        return true;
    }
    *ARENA_PUSH(&range->arena, range->entries, range->n, range->cap) = (struct listing_entry){
        .key = arena_str(&range->arena, object.key),
        .size_bytes = in->size_bytes,
        .etag_hash = in->etag.len > 0 ? listing_hash(in->etag) : 0,
        .modified_s = in->modified_unix_ms / 1000,
    };
    range->is_changed = true;
    struct result *r = result_new(&object, run->place.root, range->n - 1);
    r->err = in->error;
    result_prepare(run, r, &r->kept, in->notebook, in->analysis, 0);
    run_add_pending(run, r);
    im->counts.n_imported++;
    im->counts.n_broken += in->error.code != ERR_NONE;
    return range->n < TOGETHER || flush(im, err);
}

bool import_line(struct import *im, struct str line, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct imported in;
    if (!import_parse(&a, line, &in, err) || !enter_source(im, in.path, err))
        return false;
    if (im->source.id == 0) {
        im->counts.n_outside++;
        return true;
    }
    return add(im, &in, err);
}

bool import_finish(struct import *im, struct import_counts *out, struct err *err)
{
    bool ok = leave_source(im, err);
    *out = im->counts;
    return ok;
}
