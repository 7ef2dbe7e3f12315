/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/attrs.h"

/* Calls that say what kind of work a notebook is: by the library that they belong to, or by their
 * own name on any receiver. */
enum work { WORK_TRAIN, WORK_PLOT };

struct work_name {
    struct str name;
    enum work work;
};

static const struct work_name LIBRARIES[] = {
    { STR_INIT("matplotlib"), WORK_PLOT }, { STR_INIT("seaborn"), WORK_PLOT },
    { STR_INIT("plotly"), WORK_PLOT },     { STR_INIT("bokeh"), WORK_PLOT },
    { STR_INIT("altair"), WORK_PLOT },     { STR_INIT("plotnine"), WORK_PLOT },
    { STR_INIT("folium"), WORK_PLOT },     { STR_INIT("holoviews"), WORK_PLOT },
    { STR_INIT("ggplot"), WORK_PLOT },
};

static const struct work_name CALLS[] = {
    { STR_INIT("plot"), WORK_PLOT },
    { STR_INIT("hist"), WORK_PLOT },
    { STR_INIT("hvplot"), WORK_PLOT },
    { STR_INIT("savefig"), WORK_PLOT },
    { STR_INIT("fit"), WORK_TRAIN },
    { STR_INIT("fit_predict"), WORK_TRAIN },
    { STR_INIT("fit_generator"), WORK_TRAIN },
    { STR_INIT("partial_fit"), WORK_TRAIN },
    { STR_INIT("train"), WORK_TRAIN },
    { STR_INIT("backward"), WORK_TRAIN },
    { STR_INIT("create_training_job"), WORK_TRAIN },
    { STR_INIT("create_auto_ml_job"), WORK_TRAIN },
    { STR_INIT("lm"), WORK_TRAIN },
    { STR_INIT("glm"), WORK_TRAIN },
};

static const struct work_name *find_work(const struct work_name *rows, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].name, name))
            return &rows[i];
    return NULL;
}

void count_work(struct eval *e, const struct callee *q)
{
    uint32_t *const counts[] = { [WORK_TRAIN] = &e->out->n_train, [WORK_PLOT] = &e->out->n_plot };
    const struct work_name *found = NULL;
    if (q->is_rooted)
        found = find_work(LIBRARIES, ARRAY_LEN(LIBRARIES), q->names[0]);
    if (found == NULL)
        found = find_work(CALLS, ARRAY_LEN(CALLS), q->names[q->n - 1]);
    if (found != NULL)
        ++*counts[found->work];
}
