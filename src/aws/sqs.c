/* sqs: see sqs.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sqs.h"

#include "aws/aws.h"
#include "util/clock.h"
#include "json/json.h"
#include "json/writer.h"

#include <stdio.h>

/* Ten messages of 1 MiB, escaped. */
enum { ANSWER_MAX_BYTES = 16 * 1024 * 1024, BODY_MAX_BYTES = 64 * 1024, CALL_MS = 30000 };

static bool call(struct aws *aws, struct arena *a, const struct sqs_queue *queue,
                 const char *operation, struct str body, const struct json **out, struct err *err)
{
    const struct http_header headers[] = {
        { STR("Content-Type"), STR("application/x-amz-json-1.0") },
        { STR("X-Amz-Target"), arena_printf(a, "AmazonSQS.%s", operation) },
    };
    const struct aws_request request = { .service = STR("sqs"),
                                         .operation = str_from(operation),
                                         .base_url = aws_endpoint(aws, a, STR("sqs")),
                                         .method = HTTP_POST,
                                         .path = STR("/"),
                                         .headers = headers,
                                         .n_headers = ARRAY_LEN(headers),
                                         .body = body,
                                         .body_limit = ANSWER_MAX_BYTES,
                                         .deadline_ms = clock_mono_ms() + CALL_MS,
                                         .cancel = queue->cancel };
    struct http_reply reply;
    if (!aws_send(aws, a, &request, &reply, err))
        return err_wrap(err, "%s %.*s", operation, STR_FMT(queue->url));
    if (reply.status < 200 || reply.status > 299)
        return aws_refusal(a, &reply, operation, err);
    *out = json_parse(a, reply.body, ANSWER_MAX_BYTES, err);
    return *out != NULL || err_wrap(err, "%s: the answer", operation);
}

static bool take_messages(const struct json *list, struct sqs_message messages[SQS_MOST],
                          size_t *n_out, struct err *err)
{
    *n_out = 0;
    for (size_t i = 0; list != NULL && i < list->n_items && i < SQS_MOST; i++) {
        struct sqs_message *m = &messages[i];
        if (!json_get_str(&list->items[i], STR("ReceiptHandle"), &m->receipt, err) ||
            !json_opt_str(&list->items[i], STR("Body"), STR_EMPTY, &m->body, err))
            return false;
        *n_out = i + 1;
    }
    return true;
}

bool sqs_receive(struct aws *aws, struct arena *a, const struct sqs_queue *queue, unsigned wait_s,
                 struct sqs_message messages[SQS_MOST], size_t *n_out, struct err *err)
{
    AUTO_BUF body = BUF_INIT(BODY_MAX_BYTES);
    struct json_writer w;
    const struct json *answer, *list;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_str(&w, STR("QueueUrl"), queue->url);
    json_put_i64(&w, STR("MaxNumberOfMessages"), SQS_MOST);
    json_put_i64(&w, STR("WaitTimeSeconds"), wait_s);
    json_write_end(&w);
    return call(aws, a, queue, "ReceiveMessage", buf_str(&body), &answer, err) &&
           json_opt_array(answer, STR("Messages"), &list, err) &&
           take_messages(list, messages, n_out, err);
}

bool sqs_delete(struct aws *aws, const struct sqs_queue *queue, const struct sqs_message *messages,
                size_t n, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF body = BUF_INIT(BODY_MAX_BYTES);
    struct json_writer w;
    const struct json *answer, *failed;
    if (n == 0)
        return true;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_str(&w, STR("QueueUrl"), queue->url);
    json_write_key(&w, STR("Entries"));
    json_write_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_write_object(&w);
        json_put_str(&w, STR("Id"), arena_printf(&a, "%zu", i));
        json_put_str(&w, STR("ReceiptHandle"), messages[i].receipt);
        json_write_end(&w);
    }
    json_write_end(&w);
    json_write_end(&w);
    if (!call(aws, &a, queue, "DeleteMessageBatch", buf_str(&body), &answer, err) ||
        !json_opt_array(answer, STR("Failed"), &failed, err))
        return false;
    return failed == NULL || failed->n_items == 0 ||
           err_set(err, ERR_UPSTREAM, "DeleteMessageBatch: %u of %zu messages were not deleted",
                   failed->n_items, n);
}
