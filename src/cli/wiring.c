/* wiring: see wiring.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/wiring.h"

#include "store/folder.h"
#include "util/clock.h"

#include <errno.h>
#include <sys/stat.h>

bool wiring_open(struct wiring *w, struct cli *cli, struct err *err)
{
    const struct config *c = &cli->config;
    const char *lake = config_cstr(c, CONFIG_LAKE);
    if (config_is(c, CONFIG_PROVIDER, STR("aws")))
        return err_set(err, ERR_UNSUPPORTED, "provider aws is not in this build");
    if (lake == NULL)
        return err_set(err, ERR_CONFIG, "lake is empty");
    w->store = folder_store_open(lake, err);
    if (w->store == NULL && err->code == ERR_NOT_FOUND)
        return err_fix(err,
                       "boathouse demo makes it, with samples; or set lake to your own folder.");
    return w->store != NULL;
}

void wiring_release(struct wiring *w)
{
    cluster_provider_free(w->provider);
    store_free(w->store);
    *w = (struct wiring){ 0 };
}

bool wiring_make_lake(const struct config *c, struct err *err)
{
    struct str lake = config_text(c, CONFIG_LAKE);
    if (!config_is(c, CONFIG_PROVIDER, STR("local")))
        return true;
    for (size_t i = 1; i <= lake.len; i++) {
        if (i < lake.len && lake.ptr[i] != '/')
            continue;
        const char *part = arena_cstr(c->arena, str_slice(lake, 0, i), err);
        if (part == NULL)
            return false;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return err_errno(err, errno, "making the folder %s", part);
    }
    return true;
}

struct store_call wiring_call(const struct config *c)
{
    return (struct store_call){ .deadline_ms = clock_mono_ms() +
                                               1000 * config_int(c, CONFIG_SERVER_CALL_TIMEOUT_S) };
}
