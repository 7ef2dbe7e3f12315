/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_table.h"

#include <string.h>

/* ---- reporting ---- */

static bool is_device(struct str name)
{
    return str_has_prefix(name, STR("/dev/")) || str_has_prefix(name, STR("/proc/")) ||
           str_eq(name, STR("-"));
}

static bool is_relative(struct str name)
{
    return name.len > 0 && !shell_is_remote(name) &&
           str_find_char(STR("/~@" HOLE_TEXT), name.ptr[0]) == SIZE_MAX;
}

/* Places that serve answers, not data. */
static bool is_endpoint(struct str name)
{
    size_t at = str_find(name, STR("://"), 0);
    if (!str_has_prefix(name, STR("http")) || at == SIZE_MAX)
        return false;
    struct str host = str_from_pos(name, at + 3);
    return str_has_prefix(host, STR("localhost")) || str_has_prefix(host, STR("127.")) ||
           str_has_prefix(host, STR("0.0.0.0")) || str_has_prefix(host, STR("169.254."));
}

static struct str in_folder(struct shell_run *run, struct str name)
{
    struct str cwd = run->session->cwd;
    if (cwd.len == 0 || !is_relative(name) || !shell_charge(run, cwd.len + name.len))
        return name;
    return str_eq(name, STR(".")) ? cwd : shell_join(run->arena, cwd, name);
}

static struct shell_ref *push(struct shell_run *run)
{
    struct shell_result *out = run->out;
    if (out->n_refs >= LIMIT_SHELL_REFS) {
        out->hit_limit = true;
        return NULL;
    }
    return ARENA_PUSH(run->arena, out->refs, out->n_refs, out->cap_refs);
}

int shell_report(struct shell_run *run, const struct shell_report *report,
                 const struct shell_field *at)
{
    bool is_path = report->kind == SHELL_PATH || report->kind == SHELL_SCRIPT;
    if (shell_is_unknown(at->text) || (is_path && (is_device(at->text) || is_endpoint(at->text))))
        return -1;
    struct shell_ref *r = push(run);
    if (r == NULL)
        return -1;
    *r = (struct shell_ref){ .dir = report->dir,
                             .kind = report->kind,
                             .what = report->what,
                             .is_may = report->is_may || run->is_may,
                             .is_tree = report->is_tree,
                             .name = is_path ? in_folder(run, at->text) : at->text,
                             .dialect = SQL_ANY,
                             .database = STR_EMPTY,
                             .copy_of = report->copy_of,
                             .program = report->program,
                             .line = at->line,
                             .col = at->col };
    if (is_path && r->what == SHELL_DATA)
        r->what =
            run->is_into_shell && report->dir == SHELL_READ ? SHELL_CODE : shell_what_of(at->text);
    if (r->dir == SHELL_LIST || (r->what != SHELL_DATA && r->what != SHELL_ARCHIVE))
        r->is_may = true;
    return (int)run->out->n_refs - 1;
}

int shell_report_landing(struct shell_run *run, const struct shell_report *report,
                         const struct shell_field *at)
{
    struct shell_report r = *report;
    if (r.copy_of >= 0) {
        struct shell_ref *from = &run->out->refs[r.copy_of];
        bool is_download = shell_is_remote(from->name) && !shell_is_remote(at->text);
        r.is_may |= is_download;
        /* What was fetched is kept, so it was data. */
        if (is_download && from->what == SHELL_DATA && shell_what_of(at->text) == SHELL_DATA)
            from->is_may = run->is_may;
    }
    return shell_report(run, &r, at);
}

int shell_call_report(struct shell_call *call, enum shell_dir dir, bool is_may,
                      const struct shell_field *at)
{
    struct shell_report r = { .dir = dir,
                              .kind = SHELL_PATH,
                              .is_may = is_may || ((call->row->flags & SHELL_FILTERS) != 0 &&
                                                   !shell_is_remote(at->text)),
                              .copy_of = -1,
                              .program = call->row->name };
    return shell_report(call->run, &r, at);
}

const struct shell_field *shell_field_of(struct shell_run *run, struct str text,
                                         const struct shell_field *like)
{
    struct shell_field *f = ARENA_NEW(run->arena, struct shell_field);
    *f = (struct shell_field){ .text = text, .line = like->line, .col = like->col };
    return f;
}

int shell_report_text(struct shell_call *call, enum shell_ref_kind kind,
                      const struct shell_field *at, const struct shell_fields *args)
{
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = kind,
                              .what = kind == SHELL_SQL ? SHELL_DATA : SHELL_CODE,
                              .copy_of = -1,
                              .program = call->row->name };
    int index = shell_report(call->run, &r, at);
    if (index < 0)
        return index;
    struct shell_ref *ref = &call->run->out->refs[index];
    ref->dialect = call->row->dialect;
    if (args != NULL && args->n > 0) {
        struct str *items = ARENA_NEW_N(call->run->arena, struct str, args->n);
        for (size_t i = 0; i < args->n; i++)
            items[i] = args->items[i].text;
        ref->args = items;
        ref->n_args = args->n;
    }
    return index;
}

/* ---- copies ---- */

static bool is_folder_place(struct shell_run *run, struct str s)
{
    if (str_has_suffix(s, STR("/")) || str_eq(s, STR(".")) || str_has_suffix(s, STR("..")))
        return true;
    size_t scheme = str_find(s, STR("://"), 0);
    if (scheme != SIZE_MAX)
        return str_find_char(str_from_pos(s, scheme + 3), '/') == SIZE_MAX &&
               !str_has_prefix(s, STR("http")) &&
               str_find_char(str_from_pos(s, scheme + 3), HOLE_BYTE) == SIZE_MAX;
    return strmap_has(&run->session->folders, in_folder(run, s));
}

static bool has_dot(struct str name)
{
    return str_find_char(shell_base_name(name), '.') != SIZE_MAX;
}

static bool has_glob(struct str s)
{
    return str_find_char(s, '*') != SIZE_MAX;
}

struct str shell_own_name(struct shell_run *run, struct str source)
{
    struct str base = shell_base_name(source);
    if (base.len > 0 && base.ptr[0] == HOLE_BYTE) /* relative, whatever the hole is */
        return arena_concat(run->arena, STR("./"), base);
    return base;
}

static const struct shell_field *target_of(struct shell_call *call, const struct shell_copy *copy,
                                           const struct shell_field *source)
{
    struct shell_run *run = call->run;
    const struct shell_field *place = copy->folder != NULL ? copy->folder : copy->target;
    struct str own = shell_own_name(run, source->text);
    if (place == NULL) {
        bool is_here = (call->row->flags & SHELL_HERE_BY_NAME) != 0 && !copy->is_tree;
        return is_here ? shell_field_of(run, own, source) : NULL;
    }
    bool is_source_folder =
        copy->is_tree || str_has_suffix(source->text, STR("/")) || has_glob(source->text);
    if (is_source_folder && copy->folder == NULL)
        return place;
    bool is_into = copy->folder != NULL || copy->n_sources > 1 ||
                   is_folder_place(run, place->text) ||
                   ((call->row->flags & SHELL_ON_DISK) != 0 && !shell_is_remote(place->text) &&
                    has_dot(source->text) && !has_dot(place->text));
    if (!is_into || shell_is_unknown(place->text) || place->text.len > LIMIT_SHELL_CWD_BYTES)
        return place;
    return shell_field_of(run, shell_join(run->arena, place->text, own), place);
}

static bool is_disk_target(const struct shell_call *call, const struct shell_field *target)
{
    return (call->row->flags & SHELL_TO_DISK) != 0 || !shell_is_remote(target->text);
}

static void copy_one(struct shell_call *call, const struct shell_copy *copy,
                     const struct shell_field *source)
{
    struct shell_run *run = call->run;
    const struct shell_field *target = target_of(call, copy, source);
    bool is_on_disk = (call->row->flags & SHELL_ON_DISK) != 0 && !shell_is_remote(source->text) &&
                      (target == NULL || !shell_is_remote(target->text));
    bool is_stream = target != NULL && str_eq(target->text, STR("-"));
    enum shell_what what = shell_what_of(source->text);
    if (what == SHELL_DATA && target != NULL && !is_stream && !has_dot(source->text))
        what = shell_what_of(target->text);
    bool is_trial = shell_has_option(call, "--dryrun --dry-run --dry_run");
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = SHELL_PATH,
                              .is_may = is_on_disk || is_trial,
                              .is_tree = copy->is_tree,
                              .what = what,
                              .copy_of = -1,
                              .program = call->row->name };
    int from = str_eq(source->text, STR("-")) ? run->origin : shell_report(run, &r, source);
    if (target == NULL || is_stream) {
        run->origin = from;
        run->passes_on = true;
        return;
    }
    r.dir = SHELL_WRITE;
    r.copy_of = from;
    struct str unknown = STR(HOLE_TEXT);
    bool may_be_remote = shell_is_remote(source->text) || str_has_prefix(source->text, unknown);
    bool is_download = is_disk_target(call, target) && !str_has_prefix(target->text, unknown) &&
                       (may_be_remote || (call->row->flags & SHELL_TO_DISK) != 0);
    r.is_may |= is_download;
    (void)shell_report(run, &r, target);
}

void shell_copy(struct shell_call *call, const struct shell_copy *copy)
{
    for (size_t i = 0; i < copy->n_sources; i++)
        copy_one(call, copy, copy->sources[i]);
}
