"""Makes C arrays of the call tables, so that the program needs no files beside it.

usage: gen_calls.py OUT.c python.tsv r.tsv scala.tsv
Notes and comments stay behind.  That the tables can be parsed is held by tests/lineage/test_calls.c.
"""
import os
import sys

N_COLUMNS_KEPT = 6  # the seventh is a note for readers
LANGS = {"python": "CALL_PYTHON", "r": "CALL_R", "scala": "CALL_SCALA"}


def table(path):
    lines = []
    with open(path, encoding="ascii") as f:
        for line in f:
            line = line.rstrip("\n")
            comment = line.startswith("#") or not line.strip()
            # An empty line keeps the numbers of the lines in messages true.
            lines.append("" if comment else "\t".join(line.split("\t")[:N_COLUMNS_KEPT]).rstrip("\t"))
    return "\n".join(lines) + "\n"


def c_array(name, text):
    numbers = [str(b) for b in text.encode("ascii")]
    rows = [", ".join(numbers[i:i + 32]) for i in range(0, len(numbers), 32)]
    return f"static const char {name}[] = {{\n    " + ",\n    ".join(rows) + "\n};\n"


def main(out, paths):
    parts = ['/* Made by tools/gen_calls.py from src/lineage/calls/. */\n#include "lineage/calls_internal.h"\n']
    rows = []
    for path in paths:
        name = os.path.basename(path).removesuffix(".tsv")
        parts.append(c_array(name + "_tsv", table(path)))
        rows.append(f"    [{LANGS[name]}] = {{ {name}_tsv, sizeof {name}_tsv }},\n")
    parts.append("static const struct str tables[CALL_N_LANGS] = {\n" + "".join(rows) + "};\n")
    parts.append("struct str calls_builtin(enum call_lang lang)\n{\n    return tables[lang];\n}\n")
    with open(out, "w", encoding="ascii") as f:
        f.write("\n".join(parts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
