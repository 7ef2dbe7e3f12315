/* SPDX-License-Identifier: Apache-2.0 */
#include "small_eval.h"
#include "test.h"

#include "lineage/pure_config.h"
#include "util/attrs.h"

#include <string.h>

enum { ROOM = 64 * 1024 * 1024 };

struct row {
    const char *text, *want; /* NULL: it is no such file */
};

typedef struct value *read_fn(struct values *vs, struct str text);

static void check(read_fn *read, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct values vs;
        values_init(&vs, &a, ROOM);
        struct str text = str_from(rows[i].text);
        struct value *v = read(&vs, text);
        assert_case((v != NULL) == (rows[i].want != NULL), rows[i].text);
        if (v != NULL)
            assert_str(small_eval_shown(&vs, v), rows[i].want);
        for (size_t k = 0; k < text.len; k++)
            (void)read(&vs, str_slice(text, 0, k));
    }
}

static const struct row ini[] = {
    { "[aws]\nBucket = b\n; note\n# note\nkey: a = c\n",
      "{'aws': {'Bucket': 'b', 'bucket': 'b', 'key': 'a = c'}}" },
    { "[DEFAULT]\nroot=s3://b\n[x]\np = %(root)s/x\nq = 50%%\n",
      "{'DEFAULT': {'root': 's3://b'}, 'x': {'p': 's3://b/x', 'q': '50%', 'root': 's3://b'}}" },
    { "[a]\nb = 1\n[c]\nd = ${a:b}/${e}/${a:z}\ne = 2\n",
      "{'a': {'b': '1'}, 'c': {'d': '1/2/${a:z}', 'e': '2'}}" },
    { "[a]\nb = 1\n  2\n\n  3\n[a]\nc =\r\n", "{'a': {'b': '1\\n2\\n3', 'c': ''}}" },
    { "[a]\n%(\n%(x)s\nb = %(nowhere)s %(b\n", "{'a': {'b': '%(nowhere)s %(b'}}" },
    { "a = 1\n[b]\n", NULL },
    { "", NULL },
    { "[a\nb = 1\n", NULL },
};

static void ini_is_read_as_configparser_does(void **state)
{
    (void)state;
    check(ini_value, ini, ARRAY_LEN(ini));
}

static const struct row toml[] = {
    { "a = 1\nb = \"x\\ty\\\"\" # note\n'c d' = 'r\\n'\ne.f = true\n",
      "{'a': 1, 'b': 'x\\ty\"', 'c d': 'r\\\\n', 'e': {'f': True}}" },
    { "[a.b]\nc = [1, 2.5,\n  [\"x\"], # note\n]\n[a.\"d e\"]\nf = { g = 1, h.i = 'j' }\n",
      "{'a': {'b': {'c': [1, 2.5, ['x']]}, 'd e': {'f': {'g': 1, 'h': {'i': 'j'}}}}}" },
    { "[[p]]\nn = 1\n[p.q]\nr = 2\n[[p]]\nn = 3\n", "{'p': [{'n': 1, 'q': {'r': 2}}, {'n': 3}]}" },
    { "a = \"\"\"\nb\\\n   c\"\"\"\nd = '''e\nf'''\n", "{'a': 'bc', 'd': 'e\\nf'}" },
    { "day = 2024-05-01\nat = 2024-05-01T10:00:00Z\r\nhex = 0x1F\n",
      "{'day': '2024-05-01', 'at': '2024-05-01T10:00:00Z', 'hex': 31}" },
    { "", "{}" },
    { "a = \"b\n", NULL },
    { "a b = 1\n", NULL },
    { "a = [1, 2\n", NULL },
    { "a = 1 b = 2\n", "{'a': '1 b = 2'}" },
    { "[a\n", NULL },
    { "= 1\n", NULL },
};

static void toml_is_read(void **state)
{
    (void)state;
    check(toml_value, toml, ARRAY_LEN(toml));
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    char deep[4000];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "a = ", 4);
    assert_null(toml_value(&vs, (struct str){ deep, sizeof deep }));
    for (size_t i = 0; i < sizeof deep; i += 2)
        memcpy(&deep[i], "a.", 2);
    assert_null(toml_value(&vs, (struct str){ deep, sizeof deep }));
}

static const struct row env[] = {
    { "# note\nexport A=1\nB=\"x y\" # note\nC='$A'\nD=s3://${A}/k # note\n\nnothing\n",
      "{'A': '1', 'B': 'x y', 'C': '$A', 'D': 's3://1/k'}" },
    { "A = b c \nB=\"q\\\"r\"\nC=${NOWHERE}/x\nD=a#b\r\n",
      "{'A': 'b c', 'B': 'q\"r', 'C': '${NOWHERE}/x', 'D': 'a#b'}" },
    { "", "{}" },
};

static void variables_of_the_environment_are_read(void **state)
{
    (void)state;
    check(dotenv_value, env, ARRAY_LEN(env));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ini_is_read_as_configparser_does),
        cmocka_unit_test(toml_is_read),
        cmocka_unit_test(variables_of_the_environment_are_read),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
