/*
 * reader_parameters: the values that papermill put into a notebook, metadata.papermill.parameters,
 * as names and the JSON text of each value, written anew from what the JSON reader tells.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader_internal.h"
#include "util/limits.h"

/* A value is whole: keep it, unless there is no more room. */
static void end_value(struct notebook_reader *r)
{
    size_t bytes = r->value.len + r->value_name.len;
    r->parameter_bytes += bytes;
    if (!buf_ok(&r->value) || r->parameter_bytes > LIMIT_PARAMETERS_BYTES ||
        r->n_parameters == LIMIT_PARAMETERS) {
        r->out.parameters_are_cut = true;
        return;
    }
    *ARENA_PUSH(r->arena, r->parameters, r->n_parameters, r->cap_parameters) =
        (struct notebook_parameter){ r->value_name, arena_str(r->arena, buf_str(&r->value)) };
}

void reader_parameter_key(struct notebook_reader *r, struct str name)
{
    if (r->value_writer.depth > 0) {
        json_write_key(&r->value_writer, name);
        return;
    }
    if (r->out.parameters_are_cut)
        return;
    /* What does not count in the end was counted as well: it stays in the arena. */
    if (r->parameter_bytes + name.len > LIMIT_PARAMETERS_BYTES ||
        r->n_parameters == LIMIT_PARAMETERS)
        r->out.parameters_are_cut = true;
    else
        r->value_name = arena_str(r->arena, name);
}

bool reader_parameter_wants(struct notebook_reader *r)
{
    if (r->out.parameters_are_cut && r->value_writer.depth == 0)
        return false;
    if (r->value_writer.depth == 0) {
        buf_reset(&r->value);
        r->value.limit = LIMIT_PARAMETERS_BYTES;
        json_writer_init(&r->value_writer, &r->value);
    }
    return true;
}

void reader_parameter_open(struct notebook_reader *r, enum push_kind kind)
{
    if (kind == PUSH_OBJECT)
        json_write_object(&r->value_writer);
    else
        json_write_array(&r->value_writer);
}

bool reader_parameter_close(struct notebook_reader *r, enum push_kind kind)
{
    (void)kind;
    if (r->value_writer.depth == 0)
        return false;
    json_write_end(&r->value_writer);
    if (r->value_writer.depth == 0)
        end_value(r);
    return true;
}

void reader_parameter_scalar(struct notebook_reader *r, enum push_kind kind, struct str text)
{
    if (kind == PUSH_STRING)
        json_write_str(&r->value_writer, text);
    else
        json_write_raw(&r->value_writer, text);
    if (r->value_writer.depth == 0)
        end_value(r);
}

/* Of a name that stands twice the last one counts, in the place of the first. */
void reader_take_parameters(struct notebook_reader *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_parameters; i++) {
        size_t at = 0;
        while (at < n && !str_eq(r->parameters[at].name, r->parameters[i].name))
            at++;
        r->parameters[at] = r->parameters[i];
        n += at == n;
    }
    r->out.parameters = r->parameters;
    r->out.n_parameters = n;
}
