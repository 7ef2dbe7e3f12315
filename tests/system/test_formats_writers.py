"""Formats and schemas of files as their real writers make them, beside what their own readers say.

tests/catalog/dump_schema.c prints what the catalogue sees, dump_rows.c the rows of a Parquet file;
both read only the ranges that are asked for, as from S3.
"""
import bz2
import datetime
import decimal
import gzip
import json
import lzma
import pickle
import subprocess
import uuid
import zipfile

import conftest
import duckdb
import fastavro
import h5py
import netCDF4
import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest
import tifffile
from PIL import Image

DUMP_SCHEMA = conftest.BUILD / "tests" / "catalog" / "dump_schema"
DUMP_ROWS = conftest.BUILD / "tests" / "catalog" / "dump_rows"
UTC = datetime.timezone.utc


def dump(*paths, name=None):
    """What the catalogue sees in each file."""
    options = ["--name", name] if name else []
    out = subprocess.run([DUMP_SCHEMA, *options, *paths], capture_output=True, text=True, check=True, timeout=60)
    seen = [json.loads(line) for line in out.stdout.splitlines()]
    for one in seen:
        assert "error" not in one, one
    return seen if len(seen) > 1 else seen[0]


def types(seen):
    return {c["name"]: c["type"] for c in seen["columns"]}


def arrow_type(t):
    """An Arrow type in the words of the catalogue."""
    if isinstance(t, pa.ExtensionType):
        return "uuid" if t.extension_name == "arrow.uuid" else arrow_type(t.storage_type)
    if pa.types.is_dictionary(t):
        return arrow_type(t.value_type)
    if pa.types.is_map(t):
        return f"map<{arrow_type(t.key_type)},{arrow_type(t.item_type)}>"
    if pa.types.is_struct(t):
        return "struct<" + ",".join(f"{f.name}:{arrow_type(f.type)}" for f in t) + ">"
    if pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t):
        return f"list<{arrow_type(t.value_type)}>"
    if pa.types.is_decimal(t):
        return f"decimal({t.precision},{t.scale})"
    if pa.types.is_timestamp(t):
        return "timestamp_tz" if t.tz else "timestamp"
    words = [(pa.types.is_date, "date"), (pa.types.is_time, "time"), (pa.types.is_duration, "duration"),
             (pa.types.is_boolean, "bool"), (pa.types.is_null, "null")]
    for is_one, word in words:
        if is_one(t):
            return word
    text = {"halffloat": "float16", "float": "float32", "double": "float64", "large_string": "string",
            "string_view": "string", "large_binary": "binary", "binary_view": "binary"}.get(str(t), str(t))
    return "binary" if text.startswith("fixed_size_binary") else text


def arrow_types(schema):
    return {f.name: arrow_type(f.type) for f in schema}


def all_types():
    """A table with a column of each type that Parquet keeps."""
    when = datetime.datetime(2024, 5, 6, 7, 8, 9)
    return pa.table({
        "i8": pa.array([1, None], pa.int8()), "u8": pa.array([1, 2], pa.uint8()), "i16": pa.array([1, 2], pa.int16()),
        "u16": pa.array([1, 2], pa.uint16()), "i32": pa.array([1, 2], pa.int32()), "u32": pa.array([1, 2], pa.uint32()),
        "i64": pa.array([1, 2], pa.int64()), "u64": pa.array([1, 2], pa.uint64()),
        "f16": pa.array(np.array([1, 2], "f2")), "f32": pa.array([1, 2], pa.float32()), "f64": pa.array([1.0, 2.0]),
        "bool": pa.array([True, False]), "text": pa.array(["a", "b"]), "large": pa.array(["a", "b"], pa.large_string()),
        "bytes": pa.array([b"a", b"\xff"]), "fixed": pa.array([b"ab", b"cd"], pa.binary(2)),
        "decimal": pa.array([decimal.Decimal("1.23"), None], pa.decimal128(10, 2)),
        "date": pa.array([datetime.date(2024, 1, 1), None]), "time": pa.array([1, 2], pa.time32("ms")),
        "time64": pa.array([1, 2], pa.time64("us")), "wall": pa.array([when, None], pa.timestamp("us")),
        "instant": pa.array([when, None], pa.timestamp("ms", "UTC")), "nanos": pa.array([1, 2], pa.timestamp("ns")),
        "list": pa.array([[1, 2], None], pa.list_(pa.int32())),
        "struct": pa.array([{"a": 1, "b": "x"}, None], pa.struct([("a", pa.int32()), ("b", pa.string())])),
        "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
        "deep": pa.array([[[{"q": 1.5}]], None], pa.list_(pa.list_(pa.struct([("q", pa.float64())])))),
        "words": pa.array(["a", "b"]).dictionary_encode(), "nothing": pa.nulls(2)})


def frame(n=1000):
    return pd.DataFrame({
        "id": range(n), "x": np.linspace(0, 1, n), "name": [f"n, {i}" for i in range(n)],
        "day": pd.date_range("2024-01-01", periods=n).strftime("%Y-%m-%d"),
        "at": pd.date_range("2024-01-01 10:00", periods=n, freq="h").strftime("%Y-%m-%d %H:%M:%S"),
        "ok": [True, False] * (n // 2), "gap": [None if i % 3 == 0 else i + 0.5 for i in range(n)]})


FRAME_TYPES = {"id": "int64", "x": "float64", "name": "string", "day": "date", "at": "timestamp", "ok": "bool",
               "gap": "float64"}


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_parquet_of_pyarrow_in_each_codec(tmp_path, codec):
    pq.write_table(all_types(), tmp_path / "t.parquet", compression=codec)
    seen = dump(tmp_path / "t.parquet")
    assert (seen["format"], seen["compression"], seen["rows"]) == ("parquet", codec, 2)
    assert types(seen) == arrow_types(pq.read_schema(tmp_path / "t.parquet"))


def test_parquet_of_other_writers(tmp_path):
    frame().to_parquet(tmp_path / "pandas.parquet")
    pl.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [[1], [2, 3]], "d": [datetime.datetime(2024, 1, 1), None],
                  "e": [{"p": 1, "q": None}, None]}).write_parquet(tmp_path / "polars.parquet")
    duckdb.sql(f"""copy (select 1::int a, 'x' b, [1, 2] c, {{'p': 1, 'q': 'r'}} s, map {{'k': 1}} m, 1.5::decimal(9, 3) d,
        now() t, '10:00'::time ti, 1::utinyint u from range(3)) to '{tmp_path}/duckdb.parquet'""")
    for path in sorted(tmp_path.glob("*.parquet")):
        seen = dump(path)
        assert types(seen) == arrow_types(pq.read_schema(path)), path
        assert seen["rows"] == pq.ParquetFile(path).metadata.num_rows


def test_nullability_is_the_writers(tmp_path):
    schema = pa.schema([pa.field("must", pa.int64(), nullable=False), pa.field("may", pa.int64())])
    pq.write_table(pa.table({"must": [1], "may": [None]}, schema), tmp_path / "t.parquet")
    assert [c["nullable"] for c in dump(tmp_path / "t.parquet")["columns"]] == [False, True]


def test_a_large_parquet_file_costs_its_footer(tmp_path):
    rng = np.random.default_rng(1)
    table = pa.table({f"c{i}": rng.random(100000) for i in range(30)})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=1000)
    seen = dump(tmp_path / "t.parquet")
    assert seen["rows"] == 100000 and len(seen["columns"]) == 30
    assert (tmp_path / "t.parquet").stat().st_size > 20_000_000
    assert seen["reads"] <= 3 and seen["bytes"] < 1_000_000


def test_arrow_files_and_streams(tmp_path):
    table = all_types().append_column("wait", pa.array([1, 2], pa.duration("ms")))
    table = table.append_column("pair", pa.array([[1, 2], [3, 4]], pa.list_(pa.int16(), 2)))
    table = table.append_column("view", pa.array(["a", "b"], pa.string_view()))
    with ipc.new_file(tmp_path / "t.arrow", table.schema) as writer:
        writer.write_table(table)
    with ipc.new_stream(tmp_path / "t.arrows", table.schema) as writer:
        writer.write_table(table)
    feather.write_feather(all_types(), tmp_path / "t.feather", compression="zstd")
    pl.DataFrame({"a": [1], "b": ["x"]}).write_ipc(tmp_path / "polars.arrow")
    for name, form in (("t.arrow", "arrow"), ("t.arrows", "arrow-stream")):
        seen = dump(tmp_path / name)
        assert seen["format"] == form and types(seen) == arrow_types(table.schema)
    seen = dump(tmp_path / "t.feather")
    assert (seen["format"], seen["compression"], seen["rows"]) == ("arrow", "zstd", 2)
    assert types(seen) == arrow_types(feather.read_table(tmp_path / "t.feather").schema)
    assert types(dump(tmp_path / "polars.arrow")) == {"a": "int64", "b": "string"}


@pytest.mark.parametrize("codec", ["uncompressed", "snappy", "zlib", "zstd", "lz4"])
def test_orc_in_each_codec(tmp_path, codec):
    names = ["i8", "i16", "i32", "i64", "f32", "f64", "bool", "text", "bytes", "decimal", "date", "wall", "instant",
             "list", "struct", "map", "deep"]
    orc.write_table(all_types().select(names), tmp_path / "t.orc", compression=codec)
    seen = dump(tmp_path / "t.orc")
    assert seen["format"] == "orc" and seen["rows"] == 2
    assert seen["compression"] == {"uncompressed": "none", "zlib": "deflate"}.get(codec, codec)
    assert types(seen) == arrow_types(orc.ORCFile(tmp_path / "t.orc").schema)


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_avro_in_each_codec(tmp_path, codec):
    inner = {"type": "record", "name": "Inner", "fields": [
        {"name": "x", "type": "float"}, {"name": "self", "type": ["null", "Inner"]}]}
    fields = {"a": ("int", 1, "int32"), "b": (["null", "string"], None, "string"),
              "d": ({"type": "int", "logicalType": "date"}, datetime.date(2024, 1, 1), "date"),
              "t": ({"type": "long", "logicalType": "timestamp-micros"}, datetime.datetime.now(UTC), "timestamp_tz"),
              "c": ({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, decimal.Decimal("1.25"),
                    "decimal(9,2)"),
              "l": ({"type": "array", "items": "long"}, [1], "list<int64>"),
              "m": ({"type": "map", "values": ["null", "double"]}, {"k": 1.0}, "map<string,float64>"),
              "r": (inner, {"x": 1.0, "self": None}, "struct<x:float32,self:struct>"),
              "e": ({"type": "enum", "name": "E", "symbols": ["A"]}, "A", "string"),
              "f": ({"type": "fixed", "name": "F", "size": 4}, b"abcd", "binary"),
              "u": ({"type": "string", "logicalType": "uuid"}, uuid.uuid4(), "uuid")}
    schema = {"type": "record", "name": "R", "namespace": "n",
              "fields": [{"name": n, "type": f[0]} for n, f in fields.items()]}
    with open(tmp_path / "t.avro", "wb") as out:
        fastavro.writer(out, schema, [{n: f[1] for n, f in fields.items()}] * 100, codec=codec)
    seen = dump(tmp_path / "t.avro")
    assert (seen["format"], seen["rows"]) == ("avro", 100)
    assert seen["compression"] == {"null": "none"}.get(codec, codec)
    assert types(seen) == {n: f[2] for n, f in fields.items()}
    with open(tmp_path / "t.avro", "rb") as file:
        assert list(types(seen)) == [f["name"] for f in fastavro.reader(file).writer_schema["fields"]]


DIALECTS = {
    "comma.csv": {}, "tab.tsv": {"sep": "\t"}, "semicolon.csv": {"sep": ";"}, "pipe.txt": {"sep": "|"},
    "headless.csv": {"header": False}, "single.csv": {"quotechar": "'"}, "all.csv": {"quoting": 1},
    "escaped.csv": {"doublequote": False, "escapechar": "\\"}, "crlf.csv": {"lineterminator": "\r\n"}}
DUCKDB_TYPES = {"BIGINT": "int64", "DOUBLE": "float64", "VARCHAR": "string", "DATE": "date", "TIMESTAMP": "timestamp",
                "BOOLEAN": "bool", "TIME": "time"}


@pytest.mark.parametrize("name", DIALECTS)
def test_csv_dialects_as_duckdb_sniffs_them(tmp_path, name):
    frame().to_csv(tmp_path / name, index=False, **DIALECTS[name])
    seen = dump(tmp_path / name)
    sniffed = duckdb.sql(f"select Delimiter, HasHeader, Columns from sniff_csv('{tmp_path / name}')").fetchall()[0]
    assert seen["format"] == ("tsv" if name.endswith("tsv") else "csv")
    assert seen["csv"]["delimiter"] == sniffed[0] == DIALECTS[name].get("sep", ",")
    assert seen["csv"]["header"] == sniffed[1] == DIALECTS[name].get("header", True)
    assert [c["type"] for c in seen["columns"]] == [DUCKDB_TYPES[c["type"]] for c in sniffed[2]]
    assert [c["type"] for c in seen["columns"]] == list(FRAME_TYPES.values())
    if sniffed[1]:
        assert list(types(seen)) == list(FRAME_TYPES)


@pytest.mark.parametrize("encoding,told", [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16-le"),
                                           ("utf-16-be", "utf-16-be"), ("latin-1", "latin-1"), ("cp1252", "latin-1")])
def test_csv_in_other_encodings(tmp_path, encoding, told):
    pd.DataFrame({"Städte": ["Köln", "Düsseldorf", "Zürich"], "n": [1, 2, 3]}).to_csv(
        tmp_path / "t.csv", index=False, encoding=encoding)
    seen = dump(tmp_path / "t.csv")
    assert (seen["encoding"], seen["rows"]) == (told, 3)
    assert types(seen) == {"Städte": "string", "n": "int64"}
    assert list(types(seen)) == list(pd.read_csv(tmp_path / "t.csv", encoding=encoding).columns)


def test_a_decimal_comma_is_told(tmp_path):
    frame().to_csv(tmp_path / "t.csv", index=False, sep=";", decimal=",")
    seen = dump(tmp_path / "t.csv")
    assert types(seen) == FRAME_TYPES and "Numbers have a decimal comma." in seen["warnings"]


def test_texts_that_are_no_tables(tmp_path):
    (tmp_path / "notes.txt").write_text("Dear all,\nthis is a note, with commas.\nAnd a third line, too, here.\n" * 9)
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><body>x</body></html>")
    (tmp_path / "code.py").write_text("import a, b\nimport c, d\nimport e, f\n")
    got = [s["format"] for s in dump(*sorted(tmp_path.iterdir()))]
    assert got == ["text", "text", "html"]


def test_json_of_pandas(tmp_path):
    frame().to_json(tmp_path / "records.json", orient="records")
    frame().to_json(tmp_path / "lines.jsonl", orient="records", lines=True)
    want = {**FRAME_TYPES, "day": "string", "at": "string"}
    for name, form in (("records.json", "json"), ("lines.jsonl", "jsonl")):
        seen = dump(tmp_path / name)
        assert seen["format"] == form and types(seen) == want
        names = [c[0] for c in duckdb.sql(f"describe select * from read_json_auto('{tmp_path / name}')").fetchall()]
        assert list(types(seen)) == names
    (tmp_path / "nested.json").write_text(json.dumps([{"a": {"b": [1, 2.5]}, "c": None}, {"a": {"d": "x"}, "e": True}]))
    seen = dump(tmp_path / "nested.json")
    assert seen["rows"] == 2
    assert types(seen) == {"a": "struct<b:list<float64>,d:string>", "c": "null", "e": "bool"}


def test_packed_objects_are_looked_into(tmp_path):
    text = frame().to_csv(index=False).encode()
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "t.csv.bz2").write_bytes(bz2.compress(text))
    (tmp_path / "t.csv.xz").write_bytes(lzma.compress(text))
    for suffix, codec in (("zst", "zstd"), ("lz4", "lz4")):
        with pa.CompressedOutputStream(str(tmp_path / f"t.csv.{suffix}"), codec) as out:
            out.write(text)
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", text)
    want = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd", "lz4": "lz4", "zip": "zip"}
    for path in tmp_path.iterdir():
        seen = dump(path)
        assert (seen["format"], seen["compression"]) == ("csv", want[path.suffix[1:]])
        assert types(seen) == FRAME_TYPES and seen["rows"] == 1000
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.parquet")
    (tmp_path / "t.parquet.gz").write_bytes(gzip.compress((tmp_path / "t.parquet").read_bytes()))
    assert types(dump(tmp_path / "t.parquet.gz")) == {"a": "int64"}


def test_workbooks(tmp_path):
    data = frame(100)
    data["day"], data["at"] = pd.to_datetime(data["day"]).dt.date, pd.to_datetime(data["at"])
    with pd.ExcelWriter(tmp_path / "t.xlsx", engine="openpyxl") as writer:
        data.to_excel(writer, sheet_name="Orders & more", index=False)
        data.head(1).to_excel(writer, sheet_name="Other")
    seen = dump(tmp_path / "t.xlsx")
    assert (seen["format"], seen["rows"], seen["parts"]) == ("xlsx", 100, ["Orders & more", "Other"])
    assert types(seen) == FRAME_TYPES
    assert list(types(seen)) == list(pd.read_excel(tmp_path / "t.xlsx").columns)
    book = openpyxl.Workbook()
    book.active.append(["only", "text"])
    book.active["D3"] = 1.5
    book.save(tmp_path / "sparse.xlsx")
    assert types(dump(tmp_path / "sparse.xlsx")) == {"only": "null", "text": "null", "column2": "null", "column3": "float64"}


@pytest.mark.parametrize("library", ["earliest", "latest"])
def test_hdf5_of_both_kinds_of_groups(tmp_path, library):
    path = tmp_path / "t.h5"
    with h5py.File(path, "w", libver=library) as f:
        f["x"] = np.zeros((3, 4), "f4")
        f["text"] = "hello"
        f["flags"] = np.array([True, False])
        f["waves"] = np.zeros(3, "c16")
        f["rows"] = np.zeros(5, [("a", "<i4"), ("b", "S5"), ("c", "<f8", (2,))])
        f["group/inner/deep"] = np.arange(10, dtype=">u2")
        f.create_dataset("chunks", (100, 200), "i8", chunks=(10, 10), maxshape=(None, 200), compression="gzip")
        f.create_dataset("lists", (3,), dtype=h5py.vlen_dtype("i4"))
        for i in range(300):
            f[f"many/d{i}"] = np.zeros((i + 1,), "i2")
    seen = dump(path)
    shapes = {}
    with h5py.File(path) as f:
        f.visititems(lambda name, item: shapes.update({name: list(item.shape)}) if isinstance(item, h5py.Dataset) else None)
    assert {c["name"]: c.get("shape", []) for c in seen["columns"]} == shapes
    got = types(seen)
    assert [got[n] for n in ("x", "text", "flags", "waves", "rows", "group/inner/deep", "chunks", "lists")] == [
        "float32", "string", "bool", "complex", "struct<a:int32,b:string,c:list<float64>>", "uint16", "int64", "list<int32>"]
    assert not seen["warnings"]


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4"])
def test_netcdf_of_each_kind(tmp_path, form):
    path = tmp_path / "t.nc"
    with netCDF4.Dataset(path, "w", format=form) as d:
        d.title = "temperatures"
        for name, size in (("time", None), ("lat", 4), ("lon", 5)):
            d.createDimension(name, size)
        v = d.createVariable("t2m", "f4", ("time", "lat", "lon"))
        v.units = "K"
        v[0:3] = 1
        d.createVariable("lat", "f8", ("lat",))
        d.createVariable("k", "i2", ())
        for i in range(12):
            d.createVariable(f"v{i}", "i4", ("lat",))
    seen = dump(path)
    assert seen["format"] == "netcdf"
    words = {"f4": "float32", "f8": "float64", "i2": "int16", "i4": "int32"}
    with netCDF4.Dataset(path) as d:
        want = {n: (words[v.dtype.str[1:]], list(v.shape)) for n, v in d.variables.items()}
    assert {c["name"]: (c["type"], c.get("shape", [])) for c in seen["columns"]} == want


def test_arrays_of_numpy(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 4), "<f4"))
    np.save(tmp_path / "r.npy", np.zeros(5, [("a", "<i4"), ("b", "U5"), ("c", "<f8", (2,))]))
    np.savez(tmp_path / "plain.npz", x=np.arange(3), y=np.eye(2))
    np.savez_compressed(tmp_path / "packed.npz", x=np.arange(3), y=np.eye(2))
    seen = dump(tmp_path / "a.npy")
    assert (seen["shape"], types(seen), seen["rows"]) == ([3, 4], {"array": "float32"}, 3)
    assert types(dump(tmp_path / "r.npy")) == {"a": "int32", "b": "string", "c": "list"}
    for name in ("plain.npz", "packed.npz"):
        seen = dump(tmp_path / name)
        assert seen["format"] == "npz"
        assert {c["name"]: c["shape"] for c in seen["columns"]} == {
            n: list(v.shape) for n, v in np.load(tmp_path / name).items()}


def test_images_and_tiff(tmp_path):
    for suffix, form in (("png", "png"), ("jpg", "jpeg"), ("gif", "gif"), ("webp", "webp"), ("bmp", "bmp"), ("tif", "tiff")):
        Image.new("RGB", (33, 44)).save(tmp_path / f"i.{suffix}")
        seen = dump(tmp_path / f"i.{suffix}")
        assert (seen["format"], seen["shape"]) == (form, list(Image.open(tmp_path / f"i.{suffix}").size))
    Image.new("RGBA", (5, 6)).save(tmp_path / "a.webp", lossless=True)
    assert dump(tmp_path / "a.webp")["shape"] == [5, 6]
    geo = [(33550, "d", 3, (1.0, 1.0, 0.0), True), (34735, "H", 8, (1, 1, 0, 1, 3072, 0, 1, 32633), True)]
    for order in "<>":
        tifffile.imwrite(tmp_path / "g.tif", np.zeros((10, 20), "f4"), extratags=geo, byteorder=order, bigtiff=order == "<")
        seen = dump(tmp_path / "g.tif")
        with tifffile.TiffFile(tmp_path / "g.tif") as file:
            assert file.pages[0].is_geotiff and seen["shape"] == list(file.pages[0].shape[::-1])
        assert seen["format"] == "geotiff" and seen["detail"] == "1 band of float 32 bits, EPSG:32633"


def test_the_content_decides_and_a_wrong_name_is_told(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.csv")
    seen = dump(tmp_path / "t.csv")
    assert seen["format"] == "parquet" and seen["warnings"] == ["The name says csv, the content is parquet."]
    with open(tmp_path / "m.pkl", "wb") as out:
        pickle.dump({"a": 1}, out)
    assert dump(tmp_path / "m.pkl")["format"] == "pickle"


def flat(value, kind, path, out):
    """The values of each leaf of one row, in the order in which Parquet keeps them."""
    if pa.types.is_struct(kind):
        for f in kind:
            flat(None if value is None else value[f.name], f.type, [*path, f.name], out)
    elif pa.types.is_map(kind):
        for part, t in ((0, kind.key_type), (1, kind.item_type)):
            for item in value or [(None, None)]:
                flat(item[part], t, [*path, "kv"[part]], out)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        for item in value or [None]:
            flat(item, kind.value_type, [*path, "[]"], out)
    else:
        out.setdefault(".".join(path), []).append(text_of(value) if isinstance(value, bytes) else value)


def text_of(value):
    """Bytes as dump_rows prints them."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"hex": value.hex()}


def check_rows(path, table):
    out = subprocess.run([DUMP_ROWS, path], capture_output=True, text=True, check=True, timeout=60).stdout
    got = [list(json.loads(line).values()) for line in out.splitlines()]
    assert len(got) == table.num_rows
    for row, mine in zip(table.to_pylist(), got):
        want = {}
        for f in table.schema:
            flat(row[f.name], f.type, [f.name], want)
        assert mine == list(want.values()), path


def rows_table(n=3000):
    rng = np.random.default_rng(1)
    pick = rng.integers(0, 4, n)
    return pa.table({
        "i": pa.array([None if p == 0 else int(v) for p, v in zip(pick, rng.integers(-2**31, 2**31, n))], pa.int32()),
        "l": rng.integers(-2**62, 2**62, n), "const": pa.array([7] * n, pa.int64()),
        "b": pa.array([None if p == 0 else bool(p & 1) for p in pick]), "d": rng.random(n),
        "s": [None if p == 0 else f"w{p}" for p in pick], "u": [f"s3://bucket/key/{i:08d}" for i in range(n)],
        "bin": pa.array([rng.bytes(p * 5) for p in pick], pa.binary()), "fx": pa.array([rng.bytes(7) for _ in range(n)], pa.binary(7)),
        "lst": pa.array([[None, [], ["a", None], ["x"] * 3][p] for p in pick], pa.list_(pa.string())),
        "mp": pa.array([[None, [], [("k", "v"), ("l", None)], [("m", "x")]][p] for p in pick], pa.map_(pa.string(), pa.string())),
        "st": pa.array([[None, {"a": None, "n": {"x": 1}}, {"a": 1.5, "n": None}, {"a": 2.5, "n": {"x": None}}][p] for p in pick],
                       pa.struct([("a", pa.float64()), ("n", pa.struct([("x", pa.int32())]))]))})


def test_rows_of_parquet_in_each_codec_encoding_and_version(tmp_path):
    table = rows_table()
    deltas = {"i": "DELTA_BINARY_PACKED", "l": "DELTA_BINARY_PACKED", "d": "BYTE_STREAM_SPLIT", "s": "DELTA_BYTE_ARRAY",
              "u": "DELTA_BYTE_ARRAY", "bin": "DELTA_LENGTH_BYTE_ARRAY", "fx": "DELTA_BYTE_ARRAY",
              "lst.list.element": "DELTA_BYTE_ARRAY"}
    for version in ("1.0", "2.0"):
        options = {"data_page_version": version, "row_group_size": 1100, "data_page_size": 3000}
        for codec in ("none", "snappy", "gzip", "zstd", "lz4"):
            pq.write_table(table, tmp_path / "t.parquet", compression=codec, **options)
            check_rows(tmp_path / "t.parquet", table)
        pq.write_table(table, tmp_path / "t.parquet", use_dictionary=False, column_encoding=deltas, **options)
        check_rows(tmp_path / "t.parquet", table)


def test_rows_of_parquet_of_other_writers(tmp_path):
    table = rows_table()
    pl.from_arrow(table.drop_columns(["mp"])).write_parquet(tmp_path / "polars.parquet", compression="zstd")
    check_rows(tmp_path / "polars.parquet", table.drop_columns(["mp"]))
    with duckdb.connect() as con:
        con.register("rows_", table)
        con.sql(f"copy (select * from rows_) to '{tmp_path}/duckdb.parquet' (compression snappy)")
    check_rows(tmp_path / "duckdb.parquet", table)
