/*
 * credentials_internal: what the files that look for keys share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_CREDENTIALS_INTERNAL_H
#define AWS_CREDENTIALS_INTERNAL_H

#include "aws/aws.h"

/* Roles that lead to roles: a chain longer than this is a loop. */
enum { ROLE_CHAIN_MOST = 8, KEYS_ANSWER_BYTES = 64 * 1024, TOKEN_FILE_BYTES = 64 * 1024 };

/* A place that has keys (found), has none, or fails (err is set). */
enum search { SEARCH_FOUND, SEARCH_NONE, SEARCH_FAILED };

struct key_search {
    const struct aws_options *options;
    struct arena *arena; /* owns everything that is found */
    struct http_client *client;
};

/* The role that keys are asked for. */
struct sts_role {
    struct str arn, session_name;
    struct str external_id; /* may be empty */
    uint64_t duration_s;    /* 0: as STS sees fit */
};

/* aws.c */
const struct aws_options *aws_options_of(const struct aws *aws);

/* sts.c: AssumeRole with keys, AssumeRoleWithWebIdentity with a token.  out->source is kept. */
MUST_USE bool sts_assume_role(const struct key_search *s, const struct sts_role *role,
                              const struct aws_keys *keys, struct aws_keys *out, struct err *err);
MUST_USE bool sts_assume_with_token(const struct key_search *s, const struct sts_role *role,
                                    struct str token, struct aws_keys *out, struct err *err);

/* sso.c: the keys of a profile with sso_session or sso_start_url; NONE if it has neither. */
enum search sso_keys(const struct key_search *s, struct str profile, struct aws_keys *out,
                     struct err *err);

/* sso_token.c: the token in the cache file at path, renewed if it is about to end and that can be
 * done; false if there is no valid one. */
bool sso_token(const struct key_search *s, struct str path, struct str region, struct str *out);

/* profile.c: a whole file of at most limit_bytes.  NULL ptr and err when it cannot be read. */
MUST_USE bool aws_read_file(struct arena *a, const char *path, size_t limit_bytes, struct str *out,
                            struct err *err);
/* A key of the section "[KIND NAME]" of the config file ("profile", "sso-session"); of a profile
 * also of the credentials file, which goes first.  Empty if absent. */
struct str aws_section_get(const struct aws_options *options, struct arena *a, const char *kind,
                           struct str name, struct str key);
/* Does either file have the profile? */
bool aws_profile_exists(const struct aws_options *options, struct arena *a, struct str name);
/* The region of options, environment or profile; us-east-1 when none is known. */
struct str aws_region_or_default(const struct aws_options *options, struct arena *a);
/* The endpoint of a service: our own setting for all services, else what the AWS tools find (their
 * variables, the section [services ...] that the profile names, the profile), unless
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS forbids it; empty if none.  env_name: behind
 * "AWS_ENDPOINT_URL_", "STS". */
struct str aws_endpoint_setting(const struct aws_options *options, struct arena *a,
                                const char *env_name);

/* operations.c: how a call has ended.  ok: an answer came. */
enum outbound_result aws_result(struct arena *a, bool ok, const struct http_reply *reply);
/* errors.c: does the answer ask to go slower? */
bool aws_is_throttled(struct arena *a, const struct http_reply *reply);

/* Is the section [services ...] there, if the profile names one?  Fails with ERR_CONFIG. */
MUST_USE bool aws_services_check(const struct aws_options *options, struct arena *a,
                                 struct err *err);

/* errors.c: what stands between <name> and </name>, borrowed; empty if absent. */
struct str aws_xml_element(struct str xml, const char *name);

#endif
