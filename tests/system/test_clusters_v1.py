"""/v1/clusters with the EMR of our own behind it: keys, roles, limits, events, cost, diagnosis, orphans."""
import concurrent.futures
import json
import subprocess
import urllib.parse
from http import client

import botocore.session
import botocore.validate
import pytest
from conftest import BINARY, clean_env, http, run_cli, wait_for
from test_emr_fake import KEYS, create, until
from test_serve import Server

OPTIONS = ["--provider", "aws", "--clusters-sync-s", "1"]


@pytest.fixture()
def server(fake_emr, tmp_path):
    s = Server(tmp_path, *OPTIONS, "--clusters-max-clusters", "3", env=clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (tmp_path / "log").read_text()


def ask(server, method, path, body=None, token=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return http(method, server.url + path, data, headers)


def make(server, key, token=None, **body):
    answer = ask(server, "POST", "/v1/clusters", body, token, Idempotency_Key=key)
    assert answer.status == 202, answer.body
    return answer.json()


def ready(fake_emr, server, cluster, token=None):
    until(lambda: ask(server, "GET", f"/v1/clusters/{cluster}?wait_s=5&until=provisioning", token=token).json(), "provisioning", "phase")
    fake_emr.advance(240)
    return until(lambda: ask(server, "GET", f"/v1/clusters/{cluster}?wait_s=1", token=token).json(), "ready", "phase")


def terminated(fake_emr, server, cluster):
    def look():
        fake_emr.advance(5)
        return ask(server, "GET", f"/v1/clusters/{cluster}").json()
    return until(look, "terminated", "phase")


class Stream:
    """Server-sent events as a browser reads them; closed like a lost connection."""

    def __init__(self, server, path, token=None, last=None):
        headers = {"Accept": "text/event-stream", **({"Authorization": f"Bearer {token}"} if token else {}), **({"Last-Event-ID": str(last)} if last else {})}
        self.connection = client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=60)
        self.connection.request("GET", path, headers=headers)
        self.file, self.last = self.connection.getresponse(), last
        self.status, self.headers = self.file.status, self.file.headers

    def __iter__(self):
        fields = {}
        for line in self.file:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields:
                self.last = int(fields.get("id", self.last or 0))
                if "data" in fields:
                    yield fields["event"], json.loads(fields["data"])
                fields = {}

    def until(self, kind, **data):
        seen = []
        for event, told in self:
            seen.append((event, told))
            if event == kind and data.items() <= told["data"].items():
                return seen
        raise AssertionError(f"it ended without {kind} {data}: {seen}")

    def close(self):
        self.file.close()
        self.connection.close()


def test_events_are_streamed_and_taken_up_again(fake_emr, server):
    cluster = make(server, "k")["id"]
    path = f"/v1/clusters/{cluster}/events"
    everything = Stream(server, "/v1/events")  # from now on
    stream = Stream(server, path)
    assert stream.status == 200 and stream.headers["content-type"] == "text/event-stream"
    first = stream.until("phase", message="provisioning")
    assert [kind for kind, _ in first[:2]] == ["requested", "attempt"]
    fake_emr.advance(240)
    first += stream.until("phase", message="ready")
    stream.close()
    listed = ask(server, "GET", path).json()["items"]
    assert [told for _, told in first] == listed and [e["id"] for e in listed] == sorted({e["id"] for e in listed})
    # More listeners than workers, and calls are answered meanwhile.
    many = [Stream(server, path, last=stream.last) for _ in range(40)]
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}").status == 202
    terminated(fake_emr, server, cluster)
    rest = list(many[0])  # it ends by itself
    assert rest[0][0] == "end_asked" and rest[-1][1]["data"]["message"] == "terminated"
    assert all(list(each) == rest for each in many[1:])
    assert everything.until("phase", message="terminated")[-1][1]["cluster"] == cluster
    assert Stream(server, path, last=many[0].last).status == 204
    assert list(Stream(server, path)) == first + rest  # all again, then the end
    assert ask(server, "GET", path, Accept="text/event-stream", Last_Event_ID="x").status == 400
    listed = ask(server, "GET", "/v1/events?limit=2").json()
    assert [e["type"] for e in listed["items"]] == ["requested", "attempt"]
    assert ask(server, "GET", f"/v1/events?after={listed['last_id']}").json()["items"][0]["id"] > listed["last_id"]
    # One is open still: the server ends it when it stops.


def test_a_cluster_from_the_request_to_its_bill(fake_emr, server):
    asked = ask(server, "POST", "/v1/clusters", {"name": "churn", "size": {"workers": 2}, "labels": [{"key": "project", "value": "churn"}]},
                Idempotency_Key="one")
    assert asked.status == 202 and asked.json()["phase"] == "requested" and asked.headers["Location"].endswith(asked.json()["id"])
    cluster = asked.json()["id"]
    again = ask(server, "POST", "/v1/clusters", {"name": "churn", "size": {"workers": 2}, "labels": [{"key": "project", "value": "churn"}]},
                Idempotency_Key="one")
    assert again.json()["id"] == cluster and again.headers["Idempotency-Replayed"] == "true"
    assert ask(server, "POST", "/v1/clusters", {"name": "other"}, Idempotency_Key="one").status == 422
    assert ask(server, "POST", "/v1/clusters", {"name": "churn"}, Idempotency_Key="two").status == 409
    assert ask(server, "POST", "/v1/clusters", {"name": "churn"}).status == 400
    told = ready(fake_emr, server, cluster)
    assert told["jupyter"]["hardened"] and told["jupyter"]["url"].startswith("https://ip-") and told["provider"]["state"] in ("RUNNING", "WAITING")
    assert fake_emr.state()["calls"]["RunJobFlow"] == 1
    shown = ask(server, "POST", f"/v1/clusters/{cluster}/credentials")
    assert shown.status == 200 and len(shown.json()["password"]) == 20
    assert ask(server, "POST", f"/v1/clusters/{cluster}/credentials").status == 409
    assert [c["id"] for c in ask(server, "GET", "/v1/clusters?label=project:churn&phase=ready").json()["items"]] == [cluster]
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}").status == 202
    ended = terminated(fake_emr, server, cluster)
    assert ended["lifecycle"]["ends_because"] == "user"
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}").status == 200
    cost = until(lambda: ask(server, "GET", f"/v1/clusters/{cluster}/cost").json(), 0, "running")
    # Three m5.xlarge at 0.192 and 0.048 dollars an hour, from their creation to their end.
    instances = fake_emr.client().list_instances(ClusterId=ended["provider"]["cluster_id"])["Instances"]
    hours = sum((i["Status"]["Timeline"]["EndDateTime"] - i["Status"]["Timeline"]["CreationDateTime"]).total_seconds() for i in instances) / 3600
    assert cost["complete"] and cost["machines"] == 3 and abs(float(cost["accrued"]) - hours * 0.24) < 0.0001
    types = [e["type"] for e in ask(server, "GET", f"/v1/clusters/{cluster}/events").json()["items"]]
    assert types[:3] == ["requested", "attempt", "launched"] and "credentials" in types and "end_asked" in types
    assert ask(server, "GET", "/v1/clusters").json()["items"] == []
    assert [c["id"] for c in ask(server, "GET", "/v1/clusters?include_terminated=true").json()["items"]] == [cluster]


def test_a_dry_run_makes_nothing_and_shows_what_would_be_sent(fake_emr, server):
    body = {"size": {"workers": 4, "market": "spot_with_fallback", "autoscale_min": 1, "autoscale_max": 8}, "lifecycle": {"max_usd": "20.00"}}
    plan = ask(server, "POST", "/v1/clusters?dry_run=true", body).json()
    shape = botocore.session.get_session().get_service_model("emr").operation_model("RunJobFlow").input_shape
    report = botocore.validate.ParamValidator().validate(plan["request"], shape)
    assert not report.has_errors(), report.generate_report()
    assert plan["estimate"]["hourly"] == "2.16" and not plan["estimate"]["complete"] and plan["spec"]["lifecycle"]["max_usd"] == "20.00"
    assert fake_emr.state()["calls"]["RunJobFlow"] == 0 and ask(server, "GET", "/v1/clusters?include_terminated=true").json()["items"] == []


@pytest.mark.parametrize("body, place", [
    ({"idle_timeout_s": 60}, "/idle_timeout_s"), ({"lifecycle": {"idle_timeout": 60}}, "/lifecycle/idle_timeout"),
    ({"lifecycle": {"max_usd": "lots"}}, "max_usd"), ({"size": {"workers": 30}}, "at most"), ({"release": "emr-spark-8.1.0"}, "JupyterHub")])
def test_what_is_wrong_is_named_before_money_is_spent(fake_emr, server, body, place):
    answer = ask(server, "POST", "/v1/clusters", body, Idempotency_Key="k")
    assert answer.status == 400 and place in answer.body.decode(), answer.body
    assert fake_emr.state()["calls"]["RunJobFlow"] == 0


def test_etags_protection_limits_and_quota(fake_emr, server):
    cluster = make(server, "a", lifecycle={"max_lifetime_s": 7200, "termination_protected": True})["id"]
    told = ready(fake_emr, server, cluster)

    def is_known():  # unless the service looked at the cluster in between
        etag = ask(server, "GET", f"/v1/clusters/{cluster}").headers["ETag"]
        return ask(server, "GET", f"/v1/clusters/{cluster}", If_None_Match=etag).status == 304
    wait_for(is_known, "304")
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}").status == 409
    longer = ask(server, "POST", f"/v1/clusters/{cluster}/extend", {"by_s": 3600})
    assert longer.status == 200 and longer.json()["lifecycle"]["expires_at"] > told["lifecycle"]["expires_at"]
    patch = {"lifecycle": {"termination_protected": False}}
    assert ask(server, "PATCH", f"/v1/clusters/{cluster}", patch, If_Match='"1"').status == 412
    wait_for(lambda: ask(server, "PATCH", f"/v1/clusters/{cluster}", patch,
                         If_Match=ask(server, "GET", f"/v1/clusters/{cluster}").headers["ETag"]).status == 200, "a change")
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}").status == 202
    for key in ("b", "c"):
        make(server, key)
    terminated(fake_emr, server, cluster)
    make(server, "d")
    refused = ask(server, "POST", "/v1/clusters", {}, Idempotency_Key="e")
    assert refused.status == 429 and "max_clusters" in refused.json()["fix"]


def test_analysts_have_their_own_and_admins_all(fake_emr, tmp_path):
    tokens, options = {}, []
    for name, role in (("ana", "analyst"), ("bob", "analyst"), ("root", "admin"), ("vera", "viewer")):
        made = run_cli("token", "new", name, "--role", role, "--json", cwd=tmp_path, check=True)
        tokens[name] = json.loads(made.stdout)["token"]
        options.append(f"{name} = {role} {json.loads(made.stdout)['hash']}")
    (tmp_path / "boathouse.conf").write_text("[auth]\n" + "\n".join(options) + "\n")
    s = Server(tmp_path, *OPTIONS, "--config", "boathouse.conf", env=clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    try:
        cluster = make(s, "k", tokens["ana"])["id"]
        assert make(s, "k", tokens["bob"])["id"] != cluster  # a key is one of its caller
        streams = {name: Stream(s, "/v1/events?after=0", tokens[name]) for name in ("ana", "bob", "root")}
        ready(fake_emr, s, cluster, tokens["ana"])
        for path in ("", "/events", "/cost", "/diagnosis"):
            assert ask(s, "GET", f"/v1/clusters/{cluster}{path}", token=tokens["bob"]).status == 404
            assert ask(s, "GET", f"/v1/clusters/{cluster}{path}", token=tokens["root"]).status == 200
        assert ask(s, "DELETE", f"/v1/clusters/{cluster}", token=tokens["bob"]).status == 404
        assert ask(s, "GET", "/v1/clusters", token=tokens["vera"]).status == 403
        assert ask(s, "POST", f"/v1/clusters/{cluster}/credentials", token=tokens["root"]).status == 403
        emr_id = ask(s, "GET", f"/v1/clusters/{cluster}", token=tokens["ana"]).json()["provider"]["cluster_id"]
        assert http("GET", f"{s.url}/api/emr/info/{emr_id}", headers={"Authorization": f"Bearer {tokens['bob']}"}).status == 404
        assert http("GET", f"{s.url}/api/emr/info/{emr_id}", headers={"Authorization": f"Bearer {tokens['root']}"}).json()["JupyterPW"] == ""
        assert len(http("GET", f"{s.url}/api/emr/info/{emr_id}", headers={"Authorization": f"Bearer {tokens['ana']}"}).json()["JupyterPW"]) == 20
        assert len(ask(s, "GET", "/v1/clusters", token=tokens["bob"]).json()["items"]) == 1
        assert len(ask(s, "GET", "/v1/clusters", token=tokens["root"]).json()["items"]) == 2
        assert ask(s, "DELETE", f"/v1/clusters/{cluster}", token=tokens["root"]).json()["lifecycle"]["ends_because"] == "admin"
        assert ask(s, "GET", "/v1/orphans", token=tokens["ana"]).status == 403
        asked = {name: {told["cluster"] for _, told in streams[name].until(kind, **data)}
                 for name, kind, data in (("ana", "phase", {"message": "ready"}), ("bob", "requested", {}), ("root", "phase", {"message": "ready"}))}
        assert asked["ana"] == {cluster} and cluster not in asked["bob"] and asked["root"] == asked["ana"] | asked["bob"]
        assert ask(s, "GET", "/v1/events?owner=ana", token=tokens["bob"]).status == 403
        assert {e["cluster"] for e in ask(s, "GET", "/v1/events?owner=ana", token=tokens["root"]).json()["items"]} == {cluster}
    finally:
        assert s.stop() == 0


def test_a_failure_is_explained_with_what_to_ask_next(fake_emr, server):
    fake_emr.faults(error_code="INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ")
    cluster = make(server, "k", size={"workers": 2, "market": "spot"})["id"]
    until(lambda: fake_emr.state()["calls"], 1, "RunJobFlow")
    fake_emr.faults(error_code="")
    fake_emr.advance(200)
    until(lambda: ask(server, "GET", f"/v1/clusters/{cluster}").json(), "failed", "phase")
    told = ask(server, "GET", f"/v1/clusters/{cluster}/diagnosis").json()
    assert told["reason"]["kind"] == "capacity" and told["reason"]["retryable"] and told["reason"]["fix"]
    assert told["next_request"]["size"]["market"] == "spot_with_fallback" and len(told["next_request"]["size"]["worker_types"]) == 4
    assert make(server, "again", **told["next_request"])["phase"] == "requested"


def test_orphans_are_told_and_ended(fake_emr, server):
    stray = create(fake_emr.client(), "somebody-else", n_steps=0)
    (orphan,) = until(lambda: {"n": len((o := ask(server, "GET", "/v1/orphans").json()["items"])), "o": o}, 1, "n")["o"]
    assert (orphan["id"], orphan["kind"]) == (stray, "unmanaged")
    assert ask(server, "POST", f"/v1/orphans/{stray}/terminate?confirm=j-OTHER").status == 400
    assert ask(server, "POST", "/v1/orphans/j-OTHER/terminate?confirm=j-OTHER").status == 404
    assert ask(server, "POST", f"/v1/orphans/{stray}/terminate?confirm={stray}").status == 200
    fake_emr.advance(1)
    assert fake_emr.state()["n_live"] == 0


def test_who_waits_is_woken(fake_emr, server):
    cluster = make(server, "k")["id"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, server, "GET", f"/v1/clusters/{cluster}?wait_s=20")
        until(lambda: ask(server, "GET", f"/v1/clusters/{cluster}?until=provisioning").json(), "provisioning", "phase")
        fake_emr.advance(240)
        assert waiting.result().json()["phase"] == "ready"
    last = ask(server, "GET", f"/v1/clusters/{cluster}/events").json()["last_id"]
    assert ask(server, "GET", f"/v1/clusters/{cluster}/events?after={last}").json()["items"] == []


def test_the_commands_wait_follow_and_count(fake_emr, tmp_path):
    env = clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url)
    child = subprocess.Popen([BINARY, "clusters", "create", "2", "--wait", "--json", *OPTIONS], cwd=tmp_path, env=env,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: fake_emr.state()["calls"], 1, "RunJobFlow")
    fake_emr.advance(240)
    out, told = child.communicate(timeout=60)
    assert child.returncode == 0, told
    assert "attempt: attempt 1" in told and "phase: ready" in told
    cluster = json.loads(out)["ClusterId"]

    def run(*args):
        return json.loads(run_cli("clusters", *args, "--json", *OPTIONS, cwd=tmp_path, env=env, check=True).stdout)
    assert run("events", cluster)["items"][0]["type"] == "requested"
    assert run("cost", cluster)["currency"] == "USD"
    assert run("diagnose", cluster)["phase"] == "ready"
    assert run("extend", cluster, "3600")["phase"] == "ready"
    assert run("orphans")["items"] == []
    following = subprocess.Popen([BINARY, "clusters", "events", cluster, "--follow", "--json", *OPTIONS], cwd=tmp_path, env=env,
                                 stdout=subprocess.PIPE, text=True)
    assert json.loads(following.stdout.readline())["type"] == "requested"
    ending = subprocess.Popen([BINARY, "clusters", "terminate", cluster, "--wait", "--json", *OPTIONS], cwd=tmp_path, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: fake_emr.state()["calls"], 1, "TerminateJobFlows")
    fake_emr.advance(120)
    out, told = ending.communicate(timeout=60)
    assert ending.returncode == 0 and json.loads(out)["Status"] == "TERMINATED", told
    assert told.startswith("end_asked: user") and "phase: terminated" in told
    assert json.loads(following.communicate(timeout=60)[0].splitlines()[-1])["data"]["message"] == "terminated" and following.returncode == 0
    assert "AT" in run_cli("clusters", "events", cluster, *OPTIONS, cwd=tmp_path, env=env, check=True).stdout
