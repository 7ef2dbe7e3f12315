/*
 * boathouse serve: wires the parts, answers until a signal says stop, and stops in order: no new
 * requests, the running ones to their end, then the parts in the opposite order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "api/api.h"
#include "cli/scanning.h"
#include "cluster/service.h"
#include "util/log.h"
#include "util/memory.h"
#include "util/scan.h"
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PEM_MAX_BYTES = 1024 * 1024 };

/* An open address without tokens would give away clusters and data. */
static bool check_listen(const struct config *c, struct err *err)
{
    const struct config_value *listen = &c->values[CONFIG_SERVER_LISTEN];
    for (size_t i = 0; i < listen->n_items; i++) {
        if (http_address_is_loopback(listen->items[i]) || c->values[CONFIG_AUTH_TOKENS].n_items > 0)
            continue;
        err_set(err, ERR_CONFIG, "%.*s is not a loopback address, and [auth] names no token",
                STR_FMT(listen->items[i]));
        return err_fix(err, "Make a token by boathouse token new, or listen on 127.0.0.1.");
    }
    return true;
}

/* A whole PEM file, NUL-terminated; *out stays NULL when the setting is empty. */
static bool read_pem(const struct config *c, enum config_id id, const char **out, struct err *err)
{
    const char *path = config_cstr(c, id);
    AUTO_BUF text = BUF_INIT(PEM_MAX_BYTES);
    ssize_t n = 1;
    if (path == NULL)
        return true;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "%s", path);
    while (n > 0) {
        char *at = buf_reserve(&text, 4096);
        n = at != NULL ? read(fd, at, 4096) : -1;
        if (n > 0)
            buf_added(&text, (size_t)n);
    }
    close(fd);
    if (n < 0)
        return err_set(err, ERR_CONFIG, "%s cannot be read, or is larger than %d bytes", path,
                       PEM_MAX_BYTES);
    *out = arena_cstr(c->arena, buf_str(&text), err);
    return *out != NULL;
}

static bool server_options(const struct config *c, struct http_server_options *o, struct err *err)
{
    *o = (struct http_server_options){
        .listen = c->values[CONFIG_SERVER_LISTEN].items,
        .n_listen = c->values[CONFIG_SERVER_LISTEN].n_items,
        .threads = (unsigned)config_int(c, CONFIG_SERVER_THREADS),
        .workers = (unsigned)config_int(c, CONFIG_SERVER_WORKERS),
        .max_waiting = (unsigned)config_int(c, CONFIG_SERVER_MAX_WAITING),
        .max_connections = (unsigned)config_int(c, CONFIG_SERVER_MAX_CONNECTIONS),
        .max_url_bytes = (size_t)config_int(c, CONFIG_SERVER_MAX_URL_BYTES),
        .max_header_bytes = (size_t)config_int(c, CONFIG_SERVER_MAX_HEADER_BYTES),
        .max_body_bytes = (size_t)config_int(c, CONFIG_SERVER_MAX_BODY_BYTES),
        .request_timeout_ms = 1000 * config_int(c, CONFIG_SERVER_REQUEST_TIMEOUT_S),
        .idle_timeout_ms = 1000 * config_int(c, CONFIG_SERVER_IDLE_TIMEOUT_S),
        .call_timeout_ms = 1000 * config_int(c, CONFIG_SERVER_CALL_TIMEOUT_S),
    };
    return read_pem(c, CONFIG_SERVER_TLS_CERT, &o->tls_cert, err) &&
           read_pem(c, CONFIG_SERVER_TLS_KEY, &o->tls_key, err);
}

/* Say where the server listens: in the log, and as lines on the descriptor of --ready-fd. */
static bool tell_ready(const struct cli *cli, const struct http_server *s, struct err *err)
{
    const char *option = cli_option(cli, "ready-fd");
    size_t n = cli->config.values[CONFIG_SERVER_LISTEN].n_items;
    uint64_t fd = 0;
    if (option != NULL && !scan_whole_u64(str_from(option), 1023, &fd))
        return err_set(err, ERR_INVALID, "--ready-fd needs the number of an open descriptor");
    for (size_t i = 0; i < n; i++) {
        struct str address = http_server_address(s, i);
        log_to(LOG_INFO, "listening", LOG_STR("address", address), LOG_I64("pid", getpid()));
        if (option != NULL && dprintf((int)fd, "%.*s\n", STR_FMT(address)) < 0)
            return err_errno(err, errno, "--ready-fd %s", option);
    }
    if (option != NULL)
        close((int)fd);
    return true;
}

static int wait_for_signal(const sigset_t *signals)
{
    int number;
    while ((number = sigwaitinfo(signals, NULL)) < 0 && errno == EINTR)
        continue;
    return number;
}

/* Each connection is a descriptor. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* the limit that stands then holds */
}

static bool serve(struct cli *cli, struct api *api, struct scanning *scanning,
                  const sigset_t *signals, struct err *err)
{
    struct http_server_options options;
    const struct http_handler handler = api_handler(api);
    if (!server_options(&cli->config, &options, err))
        return false;
    struct http_server *s = http_server_start(&options, &handler, err);
    if (s == NULL)
        return false;
    bool ok = tell_ready(cli, s, err);
    ok = ok && scanning_listen(scanning, err);
    if (ok) {
        scans_start(scanning->scans);
        memory_give_back(); /* what only the start needed */
        int number = wait_for_signal(signals);
        log_to(LOG_INFO, "stopping", LOG_I64("signal", number));
    }
    bool is_clean =
        http_server_stop(s, 1000 * config_int(&cli->config, CONFIG_SERVER_STOP_TIMEOUT_S));
    log_to(LOG_INFO, "stopped", LOG_STR("finished", is_clean ? STR("all") : STR("not all")));
    return ok;
}

/* A folder is listed as quickly as the index, and is never old. */
static int64_t fresh_s(const struct config *c)
{
    bool is_default = c->values[CONFIG_SCAN_FRESH_S].source == CONFIG_DEFAULT;
    if (is_default && !config_is(c, CONFIG_PROVIDER, STR("aws")))
        return 0;
    return config_int(c, CONFIG_SCAN_FRESH_S);
}

int cmd_serve(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    AUTO(scanning_release) struct scanning scanning = { 0 };
    const struct config *c = &cli->config;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    *ok = check_listen(c, err) && wiring_make_folders(c, err) && wiring_open(&w, cli, err) &&
          wiring_open_index(&w, cli, INDEX_CREATE, err);
    if (!*ok)
        return 0;
    raise_descriptor_limit();
    /* Before the first thread: they inherit it, so that only sigwaitinfo() gets the signals. */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    *ok = wiring_open_clusters(&w, cli, err);
    if (!*ok)
        return 0;
    struct api_options options = {
        .store = w.store,
        .provider = w.clusters != NULL ? clusters_facade(w.clusters) : NULL,
        .clusters = w.clusters,
        .notebooks = wiring_notebooks(&w),
        .outbound = w.outbound,
        .index = w.index,
        .fresh_s = fresh_s(c),
        .kept_bytes = (size_t)config_int(c, CONFIG_SERVER_KEPT_BYTES),
        .tokens = c->values[CONFIG_AUTH_TOKENS].items,
        .n_tokens = c->values[CONFIG_AUTH_TOKENS].n_items,
        .lake = wiring_lake(cli),
        .assets = &web_assets,
        .version = STR(BOATHOUSE_VERSION),
        .public_url = config_text(c, CONFIG_SERVER_PUBLIC_URL),
        .window = (unsigned)config_int(c, CONFIG_FETCH_CONCURRENCY),
        .max_notebook_bytes = (uint64_t)config_int(c, CONFIG_FETCH_MAX_NOTEBOOK_BYTES),
    };
    *ok = scanning_open(&scanning, cli, &w, NULL, err);
    if (!*ok)
        return 0;
    options.scans = scanning.scans;
    struct api *api = api_new(&options, err);
    *ok = api != NULL && serve(cli, api, &scanning, &signals, err);
    api_free(api);
    return 0;
}
