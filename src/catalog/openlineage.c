/* openlineage: events; see openlineage.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/openlineage_internal.h"

#include "lineage/uri.h"
#include "util/attrs.h"
#include "util/sha256.h"
#include "util/strmap.h"

#define SPEC "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"

/* Of one dataset of one event. */
enum { MAX_LOCATIONS = 100, MAX_EVIDENCE = 5 };

/* One input or output: all uses of one name. */
struct end {
    struct str space, name;
    struct str locations[MAX_LOCATIONS]; /* untrimmed paths, where they differ from name */
    size_t n_locations;
    const struct openlineage_use *uses[MAX_EVIDENCE];
    size_t n_uses;
    bool is_output, is_table;
    unsigned percent; /* the surest */
};

struct ends {
    struct arena *arena;
    struct strmap by_name;
    struct end **items;
    size_t n, cap, n_left_out;
};

/* ---- inputs and outputs ---- */

/* A path of the notebook's own disk is a place only beside a notebook of this machine. */
static struct str whole_uri(struct arena *a, const struct openlineage_job *job, struct str uri)
{
    if (!uri_is_local_file(uri) || str_has_prefix(uri, STR("file:/")) ||
        !str_has_prefix(job->uri, STR("file:/")))
        return uri;
    struct str notebook = str_from_pos(job->uri, STR("file:").len);
    struct str folder = str_slice(notebook, 0, str_rfind_char(notebook, '/'));
    struct str path = place_absolute(a, folder, str_from_pos(uri, STR("file:").len));
    return arena_concat(a, STR("file:"), path);
}

static struct end *end_of(struct ends *ends, const struct place_name *name, bool is_output)
{
    struct str key = arena_printf(ends->arena, "%c%.*s\n%.*s", is_output ? '>' : '<',
                                  STR_FMT(name->space), STR_FMT(name->name));
    struct end *end = strmap_get(&ends->by_name, key);
    if (end != NULL)
        return end;
    end = ARENA_NEW(ends->arena, struct end);
    *end = (struct end){
        .space = name->space, .name = name->name, .is_output = is_output, .is_table = name->is_table
    };
    strmap_put(&ends->by_name, key, end);
    *ARENA_PUSH(ends->arena, ends->items, ends->n, ends->cap) = end;
    return end;
}

static void add_location(struct end *end, struct str location)
{
    if (location.len == 0 || end->n_locations >= MAX_LOCATIONS || str_eq(location, end->name))
        return;
    for (size_t i = 0; i < end->n_locations; i++)
        if (str_eq(end->locations[i], location))
            return;
    end->locations[end->n_locations++] = location;
}

static void add_use(struct ends *ends, const struct openlineage_job *job,
                    const struct openlineage_use *use)
{
    struct place_name at, dataset;
    bool is_data = use->kind == REFERENCE_DATA && use->is_called && !use->is_may;
    if (!is_data || (use->dir != REFERENCE_READ && use->dir != REFERENCE_WRITE))
        return;
    struct str uri = whole_uri(ends->arena, job, use->uri);
    bool has_name = place_name(ends->arena, uri, &at);
    bool has_dataset = use->dataset.len > 0 && place_name(ends->arena, use->dataset, &dataset);
    if (!has_name && !has_dataset) {
        ends->n_left_out++;
        return;
    }
    struct end *end = end_of(ends, has_dataset ? &dataset : &at, use->dir == REFERENCE_WRITE);
    if (has_name && str_eq(at.space, end->space))
        add_location(end, at.subset.len > 0 ? at.subset : at.name);
    if (end->n_uses < MAX_EVIDENCE)
        end->uses[end->n_uses++] = use;
    end->percent = use->percent > end->percent ? use->percent : end->percent;
}

static void put_evidence(struct json_writer *w, const struct openlineage_settings *settings,
                         const struct end *end)
{
    openlineage_open_facet(w, settings, "boathouse_evidence",
                           end->is_output
                               ? "urn:boathouse:facet:1-0-0:BoathouseEvidenceOutputDatasetFacet"
                               : "urn:boathouse:facet:1-0-0:BoathouseEvidenceInputDatasetFacet");
    json_put_u64(w, STR("percent"), end->percent);
    json_write_key(w, STR("uses"));
    json_write_array(w);
    for (size_t i = 0; i < end->n_uses; i++) {
        json_write_object(w);
        json_put_u64(w, STR("cell"), end->uses[i]->cell);
        json_put_u64(w, STR("line"), end->uses[i]->line);
        json_put_str(w, STR("call"), end->uses[i]->via);
        json_write_end(w);
    }
    json_write_end(w);
    json_write_end(w);
}

static void put_end(struct json_writer *w, const struct openlineage_settings *settings,
                    const struct end *end)
{
    json_write_object(w);
    json_put_str(w, STR("namespace"), end->space);
    json_put_str(w, STR("name"), end->name);
    json_write_key(w, STR("facets"));
    json_write_object(w);
    openlineage_put_data_source(w, settings, end->space);
    json_write_end(w);
    json_write_key(w, end->is_output ? STR("outputFacets") : STR("inputFacets"));
    json_write_object(w);
    if (end->n_locations > 0)
        openlineage_put_subset(w, settings, end->is_output, end->locations, end->n_locations);
    put_evidence(w, settings, end);
    json_write_end(w);
    json_write_end(w);
}

static void put_ends(struct json_writer *w, const struct openlineage_settings *settings,
                     const struct ends *ends, bool is_output)
{
    json_write_key(w, is_output ? STR("outputs") : STR("inputs"));
    json_write_array(w);
    for (size_t i = 0; i < ends->n; i++)
        if (ends->items[i]->is_output == is_output)
            put_end(w, settings, ends->items[i]);
    json_write_end(w);
}

/* ---- events ---- */

static void open_event(struct json_writer *w, const struct openlineage_settings *settings,
                       struct str schema)
{
    json_write_object(w);
    json_put_time(w, STR("eventTime"), settings->event_time_ms);
    json_put_str(w, STR("producer"), settings->producer);
    json_put_str(w, STR("schemaURL"), schema);
}

/* A UUID of version 8 (RFC 9562), made of the job and what it holds: the same event again is the
 * same run. */
static struct str run_id(struct arena *a, struct str space, struct str name, struct str version)
{
    unsigned char b[SHA256_BYTES];
    sha256(arena_printf(a, "%.*s\n%.*s\n%.*s", STR_FMT(space), STR_FMT(name), STR_FMT(version)), b);
    b[6] = (unsigned char)(0x80 | (b[6] & 0x0f));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    return arena_printf(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                        b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                        b[12], b[13], b[14], b[15]);
}

/* The notebook's namespace and name: where it lies, and its key, untrimmed. */
static bool job_name(const struct openlineage_settings *settings, const struct openlineage_job *job,
                     struct str *space, struct str *name)
{
    struct str scheme, rest;
    if (!str_cut(job->uri, ':', &scheme, &rest) || rest.len < 2)
        return false;
    *space = scheme;
    *name = rest;
    if (str_has_prefix(rest, STR("//"))) {
        size_t slash = str_find(job->uri, STR("/"), scheme.len + 3);
        if (slash == SIZE_MAX || slash + 1 >= job->uri.len)
            return false;
        *space = str_slice(job->uri, 0, slash);
        *name = str_from_pos(job->uri, slash + 1);
    }
    if (settings->job_space.len > 0)
        *space = settings->job_space;
    return true;
}

bool openlineage_put_job(struct arena *a, struct json_writer *w,
                         const struct openlineage_settings *settings,
                         const struct openlineage_job *job)
{
    struct ends ends = { .arena = a };
    struct str space, name;
    if (!job_name(settings, job, &space, &name))
        return false;
    strmap_init(&ends.by_name, a);
    for (size_t i = 0; i < job->n_uses; i++)
        add_use(&ends, job, &job->uses[i]);
    open_event(w, settings, settings->as_run ? STR(SPEC "RunEvent") : STR(SPEC "JobEvent"));
    if (settings->as_run) {
        json_put_str(w, STR("eventType"), STR("COMPLETE"));
        json_write_key(w, STR("run"));
        json_write_object(w);
        json_put_str(w, STR("runId"), run_id(a, space, name, job->version));
        json_write_end(w);
    }
    json_write_key(w, STR("job"));
    json_write_object(w);
    json_put_str(w, STR("namespace"), space);
    json_put_str(w, STR("name"), name);
    openlineage_put_job_facets(a, w, settings, job, name, ends.n_left_out);
    json_write_end(w);
    put_ends(w, settings, &ends, false);
    put_ends(w, settings, &ends, true);
    json_write_end(w);
    return true;
}

/* ---- datasets ---- */

static void put_schema(struct json_writer *w, const struct openlineage_settings *settings,
                       const struct openlineage_dataset *d)
{
    if (d->n_columns == 0)
        return;
    openlineage_open_facet(w, settings, "schema",
                           "1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet");
    json_write_key(w, STR("fields"));
    json_write_array(w);
    for (size_t i = 0; i < d->n_columns; i++) {
        json_write_object(w);
        json_put_str(w, STR("name"), d->columns[i].name);
        json_put_str_if(w, STR("type"), d->columns[i].type);
        if (d->columns[i].is_partition)
            json_put_str(w, STR("description"), STR("partition column"));
        json_put_u64(w, STR("ordinal_position"), i + 1);
        json_write_end(w);
    }
    json_write_end(w);
    json_write_end(w);
}

static void put_symlinks(struct arena *a, struct json_writer *w,
                         const struct openlineage_settings *settings,
                         const struct openlineage_dataset *d)
{
    if (d->n_tables == 0)
        return;
    openlineage_open_facet(w, settings, "symlinks",
                           "1-0-1/SymlinksDatasetFacet.json#/$defs/SymlinksDatasetFacet");
    json_write_key(w, STR("identifiers"));
    json_write_array(w);
    for (size_t i = 0; i < d->n_tables; i++) {
        struct place_name name;
        if (!place_name(a, d->tables[i], &name))
            continue;
        json_write_object(w);
        json_put_str(w, STR("namespace"), name.space);
        json_put_str(w, STR("name"), name.name);
        json_put_str(w, STR("type"), STR("TABLE"));
        json_write_end(w);
    }
    json_write_end(w);
    json_write_end(w);
}

static void put_storage(struct json_writer *w, const struct openlineage_settings *settings,
                        const struct openlineage_dataset *d)
{
    bool is_table = str_eq(d->layout, STR("delta")) || str_eq(d->layout, STR("iceberg"));
    if (is_table) {
        openlineage_open_facet(w, settings, "storage",
                               "1-0-1/StorageDatasetFacet.json#/$defs/StorageDatasetFacet");
        json_put_str(w, STR("storageLayer"), d->layout);
        json_put_str_if(w, STR("fileFormat"), d->format);
        json_write_end(w);
    }
    openlineage_open_facet(w, settings, "datasetType",
                           "1-0-1/DatasetTypeDatasetFacet.json#/$defs/DatasetTypeDatasetFacet");
    json_put_str(w, STR("datasetType"), is_table ? STR("TABLE") : STR("FILE"));
    json_put_str_if(w, STR("subType"), d->format);
    json_write_end(w);
}

bool openlineage_put_dataset(struct arena *a, struct json_writer *w,
                             const struct openlineage_settings *settings,
                             const struct openlineage_dataset *d)
{
    struct place_name name;
    if (!place_name(a, d->uri, &name))
        return false;
    open_event(w, settings, STR(SPEC "DatasetEvent"));
    json_write_key(w, STR("dataset"));
    json_write_object(w);
    json_put_str(w, STR("namespace"), name.space);
    json_put_str(w, STR("name"), name.name);
    json_write_key(w, STR("facets"));
    json_write_object(w);
    put_schema(w, settings, d);
    put_storage(w, settings, d);
    put_symlinks(a, w, settings, d);
    openlineage_put_data_source(w, settings, name.space);
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
    return true;
}
