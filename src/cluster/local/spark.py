# SPDX-License-Identifier: Apache-2.0
"""Runs in the PySpark kernel of a local cluster: spark and sc are ready, s3:// is the lake."""
import os


def _connect():
    from pyspark.sql import SparkSession
    lake, master = os.environ["BOATHOUSE_LAKE"], os.environ["BOATHOUSE_SPARK_MASTER"]
    conf = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": os.environ["BOATHOUSE_SPARK_MEMORY"],
        "spark.executor.memory": os.environ["BOATHOUSE_SPARK_MEMORY"],
        # Notebooks share the workers: one that computes nothing gives its executors back.
        "spark.dynamicAllocation.enabled": "true",
        "spark.dynamicAllocation.shuffleTracking.enabled": "true",
        "spark.dynamicAllocation.executorIdleTimeout": "30s",
        "spark.sql.warehouse.dir": f"file://{os.environ['BOATHOUSE_CLUSTER']}/warehouse",
        "spark.ui.showConsoleProgress": "false",
    }
    for scheme in ("s3", "s3a", "s3n"):
        conf[f"spark.hadoop.fs.{scheme}.impl"] = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"
        conf[f"spark.hadoop.fs.viewfs.overload.scheme.target.{scheme}.impl"] = "org.apache.hadoop.fs.LocalFileSystem"
    for bucket in os.scandir(lake):
        if bucket.is_dir() and not bucket.name.startswith("."):
            conf[f"spark.hadoop.fs.viewfs.mounttable.{bucket.name}.linkFallback"] = f"file://{bucket.path}"
    builder = SparkSession.builder.master(master).appName(os.environ.get("JPY_SESSION_NAME", "notebook"))
    for key, value in conf.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


if os.environ.get("BOATHOUSE_KERNEL") == "spark":
    spark = _connect()
    sc = spark.sparkContext
