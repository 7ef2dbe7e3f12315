/*
 * aws: calls of AWS services, or of servers that speak their protocols.
 *
 * A struct aws holds what all calls share: region, endpoints, credentials, kept connections.  It
 * may be used by any number of threads.  Credentials are found in the order of the AWS tools:
 * environment, profile with a role (STS), web identity, profile (SSO, keys, credential_process),
 * container endpoint, instance metadata (IMDSv2).  They are fetched again five minutes before they
 * expire, by one thread, while the others go on with the old ones.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_AWS_H
#define AWS_AWS_H

#include "aws/sign.h"
#include "http/client.h"
#include "util/outbound.h"

struct aws;

enum aws_path_style { AWS_PATH_AUTO, AWS_PATH_ALWAYS, AWS_PATH_NEVER };

/* Empty strings: found as the AWS tools do.  All strings are borrowed and outlive the aws. */
struct aws_options {
    struct str region, profile;
    struct str endpoint_url, endpoint_url_s3, endpoint_url_emr;
    enum aws_path_style path_style;
    struct http_client_options client;
    int64_t call_timeout_ms;
    struct outbound *outbound; /* counts all calls, those for credentials too; may be NULL */
    char *const *env;          /* NULL-terminated */
    const char *home;          /* may be NULL */
};

/* NULL and ERR_CONFIG: no region is known, or an endpoint is no URL.  Asks nobody yet. */
MUST_USE struct aws *aws_new(const struct aws_options *options, struct err *err);
void aws_free(struct aws *aws);

struct str aws_region(const struct aws *aws);
/* "https://s3.eu-west-1.amazonaws.com"; service: "s3", "sqs", "sts", "ec2" or
 * "elasticmapreduce". */
struct str aws_endpoint(const struct aws *aws, struct arena *a, struct str service);
bool aws_has_own_endpoint(const struct aws *aws, struct str service);
enum aws_path_style aws_path_style_of(const struct aws *aws);

/* The credentials in force, copied to a.  Fails with ERR_CREDENTIALS: the message says where they
 * were looked for. */
MUST_USE bool aws_find_keys(struct aws *aws, struct arena *a, struct aws_keys *out,
                            struct err *err);

struct aws_request {
    struct str service;   /* "s3", "elasticmapreduce" */
    struct str operation; /* "GetObject", a row of operations.c; for the metrics */
    struct str region;    /* empty: that of the aws */
    struct str base_url;  /* of the endpoint, "https://host"; no path */
    enum http_method method;
    struct str path; /* encoded, begins with "/" */
    const struct aws_param *params;
    size_t n_params;
    const struct http_header *headers;
    size_t n_headers;
    struct str body;
    bool is_once; /* never sent twice */
    size_t body_limit;
    http_head_fn *head;  /* optional, as in client.h */
    http_sink_fn *sink;  /* optional, as in client.h */
    void *sink_ctx;      /* of both */
    int64_t deadline_ms; /* of the caller; the call's own time-out holds as well */
    const atomic_bool *cancel;
};

/* Sign, send, and wait.  Any answer of the service is success here; see aws_refusal(). */
MUST_USE bool aws_send(struct aws *aws, struct arena *a, const struct aws_request *req,
                       struct http_reply *out, struct err *err);

/* operations.c: every operation that is called, for outbound_new(). */
extern const struct outbound_operation aws_operations[];
extern const size_t aws_n_operations;

/* A row of errors.def. */
struct aws_error {
    struct str code;
    enum err_code ours;
    bool did_nothing; /* the request surely had no effect */
    const char *fix;  /* NULL: that of the kind */
};
/* NULL: the table does not have the code. */
const struct aws_error *aws_error_find(struct str code);
/* "com.amazonaws.emr#ValidationException:uri" -> "ValidationException" */
struct str aws_bare_code(struct str type);

/* What an answer that is not 2xx means: AWS's code and message, in XML or JSON, become ours by that
 * table.  Returns false. */
bool aws_refusal(struct arena *a, const struct http_reply *reply, const char *what,
                 struct err *err);
/* AWS's own code of such an answer, or empty. */
struct str aws_error_code(struct arena *a, const struct http_reply *reply);
/* The region that S3 names in such an answer, or empty; borrowed. */
struct str aws_error_region(const struct http_reply *reply);

/* credentials.c: one look through all places. */
struct http_client;
MUST_USE bool aws_keys_load(const struct aws_options *options, struct arena *a,
                            struct http_client *client, struct aws_keys *out, struct err *err);
/* profile.c: a key of a profile in ~/.aws/config and ~/.aws/credentials; empty if absent. */
struct str aws_profile_get(const struct aws_options *options, struct arena *a, struct str key);
struct str aws_profile_name(const struct aws_options *options);
const char *aws_env(const struct aws_options *options, const char *name);

#endif
