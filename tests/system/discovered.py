"""What discovery says of a folder, for tests against what real writers put there."""
import json
import subprocess

from conftest import BUILD


def discover(folder, patterns=None, tmp=None):
    """The datasets of the folder by uri, without the "s3://lake/" that stands before each."""
    args = [BUILD / "tests" / "catalog" / "dump_datasets", folder]
    if patterns:
        (tmp / "patterns").write_text("\n".join(patterns))
        args.append(tmp / "patterns")
    run = subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and "Sanitizer" not in run.stderr, run.stderr
    found = json.loads(run.stdout)
    assert len({d["uri"] for d in found}) == len(found), "a uri came twice"
    return {d["uri"].removeprefix("s3://lake").lstrip("/"): d for d in found}


def partitions(dataset):
    """Sorted tuples of raw values, None for null."""
    return sorted((tuple(p) for p in dataset["partitions"]), key=repr)


def columns(dataset, is_partition=None):
    """Names of columns with their types."""
    return {c[0]: c[1] for c in dataset["columns"] if is_partition is None or c[2] == is_partition}
