/* openlineage_facets: the facets of jobs and datasets (https://openlineage.io/spec/facets/). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/openlineage_internal.h"

#include "util/attrs.h"
#include "util/url.h"

#include <inttypes.h>

#define FACETS "https://openlineage.io/spec/facets/"

/* Who says so, in tags. */
#define INTEGRATION "BOATHOUSE"

void openlineage_open_facet(struct json_writer *w, const struct openlineage_settings *settings,
                            const char *key, const char *schema)
{
    AUTO_BUF url = BUF_INIT(1000);
    struct str name = str_from(schema);
    if (!str_has_prefix(name, STR("urn:")))
        buf_add(&url, STR(FACETS));
    buf_add(&url, name);
    json_write_key(w, str_from(key));
    json_write_object(w);
    json_put_str(w, STR("_producer"), settings->producer);
    json_put_str(w, STR("_schemaURL"), buf_str(&url));
}

static void put_tag(struct json_writer *w, struct str key, struct str value)
{
    if (value.len == 0)
        return;
    json_write_object(w);
    json_put_str(w, STR("key"), key);
    json_put_str(w, STR("value"), value);
    json_put_str(w, STR("source"), STR(INTEGRATION));
    json_write_end(w);
}

static void put_tags(struct json_writer *w, const struct openlineage_settings *settings,
                     const struct openlineage_job *job)
{
    openlineage_open_facet(w, settings, "tags", "1-0-0/TagsJobFacet.json#/$defs/TagsJobFacet");
    json_write_key(w, STR("tags"));
    json_write_array(w);
    put_tag(w, STR("static-analysis"), STR("true"));
    if (settings->as_run)
        put_tag(w, STR("run-observed"), STR("false"));
    put_tag(w, STR("owner"), job->owner);
    put_tag(w, STR("kernel"), job->kernel);
    put_tag(w, STR("language"), job->language);
    for (size_t i = 0; i < job->n_kinds; i++)
        put_tag(w, STR("kind"), job->kinds[i]);
    json_write_end(w);
    json_write_end(w);
}

static bool is_streaming(const struct openlineage_job *job)
{
    for (size_t i = 0; i < job->n_kinds; i++)
        if (str_eq(job->kinds[i], STR("streaming")))
            return true;
    return false;
}

/* Where a person can look at it: our own page, else its location as a URI. */
static struct str url_of(struct arena *a, const struct openlineage_settings *settings,
                         const struct openlineage_job *job)
{
    if (settings->viewer.len > 0)
        return arena_printf(a, "%.*s%016" PRIx64, STR_FMT(settings->viewer), (uint64_t)job->id);
    AUTO_BUF out = BUF_INIT(3 * LIMIT_URI_BYTES);
    size_t colon = str_find_char(job->uri, ':');
    size_t at = colon == SIZE_MAX ? 0 : colon + 1;
    buf_add(&out, str_slice(job->uri, 0, at));
    if (str_has_prefix(job->uri, STR("file:/")))
        buf_add(&out, STR("//"));
    url_encode(&out, str_from_pos(job->uri, at), URL_KEEP_SLASH);
    return arena_str(a, buf_str(&out));
}

static void put_location(struct arena *a, struct json_writer *w,
                         const struct openlineage_settings *settings,
                         const struct openlineage_job *job, struct str path)
{
    struct str type, rest;
    str_cut(job->uri, ':', &type, &rest);
    openlineage_open_facet(w, settings, "sourceCodeLocation",
                           "1-1-0/SourceCodeLocationJobFacet.json#/$defs/"
                           "SourceCodeLocationJobFacet");
    json_put_str(w, STR("type"), type);
    json_put_str(w, STR("url"), url_of(a, settings, job));
    json_put_str(w, STR("path"), path);
    json_put_str_if(w, STR("version"), job->version);
    json_write_end(w);
}

void openlineage_put_job_facets(struct arena *a, struct json_writer *w,
                                const struct openlineage_settings *settings,
                                const struct openlineage_job *job, struct str path,
                                size_t n_left_out)
{
    json_write_key(w, STR("facets"));
    json_write_object(w);
    openlineage_open_facet(w, settings, "jobType",
                           "2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet");
    json_put_str(w, STR("processingType"), is_streaming(job) ? STR("STREAMING") : STR("BATCH"));
    json_put_str(w, STR("integration"), STR(INTEGRATION));
    json_put_str(w, STR("jobType"), STR("NOTEBOOK"));
    json_write_end(w);
    put_location(a, w, settings, job, path);
    if (job->title.len > 0) {
        openlineage_open_facet(w, settings, "documentation",
                               "1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet");
        json_put_str(w, STR("description"), job->title);
        json_put_str(w, STR("contentType"), STR("text/plain"));
        json_write_end(w);
    }
    put_tags(w, settings, job);
    openlineage_open_facet(w, settings, "boathouse_staticAnalysis",
                           "urn:boathouse:facet:1-0-0:BoathouseStaticAnalysisJobFacet");
    json_put_u64(w, STR("uses"), job->n_uses);
    json_put_u64(w, STR("leftOut"), n_left_out);
    json_write_end(w);
    json_write_end(w);
}

void openlineage_put_subset(struct json_writer *w, const struct openlineage_settings *settings,
                            bool is_output, const struct str *locations, size_t n)
{
    openlineage_open_facet(w, settings, "subset",
                           is_output ? "1-0-0/BaseSubsetDatasetFacet.json#/$defs/"
                                       "OutputSubsetOutputDatasetFacet"
                                     : "1-0-0/BaseSubsetDatasetFacet.json#/$defs/"
                                       "InputSubsetInputDatasetFacet");
    json_write_key(w, is_output ? STR("outputCondition") : STR("inputCondition"));
    json_write_object(w);
    json_put_str(w, STR("type"), STR("location"));
    json_write_key(w, STR("locations"));
    json_write_array(w);
    for (size_t i = 0; i < n; i++)
        json_write_str(w, locations[i]);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
}

void openlineage_put_data_source(struct json_writer *w, const struct openlineage_settings *settings,
                                 struct str space)
{
    if (!str_contains(space, STR("://")))
        return;
    openlineage_open_facet(w, settings, "dataSource",
                           "1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet");
    json_put_str(w, STR("name"), space);
    json_put_str(w, STR("uri"), space);
    json_write_end(w);
}
