/* secret: see secret.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/secret.h"

#include "util/sha256.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 64, KEY_BYTES = 32 };

/* HMAC-SHA256, RFC 2104. */
static void hmac(const unsigned char key[KEY_BYTES], struct str text,
                 unsigned char out[SHA256_BYTES])
{
    AUTO_BUF inner = BUF_INIT(4096);
    unsigned char outer[BLOCK + SHA256_BYTES];
    for (size_t i = 0; i < BLOCK; i++) {
        unsigned char k = i < KEY_BYTES ? key[i] : 0;
        buf_add_char(&inner, (char)(k ^ 0x36));
        outer[i] = (unsigned char)(k ^ 0x5c);
    }
    buf_add(&inner, text);
    if (!buf_ok(&inner))
        panic("a label of %zu bytes", text.len);
    sha256(buf_str(&inner), outer + BLOCK);
    sha256((struct str){ (const char *)outer, sizeof outer }, out);
    explicit_bzero(inner.ptr, inner.len);
    explicit_bzero(outer, sizeof outer);
}

/* n digits of five bits each, of what is derived under the label. */
static struct str derive(const struct secret *s, struct arena *a, struct str label, size_t n)
{
    static const char digits[] = "abcdefghjkmnpqrstvwxyz0123456789";
    unsigned char bytes[SHA256_BYTES];
    char *text = arena_alloc(a, n);
    hmac(s->key, label, bytes);
    for (size_t i = 0; i < n; i++)
        text[i] = digits[bytes[i] & 31];
    return (struct str){ text, n };
}

struct str secret_password(const struct secret *s, struct arena *a, struct str id,
                           int64_t generation)
{
    return derive(s, a, arena_printf(a, "password %.*s %lld", STR_FMT(id), (long long)generation),
                  20);
}

struct str secret_deployment(const struct secret *s, struct arena *a)
{
    return derive(s, a, STR("deployment"), 12);
}

bool secret_hash(const struct secret *s, struct arena *a, struct str id, int64_t generation,
                 struct str *out, struct err *err)
{
    struct str salt =
        derive(s, a, arena_printf(a, "salt %.*s %lld", STR_FMT(id), (long long)generation), 16);
    struct str setting = arena_printf(a, "$6$%.*s$", STR_FMT(salt));
    char *clear = arena_cstr(a, secret_password(s, a, id, generation), err);
    char *wanted = arena_cstr(a, setting, err);
    /* crypt_rn(), not crypt_r(): sanitizers put themselves before that one, and the linker then
     * leaves the library out as not needed. */
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL)
        panic("no memory");
    const char *hash =
        clear != NULL && wanted != NULL ? crypt_rn(clear, wanted, data, (int)sizeof *data) : NULL;
    bool ok = hash != NULL && strncmp(hash, "$6$", 3) == 0;
    if (ok)
        *out = arena_str(a, str_from(hash));
    explicit_bzero(data, sizeof *data);
    free(data);
    return ok || err_set(err, ERR_INTERNAL, "crypt(3) of this system has no SHA-512");
}

static bool make(const char *path, unsigned char key[KEY_BYTES], struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str made = arena_printf(&a, "%s.%d%c", path, (int)getpid(), '\0');
    int fd = open(made.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(err, errno, "%s", made.ptr);
    bool ok = getrandom(key, KEY_BYTES, 0) == KEY_BYTES && write(fd, key, KEY_BYTES) == KEY_BYTES &&
              fsync(fd) == 0;
    int cause = errno;
    ok = close(fd) == 0 && ok;
    /* The first to link it wins, whole: another process may be making it too. */
    if (ok && link(made.ptr, path) != 0 && errno != EEXIST) {
        cause = errno;
        ok = false;
    }
    (void)unlink(made.ptr); /* it has its other name, or is not wanted */
    return ok || err_errno(err, cause, "%s", path);
}

bool secret_open(struct secret *s, const char *path, struct err *err)
{
    struct stat st;
    unsigned char key[KEY_BYTES + 1];
    if (access(path, F_OK) != 0 && !make(path, key, err))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int cause = errno;
        if (fd >= 0)
            close(fd);
        return err_errno(err, cause, "%s", path);
    }
    ssize_t n = read(fd, key, sizeof key);
    close(fd);
    if (n != KEY_BYTES || (st.st_mode & 077) != 0) {
        err_set(err, ERR_CONFIG, "%s: %s", path,
                n != KEY_BYTES ? "is no key of 32 bytes" : "others may read it");
        return err_fix(err, "%s",
                       n != KEY_BYTES ? "Move it away; passwords that were shown stay valid."
                                      : "chmod 600 it.");
    }
    memcpy(s->key, key, KEY_BYTES);
    explicit_bzero(key, sizeof key);
    return true;
}
