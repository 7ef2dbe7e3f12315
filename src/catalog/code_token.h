/*
 * code_token: code cut into names, numbers, texts and signs, roughly, whatever its language.
 *
 * Not a lexer of any language (src/lineage has those): it never fails, keeps no state between
 * cells, and is meant for counting and comparing.  Comments and white space are passed over.
 * Linear in the text; nothing is allocated.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_CODE_TOKEN_H
#define CATALOG_CODE_TOKEN_H

#include "lineage/cells.h"

enum code_token_kind { CODE_TOKEN_NAME, CODE_TOKEN_NUMBER, CODE_TOKEN_TEXT, CODE_TOKEN_SIGN };

struct code_token {
    enum code_token_kind kind;
    struct str text; /* a name without backticks; a text with its quotes; one sign */
    uint32_t line;   /* of its start, from the first line given to init */
};

struct code_tokens {
    struct str text;
    size_t at;
    uint32_t line;
    enum code_language language;
};

/* first_line: the number of text's first line.  text: borrowed by the tokens. */
void code_tokens_init(struct code_tokens *t, struct str text, enum code_language language,
                      uint32_t first_line);

/* False at the end. */
bool code_token_next(struct code_tokens *t, struct code_token *out);

#endif
