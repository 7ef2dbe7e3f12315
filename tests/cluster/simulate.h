/*
 * simulate: one history, made of a seed: two processes that run the real reconciler and the real
 * provider of EMR, on a ledger in memory, against the fake EMR, under a virtual clock.
 *
 * What may happen, each decided by the seed: a process dies before or behind any commit and any
 * call, and comes back; answers are lost, cut, late (meanwhile the other process works on) or come
 * for a request that was carried out twice, or long after its sender gave it up; the list hides new
 * clusters; EMR refuses, throttles, throttles although it acted, loses its capacity, never ends to
 * bootstrap; somebody else ends clusters or protects them; people repeat their requests.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CLUSTER_SIMULATE_H
#define TESTS_CLUSTER_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How often things happened, over many histories: a fault that never occurs tests nothing. */
struct simulated {
    unsigned long long histories, requests, clusters, duplicates, deaths, late_requests,
        late_answers, doubled, uncertain, ready, ended, failed;
};

/* Run one.  False: an invariant does not hold, said in why. */
bool simulate(uint64_t seed, FILE *trace, struct simulated *sum, char why[300]);

#endif
