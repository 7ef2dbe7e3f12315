/* Prints RunJobFlow bodies, one a line, to be compared with AWS's own model of the service. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"
#include "cluster/reconciler.h"

#include <stdio.h>

static void print_types(const struct emr_settings *s, unsigned n_nodes, enum spec_market market,
                        unsigned autoscale_max, size_t n_types)
{
    static const char *const types[] = { "m5.2xlarge",  "m5a.2xlarge", "m5d.2xlarge", "m6i.2xlarge",
                                         "m6a.2xlarge", "m7i.2xlarge", "m7a.2xlarge" };
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF body = BUF_INIT(64 * 1024);
    struct json_writer w;
    struct cluster_spec spec;
    emr_default_spec(s, &spec);
    spec.n_workers = n_nodes - 1;
    spec.market = market;
    spec.autoscale_min = autoscale_max > 0;
    spec.autoscale_max = autoscale_max;
    for (size_t i = 1; i < n_types; i++)
        spec.worker_types.items[spec.worker_types.n++] = str_from(types[i]);
    spec.labels[spec.n_labels++] = (struct json_member){ STR("project"), STR("churn") };
    const struct cluster_order order = { .marker = STR("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                                         .deployment = STR("dep"),
                                         .name = STR("lab"),
                                         .owner = STR("ana"),
                                         .spec = &spec,
                                         .password_hash = STR("$6$salt$hash") };
    json_writer_init(&w, &body);
    emr_write_request(&w, s, &order, marker_name(&a, &order));
    puts(buf_cstr(&body));
}

static void print(const struct emr_settings *s, unsigned n_nodes, enum spec_market market,
                  unsigned autoscale_max)
{
    print_types(s, n_nodes, market, autoscale_max, 1);
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
    print(&s, 1, SPEC_ON_DEMAND, 0);
    print(&s, 3, SPEC_ON_DEMAND, 0);
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
    print(&s, 3, SPEC_ON_DEMAND, 0);
    s.n_subnets = 2;
    print(&s, 5, SPEC_ON_DEMAND, 0);
    s.release = STR("emr-5.19.0");
    print(&s, 2, SPEC_ON_DEMAND, 0);
    s.release = STR("emr-7.14.0");
    print(&s, 4, SPEC_SPOT, 0);
    print(&s, 4, SPEC_SPOT_WITH_FALLBACK, 8);
    s.n_subnets = 1;
    print(&s, 4, SPEC_ON_DEMAND, 8);
    /* Several types, with one subnet and with two, on demand and on spot, scaled and not. */
    print_types(&s, 4, SPEC_ON_DEMAND, 0, 7);
    s.n_subnets = 2;
    print_types(&s, 4, SPEC_ON_DEMAND, 9, 3);
    print_types(&s, 9, SPEC_SPOT, 0, 7);
    print_types(&s, 4, SPEC_SPOT_WITH_FALLBACK, 30, 7);
    print_types(&s, 1, SPEC_SPOT, 0, 2);
    return 0;
}
