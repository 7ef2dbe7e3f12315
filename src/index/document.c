/*
 * A cell in a document: its index, a byte of what it is, the length and bytes of its language, the
 * length and bytes of its text.  Numbers are LEB128.  A body is the cells one behind the other, or
 * PACKED (which is the index of no cell), their size, and one block of LZ4.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/document.h"
#include "catalog/pack.h"
#include "catalog/unpack.h"
#include "index/index_internal.h"
#include "index/varint.h"
#include "util/limits.h"

enum { KIND_BITS = 3, IS_PARAMETERS = 4 };
enum { PACKED = LIMIT_CELLS + 1, MAX_PACKED = 2 * LIMIT_CELL_BYTES };

void document_add(struct buf *body, const struct document_cell *cell)
{
    varint_add(body, cell->index);
    buf_add_char(body, (char)((unsigned)cell->kind | (cell->is_parameters ? IS_PARAMETERS : 0U)));
    varint_add(body, cell->language.len);
    buf_add(body, cell->language);
    varint_add(body, cell->text.len);
    buf_add(body, cell->text);
}

void document_pack(struct str cells, struct buf *out)
{
    buf_reset(out);
    varint_add(out, PACKED);
    varint_add(out, cells.len);
    if (cells.len <= MAX_PACKED && pack_lz4(cells, out) && out->len < cells.len)
        return;
    buf_reset(out);
    buf_add(out, cells);
}

static bool damaged(struct err *err)
{
    return err_set(err, ERR_PARSE, "the text of a notebook is damaged in the index");
}

bool document_open(struct document *d, struct str body, struct buf *room, struct err *err)
{
    const unsigned char *at = (const unsigned char *)body.ptr, *end = at + body.len;
    uint64_t first, size;
    struct unpacked result;
    *d = (struct document){ at, end };
    if (!varint_take(&at, end, PACKED, &first) || first != PACKED)
        return true;
    buf_reset(room);
    char *cells = varint_take(&at, end, MAX_PACKED, &size) ? buf_reserve(room, size) : NULL;
    const struct str packed = { (const char *)at, (size_t)(end - at) };
    if (cells == NULL || !unpack_lz4(packed, cells, size, &result) || result.n != size)
        return damaged(err);
    buf_added(room, size);
    *d = (struct document){ (const unsigned char *)cells, (const unsigned char *)cells + size };
    return true;
}

static bool take_text(struct document *d, uint64_t max, struct str *out)
{
    uint64_t len;
    if (!varint_take(&d->at, d->end, max, &len) || (uint64_t)(d->end - d->at) < len)
        return false;
    *out = (struct str){ (const char *)d->at, (size_t)len };
    d->at += len;
    return true;
}

bool document_next(struct document *d, struct document_cell *out, bool *has_out, struct err *err)
{
    struct document_cell cell = { 0 };
    uint64_t index;
    *has_out = false;
    if (d->at == d->end)
        return true;
    bool ok = varint_take(&d->at, d->end, LIMIT_CELLS, &index) && d->at < d->end;
    if (ok) {
        unsigned what = *d->at++;
        cell.index = (size_t)index;
        cell.kind = (enum cell_kind)(what & KIND_BITS);
        cell.is_parameters = (what & IS_PARAMETERS) != 0;
        ok = what <= (IS_PARAMETERS | CELL_RAW) && (what & KIND_BITS) <= CELL_RAW &&
             take_text(d, LIMIT_NOTEBOOK_NAME_BYTES, &cell.language) &&
             take_text(d, LIMIT_CELL_BYTES, &cell.text);
    }
    if (!ok)
        return damaged(err);
    *out = cell;
    *has_out = true;
    return true;
}

static bool each_of_body(struct str body, struct buf *room, index_cell_fn *each, void *ctx,
                         struct err *err)
{
    struct document d;
    struct document_cell cell;
    bool has_cell;
    if (!document_open(&d, body, room, err))
        return false;
    while (document_next(&d, &cell, &has_cell, err)) {
        if (!has_cell)
            return true;
        if (!each(ctx, &cell, err))
            return false;
    }
    return false;
}

bool index_each_cell(struct index_reader *r, int64_t notebook, index_cell_fn *each, void *ctx,
                     struct err *err)
{
    static const char sql[] = "SELECT body FROM document WHERE notebook = ? ORDER BY first_cell";
    AUTO_ROWS rows = { 0 };
    AUTO_BUF room = BUF_INIT(MAX_PACKED);
    bool has_row;
    if (!db_query(&r->db, &rows, err, sql, "i", notebook))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        if (!each_of_body(db_blob(&rows, 0), &room, each, ctx, err))
            return false;
    }
    return false;
}

static struct str line_of(struct str text, uint32_t line)
{
    struct str head = STR_EMPTY, rest = text;
    for (uint32_t i = 0; i < line; i++) {
        if (rest.len == 0)
            return STR_EMPTY;
        (void)str_cut(rest, '\n', &head, &rest);
    }
    return str_slice(str_trim(head), 0, LIMIT_CODE_LINE_BYTES);
}

bool index_cell_line(struct index_reader *r, struct arena *a, int64_t notebook, size_t cell,
                     uint32_t line, struct str *out, struct err *err)
{
    static const char sql[] = "SELECT body FROM document WHERE notebook = ? AND first_cell <= ?"
                              " ORDER BY first_cell DESC LIMIT 1";
    AUTO_ROWS rows = { 0 };
    AUTO_BUF room = BUF_INIT(MAX_PACKED);
    bool has_row, has_cell = true;
    struct document d;
    struct document_cell found;
    *out = STR_EMPTY;
    if (!db_query(&r->db, &rows, err, sql, "ii", notebook, (int64_t)cell) ||
        !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return true;
    if (!document_open(&d, db_blob(&rows, 0), &room, err))
        return false;
    while (document_next(&d, &found, &has_cell, err)) {
        if (has_cell && found.index == cell)
            *out = arena_str(a, line_of(found.text, line));
        if (!has_cell || found.index >= cell)
            return true;
    }
    return false;
}
