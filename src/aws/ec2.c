/* ec2: see ec2.h; what the answers say is ec2_xml.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/ec2.h"

#include "aws/aws.h"
#include "util/buf.h"
#include "util/limits.h"
#include "util/url.h"

enum { FORM_BYTES = 32 * 1024, ANSWER_BYTES = 4 * 1024 * 1024, HEAD_BYTES = 64 * 1024 };

static void write_form(struct buf *form, struct arena *a, const char *action, const char *param,
                       const struct str *ids, size_t n)
{
    url_query_add(form, STR("Action"), str_from(action));
    url_query_add(form, STR("Version"), STR("2016-11-15"));
    for (size_t i = 0; i < n; i++)
        url_query_add(form, arena_printf(a, "%s.%zu", param, i + 1), ids[i]);
}

/* EC2's words for an id that there is not: "InvalidGroup.NotFound", "InvalidSubnetID.NotFound",
 * "InvalidGroupId.Malformed". */
static bool refuse(struct arena *a, const struct http_reply *reply, const char *action,
                   struct err *err)
{
    struct str code = aws_error_code(a, reply);
    (void)aws_refusal(a, reply, action, err);
    if (str_has_suffix(code, STR(".NotFound")) || str_has_suffix(code, STR(".Malformed")))
        err->code = ERR_NOT_FOUND;
    return false;
}

static bool ask(struct aws *aws, struct arena *a, const char *action, struct str form,
                const struct ec2_call *call, struct str *body_out, struct err *err)
{
    static const struct http_header type = {
        STR_INIT("Content-Type"), STR_INIT("application/x-www-form-urlencoded; charset=utf-8")
    };
    const struct aws_request request = { .service = STR("ec2"),
                                         .operation = str_from(action),
                                         .base_url = aws_endpoint(aws, a, STR("ec2")),
                                         .method = HTTP_POST,
                                         .path = STR("/"),
                                         .headers = &type,
                                         .n_headers = 1,
                                         .body = form,
                                         .body_limit = ANSWER_BYTES,
                                         .deadline_ms = call->deadline_ms,
                                         .cancel = call->cancel };
    struct http_reply reply = { .sent = HTTP_SENT_NOTHING };
    if (!aws_send(aws, a, &request, &reply, err))
        return err_wrap(err, "%s", action);
    if (reply.status != 200)
        return refuse(a, &reply, action, err);
    *body_out = reply.body;
    return true;
}

bool ec2_groups(void *ctx, struct arena *a, const struct str *ids, size_t n,
                const struct ec2_call *call, struct ec2_groups *out, struct err *err)
{
    AUTO_BUF form = BUF_INIT(FORM_BYTES);
    struct str body;
    write_form(&form, a, "DescribeSecurityGroups", "GroupId", ids, n);
    return ask(ctx, a, "DescribeSecurityGroups", buf_str(&form), call, &body, err) &&
           ec2_groups_parse(a, body, out, err);
}

bool ec2_subnets(void *ctx, struct arena *a, const struct str *ids, size_t n,
                 const struct ec2_call *call, struct ec2_subnets *out, struct err *err)
{
    AUTO_BUF form = BUF_INIT(FORM_BYTES);
    struct str body;
    write_form(&form, a, "DescribeSubnets", "SubnetId", ids, n);
    return ask(ctx, a, "DescribeSubnets", buf_str(&form), call, &body, err) &&
           ec2_subnets_parse(a, body, out, err);
}

/* A bucket of another region is answered 301 with its region in a header; that of a HEAD has no
 * body. */
bool s3_bucket_region(void *ctx, struct arena *a, struct str bucket, const struct ec2_call *call,
                      struct str *region_out, struct err *err)
{
    struct aws *aws = ctx;
    AUTO_BUF path = BUF_INIT(LIMIT_URI_BYTES);
    buf_add_char(&path, '/');
    url_encode(&path, bucket, 0);
    const struct aws_request request = { .service = STR("s3"),
                                         .operation = STR("HeadBucket"),
                                         .base_url = aws_endpoint(aws, a, STR("s3")),
                                         .method = HTTP_HEAD,
                                         .path = buf_str(&path),
                                         .body_limit = HEAD_BYTES,
                                         .deadline_ms = call->deadline_ms,
                                         .cancel = call->cancel };
    struct http_reply reply = { .sent = HTTP_SENT_NOTHING };
    if (!aws_send(aws, a, &request, &reply, err))
        return err_wrap(err, "HeadBucket");
    *region_out = arena_str(a, http_reply_header(&reply, STR("x-amz-bucket-region")));
    if (reply.status == 200 || (reply.status == 301 && region_out->len > 0))
        return true;
    enum err_code code = reply.status == 404   ? ERR_NOT_FOUND
                         : reply.status == 403 ? ERR_FORBIDDEN
                                               : ERR_UPSTREAM;
    return err_set(err, code, "S3 answered %d to HeadBucket of %.*s", reply.status,
                   STR_FMT(bucket));
}
