"""The Python front end beside CPython's ast.parse, and beside tree-sitter where it is installed, on the standard library's sources.

usage: parsing.py
The texts lie in memory; one thread; processor time counts; in turns, of each turn the faster of three rounds.
"""
import ast
import pathlib
import re
import statistics
import sysconfig
import time
import warnings

from figures import BUILD, figure, run, say

warnings.simplefilter("ignore")


def timed(parse, texts):
    start = time.process_time()
    for text in texts:
        parse(text)
    return time.process_time() - start


def peers():
    """Name, function, goal: how many times as fast the front end should be."""
    yield "ast.parse", ast.parse, 10
    try:
        import tree_sitter
        import tree_sitter_python
    except ImportError:
        say("tree-sitter and tree-sitter-python are not installed: not measured")
        return
    yield "tree-sitter", tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language())).parse, 4


def accepted(path):
    try:
        ast.parse(path.read_bytes())
        return path.stat().st_size > 0
    except (SyntaxError, ValueError):
        return False


files = [f for f in sorted(pathlib.Path(sysconfig.get_path("stdlib")).rglob("*.py")) if "-packages" not in str(f) and accepted(f)]
texts = [f.read_bytes() for f in files]
size = sum(map(len, texts))
ours, theirs = [], {name: (parse, goal, []) for name, parse, goal in peers()}
for _ in range(5):
    out = run([BUILD / "bench" / "parse_python", "3", *files]).decode()
    ours.append(float(re.search(r"([0-9.]+) s$", out.strip()).group(1)))
    for parse, _, took in theirs.values():
        took.append(min(timed(parse, texts) for _ in range(2)))
say(f"parsing: {len(files)} files, {size / 1e6:.1f} MB")
mine = statistics.median(ours)
say(f"    boathouse: {size / mine / 1e6:.0f} MB/s")
for name, (_, goal, took) in theirs.items():
    say(f"    {name}: {size / statistics.median(took) / 1e6:.1f} MB/s")
    figure(f"parsing Python / {name}", statistics.median(took) / mine, "x", ">=", goal)
