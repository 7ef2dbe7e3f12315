"""scan --inventory: a bucket's list as S3 Inventory writes it, in CSV and Parquet, instead of a listing."""
import csv
import datetime
import gzip
import io
import json
import os
import random
import time
import urllib.parse

import pytest

from test_scan import Lake, etag_of, notebook

COLUMNS = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag"


def rows_of(lake):
    """The objects of the bucket team as an inventory has them, with versions that do not count, in no order."""
    rows = []
    for path in (lake.lake / "team").rglob("*"):
        if path.is_file():
            st = path.stat()
            when = datetime.datetime.fromtimestamp(st.st_mtime_ns // 10**6 / 1000, datetime.timezone.utc)
            rows.append(("team", str(path.relative_to(lake.lake / "team")), "v1", True, False, st.st_size, when, etag_of(path)))
    rows.append(("team", "old/version.ipynb", "v0", False, False, 10, when, "0"))
    rows.append(("team", "deleted.ipynb", "v2", True, True, 0, when, ""))
    random.Random(3).shuffle(rows)
    return rows


def write_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for bucket, key, version, latest, marker, size, when, etag in rows:
        writer.writerow([bucket, urllib.parse.quote_plus(key, safe="/"), version, str(latest).lower(), str(marker).lower(), size,
                         when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z", etag])
    half = len(text.getvalue()) // 2  # two members in one file, as concatenated gzip has
    data = text.getvalue().encode()
    return gzip.compress(data[:half]) + gzip.compress(data[half:])


def write_parquet(rows):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq
    names = ["bucket", "key", "version_id", "is_latest", "is_delete_marker", "size", "last_modified_date", "e_tag"]
    schema = pa.schema([("bucket", pa.string()), ("key", pa.string()), ("version_id", pa.string()), ("is_latest", pa.bool_()),
                        ("is_delete_marker", pa.bool_()), ("size", pa.int64()), ("last_modified_date", pa.timestamp("ms", "UTC")),
                        ("e_tag", pa.string())])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(zip(names, row)) for row in rows], schema=schema), out, row_group_size=10)
    return out.getvalue()


def write_inventory(lake, form, rows, made=None):
    write, name = {"CSV": (write_csv, "csv.gz"), "Parquet": (write_parquet, "parquet")}[form]
    folder = lake.lake / "inventories" / "team" / "daily" / form
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for i in range(3):
        data = write(rows[i::3])
        (folder / f"{i}.{name}").write_bytes(data)
        files.append({"key": f"team/daily/{form}/{i}.{name}", "size": len(data), "MD5checksum": "-"})
    manifest = {"sourceBucket": "team", "destinationBucket": "arn:aws:s3:::inventories", "version": "2016-11-30",
                "creationTimestamp": str(int((made or time.time()) * 1000)), "fileFormat": form, "fileSchema": COLUMNS, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return f"s3://inventories/team/daily/{form}/manifest.json"


@pytest.mark.parametrize("form", ["CSV", "Parquet"])
def test_an_inventory_stands_for_the_listing(tmp_path, form):
    lake = Lake(tmp_path)
    for i in range(40):
        lake.put(f"team/user {i % 3}/ä+{i:02},x.ipynb", notebook(f"s3://data/{i}.csv"))
    for day in (1, 2):
        lake.put(f"team/sales/day=2024-01-0{day}/p.csv", "a,b\n1,2\n")
    uri = write_inventory(lake, form, rows_of(lake))
    _, [team] = lake.scan("team", "--inventory", uri)
    assert (team["progress"]["listed"], team["progress"]["analyzed"], team["progress"]["datasets"]) == (42, 40, 1)
    lake.scan("team", state="fresh")
    assert lake.references() == lake.references(state="fresh") and len(lake.references()) == 40
    _, [team] = lake.scan("team")
    assert team["progress"]["changed"] == 0, "the listing differs from the inventory"


def test_what_changed_since_the_inventory_stays_as_it_is_known(tmp_path):
    lake = Lake(tmp_path)
    for name in ("a", "b", "c"):
        lake.put(f"team/{name}.ipynb", notebook(f"s3://data/{name}.csv"))
        os.utime(lake.lake / f"team/{name}.ipynb", (1_700_000_000, 1_700_000_000))
    uri = write_inventory(lake, "CSV", rows_of(lake), made=1_700_000_100)
    lake.put("team/new.ipynb", notebook("s3://data/new.csv"))
    lake.put("team/b.ipynb", notebook("s3://data/b2.csv"))
    lake.scan("team")
    (lake.lake / "team/c.ipynb").unlink()  # the inventory has it still
    _, [team] = lake.scan("team", "--inventory", uri)
    assert team["progress"]["removed"] == 0 and team["progress"]["analyzed"] == 0
    assert lake.references()["s3://team/new.ipynb"] == {"s3://data/new.csv"}
    assert lake.references()["s3://team/b.ipynb"] == {"s3://data/b2.csv"}


def test_an_inventory_that_is_broken_changes_nothing(tmp_path):
    lake = Lake(tmp_path)
    lake.put("team/a.ipynb", notebook("s3://data/a.csv"))
    lake.scan("team")
    uri = write_inventory(lake, "CSV", rows_of(lake))
    (lake.lake / "inventories/team/daily/CSV/1.csv.gz").write_bytes(b"no gzip")
    result, [team] = lake.scan("team", "--inventory", uri)
    assert result.returncode == 2 and team["code"] == "parse" and "1.csv.gz" in team["detail"]
    result, _ = lake.scan("team", "--inventory", "s3://team/a.ipynb")
    assert result.returncode == 2 and "sourceBucket" in result.stderr
    assert len(lake.references()) == 1
