/* openlineage_internal: what openlineage.c and openlineage_facets.c share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_OPENLINEAGE_INTERNAL_H
#define CATALOG_OPENLINEAGE_INTERNAL_H

#include "catalog/openlineage.h"
#include "catalog/place.h"

/* The value of a facet, open, with its producer and schema.  schema: behind
 * "https://openlineage.io/spec/facets/", or a whole URN. */
void openlineage_open_facet(struct json_writer *w, const struct openlineage_settings *settings,
                            const char *key, const char *schema);

/* The member "facets" of a job. */
void openlineage_put_job_facets(struct arena *a, struct json_writer *w,
                                const struct openlineage_settings *settings,
                                const struct openlineage_job *job, struct str path,
                                size_t n_left_out);

/* {"type": "location", "locations": [...]} as the member subset of inputFacets (outputFacets). */
void openlineage_put_subset(struct json_writer *w, const struct openlineage_settings *settings,
                            bool is_output, const struct str *locations, size_t n);

/* The facet dataSource; nothing where the namespace is no URI. */
void openlineage_put_data_source(struct json_writer *w, const struct openlineage_settings *settings,
                                 struct str space);

#endif
