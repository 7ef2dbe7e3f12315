/* analyst: see analyst.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/analyst.h"

#include "util/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool analyst_read_rules(const char *path, struct buf *text, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_errno(err, errno, "analysis.rules: %s", path);
        return err_fix(err, "Correct the setting analysis.rules, or leave it empty.");
    }
    ssize_t n = 1;
    while (n > 0 && buf_ok(text)) {
        char *room = buf_reserve(text, 64 * 1024);
        if (room == NULL)
            break;
        n = read(fd, room, 64 * 1024);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            buf_added(text, (size_t)n);
    }
    int error = errno;
    close(fd);
    if (n < 0)
        return err_errno(err, error, "analysis.rules: %s", path);
    if (!buf_ok(text))
        return err_set(err, ERR_CONFIG, "analysis.rules: %s has more than %lu bytes", path,
                       LIMIT_CALL_TABLE_BYTES);
    return true;
}

static bool add_rules(struct analyst *analyst, const struct config *c, struct err *err)
{
    const char *path = config_cstr(c, CONFIG_ANALYSIS_RULES);
    AUTO_BUF text = BUF_INIT(LIMIT_CALL_TABLE_BYTES + 64 * 1024);
    if (path == NULL)
        return true;
    return analyst_read_rules(path, &text, err) &&
           calls_add(analyst->calls, str_from(path), buf_str(&text), err);
}

static bool add_value(struct analyst *analyst, struct arena *a, struct str item, struct err *err)
{
    struct str name, *text = ARENA_NEW(a, struct str);
    if (!str_cut(item, '=', &name, text) || str_trim(name).len == 0) {
        err_set(err, ERR_CONFIG, "analysis.values: \"%.*s\" is not NAME=VALUE",
                STR_FMT(str_slice(item, 0, 80)));
        return err_fix(err, "Write it like config.BUCKET=my-bucket, one behind another with commas "
                            "or on lines of their own.");
    }
    *text = str_trim(*text);
    strmap_put(&analyst->values, str_trim(name), text);
    return true;
}

bool analyst_open(struct analyst *analyst, struct arena *a, const struct config *c, struct err *err)
{
    const struct config_value *values = &c->values[CONFIG_ANALYSIS_VALUES];
    analyst->calls = calls_new();
    strmap_init(&analyst->values, a);
    bool ok = add_rules(analyst, c, err);
    for (size_t i = 0; i < values->n_items && ok; i++)
        ok = add_value(analyst, a, values->items[i], err);
    return ok;
}

void analyst_release(struct analyst *analyst)
{
    calls_free(analyst->calls);
}
