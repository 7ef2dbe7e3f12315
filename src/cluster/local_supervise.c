/*
 * local_supervise: one cluster, from its first process to its last.
 *
 * Everything that it starts has BOATHOUSE_CLUSTER=<folder> in its environment, also what the others
 * start (servers, kernels, executors); by that it is found when the cluster ends.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/local_internal.h"

#include "http/client.h"
#include "util/clock.h"
#include "json/json.h"
#include "json/writer.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    READY_MS = 180000, /* for all to answer */
    PROBE_MS = 2000,
    PROBE_MAX_BYTES = 64 * 1024,
    HUB_END_MS = 15000, /* the hub ends its servers by itself */
    TICK_MS = 100,
    WATCH_MS = 500,
    HUB_POLL_S = 15, /* how often it looks at the kernels */
    MIN_WORKER_MIB = 640,
    MAX_WORKER_MIB = 4096,
    SETTINGS_MAX_BYTES = 16 * 1024,
};

enum port { PORT_HUB, PORT_HUB_API, PORT_PROXY_API, PORT_SPARK, PORT_SPARK_UI };

/* A process whose end is the end of the cluster. */
struct child {
    const char *what;
    pid_t pid;
};
enum { CHILD_HUB, CHILD_MASTER, CHILD_WORKER }; /* where they stand; from the last on workers */

struct supervisor {
    struct arena arena;
    const char *folder;
    struct local_settings settings;
    struct local_places places;
    struct local_status status;
    uint16_t ports[LOCAL_PORTS_N];
    unsigned cores, worker_mib;
    struct child children[LOCAL_MAX_WORKERS + 2];
    size_t n_children;
    bool is_asked; /* to end */
    struct http_client *http;
    struct str variable; /* BOATHOUSE_CLUSTER=<folder> */
};

static struct str below(struct supervisor *s, const char *name)
{
    return arena_printf(&s->arena, "%s/%s", s->folder, name);
}

static bool put_status(struct supervisor *s, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    return local_status_put(&a, s->folder, &s->status, err);
}

static void say(void *ctx, struct str what)
{
    struct supervisor *s = ctx;
    struct err ignored = ERR_INIT;
    s->status.progress = arena_str(&s->arena, what);
    (void)put_status(s, &ignored); /* what it does matters more than that it is told */
}

/* Wait at most ms for a signal.  A request to end is noted. */
static void wait_signal(struct supervisor *s, int ms)
{
    const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    int sig = sigtimedwait(&set, NULL, &t);
    s->is_asked |= sig == SIGTERM || sig == SIGINT;
}

static bool is_asked(void *ctx)
{
    struct supervisor *s = ctx;
    wait_signal(s, 0);
    return s->is_asked;
}

/* ---- what the processes read ---- */

/* How many cores and how much memory a worker gets: half of the machine's memory for all. */
static void size_workers(struct supervisor *s)
{
    struct sysinfo machine;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n = (uint64_t)s->status.n_workers, mib = 2048;
    if (sysinfo(&machine) == 0)
        mib = (uint64_t)machine.totalram * machine.mem_unit / (1024 * 1024);
    mib = mib / 2 / n;
    s->worker_mib = mib < MIN_WORKER_MIB   ? MIN_WORKER_MIB
                    : mib > MAX_WORKER_MIB ? MAX_WORKER_MIB
                                           : (unsigned)mib;
    s->cores = cores > (long)n ? (unsigned)((uint64_t)cores / n) : 1;
}

/* Spark's daemons and drivers read it.  The secret keeps other users of this machine from giving
 * work to the master, and from taking it as a worker. */
static bool put_spark(struct supervisor *s, struct err *err)
{
    unsigned char random[16];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        panic("getrandom");
    struct str secret = arena_hex(&s->arena, random, sizeof random);
    struct str text = arena_printf(&s->arena,
                                   "spark.authenticate true\n"
                                   "spark.authenticate.secret %.*s\n"
                                   "spark.ui.killEnabled false\n"
                                   "spark.worker.cleanup.enabled true\n",
                                   STR_FMT(secret));
    return local_put(below(s, "spark-conf/spark-defaults.conf").ptr, text, 0600, err);
}

static struct str spark_master(struct supervisor *s)
{
    return arena_printf(&s->arena, "spark://127.0.0.1:%u", (unsigned)s->ports[PORT_SPARK]);
}

/* The environment of kernels. */
static void put_kernel_env(struct supervisor *s, struct json_writer *w)
{
    struct arena *a = &s->arena;
    const char *path = getenv("PATH");
    const struct {
        struct str name, value;
    } all[] = {
        { STR("BOATHOUSE_CLUSTER"), str_from(s->folder) },
        { STR("BOATHOUSE_LAKE"), s->settings.lake },
        { STR("BOATHOUSE_SPARK_MASTER"), spark_master(s) },
        { STR("BOATHOUSE_SPARK_MEMORY"), arena_printf(a, "%um", s->worker_mib - 128) },
        { STR("PATH"), arena_printf(a, "%.*s/bin:%s", STR_FMT(s->places.folder),
                                    path != NULL ? path : "/usr/bin:/bin") },
        { STR("JAVA_HOME"), s->places.java_home },
        { STR("SPARK_HOME"), s->places.spark_home },
        { STR("SPARK_CONF_DIR"), below(s, "spark-conf") },
        { STR("SPARK_LOCAL_IP"), STR("127.0.0.1") },
        { STR("SPARK_LOCAL_DIRS"), below(s, "spark") },
        { STR("PYSPARK_PYTHON"), s->places.python },
        { STR("PYSPARK_DRIVER_PYTHON"), s->places.python },
        { STR("JUPYTER_PATH"), below(s, "jupyter") },
        { STR("JUPYTER_CONFIG_DIR"), below(s, "jupyter/config") },
        { STR("JUPYTER_RUNTIME_DIR"), below(s, "jupyter/runtime") },
        { STR("IPYTHONDIR"), below(s, "ipython") },
    };
    json_write_object(w);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        json_put_str(w, all[i].name, all[i].value);
    json_write_end(w);
}

static bool put_settings(struct supervisor *s, struct err *err)
{
    AUTO_BUF text = BUF_INIT(SETTINGS_MAX_BYTES);
    struct json_writer w;
    struct arena *a = &s->arena;
    json_writer_init(&w, &text);
    json_write_object(&w);
    json_put_str(&w, STR("user"), s->settings.hub_user);
    json_put_str(&w, STR("environment"), s->places.folder);
    json_put_str(&w, STR("node"), s->places.node);
    json_put_str(
        &w, STR("proxy"),
        arena_printf(a, "%.*s/node_modules/configurable-http-proxy/bin/configurable-http-proxy",
                     STR_FMT(s->places.folder)));
    json_put_str(&w, STR("home"), arena_printf(a, "%.*s/home", STR_FMT(s->settings.folder)));
    json_put_str(
        &w, STR("notebooks"),
        arena_printf(a, "%.*s/%.*s", STR_FMT(s->settings.lake), STR_FMT(s->settings.notebooks)));
    json_put_u64(&w, STR("hub_port"), s->ports[PORT_HUB]);
    json_put_u64(&w, STR("hub_api_port"), s->ports[PORT_HUB_API]);
    json_put_u64(&w, STR("proxy_api_port"), s->ports[PORT_PROXY_API]);
    json_put_u64(&w, STR("poll_s"), HUB_POLL_S);
    json_write_key(&w, STR("kernel_env"));
    put_kernel_env(s, &w);
    json_write_end(&w);
    if (!buf_ok(&text))
        return err_set(err, ERR_TOO_LARGE, "the settings of the cluster are longer than %d bytes",
                       SETTINGS_MAX_BYTES);
    return local_put(below(s, "settings.json").ptr, buf_str(&text), 0600, err);
}

static bool put_kernel(struct supervisor *s, struct err *err)
{
    AUTO_BUF text = BUF_INIT(SETTINGS_MAX_BYTES);
    const struct str argv[] = { s->places.python, STR("-m"), STR("ipykernel_launcher"), STR("-f"),
                                STR("{connection_file}") };
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    json_write_key(&w, STR("argv"));
    json_write_array(&w);
    for (size_t i = 0; i < ARRAY_LEN(argv); i++)
        json_write_str(&w, argv[i]);
    json_write_end(&w);
    json_put_str(&w, STR("display_name"), STR("PySpark"));
    json_put_str(&w, STR("language"), STR("python"));
    json_write_key(&w, STR("env"));
    json_write_object(&w);
    json_put_str(&w, STR("BOATHOUSE_KERNEL"), STR("spark"));
    json_write_end(&w);
    json_write_end(&w);
    return local_put(below(s, "jupyter/kernels/pysparkkernel/kernel.json").ptr, buf_str(&text),
                     0600, err);
}

static bool put_files(struct supervisor *s, struct err *err)
{
    static const char *const folders[] = { "logs",
                                           "spark",
                                           "spark-conf",
                                           "jupyter/config",
                                           "jupyter/runtime",
                                           "jupyter/kernels/pysparkkernel",
                                           "ipython/profile_default/startup" };
    static const struct {
        const char *file, *as;
    } copies[] = {
        { "jupyterhub_config.py", "jupyterhub_config.py" },
        { "lake.py", "ipython/profile_default/startup/00-lake.py" },
        { "spark.py", "ipython/profile_default/startup/10-spark.py" },
    };
    struct arena *a = &s->arena;
    struct str home = arena_printf(a, "%.*s/home", STR_FMT(s->settings.folder));
    struct str notebooks =
        arena_printf(a, "%.*s/%.*s", STR_FMT(s->settings.lake), STR_FMT(s->settings.notebooks));
    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        if (!local_make_folder(below(s, folders[i]).ptr, 0700, err))
            return false;
    if (!local_make_folder(home.ptr, 0700, err) || !local_make_folder(notebooks.ptr, 0777, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(copies); i++)
        if (!local_put(below(s, copies[i].as).ptr, local_file(copies[i].file), 0600, err))
            return false;
    return put_settings(s, err) && put_kernel(s, err) && put_spark(s, err);
}

/* ---- processes ---- */

/* "2.12" of spark-core_2.12-3.5.9.jar: Spark's own scripts tell it to the workers, who build the
 * command lines of executors.  Empty: there is no such file. */
static struct str scala_version(struct supervisor *s)
{
    struct str pattern =
        arena_printf(&s->arena, "%.*s/jars/spark-core_*.jar", STR_FMT(s->places.spark_home));
    struct str version = STR_EMPTY;
    glob_t found = { 0 };
    if (glob(pattern.ptr, GLOB_NOSORT, NULL, &found) == 0) {
        struct str name = str_from(found.gl_pathv[0]);
        size_t from = str_rfind_char(name, '_');
        struct str behind = str_from_pos(name, from + 1);
        version = arena_str(&s->arena, str_slice(behind, 0, str_find_char(behind, '-')));
    }
    globfree(&found);
    return version;
}

static bool start(struct supervisor *s, const char *what, const char *const *argv, struct err *err)
{
    struct arena *a = &s->arena;
    struct str java = arena_printf(a, "JAVA_HOME=%.*s", STR_FMT(s->places.java_home));
    struct str spark = arena_printf(a, "SPARK_HOME=%.*s", STR_FMT(s->places.spark_home));
    struct str conf = arena_printf(a, "SPARK_CONF_DIR=%s/spark-conf", s->folder);
    struct str work = arena_printf(a, "SPARK_LOCAL_DIRS=%s/spark", s->folder);
    struct str scala = arena_printf(a, "SPARK_SCALA_VERSION=%.*s", STR_FMT(scala_version(s)));
    const char *const more[] = { s->variable.ptr,
                                 scala.ptr,
                                 java.ptr,
                                 spark.ptr,
                                 conf.ptr,
                                 work.ptr,
                                 "SPARK_LOCAL_IP=127.0.0.1",
                                 NULL };
    const struct local_program program = {
        .argv = argv,
        .more = more,
        .folder = s->folder,
        .log = arena_printf(a, "%s/logs/%s.log", s->folder, what).ptr
    };
    pid_t pid;
    if (!local_spawn(a, &program, &pid, err))
        return false;
    s->children[s->n_children++] = (struct child){ what, pid };
    return true;
}

/* Directly, without bin/spark-class, which starts a Java of its own to find out the command line.
 * The daemons do little: a compiler and a collector that start quickly take half of their time. */
static bool start_daemon(struct supervisor *s, const char *what, const char *const *args,
                         struct err *err)
{
    static const char *const packages[] = { "java.lang",
                                            "java.lang.invoke",
                                            "java.lang.reflect",
                                            "java.io",
                                            "java.net",
                                            "java.nio",
                                            "java.util",
                                            "java.util.concurrent",
                                            "java.util.concurrent.atomic" };
    struct arena *a = &s->arena;
    const char **argv = NULL;
    size_t n = 0, cap = 0;
    struct str java = arena_printf(a, "%.*s/bin/java", STR_FMT(s->places.java_home));
    struct str jars = arena_printf(a, "%.*s/jars/*", STR_FMT(s->places.spark_home));
    const char *const first[] = {
        java.ptr, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-cp", jars.ptr
    };
    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        *ARENA_PUSH(a, argv, n, cap) = first[i];
    for (size_t i = 0; i < ARRAY_LEN(packages); i++)
        *ARENA_PUSH(a, argv, n, cap) =
            arena_printf(a, "--add-opens=java.base/%s=ALL-UNNAMED", packages[i]).ptr;
    for (size_t i = 0; args[i] != NULL; i++)
        *ARENA_PUSH(a, argv, n, cap) = args[i];
    *ARENA_PUSH(a, argv, n, cap) = NULL;
    return start(s, what, argv, err);
}

static bool start_master(struct supervisor *s, struct err *err)
{
    struct arena *a = &s->arena;
    struct str port = arena_printf(a, "%u", (unsigned)s->ports[PORT_SPARK]);
    struct str ui = arena_printf(a, "%u", (unsigned)s->ports[PORT_SPARK_UI]);
    const char *const args[] = { "org.apache.spark.deploy.master.Master",
                                 "--host",
                                 "127.0.0.1",
                                 "--port",
                                 port.ptr,
                                 "--webui-port",
                                 ui.ptr,
                                 NULL };
    return start_daemon(s, "spark-master", args, err);
}

static bool start_worker(struct supervisor *s, size_t i, struct err *err)
{
    struct arena *a = &s->arena;
    struct str cores = arena_printf(a, "%u", s->cores);
    struct str memory = arena_printf(a, "%um", s->worker_mib);
    struct str work = arena_printf(a, "%s/spark/worker-%zu", s->folder, i);
    const char *const args[] = { "org.apache.spark.deploy.worker.Worker",
                                 "--host",
                                 "127.0.0.1",
                                 "--webui-port",
                                 "0",
                                 "--cores",
                                 cores.ptr,
                                 "--memory",
                                 memory.ptr,
                                 "--work-dir",
                                 work.ptr,
                                 spark_master(s).ptr,
                                 NULL };
    return start_daemon(s, arena_printf(a, "spark-worker-%zu", i).ptr, args, err);
}

static bool start_all(struct supervisor *s, struct err *err)
{
    struct str hub = arena_printf(&s->arena, "%.*s/bin/jupyterhub", STR_FMT(s->places.folder));
    const char *const argv[] = { hub.ptr, "--config", "jupyterhub_config.py", NULL };
    bool ok = start(s, "jupyterhub", argv, err) && start_master(s, err);
    for (size_t i = 0; ok && i < (size_t)s->status.n_workers; i++)
        ok = start_worker(s, i, err);
    return ok;
}

/* One of them has ended: which, and how. */
static bool check_children(struct supervisor *s, struct err *err)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < s->n_children; i++) {
            if (s->children[i].pid != pid)
                continue;
            s->children[i].pid = 0;
            s->status.error_code = arena_printf(&s->arena, "%s-ended", s->children[i].what);
            return err_set(err, ERR_UPSTREAM, "%s ended with %s %d; its log is %s/logs/%s.log",
                           s->children[i].what, WIFSIGNALED(status) ? "signal" : "status",
                           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), s->folder,
                           s->children[i].what);
        }
    return true;
}

/* ---- readiness ---- */

/* The answer of a URL of this machine; an empty str with ptr NULL when there is none. */
static struct str probe(struct supervisor *s, struct arena *a, enum port port, const char *path)
{
    const struct http_call call = {
        .method = HTTP_GET,
        .url = arena_printf(a, "http://127.0.0.1:%u%s", (unsigned)s->ports[port], path),
        .deadline_ms = clock_mono_ms() + PROBE_MS,
        .max_attempts = 1,
        .is_direct = true,
        .body_limit = PROBE_MAX_BYTES,
    };
    struct http_reply reply;
    struct err ignored = ERR_INIT;
    if (!http_client_call(s->http, a, &call, &reply, &ignored) || reply.status != 200)
        return (struct str){ 0 };
    return reply.body.ptr != NULL ? reply.body : STR("");
}

static int64_t alive_workers(struct supervisor *s)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err ignored = ERR_INIT;
    struct str text = probe(s, &a, PORT_SPARK_UI, "/json/");
    int64_t n = 0;
    if (text.ptr == NULL)
        return 0;
    const struct json *doc = json_parse(&a, text, PROBE_MAX_BYTES, &ignored);
    return json_opt_i64(doc, STR("aliveworkers"), 0, LOCAL_MAX_WORKERS, 0, &n, &ignored) ? n : 0;
}

static bool has_hub(struct supervisor *s)
{
    AUTO_ARENA a = ARENA_INIT;
    return probe(s, &a, PORT_HUB, "/hub/api/").ptr != NULL;
}

static bool wait_ready(struct supervisor *s, struct err *err)
{
    int64_t start_ms = clock_mono_ms();
    bool hub = false, spark = false;
    say(s, STR("starting JupyterHub and Spark"));
    while (!hub || !spark) {
        if (is_asked(s))
            return err_set(err, ERR_CANCELLED, "it was asked to end");
        if (!check_children(s, err))
            return false;
        hub = hub || has_hub(s);
        spark = spark || alive_workers(s) >= s->status.n_workers;
        if (clock_mono_ms() - start_ms > READY_MS) {
            s->status.error_code = STR("not-ready");
            return err_set(err, ERR_TIMEOUT,
                           "%s did not answer within %d s; the logs are in %s/logs",
                           hub ? "Spark" : "JupyterHub", READY_MS / 1000, s->folder);
        }
        wait_signal(s, TICK_MS);
    }
    return true;
}

/* ---- the life ---- */

static bool bring_up(struct supervisor *s, struct err *err)
{
    struct err ignored = ERR_INIT;
    if (!local_install(&s->arena, &s->settings, say, is_asked, s, &s->places, err)) {
        s->status.error_code = STR("environment");
        return false;
    }
    s->status.stage = STAGE_BOOTSTRAPPING;
    size_workers(s);
    if (!local_free_ports(s->ports, LOCAL_PORTS_N, err) || !put_files(s, err) ||
        !start_all(s, err) || !wait_ready(s, err))
        return false;
    s->status.stage = STAGE_UP;
    s->status.ready_ms = clock_unix_ms();
    s->status.progress = STR_EMPTY;
    s->status.url = arena_printf(&s->arena, "http://127.0.0.1:%u", (unsigned)s->ports[PORT_HUB]);
    (void)put_status(s, &ignored);
    return true;
}

/* A password that the hub has not taken yet. */
static void pass_password(struct supervisor *s, struct str path)
{
    if (access(path.ptr, F_OK) == 0 && s->children[CHILD_HUB].pid != 0)
        (void)kill(s->children[CHILD_HUB].pid, SIGUSR2);
}

/* As many workers as are wanted: those that came last go first. */
static bool resize(struct supervisor *s, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    size_t wanted = (size_t)local_wanted_get(&a, s->folder);
    struct err ignored = ERR_INIT;
    if (wanted == 0 || wanted == s->n_children - CHILD_WORKER)
        return true;
    while (s->n_children - CHILD_WORKER > wanted) {
        struct child *last = &s->children[--s->n_children];
        if (last->pid != 0)
            (void)kill(last->pid, SIGTERM);
    }
    while (s->n_children - CHILD_WORKER < wanted)
        if (!start_worker(s, s->n_children - CHILD_WORKER, err))
            return false;
    s->status.n_workers = (int64_t)wanted;
    (void)put_status(s, &ignored); /* what it does matters more than that it is told */
    return true;
}

static bool live(struct supervisor *s, struct err *err)
{
    struct str password = below(s, "password");
    while (!s->is_asked) {
        wait_signal(s, WATCH_MS);
        pass_password(s, password);
        if (!check_children(s, err) || !resize(s, err))
            return false;
    }
    return true;
}

/* The hub first: it ends the servers, which save what they must. */
static void end_hub(struct supervisor *s)
{
    struct err ignored = ERR_INIT;
    int64_t start_ms = clock_mono_ms();
    if (s->n_children == 0 || s->children[0].pid == 0)
        return;
    (void)kill(s->children[0].pid, SIGTERM);
    while (s->children[0].pid != 0 && clock_mono_ms() - start_ms < HUB_END_MS) {
        wait_signal(s, TICK_MS);
        (void)check_children(s, &ignored);
    }
}

static void end(struct supervisor *s, bool ok, const struct err *why)
{
    struct err ignored = ERR_INIT;
    bool is_failed = !ok && !s->is_asked;
    struct str code = s->status.error_code;
    s->status.stage = STAGE_ENDING;
    say(s, STR("ending its processes"));
    end_hub(s);
    local_end_all(s->variable);
    s->status.stage = is_failed ? STAGE_FAILED : STAGE_ENDED;
    s->status.error_code = is_failed ? (code.len > 0 ? code : STR("failed")) : STR_EMPTY;
    s->status.error_data = is_failed ? arena_str(&s->arena, str_from(why->msg)) : STR_EMPTY;
    s->status.progress = s->status.url = STR_EMPTY;
    s->status.ended_ms = clock_unix_ms();
    (void)unlink(below(s, "password").ptr);
    (void)unlink(below(s, "password.taken").ptr);
    (void)unlink(below(s, "password.hash").ptr);
    local_remove_folder(below(s, "spark").ptr);
    (void)put_status(s, &ignored);
}

static int supervise(struct supervisor *s)
{
    struct err err = ERR_INIT;
    if (!local_status_get(&s->arena, s->folder, &s->status, &err) ||
        !local_order_get(&s->arena, s->folder, &s->settings, &err))
        return 1;
    if (s->status.n_workers < 1 || s->status.n_workers > LOCAL_MAX_WORKERS)
        return 1;
    s->status.pid = getpid();
    s->status.pid_ticks = local_ticks(getpid());
    s->variable = arena_printf(&s->arena, "BOATHOUSE_CLUSTER=%s", s->folder);
    if (!put_status(s, &err))
        return 1;
    s->http = http_client_new(NULL);
    bool ok = bring_up(s, &err) && live(s, &err);
    end(s, ok, &err);
    http_client_free(s->http);
    return 0;
}

int local_supervise(const char *folder)
{
    struct supervisor s = { .folder = folder };
    sigset_t set;
    pid_t child = fork();
    if (child != 0) /* the supervisor belongs to nobody */
        return child < 0;
    (void)syscall(SYS_close_range, 3U, ~0U, 0U);
    (void)setsid();
    (void)umask(077);
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    int status = chdir(folder) != 0 || supervise(&s);
    arena_release(&s.arena);
    return status;
}
