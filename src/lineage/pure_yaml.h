/*
 * pure_yaml: the YAML of configuration files as a value.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_YAML_H
#define LINEAGE_PURE_YAML_H

#include "lineage/value.h"

/* Block and flow mappings and sequences, scalars of YAML 1.1, comments, block scalars; the first
 * document.  Anchors, aliases and tags are unknown values.  text is borrowed.  NULL if it holds no
 * mapping and no sequence, or passes a limit. */
struct value *yaml_value(struct values *vs, struct str text);

#endif
