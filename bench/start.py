"""How long after its start the server gives its first answer: from the making of the process to the last byte
of GET /healthz.  The median of 21 starts."""
import pathlib
import statistics
import tempfile
import time
import urllib.request

from figures import boathouse, figure, say

with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / "lake").mkdir()
    took_ms = []
    for _ in range(21):
        start = time.perf_counter()
        with boathouse("--lake", f"{folder}/lake") as server:
            with urllib.request.urlopen(f"http://{server.address}/healthz", timeout=10) as answer:
                assert answer.status == 200 and answer.read()
            took_ms.append((time.perf_counter() - start) * 1000)
say("    " + " ".join(f"{t:.0f}" for t in took_ms) + " ms")
figure("first answer after start", statistics.median(took_ms), "ms", "<=", 50)
