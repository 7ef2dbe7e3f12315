"""Checks that each folder of src includes only what the table in docs/architecture.md allows, and
that an outside header has the one includer that the second table names.

usage: check_layers.py [TOP]
"""
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def table(text, heading):
    """The rows below a heading, as lists of cells."""
    part = text.split(heading, 1)[1]
    rows = []
    for line in part.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip().strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def main(top):
    text = open(os.path.join(top, "docs", "architecture.md"), encoding="utf-8").read()
    folders, allowed = [], {}
    for names, uses in table(text, "## What may include what"):
        for name in (n.strip() for n in names.split(",")):
            folders.append(name)
            allowed[name] = set(re.findall(r"[a-z]+", uses)) if uses != "all" else None
    outside = {}
    for header, folder in table(text, "## One outside header, one includer"):
        for h in (x.strip().strip("`") for x in header.split(",")):
            outside[h] = folder
    wrong = []
    for folder in sorted(os.listdir(os.path.join(top, "src"))):
        path = os.path.join(top, "src", folder)
        if not os.path.isdir(path):
            continue
        if folder not in folders:
            wrong.append(f"src/{folder}: is not in the table of docs/architecture.md")
            continue
        if not os.path.exists(os.path.join(path, "README.md")):
            wrong.append(f"src/{folder}: has no README.md")
        for base, _, files in os.walk(path):
            for name in sorted(files):
                if name.endswith((".c", ".h")):
                    wrong += check_file(os.path.join(base, name), folder, folders, allowed, outside, top)
    print("\n".join(wrong))
    return 1 if wrong else 0


def check_file(path, folder, folders, allowed, outside, top):
    shown = os.path.relpath(path, top)
    wrong = []
    for kind, name in INCLUDE.findall(open(path, encoding="utf-8").read()):
        if kind == '"':
            layer = name.split("/")[0]
            if layer == folder or layer not in folders:
                continue
            if allowed[folder] is not None and layer not in allowed[folder]:
                wrong.append(f"{shown}: {folder} may not include {name}")
            if name.endswith("_internal.h"):
                wrong.append(f"{shown}: {name} is internal to {layer}")
        else:
            for header, owner in outside.items():
                if (name == header or (header.endswith("/") and name.startswith(header))) and owner != folder:
                    wrong.append(f"{shown}: only {owner} may include <{name}>")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
