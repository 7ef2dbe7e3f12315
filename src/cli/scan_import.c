/* scan_import: see scan_import.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_import.h"

#include "cli/line_reader.h"
#include "cli/output.h"
#include "util/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOLD_WRONG = 20 };

struct importing {
    struct scanning *scanning;
    struct import *import;
    struct scan_import *out;
    struct str name; /* of the file that is read */
    size_t line;
    struct buf pending; /* of an object of S3: a line that is not whole yet */
};

/* A line that is wrong is told and passed over; what else fails ends the import. */
static bool take_line(struct importing *im, struct str line, struct err *err)
{
    struct err why = ERR_INIT;
    im->line++;
    if (str_trim(line).len == 0)
        return true;
    im->out->n_lines++;
    if (import_line(im->import, line, &why))
        return true;
    if (why.code != ERR_PARSE && why.code != ERR_INVALID && why.code != ERR_TOO_LARGE) {
        *err = why;
        return false;
    }
    if (im->out->n_wrong++ < TOLD_WRONG) {
        AUTO_ARENA a = ARENA_INIT;
        struct str name = output_safe(&a, im->name);
        struct str text = output_safe(&a, str_from(why.msg));
        output_progress(STR_EMPTY);
        fprintf(stderr, "boathouse: %.*s:%zu: %.*s\n", STR_FMT(name), im->line, STR_FMT(text));
    }
    return true;
}

static bool take_fd(struct importing *im, int fd, struct err *err)
{
    AUTO(line_reader_release) struct line_reader lines;
    struct str line;
    bool is_there = true, is_cut;
    line_reader_init(&lines, fd, LIMIT_JSON_BYTES);
    im->line = 0;
    for (;;) {
        if (!line_reader_next(&lines, &line, &is_there, &is_cut, err))
            return false;
        if (!is_there)
            return true;
        if (!take_line(im, line, err))
            return false;
    }
}

static bool take_file(struct importing *im, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "%s", path);
    im->name = str_from(path);
    bool ok = take_fd(im, fd, err);
    close(fd);
    return ok;
}

static bool is_mark(const char *name)
{
    return name[0] == '_' || name[0] == '.';
}

static int visible(const struct dirent *d)
{
    return !is_mark(d->d_name);
}

static bool take_folder(struct importing *im, const char *path, struct err *err)
{
    struct dirent **names;
    int n = scandir(path, &names, visible, alphasort);
    bool ok = true;
    if (n < 0)
        return err_errno(err, errno, "%s", path);
    for (int i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        ok = ok && take_file(im, arena_printf(&a, "%s/%s", path, names[i]->d_name).ptr, err);
        free(names[i]);
    }
    free(names);
    return ok;
}

static bool take_chunk(void *ctx, struct str bytes, struct err *err)
{
    struct importing *im = ctx;
    struct str line;
    while (str_find_char(bytes, '\n') != SIZE_MAX) {
        str_cut(bytes, '\n', &line, &bytes);
        buf_add(&im->pending, line);
        bool ok = take_line(im, buf_str(&im->pending), err);
        buf_reset(&im->pending);
        if (!ok)
            return false;
    }
    buf_add(&im->pending, bytes);
    return buf_ok(&im->pending) ||
           err_set(err, ERR_TOO_LARGE, "a line has more than %lu bytes", LIMIT_JSON_BYTES);
}

struct object_list {
    struct arena *arena;
    struct str *keys;
    size_t n, cap;
};

static bool add_object(void *ctx, const struct store_object *object, struct err *err)
{
    struct object_list *list = ctx;
    size_t slash = str_rfind_char(object->key, '/');
    struct str name = slash == SIZE_MAX ? object->key : str_from_pos(object->key, slash + 1);
    (void)err;
    if (name.len > 0 && name.ptr[0] != '_' && name.ptr[0] != '.')
        *ARENA_PUSH(list->arena, list->keys, list->n, list->cap) =
            arena_str(list->arena, object->key);
    return true;
}

static bool take_object(struct importing *im, struct str bucket, struct str key, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct store_got got;
    const struct store_get get = { .bucket = bucket,
                                   .key = key,
                                   .chunk = take_chunk,
                                   .ctx = im,
                                   .call = wiring_call(&im->scanning->cli->config) };
    im->name = key;
    im->line = 0;
    im->pending = (struct buf)BUF_INIT(LIMIT_JSON_BYTES);
    bool ok = store_get(im->scanning->wiring->store, &a, &get, &got, err) &&
              take_line(im, buf_str(&im->pending), err);
    buf_release(&im->pending);
    return ok;
}

static bool take_objects(struct importing *im, struct str bucket, struct str prefix,
                         struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct object_list found = { .arena = &a };
    const struct store_list list = { .bucket = bucket,
                                     .prefix = prefix,
                                     .each = add_object,
                                     .ctx = &found,
                                     .call = wiring_call(&im->scanning->cli->config) };
    if (!store_list(im->scanning->wiring->store, &list, err))
        return false;
    if (found.n == 0)
        return err_set(err, ERR_NOT_FOUND, "there is nothing below s3://%.*s/%.*s", STR_FMT(bucket),
                       STR_FMT(prefix));
    for (size_t i = 0; i < found.n; i++)
        if (!take_object(im, bucket, found.keys[i], err))
            return false;
    return true;
}

static bool take_place(struct importing *im, struct str place, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str bucket, key;
    struct stat st;
    im->name = place;
    if (str_eq(place, STR("-")))
        return take_fd(im, STDIN_FILENO, err);
    if (source_is_s3(place, &bucket, &key))
        return take_objects(im, bucket, key, err);
    const char *path = arena_cstr(&a, place, err);
    if (path == NULL)
        return false;
    if (stat(path, &st) != 0)
        return err_errno(err, errno, "%s", path);
    return S_ISDIR(st.st_mode) ? take_folder(im, path, err) : take_file(im, path, err);
}

bool scan_import_place(struct scanning *s, struct str place, struct scan_import *out,
                       struct err *err)
{
    struct err why = ERR_INIT;
    *out = (struct scan_import){ 0 };
    struct importing im = { .scanning = s, .import = import_open(s->scans), .out = out };
    bool ok = take_place(&im, place, err);
    bool is_written = import_finish(im.import, &out->counts, &why);
    import_close(im.import);
    if (ok && !is_written)
        *err = why;
    return ok && is_written;
}
