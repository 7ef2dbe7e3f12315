/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/value.h"
#include "util/attrs.h"
#include "util/limits.h"

#include <math.h>
#include <string.h>

#define ROOM (8UL * 1024 * 1024)

/* A value in one line: holes as {}, alternatives between bars. */
static struct str shown(struct values *vs, struct value *v)
{
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < value_n_alternatives(v); i++) {
        const struct value *text = value_to_text(vs, value_alternative(v, i));
        out = arena_printf(vs->arena, "%.*s%s", STR_FMT(out), i == 0 ? "" : "|");
        assert_int_equal(text->kind, VALUE_TEXT);
        for (size_t at = 0; at < text->text.bytes.len; at++)
            if (text->text.bytes.ptr[at] == HOLE_BYTE)
                out = arena_printf(vs->arena, "%.*s{}", STR_FMT(out));
            else
                out = arena_printf(vs->arena, "%.*s%c", STR_FMT(out), text->text.bytes.ptr[at]);
    }
    return out;
}

static void assert_shown(struct values *vs, struct value *v, const char *want)
{
    struct str got = shown(vs, v);
    if (!str_eq(got, str_from(want)))
        fail_msg("got %.*s, want %s", STR_FMT(got), want);
}

static struct value *text(struct values *vs, const char *s)
{
    return value_text(vs, str_from(s));
}

/* The wanted texts are those of Python's repr(). */
static const struct {
    double number;
    const char *want;
} floats[] = {
    { 0.1, "0.1" },
    { 1, "1.0" },
    { -2.5, "-2.5" },
    { 100, "100.0" },
    { 1234567.25, "1234567.25" },
    { 1e15, "1000000000000000.0" },
    { 1e16, "1e+16" },
    { 1.5e16, "1.5e+16" },
    { 0.0001, "0.0001" },
    { 0.00012, "0.00012" },
    { 0.00001, "1e-05" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1e300, "1e+300" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 5e-324, "5e-324" },
    { 0, "0.0" },
    { -0.0, "-0.0" },
    { (double)INFINITY, "inf" },
    { -(double)INFINITY, "-inf" },
};

static void numbers_are_printed_as_python_prints_them(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    for (size_t i = 0; i < ARRAY_LEN(floats); i++)
        assert_shown(&vs, value_number(&vs, floats[i].number), floats[i].want);
    assert_shown(&vs, value_whole(&vs, INT64_MIN), "-9223372036854775808");
    assert_shown(&vs, value_whole(&vs, 7), "7");
}

static void containers_are_printed_as_python_prints_them(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *list = value_seq(&vs, 0), *tuple = value_seq(&vs, VALUE_IS_TUPLE);
    value_seq_add(&vs, tuple, value_whole(&vs, 1));
    assert_shown(&vs, tuple, "(1,)");
    value_seq_add(&vs, list, text(&vs, "it's"));
    value_seq_add(&vs, list, text(&vs, "a\"b'c\n\x01\\"));
    value_seq_add(&vs, list, tuple);
    value_seq_add(&vs, list, value_const(&vs, STR("None")));
    struct value *map = value_map(&vs);
    value_map_put(&vs, map, text(&vs, "k"), list);
    assert_shown(&vs, map, "{'k': [\"it's\", 'a\"b\\'c\\n\\x01\\\\', (1,), None]}");
    assert_shown(&vs, value_seq(&vs, VALUE_IS_SET), "set()");
    assert_shown(&vs, value_with_flags(&vs, text(&vs, "a/b"), VALUE_IS_PATH), "a/b");
}

static void joined_texts_keep_their_holes_and_reasons(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *env = value_unknown(&vs, HOLE_ENVIRONMENT, STR("BUCKET"));
    struct value *parts[] = {
        text(&vs, "s3://"), env, text(&vs, "/"), value_whole(&vs, 7), env, env
    };
    struct value *v = value_concat_all(&vs, parts, ARRAY_LEN(parts));
    assert_shown(&vs, v, "s3://{}/7{}");
    assert_int_equal(v->text.n_holes, 2);
    assert_int_equal(v->text.holes[1].reason, HOLE_ENVIRONMENT);
    const struct value *part = value_text_slice(&vs, v, 6, 99);
    assert_int_equal(part->text.n_holes, 1);
    assert_true(str_eq(part->text.holes[0].name, STR("BUCKET")));
    assert_shown(&vs, value_text(&vs, STR("a" HOLE_TEXT "b")), "a{}b");
}

static void alternatives_are_joined_once_each_and_multiplied(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *env = value_join(&vs, text(&vs, "dev"), text(&vs, "prod"));
    assert_ptr_equal(value_join(&vs, env, text(&vs, "dev")), env);
    assert_ptr_equal(value_join(&vs, NULL, env), env);
    struct value *ext = value_join(&vs, text(&vs, ".csv"), text(&vs, ".json"));
    assert_shown(&vs, value_concat(&vs, env, ext), "dev.csv|prod.csv|dev.json|prod.json");
    struct value *parts[] = { env, text(&vs, "/"), env };
    assert_shown(&vs, value_concat_all(&vs, parts, 3), "dev/dev|prod/prod");
    assert_false(vs.hit_limit);
}

static void a_text_knows_where_its_parts_came_from(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *x = value_with_origin(&vs, text(&vs, "x"), "assigned", STR("a"), 1, 2);
    struct value *y = value_with_origin(&vs, text(&vs, "y"), "assigned", STR("b"), 3, 4);
    struct value *parts[] = { x, text(&vs, "/"), y };
    const struct value *v = value_concat_all(&vs, parts, 3);
    assert_string_equal(v->origin->step, "made of");
    assert_ptr_equal(v->origin->from, x->origin);
    assert_ptr_equal(v->origin->also, y->origin);
    assert_ptr_equal(value_concat(&vs, x, parts[1])->origin, x->origin);
    assert_null(value_concat(&vs, parts[1], parts[1])->origin);
}

static void too_many_alternatives_end_in_one_for_all_others(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *v = NULL;
    for (size_t i = 0; i < 100; i++)
        v = value_join(&vs, v, value_text(&vs, arena_printf(&a, "part-%03zu.csv", i)));
    assert_int_equal(value_n_alternatives(v), LIMIT_ALTERNATIVES);
    assert_shown(&vs, value_alternative(v, LIMIT_ALTERNATIVES - 1), "part-0{}.csv");
    assert_true(vs.hit_limit);
    struct value *many = value_concat(&vs, v, v);
    assert_int_equal(value_n_alternatives(many), LIMIT_ALTERNATIVES);
}

static void the_folder_of_a_listed_element_is_not_written_twice(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right, *want;
    } rows[] = {
        { "data/", "data/" HOLE_TEXT, "data/{}" },    { "out/", "data/" HOLE_TEXT, "out/{}" },
        { "s3://", "b/p/" HOLE_TEXT, "s3://b/p/{}" }, { "new_", "data/" HOLE_TEXT, "new_{}" },
        { "", "data/" HOLE_TEXT, "data/{}" },         { "d/", HOLE_TEXT, "d/{}" },
    };
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct value *f = value_with_flags(&vs, text(&vs, rows[i].right), VALUE_IS_LISTED);
        assert_shown(&vs, value_concat(&vs, text(&vs, rows[i].left), f), rows[i].want);
    }
}

static void equal_values_have_equal_hashes(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *x = value_map(&vs), *y = value_map(&vs);
    value_map_put(&vs, x, text(&vs, "a"), text(&vs, "1"));
    value_map_put(&vs, x, text(&vs, "b"), value_whole(&vs, 2));
    value_map_put(&vs, y, text(&vs, "b"), value_whole(&vs, 2));
    assert_false(value_eq(x, y));
    value_map_put(&vs, y, text(&vs, "a"), text(&vs, "1"));
    assert_true(value_eq(x, y));
    assert_true(value_hash(x) == value_hash(y));
    assert_false(value_eq(value_whole(&vs, 1), value_number(&vs, 1)));
    assert_false(value_eq(text(&vs, "a"), value_with_flags(&vs, text(&vs, "a"), VALUE_IS_PATH)));
    /* a list that holds itself ends at the depth to which contents are compared */
    struct value *l = value_seq(&vs, 0), *m = value_seq(&vs, 0);
    value_seq_add(&vs, l, l);
    value_seq_add(&vs, m, m);
    assert_false(value_eq(l, m));
    assert_true(value_hash(l) == value_hash(l));
    assert_shown(&vs, l, "[[[[[[[[[{}]]]]]]]]]");
}

static void a_mapping_remembers_what_was_set_under_keys_that_are_not_known(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *m = value_map(&vs);
    value_map_put(&vs, m, text(&vs, "a"), text(&vs, "1"));
    assert_null(value_map_get(&vs, m, STR("b")));
    value_map_put(&vs, m, value_join(&vs, text(&vs, "a"), text(&vs, "b")), text(&vs, "2"));
    assert_shown(&vs, value_map_get(&vs, m, STR("a")), "1|2");
    assert_shown(&vs, value_map_get(&vs, m, STR("b")), "2");
    value_map_put(&vs, m, value_unknown(&vs, HOLE_CLOCK, STR_EMPTY), text(&vs, "3"));
    assert_shown(&vs, value_map_get(&vs, m, STR("c")), "3");
    const struct value *env = value_map_get(&vs, vs.environ, STR("HOME"));
    assert_int_equal(env->unknown.reason, HOLE_ENVIRONMENT);
    assert_true(str_eq(env->unknown.name, STR("HOME")));
}

/* A chain from "datetime.datetime.now()" and the like. */
static struct value *chain(struct values *vs, const char *written)
{
    struct str rest = str_from(written), name;
    struct value *v = NULL;
    while (rest.len > 0) {
        str_cut(rest, '.', &name, &rest);
        bool is_call = str_has_suffix(name, STR("()")), is_item = str_has_suffix(name, STR("[X]"));
        name = str_slice(name, 0, name.len - (is_call ? 2U : is_item ? 3U : 0U));
        v = v == NULL ? value_chain_root(vs, CALL_PYTHON, name, true)
                      : value_chain_attr(vs, v, name);
        if (is_call)
            v = value_chain_call(vs, v, ARENA_NEW(vs->arena, struct call_args));
        if (is_item)
            v = value_chain_item(vs, v, value_text(vs, STR("X")));
    }
    return v;
}

static void the_root_of_a_chain_says_why_it_is_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        enum hole_reason reason;
        const char *name;
    } rows[] = {
        { "datetime.datetime.now().strftime()", HOLE_CLOCK, "strftime" },
        { "time.time()", HOLE_CLOCK, "time" },
        { "uuid.uuid4()", HOLE_RANDOM, "uuid4" },
        { "numpy.random.rand()", HOLE_RANDOM, "rand" },
        { "numpy.array()", HOLE_RUN_TIME, "array" },
        { "input()", HOLE_INPUT, "input" },
        { "sys.argv[X]", HOLE_ARGUMENT, "X" },
        { "argparse.ArgumentParser().parse_args().bucket", HOLE_ARGUMENT, "bucket" },
        { "os.environ[X]", HOLE_ENVIRONMENT, "X" },
        { "os.environ2[X]", HOLE_RUN_TIME, "X" },
        { "sagemaker.Session().default_bucket()", HOLE_RUN_TIME, "default_bucket" },
        { "tempfile.mkdtemp()", HOLE_RANDOM, "mkdtemp" },
    };
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct hole hole = value_hole(chain(&vs, rows[i].written));
        assert_int_equal(hole.reason, rows[i].reason);
        assert_true(str_eq(hole.name, str_from(rows[i].name)));
    }
    struct str name = chain_name(&vs, chain(&vs, "a.b().c[X].d")->chain);
    assert_true(str_eq(name, STR("a.b.c.d")));
}

static void truth_is_known_where_it_can_be(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    assert_int_equal(value_truth(text(&vs, "")), -1);
    assert_int_equal(value_truth(text(&vs, "x")), 1);
    assert_int_equal(value_truth(text(&vs, HOLE_TEXT)), 0);
    assert_int_equal(value_truth(value_whole(&vs, 0)), -1);
    assert_int_equal(value_truth(value_bool(&vs, true)), 1);
    assert_int_equal(value_truth(value_const(&vs, STR("None"))), -1);
    assert_int_equal(value_truth(value_seq(&vs, 0)), -1);
    assert_int_equal(value_truth(vs.environ), 0);
    assert_int_equal(value_truth(value_join(&vs, text(&vs, "a"), text(&vs, "b"))), 1);
    assert_int_equal(value_truth(value_join(&vs, text(&vs, "a"), text(&vs, ""))), 0);
}

static void elements_are_those_of_iteration(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    struct value *items[3];
    size_t n = 0;
    bool is_open = true;
    assert_true(value_elements(&vs, text(&vs, "a\xc3\xa9z"), items, 3, &n, &is_open));
    assert_int_equal(n, 3);
    assert_false(is_open);
    assert_shown(&vs, items[1], "\xc3\xa9");
    assert_true(value_elements(&vs, text(&vs, "abcd"), items, 3, &n, &is_open));
    assert_true(is_open);
    struct value *listing = value_seq(&vs, VALUE_IS_LISTED);
    listing->seq->is_open = true;
    listing->seq->any_more = text(&vs, "d/" HOLE_TEXT);
    assert_true(value_elements(&vs, listing, items, 3, &n, &is_open));
    assert_int_equal(n, 1);
    assert_false(is_open);
    assert_false(value_elements(&vs, value_whole(&vs, 3), items, 3, &n, &is_open));
}

static void past_the_limit_everything_is_unknown(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, 10000);
    struct value *v = text(&vs, "x");
    for (size_t i = 0; i < 1000; i++)
        v = value_concat(&vs, v, text(&vs, "some more of it"));
    assert_int_equal(v->kind, VALUE_UNKNOWN);
    assert_int_equal(value_hole(v).reason, HOLE_LIMIT);
    assert_true(vs.hit_limit);
    assert_true(a.used_bytes < 20000);
    value_seq_add(&vs, value_seq(&vs, 0), v);
    value_map_put(&vs, value_map(&vs), v, v);
    assert_int_equal(value_chain_root(&vs, CALL_R, STR("x"), true)->kind, VALUE_UNKNOWN);
}

static void long_texts_and_lists_are_cut_and_told(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, 64UL * 1024 * 1024);
    struct value *v = text(&vs, "0123456789abcdef");
    for (size_t i = 0; i < 20; i++)
        v = value_concat(&vs, v, v);
    assert_int_equal(value_hole(v).reason, HOLE_LIMIT);
    struct value *list = value_seq(&vs, 0);
    for (size_t i = 0; i < LIMIT_SEQ_ITEMS + 5; i++)
        value_seq_add(&vs, list, v);
    assert_int_equal(list->seq->n, LIMIT_SEQ_ITEMS);
    assert_true(list->seq->is_open);
    v = value_chain_root(&vs, CALL_PYTHON, STR("x"), false);
    for (size_t i = 0; i < LIMIT_CHAIN_STEPS + 5; i++)
        v = value_chain_attr(&vs, v, STR("y"));
    assert_int_equal(v->kind, VALUE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_printed_as_python_prints_them),
        cmocka_unit_test(containers_are_printed_as_python_prints_them),
        cmocka_unit_test(joined_texts_keep_their_holes_and_reasons),
        cmocka_unit_test(alternatives_are_joined_once_each_and_multiplied),
        cmocka_unit_test(a_text_knows_where_its_parts_came_from),
        cmocka_unit_test(too_many_alternatives_end_in_one_for_all_others),
        cmocka_unit_test(the_folder_of_a_listed_element_is_not_written_twice),
        cmocka_unit_test(equal_values_have_equal_hashes),
        cmocka_unit_test(a_mapping_remembers_what_was_set_under_keys_that_are_not_known),
        cmocka_unit_test(the_root_of_a_chain_says_why_it_is_unknown),
        cmocka_unit_test(truth_is_known_where_it_can_be),
        cmocka_unit_test(elements_are_those_of_iteration),
        cmocka_unit_test(past_the_limit_everything_is_unknown),
        cmocka_unit_test(long_texts_and_lists_are_cut_and_told),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
