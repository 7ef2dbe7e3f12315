/* boathouse token new */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "util/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

enum { TOKEN_BYTES = 32, NAME_MAX_BYTES = 40 };

/* Names stand as keys in the file and in the log. */
static bool check_name(struct str name, struct err *err)
{
    bool ok = name.len > 0 && name.len <= NAME_MAX_BYTES;
    for (size_t i = 0; i < name.len && ok; i++) {
        char c = name.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             (i > 0 && (c == '-' || c == '_' || c == '.' || c == '@'));
    }
    return ok || err_set(err, ERR_INVALID,
                         "the name needs 1 to %d letters, digits, or - _ . @ after the first",
                         NAME_MAX_BYTES);
}

int cmd_token_new(struct cli *cli, bool *ok, struct err *err)
{
    const char *role = cli_option(cli, "role");
    struct str name = cli_arg(cli, 0), role_text = str_from(role != NULL ? role : "");
    unsigned char bytes[TOKEN_BYTES];
    char token[sizeof "bh_" + 2 * TOKEN_BYTES] = "bh_", hash[SHA256_HEX_SIZE];
    if (!str_eq(role_text, STR("viewer")) && !str_eq(role_text, STR("analyst")) &&
        !str_eq(role_text, STR("admin"))) {
        *ok = err_set(err, ERR_INVALID, "--role must be viewer, analyst or admin");
        return 0;
    }
    *ok = check_name(name, err);
    if (!*ok)
        return 0;
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        *ok = err_errno(err, errno, "getrandom");
        return 0;
    }
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        snprintf(token + 3 + 2 * i, 3, "%02x", bytes[i]);
    sha256_hex(str_from(token), hash);
    if (cli->is_json)
        printf("{\"name\":\"%.*s\",\"role\":\"%s\",\"token\":\"%s\",\"hash\":\"%s\"}\n",
               STR_FMT(name), role, token, hash);
    else
        printf("The token, which is shown only now:\n\n%s\n\nThe line for the section [auth] of "
               "boathouse.conf:\n\n[auth]\n%.*s = %s %s\n",
               token, STR_FMT(name), role, hash);
    return 0;
}
