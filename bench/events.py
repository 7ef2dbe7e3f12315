"""1,000 listeners of /v1/events at once: the memory and threads that they cost the server, how long an event takes to
reach all of them, and whether another call is answered meanwhile."""
import json
import pathlib
import selectors
import socket
import subprocess
import tempfile
import time
import urllib.request

from figures import BUILD, boathouse, clean_env, figure, say

N = 1000


def status(pid):
    lines = (line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    values = {name: value.split() for name, value in lines}
    return int(values["VmRSS"][0]) / 1024, int(values["Threads"][0])


def ask(address, method, path, body=None, **headers):
    request = urllib.request.Request(f"http://{address}{path}", json.dumps(body).encode() if body is not None else None, method=method,
                                     headers={"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def listen(address):
    host, port = address.split(":")
    s = socket.create_connection((host, int(port)), timeout=60)
    s.sendall(f"GET /v1/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n".encode())
    return s


def until_all_have(listeners, text):
    """Read until each of them got the text."""
    got, waiting = {s: b"" for s in listeners}, selectors.DefaultSelector()
    for s in listeners:
        waiting.register(s, selectors.EVENT_READ)
    while waiting.get_map():
        ready = waiting.select(60)
        assert ready, f"{len(waiting.get_map())} listeners did not get {text}"
        for key, _ in ready:
            data = key.fileobj.recv(65536)
            assert data, "a listener was cut off"
            got[key.fileobj] += data
            if text in got[key.fileobj]:
                waiting.unregister(key.fileobj)


with tempfile.TemporaryDirectory() as folder:
    emr = subprocess.Popen([BUILD / "tests" / "fake" / "serve_emr"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    env = clean_env(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_REGION="us-east-1",
                    AWS_ENDPOINT_URL_EMR=emr.stdout.readline().strip())
    with boathouse("--provider", "aws", "--state", f"{folder}/state", env=env) as server:
        cluster = ask(server.address, "POST", "/v1/clusters", {}, **{"Idempotency-Key": "one"})["id"]
        ask(server.address, "GET", f"/v1/clusters/{cluster}?until=provisioning&wait_s=20")
        before, threads = status(server.child.pid)
        listeners = [listen(server.address) for _ in range(N)]
        until_all_have(listeners, b"retry: 3000")
        quiet, more_threads = status(server.child.pid)
        start = time.perf_counter()
        ask(server.address, "PATCH", f"/v1/clusters/{cluster}", {"labels": [{"key": "a", "value": "b"}]})
        answered_ms = (time.perf_counter() - start) * 1000
        until_all_have(listeners, b"event: changed")
        took_ms = (time.perf_counter() - start) * 1000
        after, _ = status(server.child.pid)
        say(f"    {before:.1f} MiB before, {quiet:.1f} with {N} listeners, {after:.1f} after an event; {threads} and {more_threads} threads; "
            f"the call that made the event took {answered_ms:.0f} ms")
        for s in listeners:
            s.close()
    emr.stdin.close()
    emr.wait(30)
figure(f"memory of {N} listeners", max(quiet, after) - before, "MiB", "<=", 32)
figure(f"threads of {N} listeners", more_threads - threads, "more", "<=", 1)
figure(f"an event to all {N} listeners", took_ms, "ms", "<=", 1000)
