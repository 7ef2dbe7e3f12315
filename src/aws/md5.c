/* md5: see md5.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/md5.h"

#include "util/err.h"

#include <openssl/evp.h>

struct aws_md5 {
    EVP_MD_CTX *ctx;
};

struct aws_md5 *aws_md5_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_md5(), NULL) != 1)
        panic("MD5 does not start");
    struct aws_md5 *m = OPENSSL_zalloc(sizeof *m);
    if (m == NULL)
        panic("no memory for MD5");
    m->ctx = ctx;
    return m;
}

void aws_md5_free(struct aws_md5 *m)
{
    if (m == NULL)
        return;
    EVP_MD_CTX_free(m->ctx);
    OPENSSL_free(m);
}

void aws_md5_add(struct aws_md5 *m, struct str bytes)
{
    if (EVP_DigestUpdate(m->ctx, bytes.ptr, bytes.len) != 1)
        panic("MD5 failed");
}

void aws_md5_end(struct aws_md5 *m, char hex_out[AWS_MD5_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_DigestFinal_ex(m->ctx, digest, &n) != 1 || n != AWS_MD5_HEX / 2)
        panic("MD5 failed");
    for (unsigned i = 0; i < n; i++) {
        hex_out[2 * i] = digits[digest[i] >> 4];
        hex_out[2 * i + 1] = digits[digest[i] & 15];
    }
    hex_out[AWS_MD5_HEX] = '\0';
}
