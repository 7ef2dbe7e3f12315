"""Kinds of analysis and near-copies, measured on the labelled notebooks (docs/accuracy.md); floors only rise.

The notebooks are no part of the repository (see test_accuracy.py); tests/data/kinds_labels.tsv names them by their file's id.
"""
import json
import random
import subprocess

import pytest

from conftest import BUILD, TOP

FLOORS = json.loads((TOP / "tests/system/accuracy_floors.json").read_text())


def dump(what, paths):
    result = subprocess.run([BUILD / "tests/catalog/dump_kinds", what, *paths], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return [line.split("\t") for line in result.stdout.splitlines()]


def read_labels():
    """By id: the kinds that must be found, and those that may."""
    labels = {}
    for line in (TOP / "tests/data/kinds_labels.tsv").read_text().splitlines():
        if not line.startswith("#"):
            name, must, may = (line.split("\t") + [""])[:3]
            labels[name] = set(filter(None, must.split(","))), set(filter(None, may.split(",")))
    return labels


@pytest.fixture(scope="module")
def predicted(dev_set):
    rows = dump("kinds", sorted((dev_set / "notebooks").glob("*.ipynb")))
    return {path[-9:-6]: {kind.split(":")[0] for kind in kinds.split()} for path, kinds in rows}


def is_held_out(name):
    """A third of the notebooks was labelled, and not looked at while the rules were weighed."""
    return int(name) % 3 == 0


@pytest.mark.parametrize("part", ["kinds, weighed on", "kinds, held out"])
def test_kinds_are_found_as_they_are_labelled(predicted, part):
    labels = {k: v for k, v in read_labels().items() if is_held_out(k) == part.endswith("held out")}
    assert labels
    found = wrong = missed = 0
    for name, (must, may) in labels.items():
        found += len(must & predicted[name])
        wrong += len(predicted[name] - must - may)
        missed += len(must - predicted[name])
    precision, recall = found / (found + wrong), found / (found + missed)
    print(f"\n{part}: {len(labels)} notebooks, precision {precision:.3f}, recall {recall:.3f}, {found} found, {wrong} wrong, {missed} missed")
    assert precision >= FLOORS[part]["precision"]
    assert recall >= FLOORS[part]["recall"]


def changed(rng, book):
    """A copy as people make them: other paths and numbers, some lines and cells changed, added, dropped."""
    copy = json.loads(json.dumps(book))
    cells = copy.get("cells", [])
    code = [c for c in cells if c["cell_type"] == "code"]
    for cell in code:
        lines = cell["source"] if isinstance(cell["source"], list) else cell["source"].splitlines(keepends=True)
        out = []
        for line in lines:
            dice = rng.random()
            if dice < 0.02:
                continue
            if dice < 0.04:
                line = line.replace("df", "frame").replace("data", "table")
            if dice < 0.30:
                line = line.replace("s3://", f"s3://copy{rng.randrange(99)}-").replace("1", str(rng.randrange(9)))
            out.append(line)
            if dice > 0.98:
                out.append(f"print({rng.randrange(99)})  # checked\n")
        cell["source"] = out
    if len(code) > 6 and rng.random() < 0.5:
        cells.remove(rng.choice(code))
    if rng.random() < 0.5:
        cells.insert(0, {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "run_by = 'somebody'\n"})
    return copy


def test_changed_copies_are_found_again(dev_set, tmp_path):
    """Each notebook and 24 changed copies of it, 3,000 in all: copies are in the group of their original, and of no other."""
    rng = random.Random(6)
    originals = sorted((dev_set / "notebooks").glob("*.ipynb"))
    paths, origin = [], []
    for i, path in enumerate(originals):
        book = json.loads(path.read_text())
        for cell in book.get("cells", []):
            cell.pop("outputs", None)
        for k in range(25):
            made = tmp_path / f"{path.stem}-{k}.ipynb"
            made.write_text(json.dumps(book if k == 0 else changed(rng, book)))
            paths.append(made)
            origin.append(i)
    rows = dump("groups", paths)
    groups = [int(group) for _, group, _ in rows]
    is_empty = [empty == "empty" for _, _, empty in rows]
    pairs = together = strangers = joined = 0
    for i in range(0, len(paths), 25):
        for k in range(1, 25):
            if not is_empty[i] and not is_empty[i + k]:
                pairs += 1
                together += groups[i + k] == groups[i]
    for i, group in enumerate(groups):
        strangers += 1
        joined += origin[group] != origin[i]
    print(f"\nnear-copies: {pairs} copies, {together / pairs:.4f} found, {joined} of {strangers} with another original, "
          f"{sum(is_empty)} too short")
    assert together / pairs >= FLOORS["near-copies"]["recall"]
    assert 1 - joined / strangers >= FLOORS["near-copies"]["precision"]
