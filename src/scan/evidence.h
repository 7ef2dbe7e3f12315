/*
 * evidence: which folders notebooks read as a whole, so that discovery does not cut them up.
 *
 * A folder is read as a whole by a reference to itself, or by a glob over all that lies in it
 * (all objects, or those of one ending); a table that is bound to a location says the same.
 * Internal to the folder.  An evidence belongs to one thread at a time.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_EVIDENCE_H
#define SCAN_EVIDENCE_H

#include "index/query.h"

struct evidence {
    uint64_t *items; /* hashes of the keys of the folders, in order, each once */
    size_t n, cap;
};

/* All places at or below uri, a source's, that notebooks read; 8 bytes each, at most
 * LIMIT_EVIDENCE_PLACES.  *out is empty before; evidence_release() frees it, also on failure. */
MUST_USE bool evidence_load(struct index *index, struct str uri, struct evidence *out,
                            struct err *err);
void evidence_release(struct evidence *e);

/* Does it name this folder (a uri without "/" at the end)? */
bool evidence_has(const struct evidence *e, struct str folder_uri);

/* The same for equal evidences, and for hardly any others. */
uint64_t evidence_digest(const struct evidence *e);

#endif
