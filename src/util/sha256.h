/*
 * sha256: the digest of FIPS 180-4, for the hashes of access tokens.
 *
 * Plain C, for small inputs, where no crypto library may be included.  What is signed or is large
 * uses the library in src/aws.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_SHA256_H
#define UTIL_SHA256_H

#include "util/str.h"

enum { SHA256_BYTES = 32, SHA256_HEX_SIZE = 65 };

void sha256(struct str bytes, unsigned char out[SHA256_BYTES]);
/* The same as 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(struct str bytes, char out[SHA256_HEX_SIZE]);

/* Equality in a time that depends on the lengths only. */
bool str_eq_secret(struct str a, struct str b);

#endif
