/* errors: AWS's words for failures, ours, in one table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"
#include "util/limits.h"
#include "json/json.h"

#include <stdio.h>

static const struct {
    struct str code;
    enum err_code ours;
    const char *fix; /* NULL: that of the kind */
} codes[] = {
    { STR_INIT("NoSuchBucket"), ERR_NOT_FOUND, NULL },
    { STR_INIT("NoSuchKey"), ERR_NOT_FOUND, NULL },
    { STR_INIT("AccessDenied"), ERR_FORBIDDEN, NULL },
    { STR_INIT("AccessDeniedException"), ERR_FORBIDDEN, NULL },
    { STR_INIT("AllAccessDisabled"), ERR_FORBIDDEN, NULL },
    { STR_INIT("InvalidAccessKeyId"), ERR_CREDENTIALS, NULL },
    { STR_INIT("SignatureDoesNotMatch"), ERR_CREDENTIALS, NULL },
    { STR_INIT("InvalidSignatureException"), ERR_CREDENTIALS, NULL },
    { STR_INIT("UnrecognizedClientException"), ERR_CREDENTIALS, NULL },
    { STR_INIT("InvalidClientTokenId"), ERR_CREDENTIALS, NULL },
    { STR_INIT("ExpiredToken"), ERR_CREDENTIALS, "Renew the credentials." },
    { STR_INIT("ExpiredTokenException"), ERR_CREDENTIALS, "Renew the credentials." },
    { STR_INIT("RequestTimeTooSkewed"), ERR_CREDENTIALS, "Set this machine's clock." },
    { STR_INIT("RequestExpired"), ERR_CREDENTIALS, "Set this machine's clock." },
    { STR_INIT("PreconditionFailed"), ERR_PRECONDITION, NULL },
    { STR_INIT("InvalidRange"), ERR_RANGE, NULL },
    { STR_INIT("BucketAlreadyExists"), ERR_CONFLICT, "Choose another name: somebody has it." },
    { STR_INIT("OperationAborted"), ERR_CONFLICT, NULL },
    { STR_INIT("SlowDown"), ERR_RATE, NULL },
    { STR_INIT("ThrottlingException"), ERR_RATE, NULL },
    { STR_INIT("Throttling"), ERR_RATE, NULL },
    { STR_INIT("TooManyRequestsException"), ERR_RATE, NULL },
    { STR_INIT("InvalidBucketName"), ERR_INVALID, NULL },
    { STR_INIT("KeyTooLongError"), ERR_INVALID, NULL },
    { STR_INIT("ValidationException"), ERR_INVALID, NULL },
    { STR_INIT("InvalidRequestException"), ERR_INVALID, NULL },
};

/* S3's errors and STS's answers are flat and small. */
struct str aws_xml_element(struct str xml, const char *name)
{
    char open[32], close[32];
    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    size_t at = str_find(xml, str_from(open), 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    at += str_from(open).len;
    size_t end = str_find(xml, str_from(close), at);
    return end == SIZE_MAX ? STR_EMPTY : str_slice(xml, at, end);
}

struct refusal {
    struct str code, message;
};

static struct refusal read_refusal(struct arena *a, const struct http_reply *reply)
{
    struct refusal r = { aws_xml_element(reply->body, "Code"),
                         aws_xml_element(reply->body, "Message") };
    struct err ignored = ERR_INIT;
    struct str type;
    if (r.code.len > 0 || str_trim(reply->body).len == 0 || str_trim(reply->body).ptr[0] != '{')
        return r;
    const struct json *doc = json_parse(a, reply->body, LIMIT_HTTP_ERROR_BYTES, &ignored);
    if (doc == NULL || !json_opt_str(doc, STR("__type"), STR_EMPTY, &type, &ignored))
        return r;
    /* "com.amazonaws.emr#ValidationException" */
    size_t hash = str_rfind_char(type, '#');
    r.code = hash == SIZE_MAX ? type : str_from_pos(type, hash + 1);
    static const struct str names[] = { STR_INIT("message"), STR_INIT("Message") };
    for (size_t i = 0; i < ARRAY_LEN(names) && r.message.len == 0; i++)
        if (!json_opt_str(doc, names[i], STR_EMPTY, &r.message, &ignored))
            r.message = STR_EMPTY;
    return r;
}

struct str aws_error_code(struct arena *a, const struct http_reply *reply)
{
    return read_refusal(a, reply).code;
}

bool aws_is_throttled(struct arena *a, const struct http_reply *reply)
{
    static const struct str codes_to_wait[] = { STR_INIT("ThrottlingException"),
                                                STR_INIT("Throttling"), STR_INIT("RequestTimeout"),
                                                STR_INIT("SlowDown") };
    struct str code = aws_error_code(a, reply);
    for (size_t i = 0; i < ARRAY_LEN(codes_to_wait); i++)
        if (str_eq(code, codes_to_wait[i]))
            return true;
    return reply->status == 429;
}

struct str aws_error_region(const struct http_reply *reply)
{
    return aws_xml_element(reply->body, "Region");
}

static enum err_code by_status(int status)
{
    switch (status) {
    case 401:
    case 403:
        return ERR_FORBIDDEN;
    case 404:
        return ERR_NOT_FOUND;
    case 412:
        return ERR_PRECONDITION;
    case 416:
        return ERR_RANGE;
    case 429:
        return ERR_RATE;
    case 503:
        return ERR_BUSY;
    default:
        return ERR_UPSTREAM;
    }
}

bool aws_refusal(struct arena *a, const struct http_reply *reply, const char *what, struct err *err)
{
    struct refusal r = read_refusal(a, reply);
    enum err_code ours = by_status(reply->status);
    const char *fix = NULL;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (str_eq(codes[i].code, r.code)) {
            ours = codes[i].ours;
            fix = codes[i].fix;
        }
    err_set(err, ours, "%s: AWS answered %d %.*s%s%.*s", what, reply->status, STR_FMT(r.code),
            r.message.len > 0 ? ": " : "", STR_FMT(str_slice(r.message, 0, 160)));
    return fix != NULL ? err_fix(err, "%s", fix) : false;
}
