/* instance_types: see instance_types.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/instance_types.h"

#include "util/attrs.h"
#include "util/scan.h"

static const struct instance_type types[] = {
#define T(name, vcpus, memory, arch, s5, s6, s7)                                                   \
    { STR_INIT(name), vcpus, memory, STR_INIT(arch), { STR_INIT(s5), STR_INIT(s6), STR_INIT(s7) } },
#include "cluster/instance_types.def"
#undef T
};

struct str instance_types_as_of(void)
{
    return STR("2026-10-27");
}

const struct instance_type *instance_type_at(size_t i)
{
    return i < ARRAY_LEN(types) ? &types[i] : NULL;
}

const struct instance_type *instance_type_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(types[i].name, name))
            return &types[i];
    return NULL;
}

/* "6.15.0" as one number that can be compared. */
static bool version_of(struct str text, uint64_t *major_out, uint64_t *out)
{
    uint64_t minor, patch;
    struct scan s = scan_init(text);
    if (!scan_u64(&s, 999, major_out) || !scan_char(&s, '.') || !scan_u64(&s, 999, &minor) ||
        !scan_char(&s, '.') || !scan_u64(&s, 999, &patch) || !scan_is_done(&s))
        return false;
    *out = (*major_out * 1000 + minor) * 1000 + patch;
    return true;
}

enum type_support instance_type_support(struct str name, struct str release)
{
    const struct instance_type *t = instance_type_find(name);
    uint64_t major, wanted, line, since;
    if (t == NULL || !str_has_prefix(release, STR("emr-")) ||
        !version_of(str_from_pos(release, 4), &major, &wanted) || major < TYPE_FIRST_LINE ||
        major >= TYPE_FIRST_LINE + TYPE_LINES)
        return TYPE_UNKNOWN;
    struct str first = t->since[major - TYPE_FIRST_LINE];
    if (first.len == 0 || !version_of(first, &line, &since))
        return TYPE_TOO_NEW;
    return wanted >= since ? TYPE_SUPPORTED : TYPE_TOO_NEW;
}
