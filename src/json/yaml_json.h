/*
 * yaml_json: a YAML document as the JSON that says the same, for configuration files beside
 * notebooks.
 *
 * libyaml parses.  Plain scalars become null, booleans and numbers as PyYAML's safe_load has them,
 * the rest strings; aliases are written out, "<<" is merged, keys are strings.  Of several
 * documents the first counts.  Everything is bounded: bytes, anchors, depth and the result, so that
 * a document that unfolds without end is refused.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_YAML_JSON_H
#define JSON_YAML_JSON_H

#include "util/buf.h"
#include "util/err.h"

/* Append the JSON to out, whose limit bounds it.  Fails with ERR_PARSE (line and column are in the
 * message) or ERR_TOO_LARGE; out is then not to be used. */
MUST_USE bool yaml_to_json(struct str yaml, struct buf *out, struct err *err);

#endif
