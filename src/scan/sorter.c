/* sorter: see sorter.h.  A record in a file: its head, key, ETag. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/sorter.h"

#include "util/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

enum { ETAG_MAX_BYTES = 256, MAX_RUNS = 4000 };

struct head {
    uint64_t size_bytes;
    int64_t modified_ms;
    uint32_t key_len, etag_len;
};

/* A sorted piece: in a file, its next record at hand. */
struct run_file {
    FILE *file;
    struct store_object next;
    bool has_next;
    char key[LIMIT_KEY_BYTES], etag[ETAG_MAX_BYTES];
};

struct sorter {
    const char *folder;
    size_t max_bytes;
    struct arena arena;
    struct store_object *items;
    size_t n, cap;
    struct run_file **runs;
    size_t n_runs, cap_runs;
};

struct sorter *sorter_new(const char *folder, size_t max_bytes)
{
    struct sorter *s = calloc(1, sizeof *s);
    if (s == NULL)
        panic("no memory for sorting");
    s->folder = folder;
    s->max_bytes = max_bytes == 0 ? SORTER_BYTES : max_bytes;
    return s;
}

void sorter_free(struct sorter *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n_runs; i++) {
        fclose(s->runs[i]->file);
        free(s->runs[i]);
    }
    free(s->runs);
    free(s->items);
    arena_release(&s->arena);
    free(s);
}

/* By key; of one key the newest first. */
static int by_key(const void *left, const void *right)
{
    const struct store_object *a = left, *b = right;
    int order = str_cmp(a->key, b->key);
    if (order != 0)
        return order;
    return (a->last_modified_unix_ms < b->last_modified_unix_ms) -
           (a->last_modified_unix_ms > b->last_modified_unix_ms);
}

static bool disk_failed(const struct sorter *s, struct err *err)
{
    return err_errno(err, errno, "sorting in %s", s->folder);
}

static bool write_record(const struct sorter *s, FILE *file, const struct store_object *o,
                         struct err *err)
{
    const struct head head = { .size_bytes = o->size_bytes,
                               .modified_ms = o->last_modified_unix_ms,
                               .key_len = (uint32_t)o->key.len,
                               .etag_len = (uint32_t)o->etag.len };
    if (fwrite(&head, sizeof head, 1, file) == 1 &&
        fwrite(o->key.ptr, 1, o->key.len, file) == o->key.len &&
        fwrite(o->etag.ptr, 1, o->etag.len, file) == o->etag.len)
        return true;
    return disk_failed(s, err);
}

static bool read_record(const struct sorter *s, struct run_file *r, struct err *err)
{
    struct head head;
    r->has_next = fread(&head, sizeof head, 1, r->file) == 1;
    if (!r->has_next)
        return ferror(r->file) == 0 || disk_failed(s, err);
    if (head.key_len > sizeof r->key || head.etag_len > sizeof r->etag ||
        fread(r->key, 1, head.key_len, r->file) != head.key_len ||
        fread(r->etag, 1, head.etag_len, r->file) != head.etag_len)
        return err_set(err, ERR_IO, "sorting in %s: the file cannot be read back", s->folder);
    r->next = (struct store_object){ .key = { r->key, head.key_len },
                                     .etag = { r->etag, head.etag_len },
                                     .size_bytes = head.size_bytes,
                                     .last_modified_unix_ms = head.modified_ms };
    return true;
}

static bool add_run(struct sorter *s, struct err *err)
{
    int fd = open(s->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return disk_failed(s, err);
    struct run_file *r = calloc(1, sizeof *r);
    if (r == NULL || (r->file = fdopen(fd, "w+")) == NULL)
        panic("no memory for sorting");
    if (s->n_runs == s->cap_runs) {
        s->cap_runs = s->cap_runs == 0 ? 16 : s->cap_runs * 2;
        s->runs = realloc(s->runs, s->cap_runs * sizeof(struct run_file *));
        if (s->runs == NULL)
            panic("no memory for sorting");
    }
    s->runs[s->n_runs++] = r;
    return true;
}

/* What is in memory becomes a file. */
static bool spill(struct sorter *s, struct err *err)
{
    if (s->n == 0)
        return true;
    if (s->n_runs == MAX_RUNS)
        return err_set(err, ERR_TOO_LARGE, "there are too many objects to be sorted");
    qsort(s->items, s->n, sizeof *s->items, by_key);
    if (!add_run(s, err))
        return false;
    FILE *file = s->runs[s->n_runs - 1]->file;
    for (size_t i = 0; i < s->n; i++)
        if (!write_record(s, file, &s->items[i], err))
            return false;
    if (fflush(file) != 0 || fseek(file, 0, SEEK_SET) != 0)
        return disk_failed(s, err);
    arena_reset(&s->arena);
    s->n = 0;
    return read_record(s, s->runs[s->n_runs - 1], err);
}

bool sorter_add(struct sorter *s, const struct store_object *object, struct err *err)
{
    if (object->key.len > LIMIT_KEY_BYTES || object->etag.len > ETAG_MAX_BYTES)
        return err_set(err, ERR_TOO_LARGE, "a key has at most %lu bytes, an ETag %d",
                       LIMIT_KEY_BYTES, ETAG_MAX_BYTES);
    if (s->arena.used_bytes + s->n * sizeof *s->items > s->max_bytes && !spill(s, err))
        return false;
    if (s->n == s->cap) {
        s->cap = s->cap == 0 ? 1024 : s->cap * 2;
        s->items = realloc(s->items, s->cap * sizeof *s->items);
        if (s->items == NULL)
            panic("no memory for sorting");
    }
    struct store_object *o = &s->items[s->n++];
    *o = *object;
    o->key = arena_str(&s->arena, object->key);
    o->etag = arena_str(&s->arena, object->etag);
    return true;
}

/* Tells each key once. */
struct telling {
    store_object_fn *each;
    void *ctx;
    char last[LIMIT_KEY_BYTES];
    size_t last_len;
    bool has_last;
};

static bool tell(struct telling *t, const struct store_object *o, struct err *err)
{
    if (t->has_last && str_eq(o->key, (struct str){ t->last, t->last_len }))
        return true;
    t->has_last = true;
    t->last_len = o->key.len;
    for (size_t i = 0; i < o->key.len; i++)
        t->last[i] = o->key.ptr[i];
    return t->each(t->ctx, o, err);
}

static struct run_file *least(const struct sorter *s)
{
    struct run_file *found = NULL;
    for (size_t i = 0; i < s->n_runs; i++)
        if (s->runs[i]->has_next && (found == NULL || by_key(&s->runs[i]->next, &found->next) < 0))
            found = s->runs[i];
    return found;
}

bool sorter_each(struct sorter *s, store_object_fn *each, void *ctx, struct err *err)
{
    struct telling t = { .each = each, .ctx = ctx };
    if (s->n_runs == 0) {
        if (s->n > 0)
            qsort(s->items, s->n, sizeof *s->items, by_key);
        for (size_t i = 0; i < s->n; i++)
            if (!tell(&t, &s->items[i], err))
                return false;
        return true;
    }
    if (!spill(s, err))
        return false;
    for (struct run_file *r = least(s); r != NULL; r = least(s))
        if (!tell(&t, &r->next, err) || !read_record(s, r, err))
            return false;
    return true;
}
