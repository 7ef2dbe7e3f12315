"""Precision and recall on the labelled notebooks, by the rules of the labels themselves, against floors that only rise.

The labelled notebooks are no part of the repository: ../shared/lineage/dev, or BOATHOUSE_DEV_SET; score.py lies beside them.
"""
import importlib.util
import json
import pathlib

import pytest

from conftest import run_cli

FLOORS = pathlib.Path(__file__).with_name("accuracy_floors.json")
VIEWS = {"references": {}, "direction ignored": {"use_dir": False}, "fully resolved only": {"whole_only": True}}


@pytest.fixture(scope="module")
def score(dev_set):
    path = dev_set.parent / "score.py"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def labels(dev_set):
    found = {}
    for path in sorted((dev_set / "labels").glob("*.json")):
        label = json.loads(path.read_text())
        found[label["nb"]] = label["refs"]
    assert found
    return found


@pytest.fixture(scope="module")
def predictions(dev_set, score, tmp_path_factory):
    result = run_cli("analyze", "--score", dev_set / "notebooks", check=True)
    path = tmp_path_factory.mktemp("accuracy") / "predictions.jsonl"
    path.write_text(result.stdout)
    return score.load_predictions(path)


@pytest.mark.parametrize("view", VIEWS)
def test_accuracy_does_not_fall(score, labels, predictions, view):
    found, wrong, missed, _ = score.score(labels, predictions, **VIEWS[view])
    print("\n" + score.line(view, found, wrong, missed))
    floor = json.loads(FLOORS.read_text())[view]
    precision, recall = found / (found + wrong), found / (found + missed)
    assert precision >= floor["precision"], f"{view}: precision {precision:.4f} is below {floor['precision']}"
    assert recall >= floor["recall"], f"{view}: recall {recall:.4f} is below {floor['recall']}"


def test_every_labelled_notebook_is_read(labels, predictions):
    assert set(labels) == set(predictions)
