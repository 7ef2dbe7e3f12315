/*
 * gunzip: a gzip stream (RFC 1952), of one or several members, unpacked as it comes.
 *
 * For objects that are read whole, such as the lists of an inventory; unpack.h looks into heads.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_GUNZIP_H
#define CATALOG_GUNZIP_H

#include "util/err.h"
#include "util/str.h"

struct gunzip;

/* Borrowed bytes, in order.  False with err set ends gunzip_feed(). */
typedef bool gunzip_fn(void *ctx, struct str bytes, struct err *err);

/* Never NULL. */
struct gunzip *gunzip_new(gunzip_fn *each, void *ctx);
/* Accepts NULL. */
void gunzip_free(struct gunzip *g);

/* The next bytes.  Fails with ERR_PARSE (no gzip, or damaged) and as each() does. */
MUST_USE bool gunzip_feed(struct gunzip *g, struct str bytes, struct err *err);
/* All have come.  ERR_PARSE: the stream is cut off. */
MUST_USE bool gunzip_finish(struct gunzip *g, struct err *err);

#endif
