/* pure_config: see pure_config.h; here INI and .env. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_config.h"

#include "lineage/value_internal.h"
#include "util/limits.h"

static struct str to_lower(struct values *vs, struct str s)
{
    char *text = ARENA_NEW_N(vs->arena, char, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        text[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] - 'A' + 'a') : s.ptr[i];
    return (struct str){ text, s.len };
}

static bool is_comment(struct str line)
{
    return line.len > 0 && (line.ptr[0] == '#' || line.ptr[0] == ';');
}

static struct str lookup(const struct value *map, struct str name, bool *has)
{
    const struct value *v = map != NULL ? strmap_get(&map->map->entries, name) : NULL;
    *has = v != NULL && v->kind == VALUE_TEXT;
    return *has ? v->text.bytes : STR_EMPTY;
}

/* ---- INI ---- */

/* The text of "section:name" or of "name" in the option's own section; in a file without sections
 * (all is NULL) of the name as it is. */
static struct str option_of(struct values *vs, const struct value *all, const struct value *section,
                            struct str name, bool *has)
{
    struct str front, back;
    if (all == NULL)
        return lookup(section, name, has);
    if (!str_cut(name, ':', &front, &back))
        return lookup(section, to_lower(vs, name), has);
    const struct value *other = strmap_get(&all->map->entries, front);
    return lookup(other, to_lower(vs, back), has);
}

/* Where the reference that opens at at ends, and its name; false: none stands there. */
static bool reference_at(struct str s, size_t at, struct str *name, size_t *end)
{
    char open = s.ptr[at] == '%' ? '(' : '{';
    if (at + 1 >= s.len || s.ptr[at + 1] != open)
        return false;
    struct str rest = str_from_pos(s, at + 2);
    size_t size = str_find_char(rest, open == '(' ? ')' : '}');
    if (size == SIZE_MAX)
        return false;
    *name = str_slice(rest, 0, size);
    *end = at + 2 + size + 1;
    if (open == '{')
        return true;
    return *end < s.len && s.ptr[(*end)++] == 's';
}

/* text with its references filled in, once: what they bring is not read again. */
static struct value *filled(struct values *vs, const struct value *all, const struct value *section,
                            struct str text)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    for (size_t i = 0; i < text.len; i++) {
        struct str name, with = STR_EMPTY;
        size_t end = 0;
        bool has = false;
        char c = text.ptr[i];
        bool is_percent = c == '%' && all != NULL;
        if ((is_percent || c == '$') && reference_at(text, i, &name, &end))
            with = option_of(vs, all, section, name, &has);
        if (has) {
            text_out_add(&out, with);
            i = end - 1;
            continue;
        }
        text_out_char(&out, c);
        i += is_percent && i + 1 < text.len && text.ptr[i + 1] == '%';
    }
    return text_out_take(&out, 0);
}

static struct value *section_named(struct values *vs, struct value *all, struct str name)
{
    struct value *section = strmap_get(&all->map->entries, name);
    if (section != NULL)
        return section;
    section = value_map(vs);
    if (section->kind == VALUE_MAP)
        strmap_put(&all->map->entries, name, section);
    return section;
}

/* "name = value" or "name: value", whichever comes first. */
static bool split_option(struct str line, struct str *name, struct str *value)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '=' || line.ptr[i] == ':') {
            *name = str_trim(str_slice(line, 0, i));
            *value = str_trim(str_from_pos(line, i + 1));
            return name->len > 0;
        }
    return false;
}

/* A line that is indented goes on with the value before. */
static void go_on(struct values *vs, struct value *section, struct str name, struct str line)
{
    bool has;
    struct str before = lookup(section, name, &has);
    if (has && before.len + line.len < LIMIT_TEXT_BYTES)
        strmap_put(
            &section->map->entries, name,
            value_text(vs, arena_printf(vs->arena, "%.*s\n%.*s", STR_FMT(before), STR_FMT(line))));
}

/* The lines as they are; NULL: that is no INI file. */
static struct value *read_sections(struct values *vs, struct str text)
{
    struct value *all = value_map(vs), *section = NULL;
    struct str raw, name = STR_EMPTY, value;
    for (size_t n = 0; text.len > 0; n++) {
        (void)str_cut(text, '\n', &raw, &text);
        struct str line = str_trim(raw);
        if (n >= LIMIT_SEQ_ITEMS || all->kind != VALUE_MAP)
            return NULL;
        if (line.len == 0 || is_comment(line))
            continue;
        bool is_indented = raw.ptr[0] == ' ' || raw.ptr[0] == '\t';
        if (line.ptr[0] == '[' && str_find_char(line, ']') != SIZE_MAX) {
            section = section_named(vs, all, str_slice(line, 1, str_find_char(line, ']')));
            name = STR_EMPTY;
            if (section->kind != VALUE_MAP)
                return NULL;
        } else if (section == NULL) {
            return NULL;
        } else if (is_indented && name.len > 0) {
            go_on(vs, section, name, line);
        } else if (split_option(line, &name, &value)) {
            struct value *v = value_text(vs, value);
            strmap_put(&section->map->entries, name, v);
            name = to_lower(vs, name);
            strmap_put(&section->map->entries, name, v);
        }
    }
    return section != NULL ? all : NULL;
}

/* What [DEFAULT] sets and the section does not. */
static void add_defaults(struct value *section, const struct value *defaults)
{
    const struct strmap *m = &defaults->map->entries;
    for (size_t i = 0; i < m->n; i++)
        if (!strmap_has(&section->map->entries, m->entries[i].key))
            strmap_put(&section->map->entries, m->entries[i].key, m->entries[i].value);
}

struct value *ini_value(struct values *vs, struct str text)
{
    struct value *all =
        text.len > LIMIT_TEXT_BYTES || values_are_full(vs) ? NULL : read_sections(vs, text);
    if (all == NULL)
        return NULL;
    const struct strmap *sections = &all->map->entries;
    const struct value *defaults = strmap_get(sections, STR("DEFAULT"));
    for (size_t i = 0; i < sections->n; i++) {
        struct value *section = sections->entries[i].value;
        if (defaults != NULL && section != defaults)
            add_defaults(section, defaults);
        struct strmap *m = &section->map->entries;
        for (size_t k = 0; k < m->n; k++) {
            const struct value *v = m->entries[k].value;
            if (v->kind == VALUE_TEXT && (str_find_char(v->text.bytes, '%') != SIZE_MAX ||
                                          str_find_char(v->text.bytes, '$') != SIZE_MAX))
                m->entries[k].value = filled(vs, all, section, v->text.bytes);
        }
    }
    return all;
}

/* ---- .env ---- */

static struct str unquoted(struct values *vs, struct str s)
{
    char quote = s.len > 0 ? s.ptr[0] : 0;
    if (quote != '"' && quote != '\'') {
        size_t comment = str_find(s, STR(" #"), 0);
        return str_trim(comment == SIZE_MAX ? s : str_slice(s, 0, comment));
    }
    struct text_out out = TEXT_OUT_INIT(vs);
    for (size_t i = 1; i < s.len && s.ptr[i] != quote; i++) {
        i += s.ptr[i] == '\\' && i + 1 < s.len;
        text_out_char(&out, s.ptr[i]);
    }
    const struct value *v = text_out_take(&out, 0);
    return v->kind == VALUE_TEXT ? v->text.bytes : STR_EMPTY;
}

struct value *dotenv_value(struct values *vs, struct str text)
{
    struct value *all = values_are_full(vs) ? NULL : value_map(vs);
    struct str line, name, value;
    if (text.len > LIMIT_TEXT_BYTES || all == NULL || all->kind != VALUE_MAP)
        return NULL;
    for (size_t n = 0; text.len > 0 && n < LIMIT_SEQ_ITEMS; n++) {
        (void)str_cut(text, '\n', &line, &text);
        line = str_trim(line);
        if (str_has_prefix(line, STR("export ")))
            line = str_trim(str_from_pos(line, 7));
        if (is_comment(line) || !str_cut(line, '=', &name, &value))
            continue;
        value = str_trim(value);
        struct str plain = unquoted(vs, value);
        bool is_literal = str_has_prefix(value, STR("'"));
        struct value *v = is_literal ? value_text(vs, plain) : filled(vs, NULL, all, plain);
        strmap_put(&all->map->entries, str_trim(name), v);
    }
    return all;
}
