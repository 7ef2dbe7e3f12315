/* errors: AWS's words for failures become ours, by the table of errors.def. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"
#include "util/limits.h"
#include "json/json.h"

#include <stdio.h>

static const struct aws_error rows[] = {
#define A(code, ours, did_nothing, fix) { STR_INIT(code), ERR_##ours, did_nothing, fix },
#include "aws/errors.def"
#undef A
};

const struct aws_error *aws_error_find(struct str code)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(rows[i].code, code))
            return &rows[i];
    return NULL;
}

struct str aws_bare_code(struct str type)
{
    size_t hash = str_rfind_char(type, '#');
    struct str head, tail;
    if (hash != SIZE_MAX)
        type = str_from_pos(type, hash + 1);
    (void)str_cut(type, ':', &head, &tail);
    return head;
}

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
    r.code = aws_bare_code(type);
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
    const struct aws_error *row = aws_error_find(r.code);
    err_set(err, row != NULL ? row->ours : by_status(reply->status),
            "%s: AWS answered %d %.*s%s%.*s", what, reply->status, STR_FMT(r.code),
            r.message.len > 0 ? ": " : "", STR_FMT(str_slice(r.message, 0, 160)));
    return row != NULL && row->fix != NULL ? err_fix(err, "%s", row->fix) : false;
}
