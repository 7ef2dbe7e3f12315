/*
 * local_install: the environment that clusters run in, made once.
 *
 * Its folder is named by what it was made from; the file "whole" in it, written last, says that
 * it is whole.  A lock beside it keeps two from making it at once; what was left half is made anew.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/local_internal.h"

#include "util/buf.h"
#include "util/sha256.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MAX_ARGS = 16, POLL_MS = 100, KEY_DIGITS = 12 };

struct install {
    struct arena *arena;
    const struct local_settings *settings;
    struct str folder; /* of the environment */
    struct str log;
    local_progress_fn *each;
    bool (*is_stopped)(void *ctx);
    void *ctx;
};

/* The parts of an environment that come from the program. */
static const char *const parts[] = { "requirements.txt", "package.json", "package-lock.json" };

static struct str key_of(struct arena *a, const struct local_settings *settings)
{
    AUTO_BUF all = BUF_INIT(8 * 1024 * 1024);
    char hex[SHA256_HEX_SIZE];
    buf_add(&all, settings->python);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        buf_add(&all, local_file(parts[i]));
    buf_add(&all, local_file("places.py"));
    sha256_hex(buf_str(&all), hex);
    return arena_printf(a, "%.*s", KEY_DIGITS, hex);
}

static bool has_to_stop(const struct install *in)
{
    return in->is_stopped != NULL && in->is_stopped(in->ctx);
}

static void rest(void)
{
    const struct timespec t = { .tv_nsec = POLL_MS * 1000000L };
    nanosleep(&t, NULL);
}

/* Wait for the end of a step; one that is to stop is killed with all that it started. */
static bool wait_step(const struct install *in, pid_t pid, struct err *err)
{
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (has_to_stop(in)) {
            (void)kill(-pid, SIGKILL);
            (void)waitpid(pid, &status, 0);
            return err_set(err, ERR_CANCELLED, "the installation was broken off");
        }
        rest();
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    err_set(err, ERR_UPSTREAM,
            "a step of the installation ended with status %d; its output is in %s",
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), in->log.ptr);
    return err_fix(err,
                   "Read the end of that file; the registries of Python and npm must be reached. "
                   "Then ask again: it starts anew.");
}

static bool run_step(const struct install *in, const char *what, const char *const *argv,
                     const char *out, struct err *err)
{
    const struct local_program program = {
        .argv = argv, .out = out, .folder = in->folder.ptr, .log = in->log.ptr, .is_leader = true
    };
    pid_t pid;
    if (in->each != NULL)
        in->each(in->ctx, str_from(what));
    if (!local_spawn(in->arena, &program, &pid, err))
        return err_wrap(err, "%s", what);
    return wait_step(in, pid, err) || err_wrap(err, "%s", what);
}

static bool make_python(const struct install *in, struct err *err)
{
    const char *python = arena_cstr(in->arena, in->settings->python, err);
    const char *const argv[] = { python, "-m", "venv", in->folder.ptr, NULL };
    if (python == NULL)
        return false;
    if (run_step(in, "making a Python environment", argv, NULL, err))
        return true;
    return err_fix(err,
                   "Install Python 3.11 or newer with its module venv (Debian: python3-venv), or "
                   "set [local] python to another one.");
}

/* pyspark comes as a source package, which is built with the tools that were installed before it.
 */
static bool install_python(const struct install *in, struct err *err)
{
    struct str python = arena_printf(in->arena, "%s/bin/python", in->folder.ptr);
    struct str list = arena_printf(in->arena, "%s/requirements.txt", in->folder.ptr);
    struct str tools = arena_printf(in->arena, "%s/tools.txt", in->folder.ptr);
    const char *const first[] = { python.ptr,
                                  "-m",
                                  "pip",
                                  "install",
                                  "--disable-pip-version-check",
                                  "--require-hashes",
                                  "--only-binary",
                                  ":all:",
                                  "--no-deps",
                                  "-r",
                                  tools.ptr,
                                  NULL };
    const char *const all[] = { python.ptr,
                                "-m",
                                "pip",
                                "install",
                                "--disable-pip-version-check",
                                "--require-hashes",
                                "--only-binary",
                                ":all:",
                                "--no-binary",
                                "pyspark",
                                "--no-build-isolation",
                                "-r",
                                list.ptr,
                                NULL };
    return run_step(in, "installing the tools that build packages", first, NULL, err) &&
           run_step(in, "installing JupyterHub, Spark and Java (some 500 MB)", all, NULL, err);
}

/* The two packages of the list that build others, as a list of their own. */
static bool put_tools(const struct install *in, struct err *err)
{
    static const struct str tools[] = { STR_INIT("setuptools=="), STR_INIT("wheel==") };
    AUTO_BUF out = BUF_INIT(LOCAL_FILE_MAX_BYTES);
    struct str list = local_file("requirements.txt");
    bool is_in = false;
    while (list.len > 0) {
        size_t end = str_find_char(list, '\n');
        struct str line = str_slice(list, 0, end == SIZE_MAX ? list.len : end + 1);
        list = str_from_pos(list, line.len);
        if (line.ptr[0] != ' ') {
            is_in = false;
            for (size_t i = 0; i < ARRAY_LEN(tools); i++)
                is_in |= str_has_prefix(line, tools[i]);
        }
        if (is_in)
            buf_add(&out, line);
    }
    struct str path = arena_printf(in->arena, "%s/tools.txt", in->folder.ptr);
    return local_put(path.ptr, buf_str(&out), 0600, err);
}

static bool read_places(const struct install *in, struct local_places *out, struct err *err)
{
    struct str path = arena_printf(in->arena, "%s/places.json", in->folder.ptr), text;
    struct local_places p = { .folder = in->folder };
    if (!local_get(in->arena, path.ptr, &text, err))
        return false;
    const struct json *doc = json_parse(in->arena, text, LOCAL_FILE_MAX_BYTES, err);
    if (doc == NULL || !json_get_str(doc, STR("java_home"), &p.java_home, err) ||
        !json_get_str(doc, STR("node"), &p.node, err) ||
        !json_get_str(doc, STR("npm"), &p.npm, err) ||
        !json_get_str(doc, STR("spark_home"), &p.spark_home, err) ||
        !json_get_str(doc, STR("python"), &p.python, err))
        return err_wrap(err, "%s", path.ptr);
    *out = p;
    return true;
}

/* Ask the environment for its places. */
static bool find_places(const struct install *in, struct local_places *out, struct err *err)
{
    struct str answer = arena_printf(in->arena, "%s/places.json", in->folder.ptr);
    struct str python = arena_printf(in->arena, "%s/bin/python", in->folder.ptr);
    struct str script = arena_printf(in->arena, "%s/places.py", in->folder.ptr);
    const char *const argv[] = { python.ptr, script.ptr, NULL };
    return run_step(in, "looking for its parts", argv, answer.ptr, err) &&
           read_places(in, out, err);
}

static bool install_proxy(const struct install *in, const struct local_places *p, struct err *err)
{
    struct arena *a = in->arena;
    const char *node = arena_cstr(a, p->node, err);
    const char *npm = arena_cstr(a, p->npm, err);
    if (node == NULL || npm == NULL)
        return false;
    const char *const argv[] = { node,         npm,         "ci", "--ignore-scripts",
                                 "--no-audit", "--no-fund", NULL };
    return run_step(in, "installing the proxy of JupyterHub", argv, NULL, err);
}

static bool put_parts(const struct install *in, struct err *err)
{
    struct str script = arena_printf(in->arena, "%s/places.py", in->folder.ptr);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct str path = arena_printf(in->arena, "%s/%s", in->folder.ptr, parts[i]);
        if (!local_put(path.ptr, local_file(parts[i]), 0600, err))
            return false;
    }
    return put_tools(in, err) && local_put(script.ptr, local_file("places.py"), 0600, err);
}

static bool make(const struct install *in, struct local_places *out, struct err *err)
{
    struct str whole = arena_printf(in->arena, "%s/whole", in->folder.ptr);
    local_remove_folder(in->folder.ptr);
    return local_make_folder(in->folder.ptr, 0700, err) && make_python(in, err) &&
           put_parts(in, err) && install_python(in, err) && find_places(in, out, err) &&
           install_proxy(in, out, err) && local_put(whole.ptr, STR("1\n"), 0600, err);
}

/* Wait for the lock of the environment: somebody else may be making it. */
static int take_lock(const struct install *in, struct err *err)
{
    struct str path = arena_printf(in->arena, "%s.lock", in->folder.ptr);
    int fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_errno(err, errno, "opening %s", path.ptr);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && in->each != NULL)
        in->each(in->ctx, STR("waiting for another installation"));
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (has_to_stop(in)) {
            close(fd);
            err_set(err, ERR_CANCELLED, "the wait for another installation was broken off");
            return -1;
        }
        rest();
    }
    return fd;
}

bool local_install(struct arena *a, const struct local_settings *settings, local_progress_fn *each,
                   bool (*is_stopped)(void *ctx), void *ctx, struct local_places *out,
                   struct err *err)
{
    struct str key = key_of(a, settings);
    struct str all = arena_printf(a, "%.*s", STR_FMT(settings->environments));
    struct install in = { .arena = a,
                          .settings = settings,
                          .each = each,
                          .is_stopped = is_stopped,
                          .ctx = ctx,
                          .folder = arena_printf(a, "%s/%.*s", all.ptr, STR_FMT(key)),
                          .log = arena_printf(a, "%s/%.*s.log", all.ptr, STR_FMT(key)) };
    struct str whole = arena_printf(a, "%s/whole", in.folder.ptr);
    if (!local_make_folder(all.ptr, 0700, err))
        return false;
    if (access(whole.ptr, F_OK) == 0)
        return read_places(&in, out, err);
    int lock = take_lock(&in, err);
    if (lock < 0)
        return false;
    bool ok = access(whole.ptr, F_OK) == 0 ? read_places(&in, out, err) : make(&in, out, err);
    close(lock);
    return ok;
}

bool local_is_prepared(const struct local_settings *settings)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str whole = arena_printf(&a, "%.*s/%.*s/whole", STR_FMT(settings->environments),
                                    STR_FMT(key_of(&a, settings)));
    return access(whole.ptr, F_OK) == 0;
}

bool local_prepare(const struct local_settings *settings, local_progress_fn *each,
                   bool (*is_stopped)(void *ctx), void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct local_places places;
    return local_install(&a, settings, each, is_stopped, ctx, &places, err);
}
