/* asset: see asset.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/asset.h"

static const struct str names[HTTP_N_CODINGS] = {
    [HTTP_IDENTITY] = STR_INIT("identity"),
    [HTTP_GZIP] = STR_INIT("gzip"),
    [HTTP_BROTLI] = STR_INIT("br"),
};

const struct http_asset *http_asset_find(const struct http_assets *assets, struct str name)
{
    for (size_t i = 0; i < assets->n; i++)
        if (str_eq(assets->items[i].name, name))
            return &assets->items[i];
    return NULL;
}

struct str http_coding_name(enum http_coding coding)
{
    return coding == HTTP_IDENTITY ? STR_EMPTY : names[coding];
}

/* "0", "0.", "0.000": the only weights that forbid. */
static bool is_zero(struct str weight)
{
    for (size_t i = 0; i < weight.len; i++)
        if (weight.ptr[i] != '0' && weight.ptr[i] != '.')
            return false;
    return weight.len > 0 && weight.ptr[0] == '0';
}

/* One element, "gzip;q=0.5": what is it, and is it allowed? */
static bool read_element(struct str element, struct str *name)
{
    struct str parameters, key, value;
    str_cut(element, ';', name, &parameters);
    *name = str_trim(*name);
    str_cut(parameters, '=', &key, &value);
    return !(str_eq_nocase(str_trim(key), STR("q")) && is_zero(str_trim(value)));
}

enum http_coding http_asset_coding(const struct http_asset *asset, struct str accept_encoding)
{
    bool is_named[HTTP_N_CODINGS] = { false }, is_allowed[HTTP_N_CODINGS] = { false };
    bool more = accept_encoding.len > 0, any = false;
    struct str element, name;
    while (more) {
        more = str_cut(accept_encoding, ',', &element, &accept_encoding);
        bool is_good = read_element(element, &name);
        if (str_eq(name, STR("*")))
            any = is_good;
        for (unsigned c = 0; c < HTTP_N_CODINGS; c++) {
            if (str_eq_nocase(name, names[c])) {
                is_named[c] = true;
                is_allowed[c] = is_good;
            }
        }
    }
    enum http_coding best = HTTP_IDENTITY;
    for (unsigned c = 0; c < HTTP_N_CODINGS; c++) {
        size_t len = asset->forms[c].bytes.len;
        if ((is_named[c] ? is_allowed[c] : any) && len > 0 && len < asset->forms[best].bytes.len)
            best = (enum http_coding)c;
    }
    return best;
}
