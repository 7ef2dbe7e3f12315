/* Formats and schemas of small files of real writers (fuzz/corpus/format), whole and cut, and
 * texts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "corpus.h"

#include "catalog/avro.h"
#include "catalog/schema.h"
#include "util/buf.h"

#include <stdlib.h>

struct sample {
    const char *file, *format, *compression, *columns;
};

static const struct sample SAMPLES[] = {
    { "arrow", "arrow", "zstd",
      "id:int32 s:string l:list<int16> m:map<string,int64> t:timestamp_tz d:string" },
    { "arrow_stream", "arrow-stream", "none",
      "id:int32 s:string l:list<int16> m:map<string,int64> t:timestamp_tz d:string" },
    { "avro", "avro", "deflate", "a:int32 l:list<string> r:struct<self:struct>" },
    { "bigtiff", "tiff", "none", "" },
    { "bmp", "bmp", "none", "" },
    { "csv", "csv", "none", "id:int64 name:string when:date" },
    { "csv_bzip2", "csv", "bzip2", "id:int64 name:string" },
    { "csv_gzip", "csv", "gzip", "id:int64 name:string" },
    { "csv_latin1", "csv", "none",
      "St\xc3\xa4"
      "dte:string n:int64" },
    { "csv_lz4", "csv", "lz4", "id:int64 name:string" },
    { "csv_quotes", "csv", "none", "a:int64 b, c:string d:timestamp" },
    { "csv_snappy", "csv", "snappy", "id:int64 name:string" },
    { "csv_xz", "csv", "xz", "id:int64 name:string" },
    { "csv_zip", "csv", "zip", "id:int64 name:string" },
    { "csv_zstd", "csv", "zstd", "id:int64 name:string" },
    { "geotiff", "geotiff", "none", "" },
    { "gif", "gif", "none", "" },
    { "hdf5_dense", "hdf5", "none",
      "d0:int8 d1:int8 d10:int8 d11:int8 d2:int8 d3:int8 d4:int8 d5:int8 d6:int8 d7:int8 d8:int8 "
      "d9:int8" },
    { "hdf5_earliest", "hdf5", "none",
      "b:bool g/r:struct<a:int32,b:string> v:string x:float32[2,3]" },
    { "hdf5_latest", "hdf5", "none",
      "b:bool g/r:struct<a:int32,b:string> v:string x:float32[2,3]" },
    { "html", "html", "none", "" },
    { "jpeg", "jpeg", "none", "" },
    { "json", "json", "none", "a:string b:bool" },
    { "jsonl", "jsonl", "none", "a:float64 b:list<struct<c:string>>" },
    { "netcdf_1", "netcdf", "none", "v:float32[1,2]" },
    { "netcdf_5", "netcdf", "none", "v:float32[1,2]" },
    { "npy", "npy", "none", "array:float32[3,4]" },
    { "npy_fields", "npy", "none", "a:int32 b:string c:list" },
    { "npz", "npz", "deflate", "x:int64 y:float64[2,2]" },
    { "orc_snappy", "orc", "snappy", "id:int32 s:string" },
    { "orc_zlib", "orc", "deflate",
      "id:int32 s:string l:list<int16> m:map<string,int64> t:timestamp_tz" },
    { "parquet", "parquet", "zstd",
      "id:int32 s:string p:list<string> m:map<string,string> st:struct<d:float64,b:bool>" },
    { "pickle", "pickle", "none", "" },
    { "png", "png", "none", "" },
    { "webp", "webp", "none", "" },
    { "webp_lossless", "webp", "none", "" },
    { "xlsx", "xlsx", "none", "id:int64 when:date x:float64" },
};

/* "id:int32 x:float32[2,3]"; one size alone is not shown. */
static void columns_text(struct arena *a, const struct schema *s, struct buf *out)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        const struct column *c = &s->columns[i];
        buf_printf(out, "%s%.*s:%.*s", i > 0 ? " " : "", STR_FMT(c->name),
                   STR_FMT(column_type_text(a, c)));
        for (size_t k = 0; k < c->shape.n && c->shape.n > 1; k++)
            buf_printf(out, "%c%llu%s", k == 0 ? '[' : ',', (unsigned long long)c->shape.sizes[k],
                       k + 1 == c->shape.n ? "]" : "");
    }
}

static void files_of_real_writers_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF columns = BUF_INIT(1 << 16);
        struct schema s;
        struct err err = ERR_INIT;
        struct str file = corpus_load("format", SAMPLES[i].file);
        if (!format_schema(&a, file, str_from("sample"), &s, &err))
            fail_msg("%s: %s", SAMPLES[i].file, err.msg);
        columns_text(&a, &s, &columns);
        assert_str(format_name(s.format), SAMPLES[i].format);
        assert_str(compression_name(s.compression), SAMPLES[i].compression);
        assert_str(buf_str(&columns), SAMPLES[i].columns);
        corpus_unload(file);
    }
}

static void a_sniff_tells_the_same_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        struct str file = corpus_load("format", SAMPLES[i].file);
        enum format format = format_sniff(file, STR_EMPTY, file.len, str_from("sample"), NULL);
        const char *want = strcmp(SAMPLES[i].file, "csv_zip") == 0   ? "zip"
                           : strcmp(SAMPLES[i].file, "geotiff") == 0 ? "tiff"
                                                                     : SAMPLES[i].format;
        assert_str(format_name(format), want);
        corpus_unload(file);
    }
}

/* Read as a caller does who has nothing at first; the object is really only n_real bytes. */
static enum format_step pull(struct str file, size_t n_real, struct schema *out, struct arena *a,
                             struct err *err)
{
    struct format_reader r;
    struct format_need need;
    enum format_step step;
    unsigned n_reads = 0;
    format_reader_init(&r, a, str_from("sample"), file.len);
    while ((step = format_reader_step(&r, &need, out, err)) == FORMAT_NEED) {
        assert_true(need.length > 0 && need.offset < file.len &&
                    need.length <= file.len - need.offset);
        assert_true(++n_reads <= LIMIT_FORMAT_READS);
        size_t end = need.offset + need.length < n_real ? need.offset + need.length : n_real;
        format_reader_give(&r, need.offset, str_slice(file, need.offset, end));
    }
    return step;
}

static void ranges_that_are_asked_for_suffice_and_short_ones_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct schema s;
        struct err err = ERR_INIT;
        struct str file = corpus_load("format", SAMPLES[i].file);
        assert_case(pull(file, file.len, &s, &a, &err) == FORMAT_DONE, SAMPLES[i].file);
        assert_case(pull(file, file.len / 2, &s, &a, &err) == FORMAT_FAILED, SAMPLES[i].file);
        assert_int_equal(err.code, ERR_PARSE);
        corpus_unload(file);
    }
}

static void every_cut_ends_in_an_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        struct str file = corpus_load("format", SAMPLES[i].file);
        for (size_t n = 0; n<file.len; n += file.len> 2200 ? 5 : 1) {
            AUTO_ARENA a = ARENA_INIT;
            struct schema s;
            struct err err = ERR_INIT;
            char *cut = malloc(n + 1);
            assert_non_null(cut);
            memcpy(cut, file.ptr, n);
            bool is_read = format_schema(&a, (struct str){ cut, n }, str_from("x"), &s, &err);
            assert_true(is_read == (err.code == ERR_NONE));
            free(cut);
        }
        corpus_unload(file);
    }
}

static void texts_are_read_in_their_dialect(void **state)
{
    static const struct {
        const char *name, *text, *format, *columns;
        char delimiter, quote, escape;
        bool has_header;
    } CASES[] = {
        { "a.csv", "a,b\n1,x\n", "csv", "a:int64 b:string", ',', 0, 0, true },
        { "a.csv", "1,x\n2,y\n", "csv", "column0:int64 column1:string", ',', 0, 0, false },
        { "a.csv", "a;b\n1,5;2024-01-02\n2,5;2024-01-03\n", "csv", "a:float64 b:date", ';', 0, 0,
          true },
        { "a.tsv", "a\tb\n1\t10:30\n", "tsv", "a:int64 b:time", '\t', 0, 0, true },
        { "a", "a|b|c\n1|2|3\n4|5|6\n", "csv", "a:int64 b:int64 c:int64", '|', 0, 0, true },
        { "a.csv", "a,b\n\"x \"\"y\"\", z\",1\n", "csv", "a:string b:int64", ',', '"', '"', true },
        { "a.csv", "a,b\n\"x \\\"y\\\", z\",1\n", "csv", "a:string b:int64", ',', '"', '\\', true },
        { "a.csv", "a,b\n\"two\nlines\",1\n\"x\",2\n", "csv", "a:string b:int64", ',', '"', '"',
          true },
        { "a.csv", "# note\n# more\na,b\n1,2\n3,4\n5,6\n", "csv", "a:int64 b:int64", ',', 0, 0,
          true },
        { "a.csv", "Report of 2024\na,b,c\n1,2,3\n3,4,5\n5,6,7\n", "csv", "a:int64 b:int64 c:int64",
          ',', 0, 0, true },
        { "a.csv", "a,b\n1,NA\n,2.5\n", "csv", "a:int64 b:float64", ',', 0, 0, true },
        { "a.csv", "a,b\ntrue,9223372036854775808\n", "csv", "a:bool b:float64", ',', 0, 0, true },
        { "a.csv", "a,b\nx,2024-01-02T03:04:05Z\n", "csv", "a:string b:timestamp_tz", ',', 0, 0,
          true },
        { "a.csv", "name\nx\ny\n", "csv", "name:string", ',', '"', '"', true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF columns = BUF_INIT(1 << 16);
        struct schema s;
        struct err err = ERR_INIT;
        assert_true(format_schema(&a, str_from(CASES[i].text), str_from(CASES[i].name), &s, &err));
        columns_text(&a, &s, &columns);
        assert_str(format_name(s.format), CASES[i].format);
        assert_str(buf_str(&columns), CASES[i].columns);
        assert_case(s.csv.delimiter == CASES[i].delimiter, CASES[i].text);
        assert_case(s.csv.quote == CASES[i].quote && s.csv.escape == CASES[i].escape,
                    CASES[i].text);
        assert_case(s.csv.has_header == CASES[i].has_header, CASES[i].text);
    }
}

static void values_of_json_are_merged(void **state)
{
    static const struct {
        const char *text, *columns;
    } CASES[] = {
        { "{\"a\":1}\n{\"a\":1.5,\"b\":null}", "a:float64 b:null" },
        { "[{\"a\":[]},{\"a\":[1]}]", "a:list<int64>" },
        { "[{\"a\":1},{\"a\":{\"b\":2}}]", "a:union" },
        { "[1,2,3]", "value:list<int64>" },
        { "{\"\\u00e4\\n\":true}", "\xc3\xa4\n:bool" },
        { "{\"a\":{\"0\":1,\"1\":2,\"2\":3,\"3\":4,\"4\":5,\"5\":6,\"6\":7,\"7\":8,\"8\":9,\"9\":1}"
          "}",
          "a:map<string,int64>" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF columns = BUF_INIT(1 << 16);
        struct schema s;
        struct err err = ERR_INIT;
        assert_true(format_schema(&a, str_from(CASES[i].text), str_from("a.json"), &s, &err));
        columns_text(&a, &s, &columns);
        assert_str(buf_str(&columns), CASES[i].columns);
    }
}

static void a_name_that_says_otherwise_is_told(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct schema s;
    struct err err = ERR_INIT;
    struct str file = corpus_load("format", "parquet");
    (void)state;
    assert_true(format_schema(&a, file, str_from("orders.csv"), &s, &err));
    assert_int_equal(s.n_warnings, 1);
    assert_str(s.warnings[0], "The name says csv, the content is parquet.");
    assert_true(format_schema(&a, STR_EMPTY, str_from("orders.csv"), &s, &err));
    assert_int_equal(s.format, FORMAT_CSV);
    assert_str(s.warnings[0], "The object is empty.");
    corpus_unload(file);
}

static void a_schema_of_avro_may_hold_itself(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF columns = BUF_INIT(1 << 16);
    struct schema s = { 0 };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(avro_schema(&a,
                            STR("{\"type\":\"record\",\"name\":\"T\",\"namespace\":\"n\","
                                "\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"n.T\"]},"
                                "{\"name\":\"day\",\"type\":{\"type\":\"int\","
                                "\"logicalType\":\"date\"}}]}"),
                            &s, &err));
    columns_text(&a, &s, &columns);
    assert_str(buf_str(&columns), "next:struct day:date");
    assert_true(s.columns[0].is_nullable && !s.columns[1].is_nullable);
    assert_false(avro_schema(&a, STR("{\"type\":\"record\",\"name\":\"T\"}"), &s, &err));
    assert_int_equal(err.code, ERR_PARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_real_writers_are_told),
        cmocka_unit_test(a_sniff_tells_the_same_format),
        cmocka_unit_test(ranges_that_are_asked_for_suffice_and_short_ones_are_told),
        cmocka_unit_test(every_cut_ends_in_an_answer),
        cmocka_unit_test(texts_are_read_in_their_dialect),
        cmocka_unit_test(values_of_json_are_merged),
        cmocka_unit_test(a_name_that_says_otherwise_is_told),
        cmocka_unit_test(a_schema_of_avro_may_hold_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
