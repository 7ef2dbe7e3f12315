/* snippets_quote: texts as literals of Python, SQL, R and Scala. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/snippets.h"

#include "util/attrs.h"
#include "util/buf.h"
#include "util/limits.h"

enum { MAX_LITERAL_BYTES = 8 * LIMIT_URI_BYTES };

/* Between double quotes with escapes.  control: how another control character is written. */
static struct str quote(struct arena *a, struct str text, const char *control)
{
    static const char plain[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
    AUTO_BUF out = BUF_INIT(MAX_LITERAL_BYTES);
    buf_add_char(&out, '"');
    for (size_t i = 0; i < text.len; i++) {
        size_t at = str_find_char(str_from(plain), text.ptr[i]);
        unsigned char c = (unsigned char)text.ptr[i];
        if (at != SIZE_MAX)
            buf_printf(&out, "\\%c", letters[at]);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(&out, "\\%s%02x", control, c);
        else
            buf_add_char(&out, text.ptr[i]);
    }
    buf_add_char(&out, '"');
    return arena_str(a, buf_str(&out));
}

struct str snippet_quote_python(struct arena *a, struct str text)
{
    return quote(a, text, "x");
}

struct str snippet_quote_r(struct arena *a, struct str text)
{
    return quote(a, text, "u00");
}

struct str snippet_quote_scala(struct arena *a, struct str text)
{
    return quote(a, text, "u00");
}

struct str snippet_quote_sql(struct arena *a, struct str text)
{
    AUTO_BUF out = BUF_INIT(MAX_LITERAL_BYTES);
    buf_add_char(&out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_add_char(&out, '\'');
        buf_add_char(&out, text.ptr[i]);
    }
    buf_add_char(&out, '\'');
    return arena_str(a, buf_str(&out));
}
