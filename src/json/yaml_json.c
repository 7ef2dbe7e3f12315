/* yaml_json: see yaml_json.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/yaml_json.h"

#include "json/writer.h"

#include <yaml.h>

struct yaml_walk {
    yaml_document_t *document;
    struct json_writer writer;
    struct buf *out;
    unsigned depth;
};

static struct str scalar(const yaml_node_t *n)
{
    return (struct str){ (const char *)n->data.scalar.value, n->data.scalar.length };
}

static bool is_among(struct str s, const struct str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, words[i]))
            return true;
    return false;
}

static bool is_null(struct str s)
{
    static const struct str words[] = { STR_INIT(""), STR_INIT("~"), STR_INIT("null"),
                                        STR_INIT("Null"), STR_INIT("NULL") };
    return is_among(s, words, ARRAY_LEN(words));
}

static bool is_true(struct str s)
{
    static const struct str words[] = { STR_INIT("true"), STR_INIT("True"), STR_INIT("TRUE"),
                                        STR_INIT("yes"),  STR_INIT("Yes"),  STR_INIT("YES"),
                                        STR_INIT("on"),   STR_INIT("On"),   STR_INIT("ON") };
    return is_among(s, words, ARRAY_LEN(words));
}

static bool is_false(struct str s)
{
    static const struct str words[] = { STR_INIT("false"), STR_INIT("False"), STR_INIT("FALSE"),
                                        STR_INIT("no"),    STR_INIT("No"),    STR_INIT("NO"),
                                        STR_INIT("off"),   STR_INIT("Off"),   STR_INIT("OFF") };
    return is_among(s, words, ARRAY_LEN(words));
}

static size_t digits(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && s.ptr[at + n] >= '0' && s.ptr[at + n] <= '9')
        n++;
    return n;
}

/* What is a number in YAML and in JSON alike. */
static bool is_number(struct str s)
{
    size_t at = s.len > 0 && s.ptr[0] == '-' ? 1 : 0;
    size_t n = digits(s, at);
    if (n == 0 || (n > 1 && s.ptr[at] == '0'))
        return false;
    at += n;
    if (at == s.len)
        return true;
    if (s.ptr[at] != '.' || (n = digits(s, at + 1)) == 0)
        return false;
    at += 1 + n;
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        bool is_signed = at + 1 < s.len && (s.ptr[at + 1] == '-' || s.ptr[at + 1] == '+');
        n = digits(s, at + 1 + is_signed);
        at = n > 0 ? at + 1 + is_signed + n : at;
    }
    return at == s.len;
}

static void write_scalar(struct yaml_walk *w, const yaml_node_t *n)
{
    struct str text = scalar(n);
    bool is_plain = n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (is_plain && is_null(text))
        json_write_null(&w->writer);
    else if (is_plain && (is_true(text) || is_false(text)))
        json_write_bool(&w->writer, is_true(text));
    else if (is_plain && is_number(text))
        json_write_raw(&w->writer, text);
    else
        json_write_str(&w->writer, text);
}

static yaml_node_t *node_at(const struct yaml_walk *w, int index)
{
    return yaml_document_get_node(w->document, index);
}

static bool write_node(struct yaml_walk *w, const yaml_node_t *n, struct err *err);

static bool goes_on(const struct yaml_walk *w, struct err *err)
{
    if (!buf_ok(w->out))
        return err_set(err, ERR_TOO_LARGE, "the document unfolds to more than %zu bytes",
                       w->out->limit);
    if (w->depth >= LIMIT_DEPTH)
        return err_set(err, ERR_TOO_LARGE, "the document is nested deeper than %d", LIMIT_DEPTH);
    return true;
}

static bool write_pairs(struct yaml_walk *w, const yaml_node_t *map, struct err *err);

/* "<<": a map, or a list of maps of which the first wins; what is written later wins. */
static bool write_merged(struct yaml_walk *w, const yaml_node_t *from, struct err *err)
{
    if (from == NULL || from->type == YAML_SCALAR_NODE)
        return true;
    if (from->type == YAML_MAPPING_NODE)
        return write_pairs(w, from, err);
    for (yaml_node_item_t *i = from->data.sequence.items.top;
         i > from->data.sequence.items.start;) {
        const yaml_node_t *item = node_at(w, *--i);
        if (item != NULL && item->type == YAML_MAPPING_NODE && !write_pairs(w, item, err))
            return false;
    }
    return true;
}

static bool is_merge(const yaml_node_t *key)
{
    return key != NULL && key->type == YAML_SCALAR_NODE &&
           key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && str_eq(scalar(key), STR("<<"));
}

static bool write_pairs(struct yaml_walk *w, const yaml_node_t *map, struct err *err)
{
    const yaml_node_pair_t *from = map->data.mapping.pairs.start, *to = map->data.mapping.pairs.top;
    bool ok = goes_on(w, err);
    w->depth++;
    for (const yaml_node_pair_t *p = from; p < to && ok; p++)
        if (is_merge(node_at(w, p->key)))
            ok = write_merged(w, node_at(w, p->value), err);
    for (const yaml_node_pair_t *p = from; p < to && ok; p++) {
        const yaml_node_t *key = node_at(w, p->key);
        if (key == NULL || key->type != YAML_SCALAR_NODE || is_merge(key))
            continue;
        json_write_key(&w->writer, scalar(key));
        ok = write_node(w, node_at(w, p->value), err);
    }
    w->depth--;
    return ok;
}

static bool write_node(struct yaml_walk *w, const yaml_node_t *n, struct err *err)
{
    bool ok = goes_on(w, err);
    if (!ok)
        return false;
    w->depth++;
    if (n == NULL || n->type == YAML_NO_NODE)
        json_write_null(&w->writer);
    else if (n->type == YAML_SCALAR_NODE)
        write_scalar(w, n);
    else if (n->type == YAML_MAPPING_NODE) {
        json_write_object(&w->writer);
        ok = write_pairs(w, n, err);
        if (ok)
            json_write_end(&w->writer);
    } else {
        json_write_array(&w->writer);
        for (const yaml_node_item_t *i = n->data.sequence.items.start;
             i < n->data.sequence.items.top && ok; i++)
            ok = write_node(w, node_at(w, *i), err);
        if (ok)
            json_write_end(&w->writer);
    }
    w->depth--;
    return ok;
}

/* libyaml looks anchors up one by one, and all open brackets at every token: with many of either
 * its time is quadratic. */
static bool is_bounded(struct str yaml, struct err *err)
{
    size_t n_anchors = 0, n_open = 0;
    if (yaml.len > LIMIT_YAML_BYTES)
        return err_set(err, ERR_TOO_LARGE, "the document has more than %lu bytes",
                       LIMIT_YAML_BYTES);
    for (size_t i = 0; i < yaml.len; i++) {
        char c = yaml.ptr[i];
        n_anchors += c == '&';
        n_open += c == '[' || c == '{';
        n_open -= (c == ']' || c == '}') && n_open > 0;
        if (n_open > LIMIT_DEPTH)
            return err_set(err, ERR_TOO_LARGE, "the document is nested deeper than %d",
                           LIMIT_DEPTH);
    }
    return n_anchors <= LIMIT_YAML_ANCHORS ||
           err_set(err, ERR_TOO_LARGE, "the document has more than %lu anchors",
                   LIMIT_YAML_ANCHORS);
}

bool yaml_to_json(struct str yaml, struct buf *out, struct err *err)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (!is_bounded(yaml, err))
        return false;
    if (!yaml_parser_initialize(&parser))
        panic("no memory for a YAML document");
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml.ptr, yaml.len);
    bool ok = yaml_parser_load(&parser, &document) == 1;
    if (!ok)
        err_set(err, ERR_PARSE, "line %zu column %zu: %s", parser.problem_mark.line + 1,
                parser.problem_mark.column + 1,
                parser.problem != NULL ? parser.problem : "not YAML");
    if (ok) {
        struct yaml_walk w = { .document = &document, .out = out };
        json_writer_init(&w.writer, out);
        ok = write_node(&w, yaml_document_get_root_node(&document), err) &&
             (buf_ok(out) || goes_on(&w, err));
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return ok;
}
