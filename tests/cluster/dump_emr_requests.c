/* Prints RunJobFlow bodies, one a line, to be compared with AWS's own model of the service. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"

#include <stdio.h>

static void print(const struct emr_settings *s, unsigned n_nodes)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF body = BUF_INIT(64 * 1024);
    struct json_writer w;
    const struct cluster_request req = { .n_nodes = n_nodes, .owner = STR("ana") };
    json_writer_init(&w, &body);
    emr_write_request(&w, s, &req, emr_cluster_name(&a, req.owner, 7));
    puts(buf_cstr(&body));
}

int main(void)
{
    static const struct str subnets[] = { STR_INIT("subnet-1"), STR_INIT("subnet-2") };
    static const struct str groups[] = { STR_INIT("sg-1"), STR_INIT("sg-2") };
    struct emr_settings s = { .release = STR("emr-7.14.0"),
                              .primary_type = STR("m5.xlarge"),
                              .worker_type = STR("m5.2xlarge"),
                              .max_nodes = 20,
                              .idle_timeout_s = 3600,
                              .service_role = STR("EMR_DefaultRole"),
                              .instance_profile = STR("EMR_EC2_DefaultRole"),
                              .notebooks_bucket = STR("notebooks") };
    print(&s, 1);
    print(&s, 3);
    s.subnets = subnets;
    s.n_subnets = 1;
    s.primary_group = STR("sg-p");
    s.worker_group = STR("sg-w");
    s.service_group = STR("sg-s");
    s.additional_groups = groups;
    s.n_additional_groups = 2;
    s.key_name = STR("key");
    s.root_gib = 50;
    s.log_uri = STR("s3://logs/emr/");
    print(&s, 3);
    s.n_subnets = 2;
    print(&s, 5);
    s.release = STR("emr-5.19.0");
    print(&s, 2);
    return 0;
}
