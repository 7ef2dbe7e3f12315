/* diagnose: see diagnose.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/diagnose.h"

enum { ROOT_STEP_GIB = 50, ROOT_MAX_GIB = 500 };

static const struct diagnosis table[] = {
#define D(code, kind, retryable, cause, fix)                                                       \
    { STR_INIT(code), STR_INIT(kind), retryable, STR_INIT(cause), STR_INIT(fix) },
#include "cluster/diagnosis.def"
#undef D
};

static const struct diagnosis *find(struct str code)
{
    for (size_t i = 0; i < ARRAY_LEN(table) && code.len > 0; i++)
        if (str_has_prefix(code, table[i].code))
            return &table[i];
    return NULL;
}

const struct diagnosis *diagnose(struct str error_code, struct str state_code)
{
    const struct diagnosis *d = find(error_code);
    return d != NULL ? d : find(state_code);
}

/* Types of one size that do the same work, so that EMR has a choice. */
static void add_types(struct cluster_spec *spec)
{
    static const struct str alike[] = { STR_INIT("m5.xlarge"), STR_INIT("m5a.xlarge"),
                                        STR_INIT("m6i.xlarge"), STR_INIT("m6a.xlarge") };
    struct spec_list *types = &spec->worker_types;
    bool is_of_these = false;
    for (size_t i = 0; i < ARRAY_LEN(alike) && types->n > 0; i++)
        is_of_these = is_of_these || str_eq(types->items[0], alike[i]);
    for (size_t i = 0; i < ARRAY_LEN(alike) && is_of_these && types->n < SPEC_MAX_TYPES; i++) {
        bool is_there = false;
        for (size_t k = 0; k < types->n; k++)
            is_there = is_there || str_eq(types->items[k], alike[i]);
        if (!is_there)
            types->items[types->n++] = alike[i];
    }
}

bool diagnose_next(const struct diagnosis *d, const struct cluster_spec *failed,
                   struct cluster_spec *out)
{
    struct cluster_spec next = *failed;
    if (str_eq(d->kind, STR("capacity"))) {
        add_types(&next);
        if (next.market == SPEC_SPOT)
            next.market = SPEC_SPOT_WITH_FALLBACK;
        else if (next.market == SPEC_SPOT_WITH_FALLBACK)
            next.market = SPEC_ON_DEMAND;
    } else if (str_has_prefix(d->code, STR("BOOTSTRAP_FAILURE_INSUFFICIENT_DISK_SPACE"))) {
        next.root_gib = failed->root_gib + ROOT_STEP_GIB;
        if (next.root_gib > ROOT_MAX_GIB)
            return false;
    } else {
        return false;
    }
    *out = next;
    return next.worker_types.n != failed->worker_types.n || next.market != failed->market ||
           next.root_gib != failed->root_gib;
}
