"""The Python front end against CPython's ast: the same tree, node for node, with the places of names, calls and strings.

Each version of CPython that is installed reads what it accepts: cells of notebooks, its own standard library, installed packages.
What the tree gives up on purpose is left out on both sides (python_dump.c): the values of numbers, which bracket a pattern had.
Names in "\\N{...}" are not known to the front end and are replaced by "\\ufffd" before both read the text; a comment inside the field
of an f"{x = }" is taken out.
"""
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import unicodedata

import pytest

from conftest import BUILD, TOP

DUMP = BUILD / "tests" / "lineage" / "python_dump"
ORACLE = TOP / "tests" / "system" / "python_oracle.py"
NAMED = re.compile(rb"\\N\{[^}\n]*\}")
COMMENT = re.compile(rb"(?<=\{1\+2 =) # my comment(?=\n)")


@functools.lru_cache
def versions():
    """Interpreters from 3.8 on: the newest and the one that runs this, or all with ALL_PYTHONS=1."""
    found = {}
    roots = glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3"))
    for path in [sys.executable, "/usr/bin/python3", *filter(None, map(shutil.which, ("python3.12", "python3.13", "python3.14"))), *roots]:
        out = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
        if out.returncode == 0 and (3, 8) <= (v := tuple(map(int, out.stdout.split()))):
            found.setdefault(v, path)
    newest = sorted(found.items(), reverse=True)
    return [v for v in newest if os.environ.get("ALL_PYTHONS") or v[0] == sys.version_info[:2] or v == newest[0]]


def ours(files, *options):
    """For each file: gaps, whether a limit was hit, the tree."""
    trees = {}
    for i in range(0, len(files), 400):
        out = subprocess.run([DUMP, *options, *files[i:i + 400]], capture_output=True)
        assert out.returncode == 0, out.stderr.decode(errors="replace")[-2000:]
        for line in out.stdout.decode(errors="replace").split("\n")[:-1]:
            path, gaps, limit, tree = line.split("\t", 3)
            trees[path] = int(gaps), limit == "1", tree.strip()
    return trees


def theirs(python, files):
    """For each file the tree, or "-" where that CPython refuses it."""
    out = subprocess.run([python, ORACLE], input="\n".join(files).encode(), capture_output=True)
    assert out.returncode == 0, out.stderr.decode(errors="replace")[-2000:]
    return dict(line.split("\t", 1) for line in out.stdout.decode().split("\n")[:-1])


def differences(got, want):
    """The files that CPython accepts and that are read otherwise, each with the place; files past a limit do not count."""
    wrong = []
    for path, tree in want.items():
        gaps, hit_limit, mine = got[path]
        if tree == "-" or hit_limit:
            continue
        a, b = (unicodedata.normalize("NFKC", t) for t in (tree, mine))
        if gaps or a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            wrong.append(f"{path}: {gaps} gaps\n want ...{a[max(0, at - 80):at + 80]}\n got  ...{b[max(0, at - 80):at + 80]}")
    return wrong


def readable(paths, tmp_path):
    """Copies without what is not compared where there is any; files that are not UTF-8 are left out."""
    files = []
    for path in paths:
        with open(path, "rb") as f:
            data = f.read()
        try:
            data.decode()
        except UnicodeDecodeError:
            continue
        known = COMMENT.sub(b"", NAMED.sub(rb"\\ufffd", data))
        if known != data:
            path = tmp_path / (hashlib.sha256(path.encode()).hexdigest()[:16] + ".py")
            path.write_bytes(known)
        files.append(str(path))
    return files


def compare(python, files, what, *options):
    want = theirs(python, files)
    got = ours(files, *options)
    wrong = differences(got, want)
    accepted = sum(tree != "-" for tree in want.values())
    nodes = sum(tree.count("(") for tree in want.values())
    limited = sum(got[f][1] for f in files)
    print(f"{what}: {len(files)} texts, {accepted} accepted by CPython, {nodes} nodes, {len(wrong)} read otherwise, {limited} past a limit")
    assert not wrong, "\n".join(wrong[:10])
    assert accepted > 0 and limited <= len(files) / 1000 + 1
    return accepted


def python_files(*folders):
    return sorted(f for folder in folders for f in glob.glob(f"{folder}/**/*.py", recursive=True) if os.path.isfile(f))


def cells_of(path):
    with open(path, encoding="utf-8") as f:
        nb = json.load(f)
    for cell in nb["cells"] if "cells" in nb else [c for w in nb["worksheets"] for c in w["cells"]]:
        source = cell.get("source", cell.get("input", ""))
        if cell["cell_type"] == "code":
            yield source if isinstance(source, str) else "".join(source)


def test_cells_of_real_notebooks_give_the_tree_that_cpython_reads(dev_set, tmp_path):
    files = []
    for nb in sorted((dev_set / "notebooks").glob("*.ipynb")):
        for i, source in enumerate(cells_of(nb)):
            path = tmp_path / f"{nb.stem}-{i}.py"
            path.write_bytes(NAMED.sub(rb"\\ufffd", source.encode("utf-8", "replace")))
            files.append(str(path))
    for version, python in versions():
        compare(python, files, f"cells, {version}", "-i")


@pytest.mark.parametrize("version", [v for v, _ in versions()], ids=lambda v: ".".join(map(str, v)))
def test_the_standard_library_gives_the_tree_that_cpython_reads(version, tmp_path):
    python = dict(versions())[version]
    folder = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], capture_output=True, text=True)
    files = [f for f in python_files(folder.stdout.strip()) if "-packages" not in f]
    compare(python, readable(files, tmp_path), f"standard library {version}")


def test_installed_packages_give_the_tree_that_cpython_reads(tmp_path):
    folder = sysconfig.get_path("purelib")
    files = python_files(folder)[::1 if os.environ.get("ALL_PYTHONS") else 5]
    if not files:
        pytest.skip(f"no packages in {folder}")
    compare(versions()[0][1], readable(files, tmp_path), "packages")


def test_python_2_leaves_no_gap_but_where_it_is_no_python():
    """The standard library of 2.7, where there is one: print statements, exec, backticks, "except X, e"."""
    folders = glob.glob(os.path.expanduser("~/.pyenv/versions/2.7.*/lib/python2.7")) + glob.glob("/usr/lib/python2.7")
    files = [f for f in python_files(*folders[:1]) if "-packages" not in f and "bad" not in os.path.basename(f)]
    if not files:
        pytest.skip("no Python 2.7 is here")
    got = ours(files, "-q")
    gaps = {f: g[0] for f, g in got.items() if g[0]}
    print(f"2.7: {len(files)} files, gaps in {len(gaps)}: {gaps}")
    assert len(gaps) <= len(files) / 200


def test_files_cut_anywhere_are_no_fault(dev_set, tmp_path):
    """Each beginning of some hundred texts, as a build with sanitizers sees it."""
    files = [f for f in python_files(sysconfig.get_path("stdlib")) if "-packages" not in f and os.path.getsize(f) < 6000][:60]
    for nb in sorted((dev_set / "notebooks").glob("*.ipynb")):
        for i, source in enumerate(cells_of(nb)):
            if len(source) % 7 == 0 and len(source) < 4000:
                path = tmp_path / f"{nb.stem}-{i}.py"
                path.write_bytes(source.encode("utf-8", "replace"))
                files.append(str(path))
    assert len(ours(files, "-i", "-q", "-b")) == len(files) > 100
