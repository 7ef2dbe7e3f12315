/*
 * md5: the hash that S3 gives as the ETag of an object written in one piece (RFC 1321).  It is a
 * check against damage, not against malice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_MD5_H
#define AWS_MD5_H

#include "util/str.h"

struct aws_md5;

enum { AWS_MD5_HEX = 32 };

/* Never NULL. */
struct aws_md5 *aws_md5_new(void);
void aws_md5_free(struct aws_md5 *m);
void aws_md5_add(struct aws_md5 *m, struct str bytes);
/* The hash of all bytes in lower-case hexadecimal; nothing may be added afterwards. */
void aws_md5_end(struct aws_md5 *m, char hex_out[AWS_MD5_HEX + 1]);

#endif
