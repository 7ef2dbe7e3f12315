"""The notebook reader against Python's json: the same cells, and the same files refused."""
import json
import os
import subprocess

from conftest import BUILD

KINDS = {"code": "code", "raw": "raw"}


def ours(files, chunk=65536):
    tool = BUILD / "tests" / "notebook" / "dump_cells"
    out = subprocess.run([tool, "-c", str(chunk), *files], capture_output=True, text=True, check=True)
    assert out.stderr == ""
    return {o["file"]: o for o in map(json.loads, out.stdout.splitlines())}


def mend(text):
    """What a lone surrogate becomes here, and line ends."""
    text = "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def theirs(data):
    """The cells by Python's json, or None where it refuses the document."""
    try:
        nb = json.loads(data.decode("utf-8-sig"))  # strict: no encoded surrogates
    except (ValueError, RecursionError):
        return None
    is_v3 = nb.get("nbformat", 4) < 4 and "worksheets" in nb or "cells" not in nb
    cells = [c for w in nb["worksheets"] for c in w["cells"]] if is_v3 else nb["cells"]
    result = []
    for c in cells:
        source = c.get("source", c.get("input", ""))
        source = "" if source is None else source if isinstance(source, str) else "".join(source)
        result.append([KINDS.get(c["cell_type"], "markdown"), mend(source), c.get("metadata", {}).get("tags", [])])
    return result


def test_real_notebooks_give_the_same_cells(dev_set):
    files = sorted(map(str, (dev_set / "notebooks").glob("*.ipynb")))
    assert len(files) == 120
    for chunk in (65536, 997):
        got = ours(files, chunk)
        for f in files:
            want = theirs(open(f, "rb").read())
            # Of very much prose (pictures in text) only the beginning is kept.
            is_cut = sum(len(text) for kind, text, _ in want if kind != "code") > 512 * 1024
            cells = [[kind, text[:len(mine)] if is_cut and kind != "code" else text, tags]
                     for (kind, text, tags), (_, mine, _) in zip(want, got[f]["cells"], strict=True)]
            assert got[f]["cells"] == cells, f


def test_nasty_notebooks_are_read_or_refused_as_python_does(tmp_path):
    cell = b'{"cell_type":"code","metadata":{},"source":%s}'
    whole = [b'"\\ud83d\\ude00 \\ud800"', b'"a\\u0000b"', b'["a\\n","b"]', '"äö€😀"'.encode(), b'"a","source":"b"', b'"a","source":null', b'null,"source":["a"]', b'"x\\r\\ny"']
    broken = [b'"\xff"', b'"\xed\xa0\x80"', b'"a\nb"', b'"\\x"', b"'a'", b'"a",', b"01", b"[1,,2]", b'"' + b"\\", b'"\\ud8"']
    deep = b"[" * 150 + b"]" * 150
    made = [b'{"cells":[' + cell % s + b"]}" for s in whole + broken]
    made += [b'\xef\xbb\xbf{"cells":[]}', b'{"cells":[],"x":' + deep + b"}", b'{"cells":[],"x":[NaN,-Infinity,1e5]}',
             b'{"cells":[' + cell % b'"c"' + b'],"worksheets":[{"cells":[' + cell % b'"w"' + b']}],"nbformat":3}',
             b'{"worksheets":[{"cells":[' + cell % b'"w"' + b']}],"cells":[' + cell % b'"c"' + b'],"nbformat":4}',
             b'{"cells":[]} x', b'{"cells":[]}\x00', b"\xef{}"]
    base = json.dumps({"cells": [{"cell_type": "code", "source": ["ä\n", "b"], "outputs": [{"data": {"x": [1, 2.5]}}],
                                  "metadata": {"tags": ["t"]}}]}, ensure_ascii=False).encode()
    made += [base[:n] for n in range(1, len(base))]
    for i, data in enumerate(made):
        (tmp_path / f"{i}.ipynb").write_bytes(data)
    got = ours([str(tmp_path / f"{i}.ipynb") for i in range(len(made))], 7)
    for i, data in enumerate(made):
        mine, want = got[str(tmp_path / f"{i}.ipynb")], theirs(data)
        assert mine.get("cells") == want, (data, mine, want)
        assert ("error" in mine) == (want is None)


def peak_kb(path):
    """The most memory that dump_cells had for one notebook, and what it printed."""
    tool = BUILD / "tests" / "notebook" / "dump_cells"
    with subprocess.Popen([tool, str(path)], stdout=subprocess.PIPE, text=True) as process:
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss, text


def test_outputs_cost_no_memory(tmp_path):
    """200 MB of outputs take 1 MB more than the same notebook without outputs."""
    small, large = tmp_path / "small.ipynb", tmp_path / "large.ipynb"
    with open(large, "wb") as f:
        f.write(b'{"cells":[{"cell_type":"code","source":"x","outputs":[')
        for i in range(200):
            f.write((b"," if i else b"") + b'{"text":"' + b"0123456789abcdef" * 65536 + b'"}')
        f.write(b"]}]}")
    small.write_bytes(b'{"cells":[{"cell_type":"code","source":"x","outputs":[{"text":"0"}]}]}')
    idle_kb, _ = peak_kb(small)
    large_kb, text = peak_kb(large)
    assert '["code","x",[]]' in text
    assert large_kb < idle_kb + 1024, (large_kb, idle_kb)
