/* boathouse config */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/output.h"
#include "json/writer.h"

enum { CONFIG_OUTPUT_MAX_BYTES = 4 * 1024 * 1024 };

/* Hashes are left out: with one, a weak token could be guessed at leisure. */
static struct str shown(struct arena *a, const struct config *c, enum config_id id)
{
    const struct config_value *v = &c->values[id];
    struct str text = v->text;
    if (config_key(id)->kind != CONFIG_KIND_TOKENS)
        return text;
    text = STR_EMPTY;
    for (size_t i = 0; i < v->n_items; i++) {
        size_t end = str_rfind_char(v->items[i], ' ');
        text = arena_printf(a, "%.*s%s%.*s ***", STR_FMT(text), i > 0 ? ", " : "",
                            STR_FMT(str_slice(v->items[i], 0, end)));
    }
    return text;
}

static struct str source_name(enum config_source source)
{
    switch (source) {
    case CONFIG_DEFAULT:
        return STR("default");
    case CONFIG_FILE:
        return STR("file");
    case CONFIG_ENVIRONMENT:
        return STR("environment");
    case CONFIG_OPTION:
        return STR("option");
    }
    panic("source %d", (int)source);
}

static bool print_json(const struct cli *cli, struct err *err)
{
    AUTO_BUF out = BUF_INIT(CONFIG_OUTPUT_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    json_put_str(&w, STR("file"), cli->config.file);
    json_write_key(&w, STR("settings"));
    json_write_array(&w);
    for (int i = 0; i < CONFIG_N; i++) {
        enum config_id id = (enum config_id)i;
        json_write_object(&w);
        json_put_str(&w, STR("name"), config_full_name(cli->arena, id));
        if (config_key(id)->kind == CONFIG_KIND_INT)
            json_put_i64(&w, STR("value"), cli->config.values[i].number);
        else
            json_put_str(&w, STR("value"), shown(cli->arena, &cli->config, id));
        json_put_str(&w, STR("source"), source_name(cli->config.values[i].source));
        json_put_str(&w, STR("origin"), cli->config.values[i].origin);
        json_put_str(&w, STR("environment"), config_env_name(cli->arena, id));
        json_put_str(
            &w, STR("option"),
            arena_printf(cli->arena, "--%.*s", STR_FMT(config_option_name(cli->arena, id))));
        json_write_end(&w);
    }
    json_write_end(&w);
    json_write_end(&w);
    buf_add_char(&out, '\n');
    return output_write(buf_str(&out), err);
}

int cmd_config(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "SETTING", "VALUE", "FROM" };
    struct table t;
    if (cli->is_json) {
        *ok = print_json(cli, err);
        return 0;
    }
    table_init(&t, cli->arena, columns, ARRAY_LEN(columns));
    for (int i = 0; i < CONFIG_N; i++) {
        enum config_id id = (enum config_id)i;
        table_add(&t, config_full_name(cli->arena, id));
        table_add(&t, shown(cli->arena, &cli->config, id));
        table_add(&t, cli->config.values[i].origin);
    }
    table_print(&t);
    return 0;
}
