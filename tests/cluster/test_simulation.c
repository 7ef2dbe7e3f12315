/*
 * The protocol explored: histories of random faults, each made of a seed, after which all must be
 * well.  BOATHOUSE_HISTORIES: how many (1,000).  BOATHOUSE_SEED: this one alone, told in full.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "simulate.h"

#include <stdlib.h>

/* Histories that once went wrong. */
static const uint64_t known[] = { 0 };

static void try_seed(uint64_t seed, FILE *trace, struct simulated *sum)
{
    char why[300] = "";
    if (!simulate(seed, trace, sum, why))
        fail_msg("seed %llu: %s (BOATHOUSE_SEED tells the history)", (unsigned long long)seed, why);
}

static void histories_that_went_wrong_once_go_well(void **state)
{
    struct simulated sum = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        try_seed(known[i], NULL, &sum);
}

static void all_is_well_after_every_history(void **state)
{
    const char *count = getenv("BOATHOUSE_HISTORIES"), *one = getenv("BOATHOUSE_SEED");
    uint64_t n = count != NULL ? strtoull(count, NULL, 10) : 1000;
    struct simulated sum = { 0 };
    (void)state;
    if (one != NULL) {
        try_seed(strtoull(one, NULL, 10), stderr, &sum);
        return;
    }
    for (uint64_t seed = 1; seed <= n; seed++)
        try_seed(seed, NULL, &sum);
    print_message("# %llu histories: %llu requests, %llu clusters, %llu deaths, %llu unclear, "
                  "%llu late requests, %llu late answers, %llu doubled, %llu duplicates ended; "
                  "%llu ready, %llu ended, %llu failed\n",
                  sum.histories, sum.requests, sum.clusters, sum.deaths, sum.uncertain,
                  sum.late_requests, sum.late_answers, sum.doubled, sum.duplicates, sum.ready,
                  sum.ended, sum.failed);
    /* A fault that never happens tests nothing. */
    if (n >= 500)
        assert_true(sum.deaths > 0 && sum.uncertain > 0 && sum.late_requests > 0 &&
                    sum.late_answers > 0 && sum.doubled > 0 && sum.duplicates > 0 &&
                    sum.ready > 0 && sum.ended > 0 && sum.failed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_that_went_wrong_once_go_well),
        cmocka_unit_test(all_is_well_after_every_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
