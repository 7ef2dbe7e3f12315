/* names: what the made catalogue is called; of make_catalogue and ask_catalogue. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_NAMES_H
#define BENCH_NAMES_H

#include "util/buf.h"

enum { N_BUCKETS = 25 };

static const char *const areas[] = { "sales",    "finance",  "marketing", "logistics", "risk",
                                     "churn",    "pricing",  "fraud",     "supply",    "hr",
                                     "weather",  "sensors",  "clicks",    "search",    "ads",
                                     "payments", "accounts", "inventory", "returns",   "support" };
static const char *const things[] = { "orders",   "customers", "events",    "sessions", "invoices",
                                      "features", "scores",    "forecasts", "labels",   "snapshots",
                                      "metrics",  "visits",    "products",  "stores",   "reviews",
                                      "balances", "readings",  "routes",    "tickets",  "users" };

/* "sales/orders/v0000007": the folder of the dataset of that number. */
static inline void add_dataset_path(struct buf *out, uint64_t number)
{
    buf_printf(out, "%s/%s/v%07llu", areas[number / 7 % ARRAY_LEN(areas)],
               things[number % ARRAY_LEN(things)], (unsigned long long)number);
}

/* "corp-lake-07/sales/orders/v0000007" */
static inline void add_dataset(struct buf *out, uint64_t number)
{
    buf_printf(out, "corp-lake-%02u/", (unsigned)(number % N_BUCKETS));
    add_dataset_path(out, number);
}

#endif
