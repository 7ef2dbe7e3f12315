/* wiring: see wiring.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/wiring.h"

#include "aws/aws.h"
#include "cli/clusters.h"
#include "cluster/service.h"
#include "index/ledger.h"
#include "store/folder.h"
#include "store/s3_store.h"
#include "util/clock.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LOCAL_SYNC_MS = 1000 }; /* looking at this machine costs nothing */

static bool open_aws(struct wiring *w, const struct cli *cli, struct err *err)
{
    const struct config *c = &cli->config;
    w->outbound = outbound_new(aws_operations, aws_n_operations);
    const struct aws_options options = {
        .region = config_text(c, CONFIG_AWS_REGION),
        .profile = config_text(c, CONFIG_AWS_PROFILE),
        .endpoint_url = config_text(c, CONFIG_AWS_ENDPOINT_URL),
        .endpoint_url_s3 = config_text(c, CONFIG_AWS_ENDPOINT_URL_S3),
        .endpoint_url_emr = config_text(c, CONFIG_AWS_ENDPOINT_URL_EMR),
        .path_style = (enum aws_path_style)config_int(c, CONFIG_AWS_PATH_STYLE),
        .client = { .ca_bundle = config_cstr(c, CONFIG_AWS_CA_BUNDLE),
                    .connect_timeout_ms = config_int(c, CONFIG_AWS_CONNECT_TIMEOUT_MS),
                    .stall_timeout_ms = config_int(c, CONFIG_AWS_STALL_TIMEOUT_MS) },
        .call_timeout_ms = config_int(c, CONFIG_AWS_CALL_TIMEOUT_MS),
        .outbound = w->outbound,
        .env = cli->env,
        .home = env_get(cli->env, "HOME"),
    };
    w->aws = aws_new(&options, err);
    if (w->aws == NULL)
        return false;
    w->store = s3_store_new(w->aws);
    w->provider = clusters_open(c, w->aws, w->store, err);
    return w->provider != NULL;
}

bool wiring_open(struct wiring *w, struct cli *cli, struct err *err)
{
    const struct config *c = &cli->config;
    const char *lake = config_cstr(c, CONFIG_LAKE);
    if (config_is(c, CONFIG_PROVIDER, STR("aws")))
        return open_aws(w, cli, err);
    if (lake == NULL)
        return err_set(err, ERR_CONFIG, "lake is empty");
    w->store = folder_store_open(lake, err);
    if (w->store == NULL && err->code == ERR_NOT_FOUND)
        return err_fix(err,
                       "boathouse demo makes it, with samples; or set lake to your own folder.");
    return w->store != NULL;
}

bool wiring_open_provider(struct wiring *w, const struct config *c, struct err *err)
{
    if (w->provider == NULL && config_is(c, CONFIG_PROVIDER, STR("local")))
        w->provider = clusters_open_local(c, err);
    return w->provider != NULL;
}

bool wiring_open_index(struct wiring *w, struct cli *cli, enum index_mode mode, struct err *err)
{
    struct str state = config_text(&cli->config, CONFIG_STATE);
    const char *path =
        arena_cstr(cli->arena, arena_concat(cli->arena, state, STR("/index.db")), err);
    const struct index_options options = { .path = path, .mode = mode };
    return path != NULL && index_open(&options, &w->index, err);
}

static void tell_failure(void *ctx, const char *what, const struct err *err)
{
    (void)ctx;
    log_to(LOG_WARN, "clusters", LOG_STR("while", str_from(what)),
           LOG_STR("code", str_from(err_kind(err->code)->code)),
           LOG_STR("error", str_from(err->msg)));
}

static const char *state_file(struct cli *cli, const char *name, struct err *err)
{
    struct str state = config_text(&cli->config, CONFIG_STATE);
    return arena_cstr(cli->arena, arena_printf(cli->arena, "%.*s/%s", STR_FMT(state), name), err);
}

static bool take_limits(const struct cli *cli, const struct cluster_spec *defaults,
                        struct cluster_templates *templates_out, int64_t *month_micro_out,
                        struct err *err)
{
    const struct config_value *sets = &cli->config.values[CONFIG_TEMPLATES_SETS];
    struct str month = config_text(&cli->config, CONFIG_CLUSTERS_MAX_USD_MONTH);
    if (month.len > 0 && !money_parse(month, month_micro_out)) {
        err_set(err, ERR_CONFIG, "clusters.max_usd_month: \"%.*s\" is no amount of dollars",
                STR_FMT(str_slice(month, 0, 40)));
        return err_fix(err, "Write it as 250.00.");
    }
    return templates_parse(cli->arena, sets->items, sets->n_items, defaults, templates_out, err);
}

bool wiring_open_clusters(struct wiring *w, struct cli *cli, struct err *err)
{
    const struct config *c = &cli->config;
    if (!wiring_open_provider(w, c, err))
        return false;
    bool is_local = config_is(c, CONFIG_PROVIDER, STR("local"));
    struct cluster_spec *defaults = ARENA_NEW(cli->arena, struct cluster_spec);
    clusters_default_spec(c, defaults);
    const char *path = state_file(cli, "clusters.db", err);
    const char *key = path != NULL ? state_file(cli, "clusters.key", err) : NULL;
    const char *lock = key != NULL ? state_file(cli, "clusters.lock", err) : NULL;
    struct ledger *ledger = lock != NULL ? ledger_open(path, err) : NULL;
    if (ledger == NULL)
        return false;
    struct cluster_templates *templates = ARENA_NEW(cli->arena, struct cluster_templates);
    int64_t month_micro = 0;
    if (!take_limits(cli, defaults, templates, &month_micro, err)) {
        ledger->ops->close(ledger);
        return false;
    }
    const struct clusters_options options = {
        .ledger = ledger,
        .provider = w->provider,
        .key_path = key,
        .lock_path = lock,
        .deployment = config_text(c, CONFIG_CLUSTERS_DEPLOYMENT),
        .defaults = defaults,
        .templates = templates,
        .month_micro = month_micro,
        .quarantine_ms = 1000 * config_int(c, CONFIG_CLUSTERS_QUARANTINE_S),
        .attempt_ms = 1000 * config_int(c, CONFIG_CLUSTERS_ATTEMPT_S),
        .max_live = (unsigned)config_int(c, CONFIG_CLUSTERS_MAX_CLUSTERS),
        .sync_ms = is_local ? LOCAL_SYNC_MS : 1000 * config_int(c, CONFIG_CLUSTERS_SYNC_S),
        .failed = tell_failure,
    };
    w->clusters = clusters_new(&options, err);
    if (w->clusters == NULL) {
        ledger->ops->close(ledger);
        return false;
    }
    w->provider = NULL; /* the service's now */
    clusters_start(w->clusters);
    return true;
}

struct store *wiring_notebooks(const struct wiring *w)
{
    bool is_apart = w->aws != NULL && aws_has_own_endpoint(w->aws, STR("elasticmapreduce")) &&
                    !aws_has_own_endpoint(w->aws, STR("s3"));
    return is_apart ? NULL : w->store;
}

struct str wiring_lake(const struct cli *cli)
{
    const char *lake = config_cstr(&cli->config, CONFIG_LAKE);
    if (!config_is(&cli->config, CONFIG_PROVIDER, STR("local")) || lake == NULL)
        return STR_EMPTY;
    char *whole = realpath(lake, NULL);
    struct str path = arena_str(cli->arena, str_from(whole)); /* "" when it is not there */
    free(whole);
    return path;
}

void wiring_release(struct wiring *w)
{
    clusters_free(w->clusters);
    index_close(w->index);
    cluster_provider_free(w->provider);
    store_free(w->store);
    aws_free(w->aws);
    outbound_free(w->outbound);
    *w = (struct wiring){ 0 };
}

static bool make_folder(const struct config *c, struct str path, struct err *err)
{
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '/')
            continue;
        const char *part = arena_cstr(c->arena, str_slice(path, 0, i), err);
        if (part == NULL)
            return false;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return err_errno(err, errno, "making the folder %s", part);
    }
    return true;
}

bool wiring_make_folders(const struct config *c, struct err *err)
{
    return make_folder(c, config_text(c, CONFIG_STATE), err) &&
           (!config_is(c, CONFIG_PROVIDER, STR("local")) ||
            make_folder(c, config_text(c, CONFIG_LAKE), err));
}

struct store_call wiring_call(const struct config *c)
{
    return (struct store_call){ .deadline_ms = clock_mono_ms() +
                                               1000 * config_int(c, CONFIG_SERVER_CALL_TIMEOUT_S) };
}
