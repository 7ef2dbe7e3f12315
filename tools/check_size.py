"""Checks that files and functions stay readable: no source file of src over 700 lines, no function
over 80 lines or of a cyclomatic complexity over 25.  Rows of tables do not count.

usage: check_size.py [TOP]
The style asks for much less; these are the bounds past which a change is refused.
"""
import os
import re
import subprocess
import sys

MAX_FILE, MAX_FUNCTION, MAX_COMPLEXITY = 700, 80, 25
ROW = re.compile(r"^\s*(\{.*\},?|[A-Z_]+\(.*\)?,?|STR_INIT\(.*\),?|\[[A-Z_]+\] = .*)\s*$")


def lines_that_count(path):
    with open(path, encoding="utf-8") as f:
        return sum(1 for line in f if not ROW.match(line))


def main(top):
    wrong, sources = [], []
    for base, _, files in os.walk(os.path.join(top, "src")):
        sources += [os.path.join(base, f) for f in files if f.endswith((".c", ".h"))]
    for path in sorted(sources):
        n = lines_that_count(path)
        if n > MAX_FILE:
            wrong.append(f"{os.path.relpath(path, top)}: {n} lines; split it by idea (at most {MAX_FILE})")
    out = subprocess.run(["pmccabe", *sorted(p for p in sources if p.endswith(".c"))], capture_output=True, text=True)
    for row in out.stdout.splitlines():
        modified, length, where, name = parse(row)
        if int(length) > MAX_FUNCTION:
            wrong.append(f"{where} {name}: {length} lines (at most {MAX_FUNCTION})")
        if int(modified) > MAX_COMPLEXITY:
            wrong.append(f"{where} {name}: complexity {modified} (at most {MAX_COMPLEXITY})")
    print("\n".join(wrong))
    return 1 if wrong else 0


def parse(row):
    """Of pmccabe's columns: modified complexity, lines, place and name of a function."""
    modified, _, _, _, length, rest = row.split("\t", 5)
    where, _, name = rest.partition(": ")
    return modified, length, where, name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
