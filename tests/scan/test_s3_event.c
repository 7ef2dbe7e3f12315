/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "scan/s3_event.h"

static void messages_of_all_forms_are_read(void **state)
{
    static const struct {
        const char *message, *told; /* "+bucket/key -bucket/key "; "!": an error */
    } cases[] = {
        { "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}", "" },
        { "{\"Records\":[]}", "" },
        { "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},"
          "\"object\":{\"key\":\"a+b/%C3%A4%2Bc.ipynb\",\"sequencer\":\"0A\"}}}]}",
          "+b/a b/\xC3\xA4+c.ipynb " },
        { "{\"Records\":[{\"eventName\":\"s3:ObjectRemoved:DeleteMarkerCreated\",\"s3\":{"
          "\"bucket\":"
          "{\"name\":\"b\"},\"object\":{\"key\":\"k\"}}},{\"eventName\":"
          "\"ReducedRedundancyLostObject"
          "\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"x\"}}}]}",
          "-b/k " },
        { "{\"Type\":\"Notification\",\"Message\":\"{\\\"Records\\\":[{\\\"eventName\\\":"
          "\\\"ObjectCreated:Copy\\\",\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":\\\"b\\\"},"
          "\\\"object\\\":{\\\"key\\\":\\\"k\\\"}}}]}\"}",
          "+b/k " },
        { "{\"source\":\"aws.s3\",\"detail-type\":\"Object Created\",\"detail\":{\"bucket\":"
          "{\"name\":\"b\"},\"object\":{\"key\":\"a+b\",\"sequencer\":\"1\"}}}",
          "+b/a+b " },
        { "{\"source\":\"aws.s3\",\"detail-type\":\"Object Deleted\",\"detail\":{\"bucket\":"
          "{\"name\":\"b\"},\"object\":{\"key\":\"k\"}}}",
          "-b/k " },
        { "{\"source\":\"aws.s3\",\"detail-type\":\"Object Tags Added\",\"detail\":{}}", "" },
        { "{\"hello\":1}", "!" },
        { "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\"}]}", "!" },
        { "{\"Records\":{}}", "!" },
        { "not json", "!" },
        { "{\"Message\":\"{\\\"Message\\\":\\\"{}\\\"}\"}", "!" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct s3_event *events = NULL;
        size_t n = 0;
        struct str told = STR_EMPTY;
        bool ok = s3_event_parse(&a, str_from(cases[i].message), &events, &n, &err);
        for (size_t k = 0; ok && k < n; k++)
            told = arena_printf(&a, "%.*s%c%.*s/%.*s ", STR_FMT(told),
                                events[k].is_removal ? '-' : '+', STR_FMT(events[k].bucket),
                                STR_FMT(events[k].key));
        if (!str_eq(ok ? told : STR("!"), str_from(cases[i].told)))
            fail_msg("%s: told \"%.*s\", not \"%s\" (%s)", cases[i].message, STR_FMT(told),
                     cases[i].told, err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_all_forms_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
