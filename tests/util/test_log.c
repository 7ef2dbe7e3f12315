/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/log.h"

#include <stdlib.h>
#include <unistd.h>

/* What one event writes, in text[0..cap). */
static void capture(enum log_format format, struct str value, char *text, size_t cap)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    log_setup(fds[1], LOG_INFO, format);
    log_to(LOG_DEBUG, "hidden", LOG_I64("n", 1));
    log_to(LOG_WARN, "seen", LOG_STR("text", value), LOG_I64("n", -5), LOG_F64("s", 0.25));
    close(fds[1]);
    ssize_t n = read(fds[0], text, cap - 1);
    close(fds[0]);
    assert_true(n > 0);
    text[n] = '\0';
    log_setup(2, LOG_OFF, LOG_LOGFMT);
}

static void an_event_is_one_line(void **state)
{
    (void)state;
    char text[4096];
    capture(LOG_LOGFMT, STR("a \"b\"\nc"), text, sizeof text);
    assert_non_null(
        strstr(text, " level=warn event=seen text=\"a \\\"b\\\"\\u000ac\" n=-5 s=0.250\n"));
    capture(LOG_LOGFMT, STR("plain"), text, sizeof text);
    assert_non_null(strstr(text, " text=plain "));
    capture(LOG_JSON, STR("\xFF"), text, sizeof text);
    assert_non_null(
        strstr(text, "\"event\":\"seen\",\"text\":\"\\u00ff\",\"n\":-5,\"s\":0.250}\n"));
    assert_int_equal(text[0], '{');
}

static void names_of_levels_and_formats_are_read(void **state)
{
    (void)state;
    enum log_level level;
    enum log_format format;
    assert_true(log_level_parse(STR("warn"), &level) && level == LOG_WARN);
    assert_false(log_level_parse(STR("loud"), &level));
    assert_true(log_format_parse(STR("json"), &format) && format == LOG_JSON);
    assert_false(log_format_parse(STR("xml"), &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_line),
        cmocka_unit_test(names_of_levels_and_formats_are_read),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
