/* EC2's answers, read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/ec2.h"
#include "util/buf.h"

#define GROUPS(rules)                                                                              \
    "<DescribeSecurityGroupsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"          \
    "<securityGroupInfo><item><groupId>sg-1</groupId><groupName>hub</groupName>"                   \
    "<vpcId>vpc-1</vpcId><ipPermissions>" rules "</ipPermissions><ipPermissionsEgress><item>"      \
    "<ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>"      \
    "</item></ipPermissionsEgress></item></securityGroupInfo></DescribeSecurityGroupsResponse>"

#define RULE(protocol, ports, ranges)                                                              \
    "<item><ipProtocol>" protocol "</ipProtocol>" ports ranges "</item>"
#define PORTS(from, to) "<fromPort>" from "</fromPort><toPort>" to "</toPort>"
#define V4(range) "<ipRanges><item><cidrIp>" range "</cidrIp></item></ipRanges>"
#define V6(range) "<ipv6Ranges><item><cidrIpv6>" range "</cidrIpv6></item></ipv6Ranges>"

static void rules_that_are_open_to_the_world_are_found(void **state)
{
    static const struct {
        const char *xml;
        size_t n;
        int from, to;
        const char *range;
    } cases[] = {
        { GROUPS(""), 0, 0, 0, "" },
        { GROUPS(RULE("tcp", PORTS("9443", "9443"), V4("10.0.0.0/8"))), 0, 0, 0, "" },
        { GROUPS(RULE("tcp", PORTS("9443", "9443"), V4("0.0.0.0/0"))), 1, 9443, 9443, "0.0.0.0/0" },
        { GROUPS(RULE("6", PORTS("22", "9000"), V6("::/0"))), 1, 22, 9000, "::/0" },
        { GROUPS(RULE("-1", "", V4("0.0.0.0/0"))), 1, 0, 65535, "0.0.0.0/0" },
        { GROUPS(RULE("tcp", PORTS("1", "2"), V4("0.0.0.0/0") V6("::/0"))), 2, 1, 2, "0.0.0.0/0" },
        { GROUPS(RULE("icmp", PORTS("-1", "-1"), V4("0.0.0.0/0"))), 0, 0, 0, "" },
        { GROUPS(RULE("udp", PORTS("0", "65535"), V4("0.0.0.0/0"))), 0, 0, 0, "" },
        { GROUPS(RULE("udp", PORTS("5", "6"), V4("0.0.0.0/0"))
                     RULE("tcp", PORTS("8888", "8888"), V4("0.0.0.0/0"))),
          1, 8888, 8888, "0.0.0.0/0" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct ec2_groups groups = { 0 };
        struct err err = ERR_INIT;
        assert_true(ec2_groups_parse(&a, str_from(cases[i].xml), &groups, &err));
        assert_int_equal(groups.n, 1);
        assert_true(str_eq(groups.items[0].id, STR("sg-1")));
        assert_true(str_eq(groups.items[0].vpc, STR("vpc-1")));
        assert_int_equal(groups.items[0].n_open, cases[i].n);
        if (cases[i].n == 0)
            continue;
        const struct ec2_opening *o = &groups.items[0].open[0];
        assert_int_equal(o->from_port, cases[i].from);
        assert_int_equal(o->to_port, cases[i].to);
        assert_true(str_eq(o->range, str_from(cases[i].range)));
    }
}

static void subnets_have_their_vpc(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct ec2_subnets subnets = { 0 };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(ec2_subnets_parse(
        &a,
        STR("<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId>"
            "<vpcId>vpc-1</vpcId><availabilityZone>us-east-1a</availabilityZone></item>"
            "<item><subnetId>subnet-2</subnetId><vpcId>vpc-2</vpcId></item></subnetSet>"
            "</DescribeSubnetsResponse>"),
        &subnets, &err));
    assert_int_equal(subnets.n, 2);
    assert_true(str_eq(subnets.items[1].id, STR("subnet-2")));
    assert_true(str_eq(subnets.items[1].vpc, STR("vpc-2")));
    assert_true(str_eq(subnets.items[1].zone, STR_EMPTY));
}

static void what_is_no_answer_of_ec2_is_refused(void **state)
{
    AUTO_BUF deep = BUF_INIT(64 * 1024);
    AUTO_BUF many = BUF_INIT(1024 * 1024);
    (void)state;
    for (int i = 0; i < 100; i++)
        buf_add(&deep, STR("<a>"));
    buf_add(&many, STR("<DescribeSubnetsResponse><subnetSet>"));
    for (int i = 0; i < 2000; i++)
        buf_add(&many, STR("<item><subnetId>s</subnetId></item>"));
    buf_add(&many, STR("</subnetSet></DescribeSubnetsResponse>"));
    const struct str cases[] = { STR(""), STR("<a"), STR("{}"), buf_str(&deep), buf_str(&many) };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct ec2_subnets subnets;
        struct err err = ERR_INIT;
        assert_false(ec2_subnets_parse(&a, cases[i], &subnets, &err));
        assert_int_equal(err.code, ERR_UPSTREAM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_that_are_open_to_the_world_are_found),
        cmocka_unit_test(subnets_have_their_vpc),
        cmocka_unit_test(what_is_no_answer_of_ec2_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
