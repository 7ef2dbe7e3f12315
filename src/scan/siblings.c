/* siblings: see siblings.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/siblings.h"

#include "index/listing.h"
#include "util/beneath.h"
#include "util/limits.h"
#include "json/yaml_json.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void siblings_begin(struct siblings *s, const struct source *source, struct arena *kept)
{
    s->source = source;
    s->n_read = s->n_bytes = 0;
    s->kept = kept;
    s->asked = NULL;
    s->n_asked = s->cap_asked = 0;
}

bool sibling_is_name(struct str path)
{
    static const struct str suffixes[] = {
        STR_INIT("py"),   STR_INIT("ipynb"), STR_INIT("json"), STR_INIT("yaml"),
        STR_INIT("yml"),  STR_INIT("ini"),   STR_INIT("toml"), STR_INIT("cfg"),
        STR_INIT("conf"), STR_INIT("env"),   STR_INIT("txt"),
    };
    size_t slash = str_rfind_char(path, '/');
    struct str name = slash == SIZE_MAX ? path : str_from_pos(path, slash + 1);
    size_t dot = str_rfind_char(name, '.');
    if (dot == SIZE_MAX || dot == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (str_eq_nocase(str_from_pos(name, dot + 1), suffixes[i]))
            return true;
    return false;
}

void siblings_release(struct siblings *s)
{
    arena_release(&s->arena);
}

/* "a/b.ipynb" -> "a/", "b.ipynb" -> "" */
static struct str folder_of(struct str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == SIZE_MAX ? STR_EMPTY : str_slice(path, 0, slash + 1);
}

/* The path without "./"; false for one that climbs, is absolute, or is no path of a file. */
static bool clean(struct arena *a, struct str path, struct str *out)
{
    char *text = ARENA_NEW_N(a, char, path.len + 1);
    size_t n = 0;
    struct str part;
    bool is_more = true;
    if (path.len == 0 || path.len > LIMIT_KEY_BYTES || path.ptr[0] == '/' ||
        str_find_char(path, '\0') != SIZE_MAX)
        return false;
    while (is_more) {
        is_more = str_cut(path, '/', &part, &path);
        if (str_eq(part, STR("..")) || (part.len == 0 && !is_more))
            return false;
        if (part.len == 0 || str_eq(part, STR(".")))
            continue;
        if (n > 0)
            text[n++] = '/';
        for (size_t i = 0; i < part.len; i++)
            text[n++] = part.ptr[i];
    }
    *out = (struct str){ text, n };
    return n > 0;
}

static bool read_fd(int fd, struct arena *a, struct str *bytes)
{
    struct stat st;
    size_t n = 0;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0 ||
        (uint64_t)st.st_size > LIMIT_SIBLING_BYTES)
        return false;
    size_t size = (size_t)st.st_size;
    char *text = ARENA_NEW_N(a, char, size + 1);
    while (n < size) {
        ssize_t got = read(fd, text + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *bytes = (struct str){ text, n };
    return true;
}

static bool read_local(const struct source *source, struct arena *a, struct str path,
                       struct str *bytes)
{
    struct err ignored = ERR_INIT; /* what cannot be opened is not there */
    struct str folder = folder_of(source->path), root = source->root;
    if (source->kind == SOURCE_FILE)
        root = folder.len > 0 ? folder : STR(".");
    else
        path = arena_concat(a, folder, path);
    const char *root_path = arena_cstr(a, root, &ignored);
    const char *file_path = arena_cstr(a, path, &ignored);
    if (root_path == NULL || file_path == NULL)
        return false;
    int dir = open(root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    int fd = beneath_open(dir, file_path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    close(dir);
    if (fd < 0)
        return false;
    bool ok = read_fd(fd, a, bytes);
    close(fd);
    return ok;
}

static bool add_name(void *ctx, const struct store_object *object, struct err *err)
{
    struct siblings *s = ctx;
    struct str name = arena_str(&s->arena, str_from_pos(object->key, s->folder.len));
    strmap_put(&s->names, name, s);
    return s->names.n < LIMIT_SIBLING_NAMES || err_set(err, ERR_CANCELLED, "enough names");
}

/* List the notebook's folder, unless it was the last one. */
static void list_folder(struct siblings *s, struct str folder)
{
    struct str bucket = s->source->root;
    struct err ignored = ERR_INIT; /* then each file is asked for by its name */
    if (s->is_listed && s->store == s->source->store && str_eq(s->bucket, bucket) &&
        str_eq(s->folder, folder))
        return;
    arena_reset(&s->arena);
    strmap_init(&s->names, &s->arena);
    s->store = s->source->store;
    s->bucket = arena_str(&s->arena, bucket);
    s->folder = arena_str(&s->arena, folder);
    s->is_listed = true;
    const struct store_list list = { .bucket = s->bucket,
                                     .prefix = s->folder,
                                     .has_delimiter = true,
                                     .each = add_name,
                                     .ctx = s,
                                     .call = reading_call(s->reading) };
    s->is_whole = store_list(s->source->store, &list, &ignored);
}

/* etag: empty: it is not there.  A module is looked for as x.py and x/__init__.py; that a notebook
 * itself misses one is known by its imports. */
static void note(struct siblings *s, struct arena *a, struct str path, struct str etag)
{
    struct str uri = arena_concat(a, folder_of(s->source->name), path);
    const struct index_sibling asked = { index_sibling_hash(uri),
                                         etag.len == 0 ? 0 : listing_hash(etag) };
    bool is_import = s->n_asked > 0 && s->asked[s->n_asked - 1].hash == asked.hash;
    if (is_import)
        s->n_asked--;
    if (s->n_asked >= LIMIT_SIBLINGS || (is_import && etag.len == 0 && s->n_read == 0))
        return;
    *ARENA_PUSH(s->kept, s->asked, s->n_asked, s->cap_asked) = asked;
}

static bool read_object(struct siblings *s, struct arena *a, struct str path, struct str *bytes,
                        struct str *etag)
{
    struct err ignored = ERR_INIT;
    struct store_got got;
    struct str folder = folder_of(s->source->path);
    size_t slash = str_find_char(path, '/');
    struct str first = slash == SIZE_MAX ? path : str_slice(path, 0, slash + 1);
    list_folder(s, folder);
    if (s->is_whole && !strmap_has(&s->names, first))
        return false;
    const struct store_get get = { .bucket = s->source->root,
                                   .key = arena_concat(a, folder, path),
                                   .call = reading_call(s->reading) };
    if (!store_read(s->source->store, a, &get, LIMIT_SIBLING_BYTES, bytes, &got, &ignored))
        return false;
    *etag = got.object.etag;
    return true;
}

/* The analysis reads JSON; what is no YAML is not given. */
static bool as_json(struct arena *a, struct str yaml, struct str *json)
{
    AUTO_BUF out = BUF_INIT(LIMIT_SIBLING_BYTES);
    struct err ignored = ERR_INIT;
    if (!yaml_to_json(yaml, &out, &ignored))
        return false;
    *json = arena_str(a, buf_str(&out));
    return true;
}

bool siblings_read(void *ctx, struct arena *a, struct str path, struct str *bytes)
{
    struct siblings *s = ctx;
    struct str found, etag = STR_EMPTY;
    if (s->source->kind == SOURCE_STDIN || s->n_read >= LIMIT_SIBLINGS || !clean(a, path, &path) ||
        !sibling_is_name(path))
        return false;
    bool is_object = s->source->kind == SOURCE_OBJECT;
    bool ok =
        is_object ? read_object(s, a, path, &found, &etag) : read_local(s->source, a, path, &found);
    if (is_object)
        note(s, a, path, etag);
    if (ok &&
        (str_has_suffix_nocase(path, STR(".yaml")) || str_has_suffix_nocase(path, STR(".yml"))))
        ok = as_json(a, found, &found);
    if (!ok || found.len > LIMIT_SIBLINGS_BYTES - s->n_bytes)
        return false;
    s->n_read++;
    s->n_bytes += found.len;
    *bytes = found;
    return true;
}
