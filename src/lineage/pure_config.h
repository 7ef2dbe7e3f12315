/*
 * pure_config: the configuration files that programs read beside JSON and YAML, as values.
 *
 * text is borrowed and must live as long as the arena of vs.  NULL: it is no such file, or passes a
 * limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_CONFIG_H
#define LINEAGE_PURE_CONFIG_H

#include "lineage/value.h"

/* As Python's configparser reads it: a mapping of sections to mappings of texts, names of options
 * as they are written and in small letters, what stands in [DEFAULT] in every section, "%(name)s"
 * filled in.  "${section:name}" is filled in where there is such an option. */
struct value *ini_value(struct values *vs, struct str text);

/* TOML 1.0.  Dates are texts. */
struct value *toml_value(struct values *vs, struct str text);

/* NAME=VALUE lines as python-dotenv reads them: "export", quotes, comments, "${NAME}" of a line
 * before. */
struct value *dotenv_value(struct values *vs, struct str text);

#endif
