/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/attrs.h"

/* Calls that say what kind of work a notebook is: by the library that they belong to, or by their
 * own name on any receiver. */
enum work { WORK_TRAIN, WORK_PLOT };

static const struct {
    struct str library; /* or empty */
    struct str name;    /* or empty: all of the library */
    enum work work;
} WORKS[] = {
    { STR_INIT("matplotlib"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("seaborn"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("plotly"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("bokeh"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("altair"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("plotnine"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("folium"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("holoviews"), STR_INIT(""), WORK_PLOT },
    { STR_INIT("ggplot"), STR_INIT(""), WORK_PLOT },
    { STR_INIT(""), STR_INIT("plot"), WORK_PLOT },
    { STR_INIT(""), STR_INIT("hist"), WORK_PLOT },
    { STR_INIT(""), STR_INIT("hvplot"), WORK_PLOT },
    { STR_INIT(""), STR_INIT("savefig"), WORK_PLOT },
    { STR_INIT(""), STR_INIT("fit"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("fit_predict"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("fit_generator"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("partial_fit"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("train"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("backward"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("create_training_job"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("create_auto_ml_job"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("lm"), WORK_TRAIN },
    { STR_INIT(""), STR_INIT("glm"), WORK_TRAIN },
};

void count_work(struct eval *e, const struct callee *q)
{
    uint32_t *const counts[] = { [WORK_TRAIN] = &e->out->n_train, [WORK_PLOT] = &e->out->n_plot };
    struct str last = q->names[q->n - 1];
    for (size_t i = 0; i < ARRAY_LEN(WORKS); i++) {
        bool is_library =
            WORKS[i].library.len == 0 || (q->is_rooted && str_eq(q->names[0], WORKS[i].library));
        if (is_library && (WORKS[i].name.len == 0 || str_eq(last, WORKS[i].name))) {
            ++*counts[WORKS[i].work];
            return;
        }
    }
}
