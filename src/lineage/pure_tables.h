/*
 * pure_tables: the tables of pure functions and methods, each at the end of its file.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_TABLES_H
#define LINEAGE_PURE_TABLES_H

#include "lineage/pure_internal.h"

extern const struct pure_table pure_builtin_functions, pure_make_functions, pure_path_functions,
    pure_pathlib_functions, pure_url_functions, pure_re_functions, pure_r_text_functions,
    pure_r_seq_functions, pure_scala_functions, pure_date_functions, pure_literal_functions,
    pure_r_package_functions, pure_object_functions, pure_widget_functions;
extern const struct pure_table pure_text_methods, pure_path_methods, pure_seq_methods,
    pure_map_methods, pure_pattern_methods, pure_match_methods, pure_scala_text_methods,
    pure_scala_seq_methods, pure_scala_map_methods, pure_scala_other_methods, pure_date_methods;

#endif
