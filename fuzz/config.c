/* config: a configuration file is read, or refused with a message. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct config c;
    config_init(&c, &a, "/home/someone");
    if (!config_parse(&c, fuzz_text(data, size), STR("boathouse.conf"), &err) ||
        !config_check(&c, &err))
        FUZZ_CHECK(err.code != ERR_NONE && err.msg[0] != '\0');
    return 0;
}
