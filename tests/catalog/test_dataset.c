/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "catalog/dataset.h"

static void every_layout_and_type_has_its_own_word(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DATASET_N_LAYOUTS; i++) {
        struct str name = dataset_layout_name((enum dataset_layout)i);
        assert_true(name.len > 0);
        for (unsigned k = 0; k < i; k++)
            assert_false(str_eq(name, dataset_layout_name((enum dataset_layout)k)));
    }
    for (unsigned i = 0; i < PARTITION_N_TYPES; i++) {
        struct str name = partition_type_name((enum partition_type)i);
        assert_true(name.len > 0);
        for (unsigned k = 0; k < i; k++)
            assert_false(str_eq(name, partition_type_name((enum partition_type)k)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_and_type_has_its_own_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
