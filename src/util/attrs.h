/*
 * attrs: the compiler attributes this project uses, those that gcc and clang share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_ATTRS_H
#define UTIL_ATTRS_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))
#define NORETURN __attribute__((noreturn))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNUSED __attribute__((unused))
#define FALLTHROUGH __attribute__((fallthrough))

/* Runs fn(&variable) when the variable leaves its scope.  Never mixed with goto in one function. */
#define AUTO(fn) __attribute__((cleanup(fn)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
