/* format_text: which form a text has: JSON, markup, delimited, or plain. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/csv.h"
#include "catalog/format_internal.h"
#include "catalog/json_shape.h"
#include "catalog/text.h"

/* So much of a text tells how it is written. */
#define SAMPLE_BYTES (16UL * 1024)

static bool begins(struct str text, struct str word)
{
    return str_has_prefix_nocase(text, word);
}

static enum format markup(struct str text)
{
    if (begins(text, STR("<!doctype html")) || begins(text, STR("<html")))
        return FORMAT_HTML;
    if (begins(text, STR("<?xml")) || begins(text, STR("<!DOCTYPE")))
        return FORMAT_XML;
    return FORMAT_UNKNOWN;
}

static enum format json_format(struct str text, bool is_cut, enum format promised)
{
    switch (json_form_of(text, is_cut)) {
    case JSON_LINES:
        return FORMAT_JSONL;
    case JSON_VALUE:
        if (promised == FORMAT_NOTEBOOK && str_contains(text, STR("\"cells\"")))
            return FORMAT_NOTEBOOK;
        return promised == FORMAT_JSONL ? FORMAT_JSONL : FORMAT_JSON;
    default:
        return FORMAT_UNKNOWN;
    }
}

/* Without a name that says so only a text without any exception is taken for a table. */
static bool is_sure(const struct csv_fit *fit)
{
    return fit->n_records >= 3 && fit->n_fitting == fit->n_records && fit->dialect.delimiter != ' ';
}

static enum format delimited(struct str text, bool is_cut, enum format promised, bool is_code)
{
    struct csv_fit fit;
    size_t end = str_rfind_char(text, '\n');
    if (is_cut && end != SIZE_MAX)
        text = str_slice(text, 0, end + 1);
    bool is_promised = promised == FORMAT_CSV || promised == FORMAT_TSV;
    if (is_code || !csv_sniff(text, &fit) || (!is_promised && !is_sure(&fit)))
        return is_promised ? promised : FORMAT_UNKNOWN;
    return fit.dialect.delimiter == '\t' ? FORMAT_TSV : FORMAT_CSV;
}

/* Programs and notes have commas too, but are no tables. */
static bool is_code_name(struct str name)
{
    static const struct str SUFFIXES[] = { STR_INIT(".md"),  STR_INIT(".py"),   STR_INIT(".r"),
                                           STR_INIT(".sql"), STR_INIT(".sh"),   STR_INIT(".scala"),
                                           STR_INIT(".log"), STR_INIT(".yaml"), STR_INIT(".yml") };
    for (size_t i = 0; i < ARRAY_LEN(SUFFIXES); i++) {
        if (str_has_suffix_nocase(name, SUFFIXES[i]))
            return true;
    }
    return false;
}

enum format format_of_text(struct arena *a, struct str head, bool is_cut, struct str name,
                           enum encoding *encoding)
{
    enum format promised = format_from_name(name, NULL);
    is_cut |= head.len > SAMPLE_BYTES;
    head = str_slice(head, 0, SAMPLE_BYTES);
    *encoding = text_encoding(head, is_cut);
    if (head.len == 0 || *encoding == ENCODING_NONE)
        return FORMAT_UNKNOWN;
    struct str text = text_to_utf8(a, head, *encoding);
    enum format format = markup(str_trim(text));
    if (format == FORMAT_UNKNOWN)
        format = json_format(text, is_cut, promised);
    if (format == FORMAT_UNKNOWN)
        format = delimited(text, is_cut, promised, is_code_name(name));
    if (format != FORMAT_UNKNOWN)
        return format;
    return promised == FORMAT_YAML ? FORMAT_YAML : FORMAT_TEXT;
}
