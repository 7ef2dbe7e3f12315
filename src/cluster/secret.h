/*
 * secret: the passwords of JupyterHub, none of which is kept anywhere.
 *
 * A password is a keyed hash of the cluster's id and a generation, under a random key in a file of
 * mode 0600; so it can be shown once to its owner, after a restart too, and neither the ledger nor
 * a log ever holds it.  What leaves the machine is its crypt(3) hash.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_SECRET_H
#define CLUSTER_SECRET_H

#include "util/arena.h"
#include "util/buf.h"
#include "util/err.h"

struct secret {
    unsigned char key[32];
};

/* Read the file, or make it with random bytes.  Fails with ERR_IO, ERR_FORBIDDEN and, when others
 * may read it or it is no key, ERR_CONFIG. */
MUST_USE bool secret_open(struct secret *s, const char *path, struct err *err);

/* 20 letters and digits: 100 bits. */
struct str secret_password(const struct secret *s, struct arena *a, struct str id,
                           int64_t generation);
/* "$6$..." (SHA-512 crypt) of it, always the same for the same password. */
MUST_USE bool secret_hash(const struct secret *s, struct arena *a, struct str id,
                          int64_t generation, struct str *out, struct err *err);
/* 12 letters and digits that name this installation. */
struct str secret_deployment(const struct secret *s, struct arena *a);

#endif
