/*
 * xml: tags of an XML text one by one, for the parts of a workbook.
 *
 * Not a validating parser: comments, declarations and what is cut at the end are passed over; names
 * come without their prefix.  Nothing outside of the text is ever looked up.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_XML_H
#define CATALOG_XML_H

#include "util/arena.h"
#include "util/scan.h"

struct xml_tag {
    struct str name;   /* without prefix */
    struct str before; /* the text since the last tag, as written */
    struct str attributes;
    bool is_end;   /* </name> */
    bool is_empty; /* <name/> */
};

/* The next tag; false at the end. */
bool xml_next(struct scan *s, struct xml_tag *out);
/* The value of an attribute, by its name without prefix, as written; empty when absent. */
struct str xml_attribute(const struct xml_tag *tag, struct str name);
/* Text with its entities replaced, in the arena. */
struct str xml_text(struct arena *a, struct str written);

#endif
