/*
 * limits: every bound on what comes from outside, in one place: name, value, unit, why.
 *
 * Exhausted memory panics, so nothing that input can make grow may be without a row here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_LIMITS_H
#define UTIL_LIMITS_H

/* Depth of nesting in any document or program text: recursion stays within a small stack. */
#define LIMIT_DEPTH 200

/* Bytes of one configuration file. */
#define LIMIT_CONFIG_BYTES (1024UL * 1024)

/* Bytes of a JSON document that is read whole (API bodies, AWS answers). */
#define LIMIT_JSON_BYTES (16UL * 1024 * 1024)
/* Values of one such document: a node of the tree is some 60 bytes, "0," only two. */
#define LIMIT_JSON_VALUES 500000UL

/* A YAML document (configuration beside notebooks): its bytes, and its anchors, which libyaml looks
 * up one by one. */
#define LIMIT_YAML_BYTES (1024UL * 1024)
#define LIMIT_YAML_ANCHORS 1000UL

/* Parameters of one query string. */
#define LIMIT_QUERY_PARAMS 1000UL

/* Bytes of the body of an answer that is not 2xx, which is read to learn what went wrong. */
#define LIMIT_HTTP_ERROR_BYTES (256UL * 1024)
/* Bytes and number of the header fields of an answer to one of our calls. */
#define LIMIT_HTTP_REPLY_HEADER_BYTES (256UL * 1024)
#define LIMIT_HTTP_REPLY_HEADERS 500UL

/* Bytes of one answer of the server: about two million keys of a listing. */
#define LIMIT_HTTP_ANSWER_BYTES (256UL * 1024 * 1024)
/* Bytes of a refused body that are read and thrown away, so that its sender sees the refusal; past
 * them the connection is closed. */
#define LIMIT_HTTP_DISCARD_BYTES (64UL * 1024 * 1024)

/* Bytes of one notebook: larger ones are reported, not read. */
#define LIMIT_NOTEBOOK_BYTES (1024UL * 1024 * 1024)
/* Bytes of a source whose cells are shown one by one, and of one such cell: what is larger is
 * refused. */
#define LIMIT_NOTEBOOK_SOURCE_BYTES (64UL * 1024 * 1024)
#define LIMIT_CELL_BYTES (16UL * 1024 * 1024)
/* Bytes kept of one cell, of all code and of all prose of a notebook that is kept: what is more is
 * cut off and told, so that a worker needs at most 16 MiB whatever the notebook is. */
#define LIMIT_KEPT_CELL_BYTES (1024UL * 1024)
#define LIMIT_KEPT_CODE_BYTES (2UL * 1024 * 1024)
#define LIMIT_KEPT_PROSE_BYTES (512UL * 1024)
/* Cells of one notebook. */
#define LIMIT_CELLS 10000UL
/* Bytes of one name of a notebook or cell (kernel, language, id), and of all tags of one cell. */
#define LIMIT_NOTEBOOK_NAME_BYTES (64UL * 1024)
#define LIMIT_CELL_TAGS_BYTES (64UL * 1024)
/* Parameters that papermill noted in one notebook, and bytes of their names and values. */
#define LIMIT_PARAMETERS 1000UL
#define LIMIT_PARAMETERS_BYTES (1024UL * 1024)

/* Bytes of the key of one object (S3's own bound), and of the name of a bucket. */
#define LIMIT_KEY_BYTES 1024UL
#define LIMIT_BUCKET_BYTES 255UL
/* Objects that one fetch reads side by side. */
#define LIMIT_FETCH_WINDOW 256U
/* Bytes of one page of a listing: 1,000 keys of 1,024 bytes, percent-encoded, and their XML. */
#define LIMIT_S3_PAGE_BYTES (8UL * 1024 * 1024)
/* Buckets whose region is remembered because it is not that of the settings. */
#define LIMIT_BUCKET_REGIONS 1000UL
/* Depth of folders below a bucket of the folder store. */
#define LIMIT_FOLDER_DEPTH 128U
/* Entries of one folder of it: they are sorted in memory. */
#define LIMIT_FOLDER_ENTRIES 10000000UL

/* Folders of a source that cannot be read: what the index knows of them stays. */
#define LIMIT_SCAN_SKIPPED 10000UL

/* Entries of one block of a stored listing. */
#define LIMIT_LISTING_BLOCK_ENTRIES 1000UL

/* Bytes of the text or pattern of one search. */
#define LIMIT_SEARCH_BYTES 1000UL

/* Rows of one list of clusters, nodes or steps: EMR keeps two months of clusters, and at most 2,000
 * nodes of one. */
#define LIMIT_CLUSTER_ITEMS 100000UL

/* References of one SQL text or shell script; names of a scope (CTEs, aliases); bytes of one name
 * that is put together. */
#define LIMIT_SQL_REFS 10000UL
#define LIMIT_SQL_NAMES 1000UL
#define LIMIT_SQL_NAME_BYTES (64UL * 1024)

/* References of one shell script or result. */
#define LIMIT_SHELL_REFS 10000UL
/* Runs of a loop over words that are known; more words run it once, with a hole. */
#define LIMIT_SHELL_LOOP 20U
/* Words of commands that a script may run again (loops, functions), and depth of calls: past it
 * each body runs no further. */
#define LIMIT_SHELL_REPEATS 50000UL
#define LIMIT_SHELL_CALLS 8U
/* Bytes of the path that cd makes. */
#define LIMIT_SHELL_CWD_BYTES 4096UL
/* Bytes of one value that expansion makes, and of all that one text makes; past it values are
 * holes. */
#define LIMIT_SHELL_VALUE_BYTES (64UL * 1024)
#define LIMIT_SHELL_EXPANDED_BYTES (4UL * 1024 * 1024)

/* Bytes of the syntax tree of one cell or file; items of one list, tuple, set or dict that are kept
 * (data written into code); places that could not be parsed and are told. */
#define LIMIT_TREE_BYTES (4UL * 1024 * 1024)
#define LIMIT_LITERAL_ITEMS 20000UL
#define LIMIT_PARSE_GAPS 100UL

/* Bytes of one location: an S3 address has at most 1,093, a signed URL some 2,000. */
#define LIMIT_URI_BYTES 8192UL

/* A table of call forms (rules = my-calls.tsv): bytes of the file; rows of all tables of a
 * language; names in one call, ways of one place, places of one row, words of one cell. */
#define LIMIT_CALL_TABLE_BYTES (1024UL * 1024)
#define LIMIT_CALL_ROWS 50000UL
#define LIMIT_CALL_WORDS 256UL
#define LIMIT_CALL_NAMES 16UL

/* Alternatives of one value, and elements of a loop that are gone through one by one. */
#define LIMIT_ALTERNATIVES 20U
/* Bytes of one text that is put together; elements of one list or mapping; elements of a range that
 * are written out. */
#define LIMIT_TEXT_BYTES (256UL * 1024)
#define LIMIT_SEQ_ITEMS 20000UL
#define LIMIT_RANGE_ITEMS 1000UL
/* Steps of one chain of attributes, calls and subscripts. */
#define LIMIT_CHAIN_STEPS 500U

/* Lines of Scala 3 whose indentation is read; a text of more is read as Scala 2. */
#define LIMIT_SCALA_LINES 50000UL

/* The evaluator: steps and memory of one notebook, rounds of a loop, depth of calls, elements that
 * one assignment or call takes apart. */
#define LIMIT_EVAL_STEPS 2000000UL
#define LIMIT_EVAL_BYTES (7UL * 1024 * 1024)
/* Beside it, for what was found when the memory of the values was used up. */
#define LIMIT_REPORT_BYTES (1UL * 1024 * 1024)
#define LIMIT_LOOP 20UL
#define LIMIT_CALL_DEPTH 8U
#define LIMIT_UNPACK 64UL
/* References of one notebook, locations of one call, names of a chain that are looked at. */
#define LIMIT_REFERENCES 20000UL
#define LIMIT_CALL_LOCATIONS 400UL
#define LIMIT_CHAIN_NAMES 64UL
/* Imported libraries and parameters that are kept; bytes of a line of code that is shown. */
#define LIMIT_LIBRARIES 1000UL
/* Tables of one notebook that it binds to locations. */
#define LIMIT_TABLE_BINDINGS 1000UL
#define LIMIT_CODE_LINE_BYTES 4096UL
/* Bytes of one file beside the notebook; files that one notebook may draw in, and their bytes;
 * names of a folder on S3 that are remembered, so that what is not there need not be asked for. */
#define LIMIT_SIBLING_BYTES (4UL * 1024 * 1024)
#define LIMIT_SIBLINGS 200UL
#define LIMIT_SIBLINGS_BYTES (8UL * 1024 * 1024)
#define LIMIT_SIBLING_NAMES 10000UL
/* References that one question of the command line collects, to show the best first. */
#define LIMIT_USES 200000UL

/* Discovery of datasets: names told apart in one folder (past it they count by suffix), partition
 * columns of one dataset, partitions of it that are kept (the first and the last), objects of a
 * group whose content is looked at, bytes of finished folders held back because the folder around
 * them may turn out to be a table. */
#define LIMIT_DISCOVER_NAMES 256UL
#define LIMIT_PARTITION_COLUMNS 16U
#define LIMIT_PARTITIONS_KEPT 1000UL
#define LIMIT_DISCOVER_SAMPLES 4U
#define LIMIT_DISCOVER_PENDING_BYTES (16UL * 1024 * 1024)
/* The log of a table: bytes of one object of it that are read; commits behind the last checkpoint;
 * files and partitions that are live or were; side files of a checkpoint. */
#define LIMIT_TABLE_LOG_BYTES (64UL * 1024 * 1024)
#define LIMIT_TABLE_COMMITS 2000UL
#define LIMIT_TABLE_FILES 1000000UL
#define LIMIT_TABLE_PARTITIONS 100000UL
#define LIMIT_TABLE_SIDECARS 1000UL
/* Manifests of an Iceberg snapshot, some 8 MiB each; values of one Avro file, of all its records.
 */
#define LIMIT_TABLE_MANIFESTS 500UL
#define LIMIT_AVRO_VALUES 20000000UL
/* Patterns of the configuration that say what is a dataset. */
#define LIMIT_DISCOVER_PATTERNS 200UL

/* Places of a source that notebooks read, 8 bytes each: evidence of where datasets end. */
#define LIMIT_EVIDENCE_PLACES 2000000UL

/* Reading what an object is: ranges that are asked for, bytes of one of them (a Parquet footer of
 * 50,000 columns), bytes of all; bytes that are unpacked to look inside; packings around each
 * other; members of a zip. */
#define LIMIT_FORMAT_READS 64U
#define LIMIT_FORMAT_READ_BYTES (16UL * 1024 * 1024)
#define LIMIT_FORMAT_BYTES (64UL * 1024 * 1024)
#define LIMIT_FORMAT_UNPACKED_BYTES (16UL * 1024 * 1024)
/* Bytes of a text whose records are looked at, where so much is at hand. */
#define LIMIT_TEXT_SAMPLE_BYTES (1024UL * 1024)
#define LIMIT_PACKINGS 3U
#define LIMIT_ZIP_MEMBERS 100000UL
/* Arrays of one npz that are looked at: each may cost a read. */
#define LIMIT_NPZ_ARRAYS 40UL
/* A schema: columns with nested ones, depth of nesting, bytes of a name and of a type that is
 * written out, names inside of an object (sheets, members of an archive), warnings, sizes of one
 * array. */
#define LIMIT_SCHEMA_COLUMNS 50000UL
#define LIMIT_SCHEMA_DEPTH 32U
#define LIMIT_SCHEMA_NAME_BYTES 1024UL
#define LIMIT_SCHEMA_TYPE_BYTES 4096UL
#define LIMIT_SCHEMA_PARTS 1000UL
#define LIMIT_SCHEMA_WARNINGS 20UL
#define LIMIT_SCHEMA_SIZES 32UL
/* Rows of a Parquet file: leaves that are read side by side, bytes of a page or dictionary as
 * unpacked, bytes asked for at a time, values of one list or map. */
#define LIMIT_PARQUET_CHOSEN 64U
#define LIMIT_PARQUET_PAGE_BYTES (64UL * 1024 * 1024)
#define LIMIT_PARQUET_WINDOW_BYTES (1024UL * 1024)
#define LIMIT_PARQUET_CELL_VALUES 1000000UL
/* Bytes of the paths of all leaves, of a text that is put together from the one before it, and of
 * all texts of one cell that spans pages. */
#define LIMIT_PARQUET_PATH_BYTES (32UL * 1024 * 1024)
#define LIMIT_PARQUET_DELTA_TEXT_BYTES (1024UL * 1024)
#define LIMIT_PARQUET_CELL_BYTES (64UL * 1024 * 1024)

#endif
