"""kill -9 of the real server at random while clusters are asked for and ended, against the EMR of our own.

Clients repeat what was not answered, with the same Idempotency-Key.  At the end each request has made exactly one cluster,
no cluster lives whose end was asked for, and none lives without a row.  BOATHOUSE_CLUSTER_KILLS: how often (6).  The fake hides nothing
and answers at once, so a call that a kill cuts off is waited out for seconds here instead of minutes.
"""
import os
import random
import signal
import threading
import time
import urllib.error

from conftest import clean_env, http
from test_emr_fake import KEYS, until
from test_serve import Server

KILLS = int(os.environ.get("BOATHOUSE_CLUSTER_KILLS", "6"))


class Victim:
    """A server that is killed and started again; who asks waits until there is one."""

    def __init__(self, folder, emr_url):
        self.folder, self.url, self.lock = folder, None, threading.Lock()
        self.options = ["--provider", "aws", "--clusters-sync-s", "1", "--clusters-max-clusters", "0", "--server-stop-timeout-s", "1",
                        "--clusters-attempt-s", "2", "--clusters-quarantine-s", "1"]
        self.env = clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=emr_url)
        self.start()

    def start(self):
        self.server = Server(self.folder, *self.options, env=self.env)
        self.url = self.server.url

    def kill(self):
        self.server.stop(signal.SIGKILL)
        self.start()

    def ask(self, method, path, key=None):
        """Until it is answered: that is what Idempotency-Key is for."""
        headers = {"Idempotency-Key": key} if key else {}
        end = time.monotonic() + 400 + KILLS
        while time.monotonic() < end:
            try:
                answer = http(method, self.url + path, headers=headers)
                if answer.status < 500:
                    return answer
            except (OSError, urllib.error.URLError, EOFError, ValueError, AssertionError):
                time.sleep(0.02)
        raise AssertionError(f"{method} {path} was not answered")


def client(victim, number, log, stop):
    """Asks for clusters one after the other, and ends every second one."""
    i = 0
    while not stop.is_set():
        key = f"{number}-{i}"
        made = victim.ask("POST", "/api/emr/create/1", key)
        assert made.status == 200, made.body
        cluster = made.json()["ClusterId"]
        again = victim.ask("POST", "/api/emr/create/1", key)
        assert again.json()["ClusterId"] == cluster
        ends = i % 2 == 0
        log.append((key, cluster, ends))
        if ends:
            assert victim.ask("DELETE", f"/api/emr/terminate/{cluster}").status == 200
        i += 1


def test_each_request_has_one_cluster_however_often_the_server_is_killed(fake_emr, tmp_path):
    rng = random.Random(7)
    victim, log, stop, broken = Victim(tmp_path, fake_emr.url), [], threading.Event(), []

    def run(number):
        try:
            client(victim, number, log, stop)
        except BaseException as e:  # told by the test, not lost in the thread
            broken.append(e)
            raise

    clients = [threading.Thread(target=run, args=(n,)) for n in range(3)]
    for c in clients:
        c.start()
    for i in range(KILLS):
        stop.wait(rng.choice([0.005, 0.03, 0.1, 0.3]))
        if i % 5 == 0:
            fake_emr.faults(lose_answers=rng.randrange(2), throttle_but_create=rng.randrange(2))
        fake_emr.advance(1)
        victim.kill()
    fake_emr.faults(lose_answers=0, throttle_but_create=0)
    stop.set()
    end = time.monotonic() + 400 + KILLS
    while any(c.is_alive() for c in clients) and time.monotonic() < end:
        fake_emr.advance(1)  # or what it hides would stay hidden
        clients[0].join(0.1)
    assert not broken and not any(c.is_alive() for c in clients) and len(log) >= 3

    wanted = {cluster for _, cluster, ends in log if not ends}
    assert len({cluster for _, cluster, _ in log}) == len(log), "two requests have one cluster"

    def live():
        fake_emr.advance(1)
        clusters = [c for page in fake_emr.client().get_paginator("list_clusters").paginate() for c in page["Clusters"]]
        ids = [c["Id"] for c in clusters if not c["Status"]["State"].startswith("TERMINAT")]
        return {"live": sorted(ids)}
    until(live, sorted(wanted), "live", seconds=60)
    assert victim.server.stop() == 0
    print(f"{KILLS} kills, {len(log)} requests, {fake_emr.state()['calls']['RunJobFlow']} RunJobFlow")
    assert "Sanitizer" not in (tmp_path / "log").read_text()
