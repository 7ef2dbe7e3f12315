"""Checks that every command, option, setting, route and kind of failure stands in its manual page.

usage: check_docs.py [TOP]
The pages are filled from the program's tables when they are built; what is checked is that each has
its page, that the page takes the part it needs, and that the names are there in the built pages.
"""
import os
import re
import sys


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def commands(top):
    """Names of the rows of the command table, and of their options."""
    rows = re.split(r"\.name = \"", read(top, "src", "cli", "commands.c"))[1:]
    for row in rows:
        if "is_hidden = true" not in row:
            yield row.split('"', 1)[0], re.findall(r"\{ \"([a-z-]+)\", (?:0|'.'), ", row)


def wanted(top):
    """Page -> the words that must be in it."""
    config = re.findall(r'^K\(\w+, "(\w*)", "(\w+)"', read(top, "src", "cli", "config.def"), re.M)
    errors = re.findall(r'^E\(\w+, "(\w+)"', read(top, "src", "util", "err.def"), re.M)
    parts = [name for name in sorted(os.listdir(os.path.join(top, "api"))) if name.endswith(".yaml")]
    routes = [path for part in parts for path in re.findall(r"^  (/\S*):$", read(top, "api", part), re.M)]
    pages = {"boathouse.1": errors, "boathouse.conf.5": [key for _, key in config], "boathouse-serve.1": routes}
    for name, options in commands(top):
        pages["boathouse.1"].append(name)
        page = "boathouse-" + name.replace(" ", "-") + ".1"
        pages[page] = pages.get(page, []) + ["--" + option for option in options]
    return pages


def main(top):
    wrong = []
    marks = {"boathouse.1": ["@commands@", "@errors@"], "boathouse.conf.5": ["@settings@"],
             "boathouse-serve.1": ["@name@", "@options@", "@routes@"]}
    built = os.path.join(top, "build", "docs", "man")
    listed = read(top, "docs", "man", "meson.build")
    for page, words in wanted(top).items():
        source = os.path.join(top, "docs", "man", page + ".scd")
        if not os.path.exists(source):
            wrong.append(f"docs/man/{page}.scd: is missing")
            continue
        if f"'{page}'" not in listed:
            wrong.append(f"docs/man/meson.build: does not list {page}")
        for mark in marks.get(page, ["@name@", "@options@"]):
            if mark not in read(source).splitlines():
                wrong.append(f"docs/man/{page}.scd: has no line {mark}")
        filled = os.path.join(built, page + ".filled")
        if os.path.exists(filled):
            text = read(filled).replace("\\", "")
            wrong += [f"{page}: says nothing of {word}" for word in words if word not in text]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
