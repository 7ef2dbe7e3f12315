"""OpenLineage events: taken by the real client, facet by facet, and the names trimmed as the project's own trimmers trim them."""
import importlib
import inspect
import json
import os
import pathlib
import pkgutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import BUILD

pytest.importorskip("openlineage.client", reason="openlineage-python is not installed")

from openlineage.client import OpenLineageClient  # noqa: E402
from openlineage.client import generated  # noqa: E402
from openlineage.client.event_v2 import (DatasetEvent, InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent,  # noqa: E402
                                         StaticDataset)
from openlineage.client.transport.http import HttpConfig, HttpTransport  # noqa: E402

SPEC = os.environ.get("BOATHOUSE_OPENLINEAGE_SPEC")


@pytest.fixture(scope="module")
def events():
    """A JobEvent, a DatasetEvent and a RunEvent, with every facet that there is."""
    result = subprocess.run([BUILD / "tests/catalog/dump_openlineage"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def sink():
    """An address that takes events, and what it was sent."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(json.loads(body))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


def facet_classes():
    """Every facet that the client knows, by the end of its schema's address."""
    classes = {}
    for module in pkgutil.iter_modules(generated.__path__):
        for _, c in inspect.getmembers(importlib.import_module(f"openlineage.client.generated.{module.name}"), inspect.isclass):
            if hasattr(c, "_get_schema") and "facets" in c._get_schema():
                classes[c._get_schema().split("#/$defs/")[-1]] = c
    return classes


CLASSES = facet_classes()


def build(kind, value):
    """A value of the client's class from JSON, nested lists of objects as they are."""
    known = {a.alias for a in kind.__attrs_attrs__ if a.init} | {a.name for a in kind.__attrs_attrs__ if a.init}
    unknown = set(value) - known - {"_producer", "_schemaURL"}
    assert not unknown, (kind, unknown)
    return kind(**{k: v for k, v in value.items() if k not in ("_producer", "_schemaURL")})


def read_facets(facets):
    out = {}
    for key, facet in facets.items():
        assert facet["_producer"].startswith("urn:boathouse:")
        name = facet["_schemaURL"].split("#/$defs/")[-1]
        if key.startswith("boathouse_"):
            assert facet["_schemaURL"].startswith("urn:boathouse:facet:")
            continue
        assert facet["_schemaURL"] == CLASSES[name]._get_schema()
        out[key] = build(CLASSES[name], facet)
    return out


def read_dataset(kind, value, extra=None):
    given = dict(namespace=value["namespace"], name=value["name"], facets=read_facets(value.get("facets", {})))
    if extra:
        given[extra] = read_facets(value.get(extra, {}))
    assert set(value) <= {"namespace", "name", "facets", extra}
    return kind(**given)


def read_event(event):
    given = dict(eventTime=event["eventTime"], producer=event["producer"])
    if "dataset" in event:
        assert set(event) == {"eventTime", "producer", "schemaURL", "dataset"}
        return DatasetEvent(dataset=read_dataset(StaticDataset, event["dataset"]), **given)
    job = event["job"]
    given["job"] = Job(namespace=job["namespace"], name=job["name"], facets=read_facets(job["facets"]))
    given["inputs"] = [read_dataset(InputDataset, d, "inputFacets") for d in event["inputs"]]
    given["outputs"] = [read_dataset(OutputDataset, d, "outputFacets") for d in event["outputs"]]
    if "run" in event:
        return RunEvent(run=Run(runId=event["run"]["runId"]), eventType=event["eventType"], **given)
    return JobEvent(**given)


def test_the_client_takes_every_event_and_sends_it_on(events, sink):
    url, got = sink
    client = OpenLineageClient(transport=HttpTransport(HttpConfig(url=url)))
    seen = set()
    for event in events:
        made = read_event(event)
        assert made.schemaURL == event["schemaURL"]
        client.emit(made)
        seen.add(event["schemaURL"].split("/")[-1])
    assert seen == {"JobEvent", "DatasetEvent", "RunEvent"}
    assert len(got) == len(events)
    for sent, event in zip(got, events):
        for member in ("eventTime", "schemaURL"):
            assert sent[member] == event[member]
        for member in ("job", "dataset"):
            if member in event:
                assert sent[member]["name"] == event[member]["name"] and sent[member]["namespace"] == event[member]["namespace"]
        for side in ("inputs", "outputs"):
            assert [d["name"] for d in sent.get(side, [])] == [d["name"] for d in event.get(side, [])]


def test_every_facet_that_is_promised_is_there(events):
    job, dataset, _ = events
    assert {"jobType", "sourceCodeLocation", "documentation", "tags"} <= set(job["job"]["facets"])
    assert {"schema", "storage", "datasetType", "symlinks", "dataSource"} <= set(dataset["dataset"]["facets"])
    assert all("subset" in d["inputFacets"] for d in job["inputs"])


def test_names_are_trimmed_as_the_project_trims_them():
    trimmers = pytest.importorskip("openlineage.client.dataset.trimmers", reason="this client has no trimmers")
    theirs = [trimmers.KeyValueTrimmer(), trimmers.DateTrimmer(), trimmers.MultiDirDateTrimmer(), trimmers.YearMonthTrimmer()]
    parts = ["sales", "k=v", "k=", "a=b=c", "2024", "2023", "01", "12", "13", "31", "20240229", "20230229", "2024-02-29", "29.02.2024",
             "202401", "202413", "2024-01", "20240101T0900Z", "x2024-01-01", "2024-01-01 09:00", "120240101", "2024010120240102"]
    names = ["/".join(p) for a in parts for b in parts for p in ([a], [a, b], ["t", a, b], ["t", "u", a, b], ["t", "2024", a, b])]

    def trim(name):
        while True:
            before = name
            for t in theirs:
                name = t.trim(name)
            if name == before:
                return name

    result = subprocess.run([BUILD / "tests/catalog/dump_openlineage", "trim"], input="\n".join(names) + "\n", capture_output=True, text=True,
                            timeout=60)
    assert result.returncode == 0, result.stderr
    ours = result.stdout.split("\n")[:-1]
    wrong = [(n, o, trim(n)) for n, o in zip(names, ours) if o != trim(n)]
    assert len(ours) == len(names) and not wrong, wrong[:10]


@pytest.mark.skipif(SPEC is None, reason="BOATHOUSE_OPENLINEAGE_SPEC does not name OpenLineage's folder spec/ (its schemas are in no registry)")
def test_events_are_valid_by_the_published_schema(events):
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource
    folder = pathlib.Path(SPEC)
    schemas = [json.loads(p.read_text()) for p in [folder / "OpenLineage.json", *(folder / "facets").glob("*.json")]]
    registry = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in schemas)

    def errors(value, address):
        validator = Draft202012Validator({"$ref": address}, registry=registry, format_checker=FormatChecker())
        return [e.message for e in validator.iter_errors(value)]

    def facets(value):
        if isinstance(value, dict):
            if "_schemaURL" in value:
                yield value
            for v in value.values():
                yield from facets(v)
        elif isinstance(value, list):
            for v in value:
                yield from facets(v)

    n = 0
    for event in events:
        assert not errors(event, event["schemaURL"])
        for facet in facets(event):
            if facet["_schemaURL"].startswith("https:"):
                assert not errors(facet, facet["_schemaURL"]), facet
                n += 1
    assert n > 10
