/*
 * pure_internal: how a table of pure functions is written, and what its functions share.
 *
 * A function sees no unions in its receiver and arguments (unless its row is PURE_WHOLE): it is
 * called once for each combination of alternatives.  NULL from it means that the result is not
 * known; it becomes an unknown value with the reason of what was unknown in the call.  A function
 * that gives vs->declined has nothing to say of such arguments: the call is one of the outside.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_INTERNAL_H
#define LINEAGE_PURE_INTERNAL_H

#include "lineage/pure.h"
#include "lineage/value_internal.h"

struct pure_call {
    struct values *vs;
    enum call_lang lang;
    struct value *self; /* of a method; NULL for a function */
    const struct call_args *args;
    bool is_certain;
    int how; /* of the row: what one function does differently for its names */
};

enum pure_flag {
    PURE_WHOLE = 1 << 0, /* takes unions as they are, because it keeps its arguments */
};

struct pure_row {
    struct str name;
    struct value *(*run)(const struct pure_call *c);
    int how;
    unsigned flags; /* enum pure_flag */
};

/* Rows in byte order of their names. */
struct pure_table {
    const struct pure_row *rows;
    size_t n;
};
#define PURE_TABLE(rows)                                                                           \
    {                                                                                              \
        rows, sizeof(rows) / sizeof *(rows)                                                        \
    }

/* All combinations of alternatives of receiver and arguments, joined. */
struct value *pure_spread(const struct pure_call *c, const struct pure_row *row);

/* All tables, for tests. */
const struct pure_table *const *pure_tables(size_t *n);

/* Arguments. */
struct value *pure_arg(const struct pure_call *c, size_t index, struct str name);
/* The argument as TEXT (a number is printed, what is unknown is a hole), or NULL if not given. */
struct value *pure_arg_text(const struct pure_call *c, size_t index, struct str name);
bool pure_arg_known(const struct pure_call *c, size_t index, struct str name, struct str *out);
bool pure_arg_whole(const struct pure_call *c, size_t index, struct str name, int64_t *out);
bool pure_is_const(const struct value *v, struct str name);
/* None or not given. */
bool pure_is_none(const struct value *v);

/* A TEXT that owns a copy of bytes. */
struct value *pure_new_text(struct values *vs, struct str bytes);

/* Python's slice of a sequence; NULL bounds are not given. */
struct value *pure_slice_seq(struct values *vs, struct value *seq, const int64_t *from,
                             const int64_t *to, int64_t step);
struct value *pure_slice_text(struct values *vs, struct value *text, const int64_t *from,
                              const int64_t *to);
/* How many characters; false if a hole stands in it. */
bool pure_text_length(const struct value *text, int64_t *out);

/* Formatting of one value that is no union, into out. */
void pure_format_into(struct text_out *out, struct value *v, char conversion, struct str spec);
/* template.format(...), "template" % right. */
struct value *pure_format_template(const struct pure_call *c, const struct value *template,
                                   const struct value *mapping);
struct value *pure_percent(struct values *vs, const struct value *template,
                           const struct call_args *args);

/* Paths: right below left; right alone if it is absolute or an URI. */
struct value *pure_path_join(struct values *vs, struct value *const *parts, size_t n,
                             unsigned flags);

#endif
