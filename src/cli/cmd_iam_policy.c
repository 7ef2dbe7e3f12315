/* boathouse iam-policy: the policy with the least rights, with the names of the settings in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/output.h"
#include "json/writer.h"

enum { POLICY_MAX_BYTES = 64 * 1024, MAX_WORDS = 8 };

/* Whose names stand in the resources. */
enum filling { FILL_NOTHING, FILL_BUCKETS, FILL_OBJECTS, FILL_ROLES, FILL_QUEUE };

static const struct statement {
    struct str sid;
    struct str actions[MAX_WORDS + 1]; /* ends with an empty one */
    enum filling resources;
} statements[] = {
    { STR_INIT("ListTheLake"),
      { STR_INIT("s3:ListBucket"), STR_INIT("s3:GetBucketLocation") },
      FILL_BUCKETS },
    { STR_INIT("ReadTheLake"), { STR_INIT("s3:GetObject") }, FILL_OBJECTS },
    { STR_INIT("HearOfChanges"),
      { STR_INIT("sqs:ReceiveMessage"), STR_INIT("sqs:DeleteMessage") },
      FILL_QUEUE },
    { STR_INIT("MakeAndEndClusters"),
      { STR_INIT("elasticmapreduce:RunJobFlow"), STR_INIT("elasticmapreduce:DescribeCluster"),
        STR_INIT("elasticmapreduce:ListClusters"), STR_INIT("elasticmapreduce:ListInstances"),
        STR_INIT("elasticmapreduce:ListSteps"), STR_INIT("elasticmapreduce:TerminateJobFlows"),
        STR_INIT("elasticmapreduce:SetTerminationProtection"),
        STR_INIT("elasticmapreduce:AddTags") },
      FILL_NOTHING },
    { STR_INIT("ChangeClustersThatLive"),
      { STR_INIT("elasticmapreduce:AddJobFlowSteps"),
        STR_INIT("elasticmapreduce:ListInstanceGroups"),
        STR_INIT("elasticmapreduce:ListInstanceFleets"),
        STR_INIT("elasticmapreduce:ModifyInstanceGroups"),
        STR_INIT("elasticmapreduce:ModifyInstanceFleet"),
        STR_INIT("elasticmapreduce:PutManagedScalingPolicy"),
        STR_INIT("elasticmapreduce:RemoveManagedScalingPolicy") },
      FILL_NOTHING },
    { STR_INIT("LookBeforeMoneyIsSpent"),
      { STR_INIT("ec2:DescribeSecurityGroups"), STR_INIT("ec2:DescribeSubnets"),
        STR_INIT("elasticmapreduce:GetBlockPublicAccessConfiguration") },
      FILL_NOTHING },
    { STR_INIT("HandTheClusterItsRoles"), { STR_INIT("iam:PassRole") }, FILL_ROLES },
};

static void write_resources(struct json_writer *w, struct cli *cli, enum filling filling)
{
    const struct config *c = &cli->config;
    struct str bucket = config_text(c, CONFIG_CLUSTERS_NOTEBOOKS_BUCKET);
    const enum config_id roles[] = { CONFIG_CLUSTERS_SERVICE_ROLE,
                                     CONFIG_CLUSTERS_INSTANCE_PROFILE };
    const char *end = filling == FILL_OBJECTS ? "/*" : "";
    json_write_key(w, STR("Resource"));
    if (filling == FILL_NOTHING) {
        json_write_str(w, STR("*"));
        return;
    }
    json_write_array(w);
    if (filling == FILL_QUEUE) {
        json_write_str(w, STR("arn:aws:sqs:*:ACCOUNT-ID:EVENTS-QUEUE"));
    } else if (filling == FILL_ROLES) {
        for (size_t i = 0; i < ARRAY_LEN(roles); i++)
            json_write_str(w, arena_printf(cli->arena, "arn:aws:iam::ACCOUNT-ID:role/%.*s",
                                           STR_FMT(config_text(c, roles[i]))));
    } else {
        json_write_str(w, arena_printf(cli->arena, "arn:aws:s3:::DATASETS-BUCKET%s", end));
        json_write_str(w, arena_printf(cli->arena, "arn:aws:s3:::%.*s%s", STR_FMT(bucket), end));
    }
    json_write_end(w);
}

static void write_statement(struct json_writer *w, struct cli *cli, const struct statement *s)
{
    json_write_object(w);
    json_put_str(w, STR("Sid"), s->sid);
    json_put_str(w, STR("Effect"), STR("Allow"));
    json_write_key(w, STR("Action"));
    json_write_array(w);
    for (size_t i = 0; s->actions[i].len > 0; i++)
        json_write_str(w, s->actions[i]);
    json_write_end(w);
    write_resources(w, cli, s->resources);
    if (s->resources == FILL_ROLES) {
        json_write_key(w, STR("Condition"));
        json_write_raw(w, STR("{\"StringEquals\":{\"iam:PassedToService\":["
                              "\"elasticmapreduce.amazonaws.com\",\"ec2.amazonaws.com\"]}}"));
    }
    json_write_end(w);
}

int cmd_iam_policy(struct cli *cli, bool *ok, struct err *err)
{
    AUTO_BUF out = BUF_INIT(POLICY_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    json_put_str(&w, STR("Version"), STR("2012-10-17"));
    json_write_key(&w, STR("Statement"));
    json_write_array(&w);
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        write_statement(&w, cli, &statements[i]);
    json_write_end(&w);
    json_write_end(&w);
    buf_add_char(&out, '\n');
    *ok = output_write(buf_str(&out), err);
    return 0;
}
