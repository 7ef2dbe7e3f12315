/*
 * dataset: the words for layouts and types.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/dataset.h"

#include <assert.h>

struct str dataset_layout_name(enum dataset_layout layout)
{
    static const struct str names[DATASET_N_LAYOUTS] = {
        [DATASET_SINGLE] = STR_INIT("single"),     [DATASET_FOLDER] = STR_INIT("folder"),
        [DATASET_NUMBERED] = STR_INIT("numbered"), [DATASET_PARTITIONED] = STR_INIT("partitioned"),
        [DATASET_DELTA] = STR_INIT("delta"),       [DATASET_ICEBERG] = STR_INIT("iceberg"),
        [DATASET_HUDI] = STR_INIT("hudi"),         [DATASET_ZARR] = STR_INIT("zarr"),
    };
    assert(layout < DATASET_N_LAYOUTS);
    return names[layout];
}

struct str partition_type_name(enum partition_type type)
{
    static const struct str names[PARTITION_N_TYPES] = {
        [PARTITION_NULL] = STR_INIT("null"),           [PARTITION_INT] = STR_INIT("int"),
        [PARTITION_LONG] = STR_INIT("long"),           [PARTITION_DECIMAL] = STR_INIT("decimal"),
        [PARTITION_DOUBLE] = STR_INIT("double"),       [PARTITION_DATE] = STR_INIT("date"),
        [PARTITION_TIMESTAMP] = STR_INIT("timestamp"), [PARTITION_STRING] = STR_INIT("string"),
    };
    assert(type < PARTITION_N_TYPES);
    return names[type];
}
