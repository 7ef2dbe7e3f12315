/* emr: see emr.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/emr.h"

#include "aws/aws.h"

enum { EMR_ANSWER_MAX_BYTES = 4 * 1024 * 1024 };

static enum emr_sent sent_of(enum http_sent sent)
{
    switch (sent) {
    case HTTP_SENT_NOTHING:
        return EMR_SENT_NOTHING;
    case HTTP_SENT_UNCLEAR:
        return EMR_SENT_UNCLEAR;
    case HTTP_SENT_ANSWERED:
        return EMR_SENT_ANSWERED;
    }
    return EMR_SENT_UNCLEAR;
}

bool emr_send(void *ctx, struct arena *a, const struct emr_message *message, struct emr_reply *out,
              struct err *err)
{
    struct aws *aws = ctx;
    const struct http_header headers[] = {
        { STR("Content-Type"), STR("application/x-amz-json-1.1") },
        { STR("X-Amz-Target"),
          arena_printf(a, "ElasticMapReduce.%.*s", STR_FMT(message->operation)) },
    };
    const struct aws_request request = { .service = STR("elasticmapreduce"),
                                         .operation = message->operation,
                                         .base_url = aws_endpoint(aws, a, STR("elasticmapreduce")),
                                         .method = HTTP_POST,
                                         .path = STR("/"),
                                         .headers = headers,
                                         .n_headers = ARRAY_LEN(headers),
                                         .body = message->body,
                                         .is_once = message->is_once,
                                         .body_limit = EMR_ANSWER_MAX_BYTES,
                                         .deadline_ms = message->deadline_ms,
                                         .cancel = message->cancel };
    struct http_reply reply = { .sent = HTTP_SENT_NOTHING };
    bool ok = aws_send(aws, a, &request, &reply, err);
    out->sent = sent_of(reply.sent);
    out->status = reply.status;
    out->body = reply.body;
    return ok;
}
