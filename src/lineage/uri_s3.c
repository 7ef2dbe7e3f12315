/*
 * uri_s3: the buckets and keys in the addresses of S3.
 *
 * A host is read from its right: "amazonaws.com", then the shortest run of labels that is an
 * endpoint; what is left of it is the bucket ("virtual hosting").  Regions are not checked against
 * a list: new ones appear, and notebooks hold placeholders there.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri_internal.h"

enum { ACCOUNT_DIGITS = 12 };

enum endpoint {
    ENDPOINT_NONE,
    ENDPOINT_BUCKET,       /* bucket in front, or first in the path */
    ENDPOINT_ACCESS_POINT, /* "name-account" in front */
};

/* The first word of an endpoint ("s3.dualstack.REGION", "s3-eu-west-1").  A region may follow as
 * the last label, "dualstack" before it. */
static const struct {
    struct str word;
    enum endpoint kind;
} words[] = {
    { STR_INIT("s3"), ENDPOINT_BUCKET },
    { STR_INIT("s3-accelerate"), ENDPOINT_BUCKET },
    { STR_INIT("s3-fips"), ENDPOINT_BUCKET },
    { STR_INIT("s3-website"), ENDPOINT_BUCKET },
    { STR_INIT("s3-accesspoint"), ENDPOINT_ACCESS_POINT },
    { STR_INIT("s3-accesspoint-fips"), ENDPOINT_ACCESS_POINT },
};

/* Other services, whose names begin like "s3-REGION". */
static const struct str others[] = { STR_INIT("s3-control"), STR_INIT("s3-outposts"),
                                     STR_INIT("s3-object-lambda") };

static enum endpoint word_kind(struct str word)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (str_has_prefix_nocase(word, others[i]))
            return ENDPOINT_NONE;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_eq_nocase(word, words[i].word))
            return words[i].kind;
    }
    /* "s3-eu-west-1", "s3-website-eu-west-1", "s3" and something unknown */
    bool is_s3 =
        str_has_prefix_nocase(word, STR("s3-")) || str_has_prefix(word, STR("s3" HOLE_TEXT));
    return is_s3 ? ENDPOINT_BUCKET : ENDPOINT_NONE;
}

/* tail: "s3", "s3.REGION", "s3.dualstack.REGION", "s3-accelerate.dualstack". */
static enum endpoint endpoint_kind(struct str tail, struct str *region)
{
    struct str word, rest;
    str_cut(tail, '.', &word, &rest);
    enum endpoint kind = word_kind(word);
    struct str dual = STR("dualstack");
    if (str_eq_nocase(rest, dual))
        rest = STR_EMPTY;
    else if (str_has_prefix_nocase(rest, STR("dualstack.")))
        rest = str_from_pos(rest, dual.len + 1);
    if (str_find_char(rest, '.') != SIZE_MAX)
        return ENDPOINT_NONE;
    *region = rest;
    return kind;
}

/* "name-123456789012" in front of an access point's endpoint. */
static bool access_point(struct arena *a, struct str label, struct str region, struct str path,
                         struct str *out)
{
    size_t dash = str_rfind_char(label, '-');
    if (dash == SIZE_MAX || dash == 0 || label.len - dash - 1 != ACCOUNT_DIGITS)
        return false;
    *out = arena_printf(a, "arn:aws:s3:%.*s:%.*s:accesspoint/%.*s%.*s", STR_FMT(region),
                        STR_FMT(str_from_pos(label, dash + 1)), STR_FMT(str_slice(label, 0, dash)),
                        STR_FMT(path));
    return true;
}

static bool strip_domain(struct str *host)
{
    static const struct str domains[] = { STR_INIT(".amazonaws.com"),
                                          STR_INIT(".amazonaws.com.cn") };
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        if (str_has_suffix_nocase(*host, domains[i])) {
            *host = str_slice(*host, 0, host->len - domains[i].len);
            return true;
        }
    }
    return false;
}

bool uri_s3_of_host(struct arena *a, struct str host, struct str path, struct str *out)
{
    if (!strip_domain(&host))
        return false;
    /* An endpoint has at most three labels, so only the last three dots can stand before it. */
    size_t end = host.len;
    for (int i = 0; i < 3; i++) {
        size_t dot = str_rfind_char(str_slice(host, 0, end), '.');
        struct str tail = str_from_pos(host, dot == SIZE_MAX ? 0 : dot + 1);
        struct str front = str_slice(host, 0, dot == SIZE_MAX ? 0 : dot);
        struct str region;
        enum endpoint kind = endpoint_kind(tail, &region);
        if (kind == ENDPOINT_ACCESS_POINT)
            return access_point(a, front, region, path, out);
        if (kind == ENDPOINT_BUCKET) {
            *out = front.len > 0 ? arena_concat(a, front, path) : str_from_pos(path, 1);
            return true;
        }
        if (dot == SIZE_MAX)
            break;
        end = dot;
    }
    return false;
}

struct str uri_s3_of_arn(struct arena *a, struct str arn, bool has_object)
{
    struct str fields[5], rest = arn;
    for (size_t i = 0; i < 5; i++) {
        if (!str_cut(rest, ':', &fields[i], &rest))
            return STR_EMPTY;
    }
    /* arn : partition : service : region : account : resource */
    if (!str_eq_nocase(fields[0], STR("arn")) || !str_eq(fields[2], STR("s3")))
        return STR_EMPTY;
    if (!str_has_prefix(rest, STR("accesspoint")))
        return rest;
    /* "accesspoint/name/object/key" and "accesspoint:name" are the same bucket as "s3://ARN". */
    rest = str_from_pos(rest, sizeof "accesspoint" - 1);
    struct str name, key;
    str_cut(str_from_pos(rest, 1), '/', &name, &key);
    if (has_object && str_has_prefix(key, STR("object/")))
        key = str_from_pos(key, sizeof "object/" - 1);
    return arena_printf(a, "arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s%s%.*s", STR_FMT(fields[1]),
                        STR_FMT(fields[3]), STR_FMT(fields[4]), STR_FMT(name),
                        key.len > 0 ? "/" : "", STR_FMT(key));
}
