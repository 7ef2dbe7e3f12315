"""Writes files as one C source: a table of names and bytes.

usage: embed.py [--below FOLDER] OUT.c HEADER TABLE FILE...
HEADER declares: extern const struct TABLE TABLEs[]; extern const size_t TABLE_n; with the members
name (C string) and text (struct str).  A name is the last part of the path; with --below each FILE
is a path below FOLDER, and all of it is the name.
"""
import os
import sys


def main(*args):
    folder = args[1] if args[0] == "--below" else None
    out, header, table, *paths = args[2:] if folder else args
    with open(out, "w", encoding="utf-8") as f:
        f.write(f'#include "{header}"\n\n')
        rows = []
        for i, path in enumerate(paths):
            with open(os.path.join(folder, path) if folder else path, "rb") as source:
                data = source.read()
            f.write(f"static const char data_{i}[] = {{\n")
            for at in range(0, len(data), 24):
                f.write(",".join(str(b if b < 128 else b - 256) for b in data[at:at + 24]) + ",\n")
            f.write("};\n")
            rows.append(f'    {{ "{path if folder else os.path.basename(path)}", {{ data_{i}, sizeof data_{i} }} }},\n')
        f.write(f"\nconst struct {table} {table}s[] = {{\n" + "".join(rows) + "};\n")
        f.write(f"const size_t {table}_n = {len(paths)};\n")


main(*sys.argv[1:])
