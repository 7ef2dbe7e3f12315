/* err: see err.h.  Messages are cut, never overflowed, and stay valid UTF-8 when cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct err_kind kinds[ERR_N_CODES] = {
#define E(name, code, http, exit, retryable, title, fix)                                           \
    [ERR_##name] = { code, http, exit, retryable, title, fix },
#include "util/err.def"
#undef E
};

const struct err_kind *err_kind(enum err_code code)
{
    return &kinds[code > ERR_NONE && code < ERR_N_CODES ? code : ERR_INTERNAL];
}

/* Remove the broken UTF-8 sequence that cutting may have left at the end. */
static void mend_cut(char *text)
{
    size_t len = strlen(text);
    size_t back = 0;
    while (back < 3 && back < len && ((unsigned char)text[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back >= len)
        return;
    unsigned char lead = (unsigned char)text[len - 1 - back];
    size_t want = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (want > back)
        text[len - 1 - back] = '\0';
}

static PRINTF(3, 0) void print_cut(char *out, size_t cap, const char *fmt, va_list args)
{
    int n = vsnprintf(out, cap, fmt, args);
    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= cap)
        mend_cut(out);
}

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list args;
    err->code = code;
    err->retry_after_s = 0;
    err->fix[0] = '\0';
    va_start(args, fmt);
    print_cut(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    return false;
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
    char inner[sizeof err->msg];
    va_list args;
    memcpy(inner, err->msg, sizeof inner);
    va_start(args, fmt);
    print_cut(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    size_t len = strlen(err->msg);
    int n = snprintf(err->msg + len, sizeof err->msg - len, ": %s", inner);
    if (n < 0 || (size_t)n >= sizeof err->msg - len)
        mend_cut(err->msg);
    return false;
}

bool err_fix(struct err *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print_cut(err->fix, sizeof err->fix, fmt, args);
    va_end(args);
    return false;
}

const char *err_fix_text(const struct err *err)
{
    return err->fix[0] != '\0' ? err->fix : err_kind(err->code)->fix;
}

static enum err_code code_of_errno(int errno_value)
{
    switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return ERR_FORBIDDEN;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    default:
        return ERR_IO;
    }
}

bool err_errno(struct err *err, int errno_value, const char *fmt, ...)
{
    char words[100];
    char context[sizeof err->msg];
    va_list args;
    va_start(args, fmt);
    print_cut(context, sizeof context, fmt, args);
    va_end(args);
    return err_set(err, code_of_errno(errno_value), "%s: %s", context,
                   strerror_r(errno_value, words, sizeof words));
}

void panic(const char *fmt, ...)
{
    va_list args;
    fputs("boathouse: panic: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}
