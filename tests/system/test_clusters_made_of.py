"""What clusters can be made of (releases, machines, prices, templates), and what they keep: machines and notebooks."""
import json
import time

import boto3
import pytest
from conftest import clean_env, http, run_cli
from test_clusters_v1 import OPTIONS, ask, make, ready, terminated
from test_emr_fake import KEYS, create, until
from test_serve import Server


@pytest.fixture(scope="module")
def bucket(moto_server, notebooks_bucket):
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=moto_server, aws_access_key_id="testing", aws_secret_access_key="testing")
    return s3


@pytest.fixture()
def server(fake_emr, moto_server, bucket, tmp_path):
    s = Server(tmp_path, *OPTIONS, env=clean_env(**KEYS, AWS_ENDPOINT_URL=moto_server, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (tmp_path / "log").read_text()


def test_the_lists_are_dated_and_say_what_they_do_not_know(server, tmp_path):
    releases = ask(server, "GET", "/v1/releases").json()
    by_name = {r["release"]: r for r in releases["items"]}
    assert len(releases["as_of"]) == 10 and len(by_name) == len(releases["items"]) > 80
    assert by_name["emr-7.14.0"] == {"release": "emr-7.14.0", "has_hub": True, "keeps_notebooks": True, "ends_idle": True,
                                     "support_ends": "2028-09-08", "supported": True, "is_default": True}
    assert by_name["emr-5.19.0"]["supported"] is False and by_name["emr-5.19.0"]["support_ends"] is None
    assert by_name["emr-7.12.0"]["supported"] is None
    hub = {r["release"] for r in ask(server, "GET", "/v1/releases?has_hub=true").json()["items"]}
    assert "emr-spark-8.1.0" in by_name and "emr-spark-8.1.0" not in hub and "emr-5.14.0" not in hub and "emr-5.17.0" in hub
    types = ask(server, "GET", "/v1/instance-types?q=m5.").json()
    assert types["region"] == types["price_region"] == "us-east-1" and all(t["type"].startswith("m5.") for t in types["items"])
    m5 = {t["type"]: t for t in types["items"]}
    assert m5["m5.xlarge"] == {"type": "m5.xlarge", "vcpus": 4, "memory_mib": 16384, "arch": "x86_64",
                               "since": ["emr-5.17.0", "emr-6.0.0", "emr-7.0.0"], "price": {"ec2": "0.192", "emr": "0.048", "hourly": "0.24"}}
    assert m5["m5.8xlarge"]["price"] == {"ec2": "1.536", "emr": None, "hourly": None}
    elsewhere = ask(server, "GET", "/v1/instance-types?region=mars-1&q=m5.xlarge").json()
    assert elsewhere["items"][0]["price"] is None and elsewhere["price_region"] == "us-east-1"
    old = {t["type"] for t in ask(server, "GET", "/v1/instance-types?release=emr-5.19.0").json()["items"]}
    assert "m5.xlarge" in old and "r7g.xlarge" not in old
    # The commands need neither lake nor AWS.
    told = run_cli("clusters", "types", "m5.xlarge", "--json", cwd=tmp_path, check=True)
    assert json.loads(told.stdout)["items"][0]["price"]["hourly"] == "0.24"
    assert "emr-7.14.0" in run_cli("clusters", "releases", cwd=tmp_path, check=True).stdout
    assert run_cli("clusters", "types", "x9.", cwd=tmp_path).returncode == 1


def test_machines_and_notebooks_of_a_cluster(fake_emr, server, bucket, tmp_path):
    cluster = make(server, "k", size={"workers": 2}, notebooks={"hub_user": "ana"})["id"]
    assert ask(server, "GET", f"/v1/clusters/{cluster}/instances").json() == {"taken_at": None, "items": []}
    ready(fake_emr, server, cluster)
    machines = until(lambda: {"n": len((a := ask(server, "GET", f"/v1/clusters/{cluster}/instances").json())["items"]), "a": a}, 3, "n")["a"]
    assert {(m["type"], m["market"], m["state"], m["ended_at"]) for m in machines["items"]} == {("m5.xlarge", "ON_DEMAND", "running", None)}
    assert ask(server, "GET", f"/v1/clusters/{cluster}/notebooks").json()["items"] == []
    for key in ("jupyter/ana/old.ipynb", "jupyter/ana/data.csv", "jupyter/ana/.ipynb_checkpoints/old.ipynb", "jupyter/bob/his.ipynb"):
        bucket.put_object(Bucket="notebooks", Key=key, Body=b"{}")
    time.sleep(1.1)  # S3's times are whole seconds
    bucket.put_object(Bucket="notebooks", Key="jupyter/ana/new.ipynb", Body=b"{ }")
    told = ask(server, "GET", f"/v1/clusters/{cluster}/notebooks").json()
    assert told["uri"] == "s3://notebooks/jupyter/ana/" and told["complete"]
    assert [(n["uri"], n["size_bytes"]) for n in told["items"]] == [("s3://notebooks/jupyter/ana/new.ipynb", 3), ("s3://notebooks/jupyter/ana/old.ipynb", 2)]
    assert told["last_saved_at"] == told["items"][0]["last_modified"]
    one = ask(server, "GET", f"/v1/clusters/{cluster}/notebooks?limit=1").json()
    assert len(one["items"]) == 1 and not one["complete"]
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}").status == 202
    terminated(fake_emr, server, cluster)
    ended = until(lambda: {"s": {m["state"] for m in ask(server, "GET", f"/v1/clusters/{cluster}/instances").json()["items"]}}, {"ended"}, "s")
    assert ended and len(ask(server, "GET", f"/v1/clusters/{cluster}/notebooks").json()["items"]) == 2


def test_a_bucket_that_is_not_there_guards_unsaved_work(fake_emr, server, bucket):
    bucket.create_bucket(Bucket="short-lived")
    cluster = make(server, "k", notebooks={"bucket": "short-lived", "hub_user": "eva"})["id"]
    ready(fake_emr, server, cluster)
    bucket.delete_bucket(Bucket="short-lived")
    refused = ask(server, "DELETE", f"/v1/clusters/{cluster}")
    assert refused.status == 409 and "unsaved work" in refused.json()["detail"] and "force=true" in refused.json()["fix"]
    assert ask(server, "DELETE", f"/v1/clusters/{cluster}?force=true").status == 202
    other = make(server, "l", notebooks={"hub_user": "eva"})["id"]
    ready(fake_emr, server, other)
    bucket.put_object(Bucket="notebooks", Key="jupyter/eva/now.ipynb", Body=b"{}")
    ending = ask(server, "DELETE", f"/v1/clusters/{other}")
    assert ending.status == 202 and [n["key"] for n in ending.json()["recent_notebooks"]] == ["jupyter/eva/now.ipynb"]


TEMPLATES = """[templates]
small = {"description": "One worker.", "size": {"workers": 1, "worker_types": ["r5.xlarge"]},
  "lifecycle": {"max_usd": "5.00"}, "fixed": ["/lifecycle/max_usd"]}
large = {"size": {"workers": 5}}
"""


def test_templates_are_offered_taken_and_kept_to(fake_emr, tmp_path):
    tokens, lines = {}, []
    for name, role in (("ana", "analyst"), ("root", "admin")):
        made = json.loads(run_cli("token", "new", name, "--role", role, "--json", cwd=tmp_path, check=True).stdout)
        tokens[name] = made["token"]
        lines.append(f"{name} = {role} {made['hash']}")
    (tmp_path / "b.conf").write_text(TEMPLATES + "[auth]\n" + "\n".join(lines) + "\n")
    env = clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url)
    s = Server(tmp_path, *OPTIONS, "--config", "b.conf", env=env)
    try:
        told = ask(s, "GET", "/v1/cluster-templates", token=tokens["ana"]).json()["items"]
        assert [t["name"] for t in told] == ["small", "large"] and told[0]["fixed"] == ["/lifecycle/max_usd"]
        assert ask(s, "GET", "/v1/cluster-templates/large", token=tokens["ana"]).json()["settings"] == {"size": {"workers": 5}}
        assert ask(s, "GET", "/v1/cluster-templates/none", token=tokens["ana"]).status == 404
        row = make(s, "a", tokens["ana"], template="small", size={"workers": 2})
        assert row["spec"]["template"] == "small" and row["spec"]["size"]["workers"] == 2
        assert row["spec"]["size"]["worker_types"] == ["r5.xlarge"] and row["spec"]["lifecycle"]["max_usd"] == "5.00"
        assert [c["id"] for c in ask(s, "GET", "/v1/clusters?template=small", token=tokens["ana"]).json()["items"]] == [row["id"]]
        assert ask(s, "GET", "/v1/clusters?template=large", token=tokens["ana"]).json()["items"] == []
        more = {"template": "small", "lifecycle": {"max_usd": "500.00"}}
        assert ask(s, "POST", "/v1/clusters", more, tokens["ana"], Idempotency_Key="b").status == 403
        assert make(s, "b", tokens["root"], **more)["spec"]["lifecycle"]["max_usd"] == "500.00"
        unknown = ask(s, "POST", "/v1/clusters", {"template": "huge"}, tokens["ana"], Idempotency_Key="c")
        assert unknown.status == 400 and "small, large" in unknown.json()["fix"]
    finally:
        assert s.stop() == 0
    out = run_cli("clusters", "templates", "--config", "b.conf", *OPTIONS, cwd=tmp_path, env=env, check=True).stdout
    assert "small" in out and "One worker." in out
    (tmp_path / "bad.conf").write_text('[templates]\nsmall = {"size": {"worker": 1}}\n')
    bad = run_cli("clusters", "templates", "--config", "bad.conf", *OPTIONS, cwd=tmp_path, env=env)
    assert bad.returncode == 2 and "small" in bad.stderr and "/size/worker" in bad.stderr


def test_a_month_has_a_budget_with_warnings(fake_emr, tmp_path):
    env = clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url)
    s = Server(tmp_path, *OPTIONS, "--clusters-max-usd-month", "0.01", env=env)
    try:
        empty = ask(s, "GET", "/v1/budget").json()
        assert (empty["spent"], empty["limit"], empty["remaining"], empty["complete"]) == ("0.00", "0.01", "0.01", True)
        cluster = make(s, "a", size={"workers": 2})["id"]
        ready(fake_emr, s, cluster)
        # A minute of three machines at 0.24 dollars an hour, at least.
        spent = until(lambda: {"is": float((b := ask(s, "GET", "/v1/budget").json())["spent"]) >= 0.01, **b}, True, "is")
        assert spent["remaining"] == "0.00" and spent["hourly"] == "0.72"
        refused = ask(s, "POST", "/v1/clusters", {}, Idempotency_Key="b")
        assert refused.status == 409 and "budget-exceeded" in refused.json()["detail"] and "max_usd_month" in refused.json()["fix"]
        again = ask(s, "POST", "/v1/clusters", {"size": {"workers": 2}}, Idempotency_Key="a")
        assert again.status == 202 and again.headers["Idempotency-Replayed"] == "true"
        types = until(lambda: {"t": "month_spent" in [e["type"] for e in ask(s, "GET", f"/v1/clusters/{cluster}/events").json()["items"]]}, True, "t")
        assert types and ask(s, "GET", f"/v1/clusters/{cluster}").json()["phase"] == "ready"
    finally:
        assert s.stop() == 0
    wrong = run_cli("clusters", "budget", "--clusters-max-usd-month", "lots", *OPTIONS, cwd=tmp_path, env=env)
    assert wrong.returncode == 2 and "max_usd_month" in wrong.stderr
    assert "0.72" in run_cli("clusters", "budget", *OPTIONS, cwd=tmp_path, env=env, check=True).stdout


def test_an_orphan_is_adopted_and_is_never_called_ready(fake_emr, tmp_path):
    s = Server(tmp_path, *OPTIONS, env=clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    try:
        stray = create(fake_emr.client(), "somebody-else", n_steps=0)
        until(lambda: {"n": len(ask(s, "GET", "/v1/orphans").json()["items"])}, 1, "n")
        assert ask(s, "POST", "/v1/orphans/j-OTHER/adopt", {}).status == 404
        row = ask(s, "POST", f"/v1/orphans/{stray}/adopt", {"name": "found", "lifecycle": {"max_lifetime_s": 7200}}).json()
        assert row["name"] == "found" and row["provider"]["cluster_id"] == stray and row["spec"]["lifecycle"]["max_lifetime_s"] == 7200
        assert row["phase_reason"]["code"] == "adopted" and row["lifecycle"]["expires_at"]
        assert ask(s, "GET", "/v1/orphans").json()["items"] == [] and ask(s, "POST", f"/v1/orphans/{stray}/adopt", {}).status == 404
        fake_emr.advance(300)
        until(lambda: ask(s, "GET", f"/v1/clusters/{row['id']}").json(), "hardening", "phase")
        machines = until(lambda: {"n": len(ask(s, "GET", f"/v1/clusters/{row['id']}/instances").json()["items"])}, 3, "n")
        assert machines and ask(s, "POST", f"/v1/clusters/{row['id']}/credentials").status == 409
        fake_emr.advance(300)
        assert ask(s, "GET", f"/v1/clusters/{row['id']}").json()["phase"] == "hardening"
        assert ask(s, "DELETE", f"/v1/clusters/{row['id']}").status == 202
        assert terminated(fake_emr, s, row["id"])["lifecycle"]["ends_because"] == "user"
    finally:
        assert s.stop() == 0


def test_without_a_store_of_notebooks_that_is_told(fake_emr, tmp_path):
    s = Server(tmp_path, *OPTIONS, env=clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    try:
        cluster = make(s, "k")["id"]
        assert ask(s, "GET", f"/v1/clusters/{cluster}/notebooks").status == 501
        assert http("GET", f"{s.url}/v1/clusters/clu_none/notebooks").status == 404
    finally:
        assert s.stop() == 0
