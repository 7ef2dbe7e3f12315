"""A Spark step that analyses notebooks on S3: lists of objects in, one JSON line a notebook out.

    spark-submit --files boathouse analyze_step.py --lists s3://BUCKET/lists/ --out s3://BUCKET/analysed/RUN/

A list is text: s3://BUCKET/KEY, one a line.  Every executor gets the program by --files and pipes its
part of the lists through "boathouse analyze --stdin --jsonl --cells", which reads the notebooks with
the credentials of the cluster.  A notebook that cannot be read is a line with its error.  Afterwards
"boathouse scan --import s3://BUCKET/analysed/RUN/" takes the lines into the catalogue.
"""
import argparse
import os
import subprocess
import threading

from pyspark import SparkFiles
from pyspark.sql import SparkSession


def analyze(lines, program, settings):
    """The answers to the lines of one partition, in their order."""
    path = SparkFiles.get(program)
    os.chmod(path, 0o755)
    child = subprocess.Popen([path, "analyze", "--stdin", "--jsonl", "--cells"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             env={**os.environ, **settings}, text=True, encoding="utf-8")

    def feed():
        try:
            for line in lines:
                child.stdin.write(line + "\n")
        except BrokenPipeError:
            pass  # it ended; its status says why
        finally:
            child.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    for answer in child.stdout:
        yield answer.rstrip("\n")
    feeder.join()
    if child.wait() != 0:
        raise RuntimeError(f"boathouse analyze ended with status {child.returncode}; its messages are in the log of the executor")


def main():
    parser = argparse.ArgumentParser(description="Analyse notebooks on S3 with Spark.")
    parser.add_argument("--lists", required=True, help="where the lists of objects are: anything that Spark reads as text")
    parser.add_argument("--out", required=True, help="where the lines go; must not exist")
    parser.add_argument("--program", default="boathouse", help="name of the file that --files brought")
    parser.add_argument("--partitions", type=int, default=0, help="how many parts; default: 4 for each core")
    parser.add_argument("--setting", action="append", default=["PROVIDER=aws"], metavar="NAME=VALUE",
                        help="a setting of boathouse, as FETCH_MAX_NOTEBOOK_BYTES=1000000; may be repeated")
    args = parser.parse_args()
    settings = {"BOATHOUSE_" + name: value for name, value in (s.split("=", 1) for s in args.setting)}
    spark = SparkSession.builder.appName("boathouse analyze").getOrCreate()
    context = spark.sparkContext
    program = args.program
    parts = args.partitions or 4 * context.defaultParallelism
    lists = context.textFile(args.lists).map(str.strip).filter(bool).repartition(parts)
    lists.mapPartitions(lambda lines: analyze(lines, program, settings)).saveAsTextFile(args.out)
    spark.stop()


if __name__ == "__main__":
    main()
