/*
 * zip: the members of an archive, and the beginning of one of them.
 *
 * (APPNOTE.TXT 6.3: central directory, zip64.)  Stored, deflate, bzip2, xz and zstd members.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_ZIP_H
#define CATALOG_ZIP_H

#include "catalog/format_internal.h"

struct zip_member {
    struct str name; /* borrowed from the directory */
    unsigned method;
    uint64_t packed_size, size;
    uint64_t offset; /* of its local header */
    bool is_encrypted;
};

struct zip {
    struct zip_member *members; /* folders are left out */
    size_t n_members;           /* at most LIMIT_ZIP_MEMBERS */
};

/* Read the directory.  As view_get(): false with v->is_missing, or err. */
MUST_USE bool zip_open(struct view *v, struct zip *out, struct err *err);
/* The member of this name, or NULL. */
const struct zip_member *zip_find(const struct zip *zip, struct str name);
/* The first bytes of a member, at most cap, unpacked; *is_whole: that is all of it. */
MUST_USE bool zip_head(struct view *v, const struct zip_member *member, size_t cap, struct str *out,
                       bool *is_whole, struct err *err);

/* What kind of zip it is, by its first member and the directory in the tail. */
enum format zip_sniff(struct str head, struct str tail, uint64_t size);
/* The schema of what it holds: a workbook, arrays, one member; else the names of its members. */
MUST_USE bool zip_read(struct view *v, struct schema *out, struct err *err);

/* A workbook, arrays: the directory is known. */
bool xlsx_read(struct view *v, const struct zip *zip, struct schema *out, struct err *err);
bool npz_read(struct view *v, const struct zip *zip, struct schema *out, struct err *err);

#endif
