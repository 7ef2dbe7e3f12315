"""boathouse scan and /v1/datasets against what real writers put into a lake: pandas, pyarrow, polars, DuckDB, Delta, Iceberg,
Zarr.  Their own readers say what schema, partitions and counts must come out.  Spark is in
test_discovery_spark.py."""
import datetime
import pathlib

import pytest

from discovered import columns, discover, partitions  # noqa: F401 (a fixture)

DAY = datetime.date


def frame():
    import pandas

    return pandas.DataFrame({
        "id": range(6),
        "name": ["a", "b", "c", "d", "e", "f"],
        "price": [1.5, 2.5, 3.5, 4.5, 5.5, 6.5],
        "year": [2023, 2023, 2023, 2024, 2024, 2024],
        "month": ["11", "12", "12", "01", "02", "02"],
    })


def test_pandas_files_and_hive_partitions(tmp_path, discover):
    data = frame()
    (tmp_path / "files").mkdir()
    data.to_csv(tmp_path / "files" / "sales.csv", index=False)
    data.to_csv(tmp_path / "files" / "packed.csv.gz", index=False)
    data.to_json(tmp_path / "files" / "lines.jsonl", orient="records", lines=True)
    data.to_parquet(tmp_path / "files" / "one.parquet")
    data.to_parquet(tmp_path / "parts", partition_cols=["year", "month"])
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        data.to_csv(tmp_path / f"daily_{day}.csv", index=False)
    found = discover(tmp_path)
    assert set(found) == {"files/sales.csv", "files/packed.csv.gz", "files/lines.jsonl", "files/one.parquet", "parts", ""}
    one = found["files/one.parquet"]
    assert (one["layout"], one["format"], one["n_rows"]) == ("single", "parquet", 6)
    assert columns(one) == {"id": "int64", "name": "string", "price": "float64", "year": "int64", "month": "string"}
    for key in ("files/sales.csv", "files/packed.csv.gz", ""):
        assert found[key]["format"] == "csv", key
        assert list(columns(found[key])) == list(data.columns), key
    assert found["files/packed.csv.gz"]["compression"] == "gzip"
    assert list(columns(found["files/lines.jsonl"])) == list(data.columns)
    daily = found[""]
    assert (daily["layout"], daily["n_objects"]) == ("numbered", 3)
    parts = found["parts"]
    assert (parts["layout"], parts["n_partitions"]) == ("partitioned", 4)
    assert partitions(parts) == [("2023", "11"), ("2023", "12"), ("2024", "01"), ("2024", "02")]
    assert columns(parts, True) == {"year": "int32", "month": "int32"}
    assert columns(parts, False) == {"id": "int64", "name": "string", "price": "float64"}


def test_pyarrow_hive_and_directory_partitions(tmp_path, discover):
    import pyarrow
    import pyarrow.dataset as ds
    from pyarrow import orc

    table = pyarrow.table({
        "x": [1, 2, 3, 4],
        "region": ["eu", "us west", None, "a/b"],
        "y": ["2023", "2024", "2024", "2024"], "m": ["12", "01", "01", "02"], "d": ["31", "01", "15", "02"],
    })
    ds.write_dataset(table.select(["x", "region"]), tmp_path / "hive", format="parquet", partitioning=["region"],
                     partitioning_flavor="hive")
    ds.write_dataset(table.select(["x", "y", "m", "d"]), tmp_path / "dates", format="feather", partitioning=["y", "m", "d"])
    (tmp_path / "flat").mkdir()
    for i in range(2):
        orc.write_table(table.select(["x"]), tmp_path / "flat" / f"part-{i}.orc")
    found = discover(tmp_path)
    assert set(found) == {"hive", "dates", "flat"}
    theirs = ds.dataset(tmp_path / "hive", format="parquet", partitioning="hive").to_table()
    hive = found["hive"]
    assert hive["n_partitions"] == len(set(theirs["region"].to_pylist())) == 4
    assert partitions(hive) == sorted(((v,) for v in set(table["region"].to_pylist())), key=repr)
    assert columns(hive) == {"x": "int64", "region": "string"}
    assert hive["partition_columns"][0]["is_nullable"]
    dates = found["dates"]
    assert (dates["layout"], dates["format"]) == ("partitioned", "arrow")
    assert partitions(dates) == sorted(zip(*(table[c].to_pylist() for c in "ymd")))
    assert [c["name"] for c in dates["partition_columns"]] == ["year", "month", "day"]
    assert (found["flat"]["layout"], found["flat"]["format"]) == ("folder", "orc")


def test_polars_partitions_and_numbered_files(tmp_path, discover):
    import polars

    data = polars.DataFrame({"v": [1, 2, 3, 4], "day": [DAY(2024, 1, 1), DAY(2024, 1, 2), DAY(2024, 1, 2), DAY(2024, 1, 3)],
                             "kind": ["x", "y", "x", "y"]})
    data.write_parquet(tmp_path / "parts", partition_by=["day", "kind"], mkdir=True)
    for i in range(3):
        data.write_csv(tmp_path / f"chunk_{i}.csv")
        data.write_ndjson(tmp_path / f"other-{i}.ndjson")
    found = discover(tmp_path)
    assert set(found) == {"parts", "chunk_*.csv", "other-*.ndjson"}
    theirs = polars.read_parquet(tmp_path / "parts" / "**" / "*.parquet", hive_partitioning=True)
    parts = found["parts"]
    assert partitions(parts) == sorted({(str(r["day"]), r["kind"]) for r in theirs.to_dicts()})
    assert columns(parts) == {"v": "int64", "day": "date", "kind": "string"}
    assert found["chunk_*.csv"]["n_objects"] == found["other-*.ndjson"]["n_objects"] == 3


def test_duckdb_hive_partitions(tmp_path, discover):
    import duckdb

    con = duckdb.connect()
    con.sql("create table t as select i, i % 3 as k, case when i % 3 = 1 then null else 'v w' || (i % 3) end as s, "
            "timestamp '2024-01-01 10:00:00' + to_days(cast(i % 2 as integer)) as ts from range(12) r(i)")
    con.sql(f"copy t to '{tmp_path}/hive' (format parquet, partition_by (k, s, ts))")
    con.sql(f"copy t to '{tmp_path}/many' (format csv, per_thread_output true)")
    found = discover(tmp_path)
    assert set(found) == {"hive", "many"}
    theirs = con.sql(f"select * from read_parquet('{tmp_path}/hive/**/*.parquet', hive_partitioning = true)")
    hive = found["hive"]
    assert {c["name"]: c["type"] for c in hive["partition_columns"]} == {"k": "int", "s": "string", "ts": "timestamp"}  # as Spark
    rows = con.sql(f"select distinct k, s, ts from ({theirs.sql_query()})").fetchall()
    assert hive["n_partitions"] == len(rows) == 6
    assert partitions(hive) == sorted(((str(k), s, str(ts)) for k, s, ts in rows), key=repr)
    assert columns(hive, False) == {"i": "int64"}
    assert found["many"]["layout"] == "folder"


@pytest.fixture(scope="module")
def delta(tmp_path_factory):
    """A Delta table with appends, a delete, an overwrite of one partition, and no checkpoint."""
    import pyarrow
    from deltalake import DeltaTable, write_deltalake

    path = tmp_path_factory.mktemp("delta") / "sales"

    def rows(ids, region):
        return pyarrow.table({"id": pyarrow.array(ids, pyarrow.int64()), "region": [region] * len(ids),
                              "at": pyarrow.array([DAY(2024, 1, 1 + i % 3) for i in ids], pyarrow.date32()),
                              "tags": [["a", "b"]] * len(ids)})

    write_deltalake(path, rows(range(9), "eu"), partition_by=["region", "at"])
    write_deltalake(path, rows(range(9, 15), "us"), mode="append")
    DeltaTable(path).delete("id = 3")
    write_deltalake(path, rows(range(20, 24), "eu"), mode="overwrite", predicate="region = 'eu' and at >= '2024-01-01'")
    write_deltalake(path, rows(range(30, 31), None), mode="append")
    return path


def check_delta(path, discover):
    from deltalake import DeltaTable, QueryBuilder

    table = DeltaTable(path)
    found = discover(path.parent)
    assert set(found) == {path.name}
    ours = found[path.name]
    adds = table.get_add_actions(flatten=True)
    adds = adds.to_pylist() if hasattr(adds, "to_pylist") else [dict(zip(adds.column_names, r)) for r in zip(*(adds.column(c).to_pylist() for c in adds.column_names))]
    assert (ours["layout"], ours["format"], ours["error"]) == ("delta", "parquet", "")
    assert ours["n_live"] == len(adds)
    assert ours["live_bytes"] == sum(a["size_bytes"] for a in adds)
    assert ours["n_objects"] == len(list(path.rglob("*.parquet"))) - len(list((path / "_delta_log").rglob("*.parquet")))
    count = QueryBuilder().register("t", table).execute("select count(*) as n from t")
    count = count.read_all() if hasattr(count, "read_all") else count
    assert ours["n_rows"] == count.column("n").to_pylist()[0] if hasattr(count, "column") else True
    assert ours["n_rows"] == sum(a["num_records"] for a in adds)
    fields = [f.name for f in table.schema().fields]
    assert list(columns(ours)) == fields
    assert [c["name"] for c in ours["partition_columns"]] == table.metadata().partition_columns
    return ours, adds


def test_delta_by_its_commits(delta, discover):
    ours, adds = check_delta(delta, discover)
    assert columns(ours) == {"id": "int64", "region": "string", "at": "date", "tags": "list<string>"}
    theirs = {(a["partition.region"], str(a["partition.at"])) for a in adds}
    assert partitions(ours) == sorted(theirs, key=repr)


def test_delta_by_a_checkpoint_and_what_came_behind(delta, discover):
    import pyarrow
    from deltalake import DeltaTable, write_deltalake

    DeltaTable(delta).create_checkpoint()
    check_delta(delta, discover)
    more = pyarrow.table({"id": pyarrow.array([40], pyarrow.int64()), "region": ["jp"],
                          "at": pyarrow.array([DAY(2024, 5, 5)], pyarrow.date32()), "tags": [["z"]]})
    write_deltalake(delta, more, mode="append")
    ours, _ = check_delta(delta, discover)
    assert ("jp", "2024-05-05") in partitions(ours)
    for commit in pathlib.Path(delta, "_delta_log").glob("0000000000000000000[0-2].json"):
        commit.unlink()
    check_delta(delta, discover)


def test_iceberg_by_its_metadata(tmp_path, discover):
    import pyarrow
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.partitioning import PartitionField, PartitionSpec
    from pyiceberg.schema import Schema
    from pyiceberg.transforms import DayTransform, IdentityTransform
    from pyiceberg.types import DoubleType, LongType, NestedField, StringType, TimestampType

    lake = tmp_path / "lake"
    lake.mkdir()
    catalog = SqlCatalog("c", uri=f"sqlite:///{tmp_path}/c.db", warehouse=f"file://{lake}")
    catalog.create_namespace("db")
    schema = Schema(NestedField(1, "id", LongType(), required=False), NestedField(2, "region", StringType()),
                    NestedField(3, "ts", TimestampType()), NestedField(4, "price", DoubleType()))
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "region"), PartitionField(3, 1001, DayTransform(), "ts_day"))
    table = catalog.create_table("db.orders", schema, partition_spec=spec)
    empty = discover(lake)
    assert [d["layout"] for d in empty.values()] == ["iceberg"]
    assert next(iter(empty.values()))["n_rows"] == 0

    def rows(ids, region):
        return pyarrow.table({"id": pyarrow.array(ids, pyarrow.int64()), "region": [region] * len(ids),
                              "ts": pyarrow.array([datetime.datetime(2024, 1, 1 + i % 2, 12) for i in ids], pyarrow.timestamp("us")),
                              "price": [1.5] * len(ids)})

    table.append(rows(range(10), "eu"))
    table.append(rows(range(10, 14), "us"))
    table.delete("id = 3")
    with table.update_schema() as update:
        update.add_column("note", StringType())
    found = discover(lake)
    assert len(found) == 1, found
    name, ours = next(iter(found.items()))
    assert name == table.location().removeprefix(f"file://{lake}/")
    assert (ours["layout"], ours["error"]) == ("iceberg", "")
    assert ours["n_rows"] == table.scan().to_arrow().num_rows == 13
    files = table.inspect.files().to_pylist()
    assert ours["n_live"] == len(files)
    assert ours["live_bytes"] == sum(f["file_size_in_bytes"] for f in files)
    assert columns(ours) == {"id": "int64", "region": "string", "ts": "timestamp", "price": "float64", "note": "string"}
    assert list(columns(ours)) == [f.name for f in table.schema().fields]
    assert [(c["name"], c["type"]) for c in ours["partition_columns"]] == [("region", "string"), ("ts_day", "date")]
    assert columns(ours, True) == {"region": "string"}
    theirs = [row["partition"] for row in table.inspect.partitions().to_pylist()]
    assert partitions(ours) == sorted(((p["region"], str(p["ts_day"])) for p in theirs), key=repr) and len(theirs) == 4
    assert sum(p["n_objects"] for p in ours["partitions"]) == len(files) and ours["n_partitions"] == 4
    assert sum(p["size_bytes"] for p in ours["partitions"]) == ours["live_bytes"]


def test_values_of_iceberg_partitions(tmp_path, discover):
    import decimal

    import pyarrow
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.partitioning import PartitionField, PartitionSpec
    from pyiceberg.schema import Schema
    from pyiceberg.transforms import HourTransform, IdentityTransform, MonthTransform, YearTransform
    from pyiceberg.types import BooleanType, DateType, DecimalType, NestedField, TimestampType

    lake = tmp_path / "lake"
    lake.mkdir()
    catalog = SqlCatalog("c", uri=f"sqlite:///{tmp_path}/c.db", warehouse=f"file://{lake}")
    catalog.create_namespace("db")
    schema = Schema(NestedField(1, "day", DateType()), NestedField(2, "ok", BooleanType()), NestedField(3, "price", DecimalType(9, 2)),
                    NestedField(4, "at", TimestampType()), NestedField(5, "made", DateType()), NestedField(6, "sent", DateType()),
                    NestedField(7, "seen", TimestampType()))
    fields = [(1, IdentityTransform(), "day"), (2, IdentityTransform(), "ok"), (3, IdentityTransform(), "price"), (4, IdentityTransform(), "at"),
              (7, HourTransform(), "seen_hour"), (5, MonthTransform(), "made_month"), (6, YearTransform(), "sent_year")]
    spec = PartitionSpec(*(PartitionField(source, 1000 + i, transform, name) for i, (source, transform, name) in enumerate(fields)))
    table = catalog.create_table("db.odd", schema, partition_spec=spec)
    days = pyarrow.array([DAY(1969, 12, 31), DAY(2024, 2, 29), None], pyarrow.date32())
    times = pyarrow.array([datetime.datetime(1969, 12, 31, 23, 59, 59, 500000), datetime.datetime(2024, 2, 29, 7), None], pyarrow.timestamp("us"))
    table.append(pyarrow.table({
        "day": days, "made": days, "sent": days, "at": times, "seen": times, "ok": pyarrow.array([True, False, None], pyarrow.bool_()),
        "price": pyarrow.array([decimal.Decimal("-0.05"), decimal.Decimal("12.50"), None], pyarrow.decimal128(9, 2))}).select([f.name for f in schema.fields]))
    [ours] = discover(lake).values()
    assert partitions(ours) == sorted([
        ("1969-12-31", "true", "-0.05", "1969-12-31 23:59:59.500000", "1969-12-31-23", "1969-12", "1969"),
        ("2024-02-29", "false", "12.50", "2024-02-29 07:00:00", "2024-02-29-07", "2024-02", "2024"), (None,) * 7], key=repr)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("is_consolidated", [False, True])
def test_zarr_groups(tmp_path, version, is_consolidated, discover):
    import numpy
    import zarr

    group = zarr.open_group(str(tmp_path / "climate"), mode="w", zarr_format=version)
    for name, values in (("temp", numpy.zeros((4, 6), "f4")), ("time", numpy.arange(4)), ("deep/wind", numpy.ones(3, "f8"))):
        array = group.create_array(name, shape=values.shape, chunks=tuple(2 for _ in values.shape), dtype=values.dtype)
        array[:] = values + 1
    if is_consolidated:
        zarr.consolidate_metadata(str(tmp_path / "climate"), zarr_format=version)
    found = discover(tmp_path)
    assert {k: d["layout"] for k, d in found.items()} == {"climate": "zarr"}
    assert found["climate"]["error"] == ""
    assert columns(found["climate"]) == {"temp": "float32", "time": "int64", "deep/wind": "float64"}


def test_patterns_of_the_configuration_decide(tmp_path, discover):
    data = frame()
    lake = tmp_path / "lake"
    for run in ("run_a", "run_b"):
        for name in ("metrics", "params"):
            (lake / "exp" / run / name).mkdir(parents=True)
            data.to_csv(lake / "exp" / run / name / "x.csv", index=False)
    assert len(discover(lake)) == 4
    patterns = "!s3://lake/exp/*/params/**, s3://lake/{table}/{run}/metrics/*.csv"
    found = discover(lake, "--lake", tmp_path, "--scan-datasets", patterns, place="s3://lake")
    renamed = discover(lake, "--lake", tmp_path, "--scan-datasets", patterns.replace("{run}", "{try}"), place="s3://lake")
    assert columns(renamed["exp"], True) == {"try": "string"}
    assert set(found) == {"exp"}
    assert partitions(found["exp"]) == [("run_a",), ("run_b",)]
    assert columns(found["exp"], True) == {"run": "string"}
