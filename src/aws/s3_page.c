/* s3_page: see s3_page.h.  expat calls us for each element; we keep the text of the innermost one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_page.h"

#include "util/buf.h"
#include "util/clock.h"
#include "util/scan.h"
#include "util/url.h"

#include <expat.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 16 * 1024, PAGE_MAX_DEPTH = 16 };

struct reading {
    struct arena *arena;
    struct s3_page page;
    struct s3_entry entry;
    struct buf text;
    unsigned depth;
    bool is_encoded, is_in_entry, has_root;
    XML_Parser parser;
    struct err err;
};

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
    struct reading *r = ctx;
    (void)attributes;
    buf_reset(&r->text);
    if (r->depth == 0)
        r->has_root =
            strcmp(name, "ListBucketResult") == 0 || strcmp(name, "ListAllMyBucketsResult") == 0;
    if (++r->depth > PAGE_MAX_DEPTH)
        XML_StopParser(r->parser, XML_FALSE);
    if (strcmp(name, "Contents") == 0 || strcmp(name, "CommonPrefixes") == 0 ||
        strcmp(name, "Bucket") == 0) {
        r->entry = (struct s3_entry){ .is_prefix = name[1] == 'o' && name[2] == 'm' };
        r->is_in_entry = true;
    }
}

static void XMLCALL on_text(void *ctx, const char *bytes, int n)
{
    struct reading *r = ctx;
    buf_add(&r->text, (struct str){ bytes, (size_t)n });
}

static void take_key(struct reading *r, struct str text)
{
    r->entry.key = arena_str(r->arena, text);
    if (r->is_encoded &&
        !url_decode(r->arena, r->entry.key, URL_PLUS_IS_SPACE, &r->entry.key, &r->err))
        XML_StopParser(r->parser, XML_FALSE);
}

static int64_t time_or_0(struct str text)
{
    int64_t unix_ms;
    return time_parse_rfc3339(text, &unix_ms) ? unix_ms : 0;
}

static void take_entry_part(struct reading *r, const char *name, struct str text)
{
    if (strcmp(name, "Key") == 0 || strcmp(name, "Prefix") == 0 || strcmp(name, "Name") == 0)
        take_key(r, text);
    else if (strcmp(name, "ETag") == 0)
        r->entry.etag = arena_str(r->arena, str_trim_char(text, '"'));
    else if (strcmp(name, "Size") == 0)
        scan_whole_u64(text, UINT64_MAX, &r->entry.size_bytes); /* 0 if it is no number */
    else if (strcmp(name, "LastModified") == 0 || strcmp(name, "CreationDate") == 0)
        r->entry.time_unix_ms = time_or_0(text);
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct reading *r = ctx;
    struct str text = str_trim(buf_str(&r->text));
    r->depth--;
    if (strcmp(name, "Contents") == 0 || strcmp(name, "CommonPrefixes") == 0 ||
        strcmp(name, "Bucket") == 0) {
        r->is_in_entry = false;
        *ARENA_PUSH(r->arena, r->page.entries, r->page.n, r->page.cap) = r->entry;
    } else if (r->is_in_entry) {
        /* A key may begin or end in blanks: it is not trimmed. */
        take_entry_part(r, name, strcmp(name, "Key") == 0 ? buf_str(&r->text) : text);
    } else if (strcmp(name, "IsTruncated") == 0) {
        r->page.is_truncated = str_eq(text, STR("true"));
    } else if (strcmp(name, "NextContinuationToken") == 0) {
        r->page.next_token = arena_str(r->arena, text);
    }
    buf_reset(&r->text);
}

bool s3_page_parse(struct arena *a, struct str xml, bool is_encoded, struct s3_page *out,
                   struct err *err)
{
    struct reading r = { .arena = a, .text = BUF_INIT(TEXT_MAX_BYTES), .is_encoded = is_encoded };
    r.parser = XML_ParserCreate(NULL);
    if (r.parser == NULL)
        panic("no memory for expat");
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    bool ok = XML_Parse(r.parser, xml.ptr, (int)xml.len, XML_TRUE) == XML_STATUS_OK;
    if (!ok)
        err_set(err, ERR_UPSTREAM, "S3's list cannot be read: %s",
                XML_ErrorString(XML_GetErrorCode(r.parser)));
    else if (!r.has_root)
        ok = err_set(err, ERR_UPSTREAM, "S3 answered something that is no list");
    else if (r.page.is_truncated && r.page.next_token.len == 0)
        ok = err_set(err, ERR_UPSTREAM, "S3's list is cut, and it does not say how to go on");
    XML_ParserFree(r.parser);
    buf_release(&r.text);
    if (ok)
        *out = r.page;
    return ok;
}
