"""Writes the files of demo/datasets and demo/notebooks as one C source.

usage: embed.py OUT.c ROOT FILE...
A FILE is datasets/... or notebooks/... below ROOT: the first part is the bucket, the rest the key.
"""
import sys

TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson", "ipynb": "application/x-ipynb+json", "parquet": "application/vnd.apache.parquet"}


def main(out, root, *names):
    with open(out, "w", encoding="utf-8") as f:
        f.write('#include "cli/demo_data.h"\n\n')
        rows = []
        for i, name in enumerate(sorted(names)):
            data = open(f"{root}/{name}", "rb").read()
            bucket, key = name.split("/", 1)
            f.write(f"static const unsigned char data_{i}[] = {{\n")
            for at in range(0, len(data), 24):
                f.write(",".join(map(str, data[at:at + 24])) + ",\n")
            f.write("};\n")
            rows.append('    { STR_INIT("%s"), STR_INIT("%s"), STR_INIT("%s"), data_%d, sizeof data_%d },\n'
                        % (bucket, key, TYPES[name.rsplit(".", 1)[1]], i, i))
        f.write("\nconst struct demo_file demo_files[] = {\n" + "".join(rows) + "};\n")
        f.write("const size_t demo_n_files = sizeof demo_files / sizeof demo_files[0];\n")


main(*sys.argv[1:])
