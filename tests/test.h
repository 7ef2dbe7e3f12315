/*
 * test: what every unit test includes first.  cmocka wants four headers before its own.
 *
 * Test names are sentences; tests are tables of cases with one loop where that fits, and a failing
 * case is named by TEST_CASE before its assertions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "util/str.h"

/* Compare a str with a C string; the message shows both. */
#define assert_str(got, want)                                                                      \
    do {                                                                                           \
        struct str got_ = (got);                                                                   \
        struct str want_ = str_from(want);                                                         \
        if (!str_eq(got_, want_))                                                                  \
            fail_msg("got \"%.*s\", want \"%.*s\"", STR_FMT(got_), STR_FMT(want_));                \
    } while (0)

/* For tables: say which row failed. */
#define assert_case(condition, name)                                                               \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("case %s: %s", (name), #condition);                                           \
    } while (0)

#endif
