/*
 * uri_what: what a location holds, by the end of its name.
 *
 * A compression's suffix is taken off first ("x.csv.gz"), unless it makes an archive ("x.tar.gz").
 * Pickles are data: what they hold cannot be told by the name, unless it says so itself.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri.h"

struct ending {
    enum uri_what what;
    struct str suffixes; /* parted by blanks, in lower case, without "." */
};

static const struct ending endings[] = {
    { URI_WHAT_DATA,
      STR_INIT("csv tsv psv txt tab dat data json jsonl ndjson geojson topojson xml parquet pq orc "
               "avro feather arrow ipc delta xls xlsx xlsm xlsb ods") },
    { URI_WHAT_DATA,
      STR_INIT(
          "pkl pickle npy npz h5 hdf hdf5 he5 nc nc4 cdf grb grb2 grib grib2 zarr tif tiff jp2 "
          "vrt shp shx dbf gpkg gdb kml kmz fgb las laz copc pmtiles mbtiles osm pbf") },
    { URI_WHAT_DATA,
      STR_INIT(
          "sas7bdat xpt sav zsav por dta rds rda rdata fst qs db sqlite sqlite3 duckdb mdb accdb "
          "libsvm svm svmlight rec tfrecord tfrecords recordio idx lst ldb lmdb") },
    { URI_WHAT_DATA,
      STR_INIT(
          "vcf bcf bam sam cram bed bim fam bgen gtf gff gff3 fasta fa fastq fq wig bw bigwig "
          "h5ad loom mtx dcm nii nrrd mha mgz edf wav mp3 flac ogg mp4 avi mov mkv warc arc") },
    { URI_WHAT_DATA, STR_INIT("out test train validation res root fits jay bson srt vtt") },
    { URI_WHAT_MODEL,
      STR_INIT("pt pth ckpt onnx pb tflite keras joblib gguf ggml safetensors mlmodel pmml mojo "
               "bst ubj params caffemodel engine model dill cloudpickle") },
    { URI_WHAT_FIGURE, STR_INIT("png jpg jpeg gif svg bmp webp ico eps ps heic") },
    { URI_WHAT_CODE,
      STR_INIT(
          "py ipynb scala sc r rmd jl java js ts sh bash sql jar whl egg c h cpp hpp so dll cu "
          "go rs rb pl ps1 bat exe deb rpm sif") },
    { URI_WHAT_CONFIG,
      STR_INIT(
          "yaml yml toml ini cfg conf config env properties pem key crt cer asc pub netrc lock "
          "avsc xsd proto schema") },
    { URI_WHAT_ARCHIVE, STR_INIT("zip tar tgz tbz tbz2 txz 7z rar z git") },
    { URI_WHAT_DOCUMENT,
      STR_INIT("html htm md rst pdf doc docx ppt pptx rtf tex log err stderr stdout bib") },
};

/* Whole names, in lower case. */
static const struct ending names[] = {
    { URI_WHAT_CODE, STR_INIT("dockerfile makefile jenkinsfile") },
    { URI_WHAT_CONFIG,
      STR_INIT("requirements.txt environment.yml config.json settings.json package.json "
               "credentials credentials.json token.json service_account.json .env .netrc") },
    { URI_WHAT_DOCUMENT, STR_INIT("readme readme.txt license license.txt changelog") },
    { URI_WHAT_MODEL, STR_INIT("model.tar.gz model.pkl model.pickle model.json model.h5") },
};

static bool is_word_of(struct str words, struct str word)
{
    for (struct str one, rest = words; rest.len > 0;) {
        str_cut(rest, ' ', &one, &rest);
        if (str_eq_nocase(one, word))
            return true;
    }
    return false;
}

static enum uri_what look_up(const struct ending *table, size_t n, struct str word)
{
    for (size_t i = 0; i < n; i++) {
        if (is_word_of(table[i].suffixes, word))
            return table[i].what;
    }
    return URI_WHAT_UNKNOWN;
}

static bool is_compression(struct str suffix)
{
    return is_word_of(STR("gz gzip bz2 xz zst zstd lz4 snappy br lzo deflate"), suffix);
}

/* Cut the suffix off *name; empty when there is none. */
static struct str take_suffix(struct str *name)
{
    size_t dot = str_rfind_char(*name, '.');
    if (dot == SIZE_MAX || dot == 0)
        return STR_EMPTY;
    struct str suffix = str_from_pos(*name, dot + 1);
    *name = str_slice(*name, 0, dot);
    return suffix;
}

enum uri_what uri_what(struct str uri)
{
    if (str_has_prefix(uri, STR("table:")) || str_has_prefix(uri, STR("stream:")) ||
        str_has_prefix(uri, STR("builtin:")))
        return URI_WHAT_DATA;
    struct str scheme, path, name = uri_base_name(uri);
    if (str_find_char(uri, '/') == SIZE_MAX && str_cut(uri, ':', &scheme, &path))
        name = path;
    enum uri_what what = look_up(names, sizeof names / sizeof names[0], name);
    if (what != URI_WHAT_UNKNOWN)
        return what;
    struct str suffix = take_suffix(&name), inner = name;
    if (is_compression(suffix)) {
        struct str under = take_suffix(&inner);
        what = look_up(endings, sizeof endings / sizeof endings[0], under);
        return what == URI_WHAT_UNKNOWN ? URI_WHAT_DATA : what;
    }
    return look_up(endings, sizeof endings / sizeof endings[0], suffix);
}
