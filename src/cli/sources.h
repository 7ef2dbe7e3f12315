/*
 * sources: the notebooks behind what was typed: files, folders and places on S3.
 *
 * A place is a file, a folder, "-" for standard input, or s3://BUCKET/KEY-OR-FOLDER.  s3:// is S3
 * with provider aws and the folder of the lake otherwise, as everywhere in the program; the store
 * is opened when the first such place is met.  Below a folder every name that notebook_is_name()
 * takes counts; what begins with "." (also .ipynb_checkpoints) does not, and symbolic links are
 * followed only where they stay inside the folder.  Order: bytes of the path, as S3 lists keys.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SOURCES_H
#define CLI_SOURCES_H

#include "cli/wiring.h"
#include "scan/source.h"

struct sources {
    struct cli *cli;
    struct wiring wiring; /* opened for the first s3:// place */
    /* Told of a folder below a place that cannot be read; the walk goes on. */
    void (*broken)(void *ctx, struct str name, const struct err *err);
    void *ctx;
};

void sources_release(struct sources *s);

/* One source of a place; its strings are borrowed until the call returns.  False with err set ends
 * the walk. */
typedef bool source_fn(void *ctx, const struct source *source, struct err *err);

/* Every notebook of the place, none if it is empty.  Fails with ERR_NOT_FOUND (there is no such
 * file, folder or bucket), ERR_FORBIDDEN, ERR_UNSUPPORTED (another scheme) and what each() and the
 * store say. */
MUST_USE bool sources_each(struct sources *s, struct str place, source_fn *each, void *ctx,
                           struct err *err);

/* What the text names, for a list of single notebooks: a folder is an error when it is read, an
 * s3:// place is an object.  Strings are borrowed.  Fails as sources_each(). */
MUST_USE bool sources_one(struct sources *s, struct str text, struct source *out, struct err *err);

/* How the settings want notebooks to be read. */
struct reading sources_reading(const struct sources *s);

#endif
