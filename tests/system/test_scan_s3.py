"""Scans of S3: a strict server (radosgw), and event notifications through SQS (moto)."""
import json
import urllib.parse

import boto3
import pytest
from botocore.config import Config

from conftest import BINARY, Process, clean_env, http, run_cli, wait_for
from test_scan import Lake, ended, notebook


def env_of(endpoint, key="testing", secret="testing"):
    return clean_env(AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret, AWS_REGION="us-east-1")


def client(service, endpoint, key="testing", secret="testing"):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret,
                        config=Config(s3={"addressing_style": "path"}))


class S3Lake(Lake):
    def __init__(self, folder, env, sources):
        super().__init__(folder)
        self.env = env
        (folder / "boathouse.conf").write_text(f"provider = aws\nstate = {folder}/state\n[scan]\nsources = {sources}\n")

    def scan(self, *args):
        result = run_cli("scan", "--json", "--config", self.folder / "boathouse.conf", *args, cwd=self.folder, env=self.env)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)


def test_a_bucket_of_a_real_server(rados_gateway, tmp_path):
    gateway = rados_gateway
    s3 = client("s3", gateway.endpoint, gateway.access_key, gateway.secret_key)
    s3.create_bucket(Bucket="scanned")
    keys = [f"team/user {i % 3}/ä+{i:03}.ipynb" for i in range(60)]
    for i, key in enumerate(keys):
        s3.put_object(Bucket="scanned", Key=key, Body=notebook(f"s3://data/{i}.csv").encode())
    s3.put_object(Bucket="scanned", Key="team/broken.ipynb", Body=b"{}")
    s3.put_object(Bucket="scanned", Key="other/n.ipynb", Body=notebook("s3://data/x.csv").encode())
    for day in (1, 2):
        s3.put_object(Bucket="scanned", Key=f"team/data/sales/day=2024-01-0{day}/p.csv", Body=b"a,b\n1,2\n3,4\n")
    lake = S3Lake(tmp_path, env_of(gateway.endpoint, gateway.access_key, gateway.secret_key), "team s3://scanned/team")
    [team] = lake.scan()
    assert (team["progress"]["analyzed"], team["progress"]["broken"], team["progress"]["datasets"]) == (61, 1, 1)
    found = lake.references()
    assert found.pop("s3://scanned/team/broken.ipynb") == set()
    assert found == {f"s3://scanned/{key}": {f"s3://data/{i}.csv"} for i, key in enumerate(keys)}
    assert lake.rows("SELECT uri, n_objects, n_partitions FROM dataset") == [("s3://scanned/team/data/sales", 2, 2)]
    s3.delete_object(Bucket="scanned", Key=keys[7])
    s3.put_object(Bucket="scanned", Key=keys[8], Body=notebook("s3://data/other.csv").encode())
    [team] = lake.scan()
    assert (team["progress"]["analyzed"], team["progress"]["removed"]) == (1, 1)
    assert lake.references()[f"s3://scanned/{keys[8]}"] == {"s3://data/other.csv"}


def record(kind, key, sequencer):
    return {"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": kind, "awsRegion": "us-east-1",
            "s3": {"bucket": {"name": "events"}, "object": {"key": urllib.parse.quote_plus(key, safe="/"), "sequencer": sequencer}}}


@pytest.fixture()
def listening(moto_server, tmp_path):
    """A server that listens to a queue, with the bucket scanned once."""
    s3, sqs = client("s3", moto_server), client("sqs", moto_server)
    s3.create_bucket(Bucket="events")
    s3.put_object(Bucket="events", Key="team/first.ipynb", Body=notebook("s3://data/first.csv").encode())
    queue = sqs.create_queue(QueueName="changes", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    lake = S3Lake(tmp_path, env_of(moto_server), "team s3://events/team")
    with open(tmp_path / "boathouse.conf", "a", encoding="utf-8") as f:
        f.write(f"interval_s = 0\nevents_queue = {queue}\n[server]\nlisten = 127.0.0.1:0\n")
    lake.scan()
    process = Process([BINARY, "serve", "--config", tmp_path / "boathouse.conf", "--ready-fd", "1"], tmp_path / "log", env=lake.env,
                      cwd=tmp_path)
    wait_for(lambda: "listening" in process.text(), "the server")

    def send(*records, body=None):
        sqs.send_message(QueueUrl=queue, MessageBody=body or json.dumps({"Records": records}))

    def is_empty():
        left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages",
                                                                        "ApproximateNumberOfMessagesNotVisible"])["Attributes"]
        return set(left.values()) == {"0"}
    yield s3, send, is_empty, lake, process
    assert process.stop() == 0, process.text()
    assert "Sanitizer" not in process.text(), process.text()
    for key in s3.list_objects_v2(Bucket="events").get("Contents", []):
        s3.delete_object(Bucket="events", Key=key["Key"])
    s3.delete_bucket(Bucket="events")
    sqs.delete_queue(QueueUrl=queue)


def test_events_are_taken_up_without_listing(listening):
    s3, send, is_empty, lake, process = listening
    key = "team/ü b+c.ipynb"
    s3.put_object(Bucket="events", Key=key, Body=notebook("s3://data/1.csv").encode())
    s3.put_object(Bucket="events", Key="team/unannounced.ipynb", Body=notebook("s3://data/2.csv").encode())
    send(body=json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "events"}))
    send(body="this is no message of S3")
    send(record("ObjectCreated:Put", key, "02"), record("ObjectCreated:Put", "elsewhere/x.ipynb", "01"))
    send(record("ObjectCreated:Put", key, "02"))  # once more
    send(record("ObjectRemoved:Delete", key, "01"))  # older, but it comes later
    wait_for(is_empty, "an empty queue")
    assert lake.references() == {"s3://events/team/first.ipynb": {"s3://data/first.csv"}, f"s3://events/{key}": {"s3://data/1.csv"}}
    s3.put_object(Bucket="events", Key=key, Body=notebook("s3://data/3.csv").encode())
    s3.delete_object(Bucket="events", Key="team/first.ipynb")
    send(record("ObjectCreated:Put", key, "03"))
    send(record("ObjectRemoved:Delete", "team/first.ipynb", "04"))
    wait_for(is_empty, "an empty queue")
    assert lake.references() == {f"s3://events/{key}": {"s3://data/3.csv"}}
    # What the events wrote is what a listing finds: only the object that nobody told of is new.
    [team] = lake.scan()
    assert (team["progress"]["analyzed"], team["progress"]["changed"], team["progress"]["removed"]) == (1, 1, 0)
    assert "event_broken" in process.text()
