"""Jupyter notebooks made for one test."""
import json

KERNELS = {"python": ("python3", "python"), "r": ("ir", "R"), "scala": ("spark", "scala")}


def notebook(*cells, kernel="python"):
    """The text of a notebook; a cell is its source, or a pair of its kind (or the tag parameters) and its source."""
    name, language = KERNELS[kernel]
    made = []
    for i, cell in enumerate(cells):
        kind, source = cell if isinstance(cell, tuple) else ("code", cell)
        metadata = {"tags": ["parameters"]} if kind == "parameters" else {}
        row = {"cell_type": "code" if kind == "parameters" else kind, "id": f"c{i}", "metadata": metadata, "source": source}
        if row["cell_type"] == "code":
            row.update(execution_count=None, outputs=[])
        made.append(row)
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5,
                       "metadata": {"kernelspec": {"name": name, "language": language, "display_name": name}}})


def write(path, *cells, kernel="python"):
    """Write a notebook, its folders too; gives the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook(*cells, kernel=kernel))
    return path
