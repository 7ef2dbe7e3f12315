"""The notebook reader beside Python's json.loads, on the same bytes in memory, in turns.

usage: reading.py
On made notebooks, and on the labelled real ones where they are at hand.  Processor time counts, so that other
programs of the machine do not; of each turn the faster of three rounds.
"""
import json
import os
import pathlib
import re
import statistics
import tempfile
import time

from figures import BUILD, TOP, figure, run, say
from make_notebooks import make

GOAL = 5
DEV_SET = pathlib.Path(os.environ.get("BOATHOUSE_DEV_SET", TOP.parent / "shared" / "lineage" / "dev")) / "notebooks"


def json_loads(texts):
    start = time.process_time()
    for text in texts:
        json.loads(text)
    return time.process_time() - start


def measure(what, files):
    texts = [f.read_bytes() for f in files]
    size = sum(map(len, texts))
    took = {"boathouse": [], "json.loads": []}
    for _ in range(7):
        out = run([BUILD / "bench" / "read_notebooks", "3", *files]).decode()
        took["boathouse"].append(float(re.search(r"([0-9.]+) s$", out.strip()).group(1)))
        took["json.loads"].append(min(json_loads(texts) for _ in range(3)))
    say(f"reading {what}: {len(files)} notebooks, {size / 1e6:.0f} MB")
    median = {name: statistics.median(values) for name, values in took.items()}
    for name, values in took.items():
        say(f"    {name}: {size / median[name] / 1e6:.0f} MB/s (" + " ".join(f"{v:.4f}" for v in values) + " s)")
    figure(f"reading {what} / json.loads", median["json.loads"] / median["boathouse"], "x", ">=", GOAL)


with tempfile.TemporaryDirectory() as folder:
    make(folder, 300)
    measure("made notebooks", sorted(pathlib.Path(folder).glob("*.ipynb")))
if DEV_SET.is_dir():
    measure("real notebooks", sorted(DEV_SET.glob("*.ipynb")))
