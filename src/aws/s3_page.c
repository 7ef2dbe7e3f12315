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

/* The elements that are looked at. */
enum element { E_OTHER, E_ITEM, E_FOLDER, E_KEY, E_ETAG, E_SIZE, E_TIME, E_CUT, E_TOKEN };

static enum element element_of(const char *name)
{
    static const struct {
        const char *name;
        enum element is;
    } NAMES[] = {
        { "Key", E_KEY },
        { "ETag", E_ETAG },
        { "Size", E_SIZE },
        { "LastModified", E_TIME },
        { "Contents", E_ITEM },
        { "Prefix", E_KEY },
        { "CommonPrefixes", E_FOLDER },
        { "Bucket", E_ITEM },
        { "Name", E_KEY },
        { "CreationDate", E_TIME },
        { "IsTruncated", E_CUT },
        { "NextContinuationToken", E_TOKEN },
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (name[0] == NAMES[i].name[0] && strcmp(name, NAMES[i].name) == 0)
            return NAMES[i].is;
    return E_OTHER;
}

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
    enum element e = element_of(name);
    if (e == E_ITEM || e == E_FOLDER) {
        r->entry = (struct s3_entry){ .is_prefix = e == E_FOLDER };
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

static void take_entry_part(struct reading *r, enum element e, struct str text)
{
    if (e == E_KEY) /* may begin or end in blanks */
        take_key(r, text);
    else if (e == E_ETAG)
        r->entry.etag = arena_str(r->arena, str_trim_char(str_trim(text), '"'));
    else if (e == E_SIZE)
        scan_whole_u64(str_trim(text), UINT64_MAX, &r->entry.size_bytes); /* 0 if it is no number */
    else if (e == E_TIME)
        r->entry.time_unix_ms = time_or_0(str_trim(text));
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct reading *r = ctx;
    struct str text = buf_str(&r->text);
    enum element e = element_of(name);
    r->depth--;
    if (e == E_ITEM || e == E_FOLDER) {
        r->is_in_entry = false;
        *ARENA_PUSH(r->arena, r->page.entries, r->page.n, r->page.cap) = r->entry;
    } else if (r->is_in_entry) {
        take_entry_part(r, e, text);
    } else if (e == E_CUT) {
        r->page.is_truncated = str_eq(str_trim(text), STR("true"));
    } else if (e == E_TOKEN) {
        r->page.next_token = arena_str(r->arena, str_trim(text));
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
