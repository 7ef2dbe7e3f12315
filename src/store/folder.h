/*
 * folder: a store in a folder of the local disk, "the lake": each sub-folder of it is a bucket.
 *
 * A key is a path below its bucket; regular files are objects.  Files and folders whose name
 * begins with ".boathouse-" are unfinished writes and are not seen.  Symbolic links are followed
 * only where they stay inside the lake; those that lead out are not listed, and asking for them is
 * ERR_FORBIDDEN.  Keys with an empty part, "." or ".." are ERR_INVALID.  The ETag is made of size,
 * time of modification and inode.  Safe for any number of threads.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include "store/store.h"

/* path: an existing folder; only this call resolves it.  NULL and ERR_NOT_FOUND, ERR_FORBIDDEN or
 * ERR_IO.  Freed by store_free(). */
MUST_USE struct store *folder_store_open(const char *path, struct err *err);

/* The same with the folder itself as the only bucket, called FOLDER_ONE_BUCKET; for reading. */
#define FOLDER_ONE_BUCKET "folder"
MUST_USE struct store *folder_store_open_one(const char *path, struct err *err);

#endif
