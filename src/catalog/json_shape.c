/* json_shape: a strict walk over JSON (RFC 8259) that collects types. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/json_shape.h"

#include "catalog/format_internal.h"
#include "util/buf.h"
#include "util/scan.h"
#include "util/strmap.h"

/* Objects with more members are maps: their keys are data. */
enum { MEMBERS_MAX = 1000, NUMBERED_MIN = 10 };

/* What was seen at one place. */
struct shape_node {
    struct str name;
    enum column_type scalar; /* COLUMN_UNKNOWN: none seen */
    bool has_null;
    uint64_t n_seen; /* values, null among them */
    bool is_object, is_list;
    uint64_t n_objects;
    struct strmap *members; /* to struct shape_node */
    struct shape_node *element;
};

enum walk { WALK_OK, WALK_CUT, WALK_BAD, WALK_LARGE };

struct walker {
    struct arena *a;
    struct scan s;
    const char *begin;
    size_t n_nodes;
    unsigned depth;
};

static void skip_space(struct walker *w)
{
    while (w->s.at < w->s.end &&
           (*w->s.at == ' ' || *w->s.at == '\t' || *w->s.at == '\n' || *w->s.at == '\r'))
        w->s.at++;
}

static enum walk failed(const struct walker *w)
{
    return scan_is_done(&w->s) ? WALK_CUT : WALK_BAD;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A string; *out is its inside as written, without escapes undone. */
static enum walk walk_string(struct walker *w, struct str *out)
{
    const char *from = ++w->s.at;
    for (; w->s.at < w->s.end; w->s.at++) {
        if (*w->s.at == '"') {
            *out = (struct str){ from, (size_t)(w->s.at++ - from) };
            return WALK_OK;
        }
        if ((unsigned char)*w->s.at < ' ')
            return WALK_BAD;
        if (*w->s.at == '\\' && ++w->s.at == w->s.end)
            break;
    }
    w->s.at = w->s.end;
    return WALK_CUT;
}

static unsigned unit_at(struct str text, size_t at)
{
    unsigned value = 0;
    for (size_t i = at; i < at + 4; i++) {
        int digit = i < text.len ? hex_digit(text.ptr[i]) : -1;
        value = value * 16 + (unsigned)(digit < 0 ? 0 : digit);
    }
    return value;
}

/* A name with its escapes undone; escaped units are read as UTF-16. */
static struct str plain_name(struct walker *w, struct str raw)
{
    static const char TO[] = "\b\f\n\r\t";
    AUTO_BUF out = BUF_INIT(raw.len * 3 + 8);
    if (str_find_char(raw, '\\') == SIZE_MAX)
        return raw;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] != '\\' || i + 1 == raw.len) {
            buf_add_char(&out, raw.ptr[i]);
            continue;
        }
        char c = raw.ptr[++i];
        if (c == 'u') {
            char units[4] = { 0 };
            unsigned first = unit_at(raw, i + 1), second = 0;
            size_t n = 2;
            i += 4;
            if (first >= 0xd800 && first < 0xdc00 &&
                str_has_prefix(str_from_pos(raw, i + 1), STR("\\u"))) {
                second = unit_at(raw, i + 3);
                i += 6;
                n = 4;
            }
            units[0] = (char)(first & 0xff);
            units[1] = (char)(first >> 8);
            units[2] = (char)(second & 0xff);
            units[3] = (char)(second >> 8);
            buf_add(&out, text_to_utf8(w->a, (struct str){ units, n }, ENCODING_UTF16LE));
        } else {
            size_t at = str_find_char(STR("bfnrt"), c);
            buf_add_char(&out, at == SIZE_MAX ? c : TO[at]);
        }
    }
    return arena_str(w->a, buf_str(&out));
}

static void see_scalar(struct shape_node *node, enum column_type type)
{
    node->scalar = node->scalar == COLUMN_UNKNOWN ? type : column_type_widen(node->scalar, type);
}

static enum walk walk_number(struct walker *w, struct shape_node *node)
{
    const char *from = w->s.at;
    while (w->s.at < w->s.end &&
           ((*w->s.at >= '0' && *w->s.at <= '9') || *w->s.at == '-' || *w->s.at == '+' ||
            *w->s.at == '.' || *w->s.at == 'e' || *w->s.at == 'E'))
        w->s.at++;
    if (scan_is_done(&w->s) && w->depth > 0)
        return WALK_CUT; /* there may be more digits */
    struct str text = { from, (size_t)(w->s.at - from) };
    bool is_whole = str_find_char(text, '.') == SIZE_MAX && str_find_char(text, 'e') == SIZE_MAX &&
                    str_find_char(text, 'E') == SIZE_MAX;
    enum column_type type = is_whole && text.len < 20 ? COLUMN_INT64 : COLUMN_FLOAT64;
    char last = text.len == 0 ? '-' : text.ptr[text.len - 1];
    if (last < '0' || last > '9')
        return WALK_BAD;
    see_scalar(node, type);
    return WALK_OK;
}

static bool is_cut_word(const struct walker *w, struct str word)
{
    struct str rest = scan_rest(&w->s);
    return rest.len < word.len && str_has_prefix(word, rest);
}

static enum walk walk_word(struct walker *w, struct shape_node *node)
{
    if (scan_str(&w->s, STR("null"))) {
        node->has_null = true;
        return WALK_OK;
    }
    if (scan_str(&w->s, STR("true")) || scan_str(&w->s, STR("false"))) {
        see_scalar(node, COLUMN_BOOL);
        return WALK_OK;
    }
    /* pandas and Python's json write these. */
    if (scan_str(&w->s, STR("NaN")) || scan_str(&w->s, STR("Infinity"))) {
        see_scalar(node, COLUMN_FLOAT64);
        return WALK_OK;
    }
    bool is_cut = is_cut_word(w, STR("null")) || is_cut_word(w, STR("true")) ||
                  is_cut_word(w, STR("false")) || is_cut_word(w, STR("NaN"));
    return is_cut ? WALK_CUT : WALK_BAD;
}

static struct shape_node *node_new(struct walker *w, struct str name)
{
    if (++w->n_nodes > LIMIT_SCHEMA_COLUMNS)
        return NULL;
    struct shape_node *node = ARENA_NEW(w->a, struct shape_node);
    node->name = name;
    return node;
}

static enum walk walk_value(struct walker *w, struct shape_node *node);

static enum walk walk_list(struct walker *w, struct shape_node *node)
{
    node->is_list = true;
    if (node->element == NULL && (node->element = node_new(w, STR("element"))) == NULL)
        return WALK_LARGE;
    w->s.at++;
    skip_space(w);
    if (scan_char(&w->s, ']'))
        return WALK_OK;
    for (;;) {
        enum walk walk = walk_value(w, node->element);
        if (walk != WALK_OK)
            return walk;
        skip_space(w);
        if (scan_char(&w->s, ']'))
            return WALK_OK;
        if (!scan_char(&w->s, ','))
            return failed(w);
        skip_space(w);
    }
}

static enum walk walk_member(struct walker *w, struct shape_node *node)
{
    struct str raw;
    if (scan_is_done(&w->s))
        return WALK_CUT;
    if (*w->s.at != '"')
        return WALK_BAD;
    enum walk walk = walk_string(w, &raw);
    if (walk != WALK_OK)
        return walk;
    struct str name = plain_name(w, raw);
    skip_space(w);
    if (!scan_char(&w->s, ':'))
        return failed(w);
    skip_space(w);
    struct shape_node *member = strmap_get(node->members, name);
    if (member == NULL) {
        if ((member = node_new(w, name)) == NULL)
            return WALK_LARGE;
        strmap_put(node->members, name, member);
    }
    return walk_value(w, member);
}

static enum walk walk_object(struct walker *w, struct shape_node *node)
{
    if (node->members == NULL) {
        node->members = ARENA_NEW(w->a, struct strmap);
        strmap_init(node->members, w->a);
    }
    node->is_object = true;
    w->s.at++;
    skip_space(w);
    for (bool is_first = true;; is_first = false) {
        if (is_first && scan_char(&w->s, '}'))
            break;
        enum walk walk = walk_member(w, node);
        if (walk != WALK_OK)
            return walk;
        skip_space(w);
        if (scan_char(&w->s, '}'))
            break;
        if (!scan_char(&w->s, ','))
            return failed(w);
        skip_space(w);
    }
    node->n_objects++;
    return WALK_OK;
}

static enum walk walk_value(struct walker *w, struct shape_node *node)
{
    struct str text;
    enum walk walk;
    if (scan_is_done(&w->s))
        return WALK_CUT;
    node->n_seen++;
    switch (*w->s.at) {
    case '{':
    case '[':
        if (w->depth >= LIMIT_SCHEMA_DEPTH)
            return WALK_LARGE;
        w->depth++;
        walk = *w->s.at == '{' ? walk_object(w, node) : walk_list(w, node);
        w->depth--;
        return walk;
    case '"':
        see_scalar(node, COLUMN_STRING);
        return walk_string(w, &text);
    case '-':
        if (str_has_prefix(scan_rest(&w->s), STR("-Infinity"))) {
            see_scalar(node, COLUMN_FLOAT64);
            w->s.at += sizeof "-Infinity" - 1;
            return WALK_OK;
        }
        return walk_number(w, node);
    default:
        return *w->s.at >= '0' && *w->s.at <= '9' ? walk_number(w, node) : walk_word(w, node);
    }
}

/* ---- nodes to columns ---- */

static void make_column(struct walker *w, const struct shape_node *node, uint64_t n_expected,
                        struct column *out);

/* Values of very many names: what they have in common. */
static void make_map(struct walker *w, const struct shape_node *node, struct column *out)
{
    out->type = COLUMN_MAP;
    out->fields = ARENA_NEW_N(w->a, struct column, 2);
    out->n_fields = 2;
    out->fields[0] =
        (struct column){ .name = STR("key"), .type = COLUMN_STRING, .native = STR("string") };
    make_column(w, node->members->entries[0].value, 0, &out->fields[1]);
    for (size_t i = 1; i < node->members->n; i++) {
        struct column other;
        make_column(w, node->members->entries[i].value, 0, &other);
        if (other.type != out->fields[1].type) {
            out->fields[1].type = column_type_widen(out->fields[1].type, other.type);
            out->fields[1].n_fields = 0;
        }
    }
    out->fields[1].name = STR("value");
}

/* Are the names numbers, as pandas writes a frame by columns? */
static bool are_numbered(const struct shape_node *node)
{
    uint64_t number;
    for (size_t i = 0; i < node->members->n; i++) {
        if (!scan_whole_u64(node->members->entries[i].key, UINT64_MAX, &number))
            return false;
    }
    return node->members->n >= NUMBERED_MIN;
}

static void make_members(struct walker *w, const struct shape_node *node, struct column *out)
{
    out->fields = ARENA_NEW_N(w->a, struct column, node->members->n);
    out->n_fields = node->members->n;
    for (size_t i = 0; i < out->n_fields; i++)
        make_column(w, node->members->entries[i].value, node->n_objects, &out->fields[i]);
}

static void make_column(struct walker *w, const struct shape_node *node, uint64_t n_expected,
                        struct column *out)
{
    unsigned n_kinds = (unsigned)node->is_object + (unsigned)node->is_list +
                       (unsigned)(node->scalar != COLUMN_UNKNOWN);
    *out = (struct column){ .name = format_text(w->a, node->name),
                            .is_nullable = node->has_null || node->n_seen < n_expected };
    if (n_kinds > 1) {
        out->type = COLUMN_UNION;
        out->native = STR("mixed");
    } else if (node->is_object) {
        out->type = COLUMN_STRUCT;
        out->native = STR("object");
        if (node->members->n > MEMBERS_MAX || are_numbered(node))
            make_map(w, node, out);
        else
            make_members(w, node, out);
    } else if (node->is_list) {
        out->type = COLUMN_LIST;
        out->native = STR("array");
        out->fields = ARENA_NEW(w->a, struct column);
        out->n_fields = 1;
        make_column(w, node->element, 0, out->fields);
    } else {
        out->type = node->scalar == COLUMN_UNKNOWN ? COLUMN_NULL : node->scalar;
        out->native =
            out->type == COLUMN_STRING || out->type == COLUMN_NULL || out->type == COLUMN_BOOL
                ? (out->type == COLUMN_BOOL ? STR("boolean") : column_type_name(out->type))
                : STR("number");
    }
}

static void make_columns(struct walker *w, const struct shape_node *root, struct schema *out)
{
    struct column all;
    make_column(w, root, 0, &all);
    if (all.type == COLUMN_STRUCT) {
        out->columns = all.fields;
        out->n_columns = all.n_fields;
    } else {
        all.name = all.type == COLUMN_MAP ? STR("object") : STR("value");
        out->columns = ARENA_NEW(w->a, struct column);
        out->n_columns = 1;
        *out->columns = all;
    }
}

static enum walk walk_lines(struct walker *w, struct shape_node *root)
{
    for (;;) {
        skip_space(w);
        if (scan_is_done(&w->s))
            return WALK_OK;
        enum walk walk = walk_value(w, root);
        if (walk != WALK_OK)
            return walk;
    }
}

static enum walk walk_one(struct walker *w, struct shape_node *root)
{
    skip_space(w);
    enum walk walk = walk_value(w, root);
    skip_space(w);
    return walk == WALK_OK && !scan_is_done(&w->s) ? WALK_BAD : walk;
}

bool json_shape(struct arena *a, struct str text, enum json_form form, bool is_cut,
                struct schema *out, uint64_t *n_rows, bool *is_end, struct err *err)
{
    struct walker w = { .a = a, .s = scan_init(text), .begin = text.ptr };
    struct shape_node *root = node_new(&w, STR("value"));
    enum walk walk = form == JSON_LINES ? walk_lines(&w, root) : walk_one(&w, root);
    if (walk == WALK_BAD || (walk == WALK_CUT && !is_cut)) {
        return err_set(err, ERR_PARSE, "the JSON is %s at byte %zu",
                       walk == WALK_CUT ? "cut" : "wrong", (size_t)(w.s.at - w.begin));
    }
    if (walk == WALK_LARGE) {
        return err_set(err, ERR_TOO_LARGE,
                       "the JSON has more than %lu members or nests deeper than %u",
                       LIMIT_SCHEMA_COLUMNS, LIMIT_SCHEMA_DEPTH);
    }
    *is_end = walk == WALK_OK && (form == JSON_VALUE || !is_cut);
    /* The rows of an array of objects are its elements. */
    if (form == JSON_VALUE && root->is_list && root->element->is_object) {
        root = root->element;
    }
    *n_rows = root->is_object ? root->n_objects
              : root->is_list ? root->element->n_seen
                              : root->n_seen;
    make_columns(&w, root, out);
    return true;
}

enum json_form json_form_of(struct str text, bool is_cut)
{
    AUTO_ARENA a = ARENA_INIT;
    struct walker w = { .a = &a, .s = scan_init(text), .begin = text.ptr };
    struct shape_node *root = node_new(&w, STR(""));
    skip_space(&w);
    if (scan_is_done(&w.s) || (*w.s.at != '{' && *w.s.at != '['))
        return JSON_NONE;
    enum walk walk = walk_value(&w, root);
    /* A cut value is JSON when it went well for a while; "[" or "{" alone begin much else. */
    if (walk == WALK_CUT)
        return is_cut && (size_t)(w.s.at - w.begin) > 2 ? JSON_VALUE : JSON_NONE;
    if (walk == WALK_LARGE)
        return JSON_VALUE;
    if (walk == WALK_BAD)
        return JSON_NONE;
    skip_space(&w);
    if (scan_is_done(&w.s))
        return JSON_VALUE;
    return *w.s.at == '{' || *w.s.at == '[' ? JSON_LINES : JSON_NONE;
}

bool format_read_json(struct view *v, struct schema *out, struct err *err)
{
    struct str head;
    uint64_t n_rows = 0;
    bool is_end = false;
    if (!view_text(v, &head, err))
        return false;
    bool is_whole = head.len == v->size;
    head = text_to_utf8(v->arena, head, out->encoding);
    enum json_form form = out->format == FORMAT_JSONL ? JSON_LINES : JSON_VALUE;
    if (!json_shape(v->arena, head, form, !is_whole, out, &n_rows, &is_end, err))
        return false;
    out->has_rows = is_whole && is_end;
    out->n_rows = out->has_rows ? n_rows : 0;
    for (size_t i = 0; !out->has_rows && i < out->n_columns; i++)
        out->columns[i].is_nullable = true; /* nobody knows what follows */
    return true;
}
