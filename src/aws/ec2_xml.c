/*
 * ec2_xml: EC2's answers.  Its lists are elements "item" in each other, so what an element means is
 * told by its whole path.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/ec2.h"

#include "util/buf.h"
#include "util/scan.h"

#include <expat.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 4096, PATH_MAX_BYTES = 1024, XML_MAX_DEPTH = 24, MAX_ITEMS = 1000 };

struct reading {
    struct arena *arena;
    XML_Parser parser;
    char path[PATH_MAX_BYTES];
    size_t path_len;
    struct buf text;
    unsigned depth;
    bool is_too_much;
    struct ec2_groups groups;
    struct ec2_subnets subnets;
    struct ec2_group group;
    struct ec2_subnet subnet;
    int from_port, to_port;
    bool is_all, is_other; /* the rule is of all protocols; of one that is not TCP */
    struct str ranges[2];
};

#define GROUP "/DescribeSecurityGroupsResponse/securityGroupInfo/item"
#define RULE GROUP "/ipPermissions/item"
#define SUBNET "/DescribeSubnetsResponse/subnetSet/item"

static void stop(struct reading *r)
{
    r->is_too_much = true;
    XML_StopParser(r->parser, XML_FALSE);
}

static int port(struct str text, int fallback)
{
    uint64_t n;
    return scan_whole_u64(text, 65535, &n) ? (int)n : fallback;
}

static void end_rule(struct reading *r)
{
    for (size_t i = 0; i < ARRAY_LEN(r->ranges); i++) {
        if (r->ranges[i].len == 0 || r->is_other)
            continue;
        struct ec2_opening *o =
            ARENA_PUSH(r->arena, r->group.open, r->group.n_open, r->group.cap_open);
        *o = (struct ec2_opening){ r->is_all ? 0 : r->from_port, r->is_all ? 65535 : r->to_port,
                                   r->ranges[i] };
    }
    r->ranges[0] = r->ranges[1] = STR_EMPTY;
    r->is_all = r->is_other = false;
    r->from_port = 0;
    r->to_port = 65535;
}

static void take_rule_part(struct reading *r, struct str part, struct str text)
{
    if (str_eq(part, STR("/ipProtocol"))) {
        /* By name or number: TCP is 6; of the others no port of ours is reached. */
        r->is_all = str_eq(text, STR("-1"));
        r->is_other = !r->is_all && !str_eq(text, STR("tcp")) && !str_eq(text, STR("6"));
    } else if (str_eq(part, STR("/fromPort"))) {
        r->from_port = port(text, 0);
    } else if (str_eq(part, STR("/toPort"))) {
        r->to_port = port(text, 65535);
    } else if (str_eq(part, STR("/ipRanges/item/cidrIp")) && str_eq(text, STR("0.0.0.0/0"))) {
        r->ranges[0] = STR("0.0.0.0/0");
    } else if (str_eq(part, STR("/ipv6Ranges/item/cidrIpv6")) && str_eq(text, STR("::/0"))) {
        r->ranges[1] = STR("::/0");
    }
}

static void take_group_part(struct reading *r, struct str part, struct str text)
{
    if (str_eq(part, STR("/groupId")))
        r->group.id = arena_str(r->arena, text);
    else if (str_eq(part, STR("/groupName")))
        r->group.name = arena_str(r->arena, text);
    else if (str_eq(part, STR("/vpcId")))
        r->group.vpc = arena_str(r->arena, text);
}

static void take_subnet_part(struct reading *r, struct str part, struct str text)
{
    if (str_eq(part, STR("/subnetId")))
        r->subnet.id = arena_str(r->arena, text);
    else if (str_eq(part, STR("/vpcId")))
        r->subnet.vpc = arena_str(r->arena, text);
    else if (str_eq(part, STR("/availabilityZone")))
        r->subnet.zone = arena_str(r->arena, text);
}

static void end_item(struct reading *r, struct str path)
{
    if (r->groups.n + r->subnets.n >= MAX_ITEMS || r->group.n_open >= MAX_ITEMS) {
        stop(r);
    } else if (str_eq(path, STR(RULE))) {
        end_rule(r);
    } else if (str_eq(path, STR(GROUP))) {
        *ARENA_PUSH(r->arena, r->groups.items, r->groups.n, r->groups.cap) = r->group;
        r->group = (struct ec2_group){ 0 };
    } else if (str_eq(path, STR(SUBNET))) {
        *ARENA_PUSH(r->arena, r->subnets.items, r->subnets.n, r->subnets.cap) = r->subnet;
        r->subnet = (struct ec2_subnet){ 0 };
    }
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
    struct reading *r = ctx;
    (void)attributes;
    struct str part = str_from(name);
    buf_reset(&r->text);
    if (++r->depth > XML_MAX_DEPTH || r->path_len + part.len + 1 > sizeof r->path) {
        stop(r);
        return;
    }
    r->path[r->path_len] = '/';
    memcpy(r->path + r->path_len + 1, part.ptr, part.len);
    r->path_len += part.len + 1;
}

static void XMLCALL on_text(void *ctx, const char *bytes, int n)
{
    struct reading *r = ctx;
    buf_add(&r->text, (struct str){ bytes, (size_t)n });
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct reading *r = ctx;
    struct str path = { r->path, r->path_len }, text = str_trim(buf_str(&r->text));
    if (str_has_prefix(path, STR(RULE "/")))
        take_rule_part(r, str_from_pos(path, sizeof RULE - 1), text);
    else if (str_has_prefix(path, STR(GROUP "/")))
        take_group_part(r, str_from_pos(path, sizeof GROUP - 1), text);
    else if (str_has_prefix(path, STR(SUBNET "/")))
        take_subnet_part(r, str_from_pos(path, sizeof SUBNET - 1), text);
    end_item(r, path);
    r->path_len -= str_from(name).len + 1;
    buf_reset(&r->text);
    r->depth--;
}

static bool read_xml(struct reading *r, struct str xml, struct err *err)
{
    r->text = (struct buf)BUF_INIT(TEXT_MAX_BYTES);
    r->to_port = 65535;
    r->parser = XML_ParserCreate(NULL);
    if (r->parser == NULL)
        panic("no memory for expat");
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    bool ok = XML_Parse(r->parser, xml.ptr, (int)xml.len, XML_TRUE) == XML_STATUS_OK;
    if (!ok)
        err_set(err, ERR_UPSTREAM, "EC2's answer cannot be read: %s",
                r->is_too_much ? "it is too large" : XML_ErrorString(XML_GetErrorCode(r->parser)));
    XML_ParserFree(r->parser);
    buf_release(&r->text);
    return ok;
}

bool ec2_groups_parse(struct arena *a, struct str xml, struct ec2_groups *out, struct err *err)
{
    struct reading r = { .arena = a };
    bool ok = read_xml(&r, xml, err);
    if (ok)
        *out = r.groups;
    return ok;
}

bool ec2_subnets_parse(struct arena *a, struct str xml, struct ec2_subnets *out, struct err *err)
{
    struct reading r = { .arena = a };
    bool ok = read_xml(&r, xml, err);
    if (ok)
        *out = r.subnets;
    return ok;
}
