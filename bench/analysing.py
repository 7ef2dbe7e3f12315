"""The whole analysis (read, parse, evaluate) beside Python's json.loads with ast.parse of the code alone, and beside a bare
tree-sitter parse of the code, on the same notebooks in memory, in turns; then its growth with the code, and its memory.
All three see the code as it stands in the notebooks: ast gives up at a line that is no Python, tree-sitter takes longer
there, the analysis reads it.  How long tree-sitter takes for the cells that ast accepts alone is said as well.

usage: analysing.py
On the labelled real notebooks where they are at hand, else on made ones.  One thread; processor time counts.
"""
import ast
import json
import os
import pathlib
import re
import statistics
import tempfile
import time
import warnings

import tree_sitter
import tree_sitter_python

from figures import BUILD, TOP, figure, run, say
from make_notebooks import make

warnings.simplefilter("ignore")
DEV_SET = pathlib.Path(os.environ.get("BOATHOUSE_DEV_SET", TOP.parent / "shared" / "lineage" / "dev")) / "notebooks"


def code_of(notebook):
    for cell in notebook.get("cells") or []:
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            yield source if isinstance(source, str) else "".join(source)


def is_python(code):
    try:
        ast.parse(code)
        return True
    except (SyntaxError, ValueError):
        return False


def json_and_ast(texts):
    for text in texts:
        for code in code_of(json.loads(text)):
            try:
                ast.parse(code)
            except (SyntaxError, ValueError):
                pass


def processor_time(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def analyse(rounds, files):
    """Seconds of the fastest round, and the most bytes that one notebook took."""
    out = run([BUILD / "bench" / "analyze_notebooks", str(rounds), *files]).decode()
    found = re.search(r"([0-9]+) bytes at most, ([0-9.]+) s$", out.strip())
    return float(found.group(2)), int(found.group(1))


def measure(what, files):
    texts = [f.read_bytes() for f in files]
    code = [c.encode() for t in texts for c in code_of(json.loads(t))]
    python = [c for c in code if is_python(c)]
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    peers = {"json + ast": (lambda: json_and_ast(texts), 8),
             "tree-sitter": (lambda: [parser.parse(c) for c in code], 4),
             "tree-sitter, only of cells that are plain Python": (lambda: [parser.parse(c) for c in python], None)}
    ours, peak, theirs = [], 0, {name: [] for name in peers}
    for _ in range(7):
        took, used = analyse(5, files)
        ours.append(took)
        peak = max(peak, used)
        for name, (work, _) in peers.items():
            theirs[name].append(min(processor_time(work) for _ in range(2)))
    mine = statistics.median(ours)
    say(f"analysing {what}: {len(files)} notebooks, {sum(map(len, texts)) / 1e6:.0f} MB, code {sum(map(len, code)) / 1e6:.1f} MB")
    say(f"    boathouse: {mine * 1e3:.1f} ms a round")
    for name, took in theirs.items():
        say(f"    {name}: {statistics.median(took) * 1e3:.1f} ms a round")
        if peers[name][1] is not None:
            figure(f"analysing {what} / {name}", statistics.median(took) / mine, "x", ">=", peers[name][1])
    figure(f"memory of analysing {what}", peak / 2**20, "MiB", "<=", 16)


def cell(folder, name, code):
    path = pathlib.Path(folder) / name
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": code, "metadata": {}, "outputs": [],
                                           "execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


with tempfile.TemporaryDirectory() as folder:
    if DEV_SET.is_dir():
        measure("real notebooks", sorted(DEV_SET.glob("*.ipynb")))
    else:
        make(folder, 300)
        measure("made notebooks", sorted(pathlib.Path(folder).glob("*.ipynb")))
    line = "x{0} = pd.read_csv(f's3://bucket/{{base}}/part-{0}.csv')\n"
    small, large = (cell(folder, f"{n}.ipynb", "import pandas as pd\nbase = 'a'\n" + "".join(line.format(i) for i in range(n)))
                    for n in (1000, 4000))
    figure("analysing 4 x the code / 4 x the time", analyse(5, [large])[0] / analyse(5, [small])[0] / 4, "x", "<=", 1.3)
