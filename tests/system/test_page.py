"""The page in a real browser, against the real program and the demo's lake.

A page that complains on its console or throws fails its test, and so does one in which axe-core finds a violation.
BOATHOUSE_SHOTS names a folder that gets a picture of each part, to look at and for docs/pictures.
"""
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import urllib.error
import urllib.request

import pytest

from conftest import TOP, clean_env, run_cli, serving
from test_emr_fake import KEYS
from test_serve import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
CHROMIUM = shutil.which("chromium")
AXE = TOP / "web" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("BOATHOUSE_SHOTS")
WIDE, NARROW = {"width": 1200, "height": 800}, {"width": 375, "height": 740}
IRIS = "s3://datasets/iris/iris.csv"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here: script/setup test")


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    run_cli("demo", cwd=folder, check=True)
    run_cli("scan", cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def site(lake):
    server = Server(lake, "--scan-interval-s", "0")
    yield server.url + "/"
    assert server.stop() == 0
    assert "Sanitizer" not in (lake / "log").read_text()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """One tab with a history and a storage of its own."""

    def __init__(self, browser, url, size, **options):
        self.url = url
        self.context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15000)
        self.complaints = []
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def open(self, address=""):
        self.page.goto(self.url + address)
        return self.page

    def settled(self):
        """Wait until nothing says that it loads."""
        expect(self.page.locator(".waiting, [aria-busy=true]")).to_have_count(0)

    def violations(self, *rules):
        """Of all rules of axe-core, or of some."""
        self.page.evaluate("typeof axe") == "object" or self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        found = self.page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [(v["id"], node["html"][:200], node["failureSummary"]) for v in found for node in v["nodes"]]

    def shot(self, name):
        if SHOTS:
            self.page.screenshot(path=pathlib.Path(SHOTS) / f"{name}.png")


@pytest.fixture()
def open_tab(chromium, site):
    tabs = []

    def new(url=site, size=WIDE, **options):
        tabs.append(Tab(chromium, url, size, **options))
        return tabs[-1]

    yield new
    complaints = [text for tab in tabs for text in tab.complaints]
    for tab in tabs:
        tab.context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def ids(site):
    """The ids of the demo's things by the last part of their locations."""
    found = {}
    for kind in ("datasets", "notebooks"):
        with urllib.request.urlopen(f"{site}v1/{kind}") as r:
            for item in json.load(r)["items"]:
                found[item["uri"].rsplit("/", 1)[-1]] = f"#/{kind}/{item['id']}"
    return found


# Every part of the page: a name for its picture, its address, a text that it must show.
PARTS = [
    ("home", "", "Kinds of analysis"),
    ("search", "#/?q=read_csv", "In cells"),
    ("datasets", "#/datasets", IRIS),
    ("dataset", "{iris.csv}", "Who uses it"),
    ("partitions", "{titanic}", "4 partitions"),
    ("usage", f"#/usage?uri={IRIS}", "pd.read_csv(dataset)"),
    ("notebooks", "#/notebooks", "iris_train.ipynb"),
    ("notebook", "{iris_train.ipynb}", "What it reads and writes"),
    ("lines", "#/search?q=read_csv", "pd.read_csv"),
    ("lineage", f"#/lineage?uri={IRIS}", "12 nodes"),
    ("analyses", "#/analyses?by=library", "sklearn"),
    ("clusters", "#/clusters", "No cluster runs"),
    ("new-cluster", "#/new-cluster", "an hour"),
    ("scans", "#/scans", "s3://notebooks"),
    ("scan", "#/scans/1", "all was read"),
    ("nowhere", "#/nowhere", "There is no such page"),
]


@pytest.mark.parametrize("name, address, text", PARTS, ids=[p[0] for p in PARTS])
def test_each_part_shows_itself_without_a_violation(open_tab, ids, name, address, text):
    address = re.sub(r"\{(.*)\}", lambda m: ids[m[1]], address)
    tab = open_tab(color_scheme="light")
    page = tab.open(address)
    expect(page.locator("main")).to_contain_text(text)
    tab.settled()
    # The second time for what colours and width can change.
    for look, size, rules in (("light", WIDE, []), ("dark", NARROW, ["color-contrast", "scrollable-region-focusable"])):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=look)
        violations = tab.violations(*rules)
        assert violations == [], "\n".join(map(str, violations))
        # Nothing is wider than the screen: tables and pictures scroll in themselves.
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        tab.shot(f"{name}-{look}")


def test_the_search_answers_while_one_types_and_the_address_follows(open_tab):
    tab = open_tab()
    page = tab.open()
    page.get_by_role("searchbox").press_sequentially("iris", delay=20)
    answers = page.get_by_role("region", name="Answers")
    expect(answers.get_by_role("heading", name="Who uses it")).to_be_visible()
    assert page.url.endswith("#/?q=iris")
    answers.get_by_role("link", name=IRIS).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("iris.csv")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("iris")
    expect(answers).to_be_visible()


def test_filters_and_sorting_stand_in_the_address(open_tab):
    tab = open_tab()
    page = tab.open("#/datasets")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(4)
    page.get_by_label("Used by no notebook").check()
    expect(rows).to_have_count(1)
    assert "unused=true" in page.url
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_label("Used by no notebook").uncheck()
    page.get_by_role("link", name="Size").click()
    expect(rows.first).to_contain_text("titanic")
    page.go_back()
    expect(rows.first).to_contain_text("iris")
    page.get_by_label("Location or table name").fill("nothing-like-it")
    expect(page.locator("main")).to_contain_text("No dataset fits these filters")


def test_a_bar_opens_the_list_that_it_counts(open_tab):
    tab = open_tab()
    page = tab.open("#/analyses")
    bar = page.get_by_role("link", name=re.compile("exploration: "))
    n = int(bar.get_attribute("aria-label").rsplit(" ", 1)[1])
    bar.click()
    expect(page.locator("tbody tr")).to_have_count(n)
    assert "modified_since=" in page.url and "kind=exploration" in page.url
    page.go_back()
    page.get_by_role("link", name="owner", exact=True).click()
    page.get_by_role("link", name="train", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text("train/")


def test_lineage_is_walked_by_keyboard_and_saved(open_tab):
    tab = open_tab(accept_downloads=True)
    page = tab.open(f"#/lineage?uri={IRIS}")
    graph = page.get_by_role("application")
    graph.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    told = page.get_by_role("status").filter(has_text="in,")
    expect(told).to_contain_text("out")
    seen = page.locator(".node.aside-of-it")
    assert seen.count() > 0  # what is not connected with it steps back
    before = page.locator(".graph-box svg > g").get_attribute("transform")
    page.keyboard.press("+")
    expect(page.locator(".graph-box svg > g")).not_to_have_attribute("transform", before)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    picture = pathlib.Path(saved.value.path()).read_text(encoding="utf-8")
    assert picture.startswith("<svg") and picture.count("<rect") == 13 and "predictions.csv" in picture
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as OpenLineage").click()
    assert '"schemaURL"' in pathlib.Path(saved.value.path()).read_text(encoding="utf-8")
    graph.focus()
    page.keyboard.press("f")
    expect(page).not_to_have_url(re.compile("iris.csv$"))


def test_a_scan_is_followed_to_its_end(open_tab, lake):
    broken = lake / "lake" / "notebooks" / "broken.ipynb"
    broken.write_text('{"cells": [', encoding="utf-8")
    try:
        tab = open_tab()
        page = tab.open("#/scans")
        page.get_by_role("button", name="Scan now: notebooks").click()
        expect(page.locator("main")).to_contain_text("done")
        expect(page.locator("main")).to_contain_text("s3://notebooks/broken.ipynb")
        page.get_by_role("link", name="All notebooks that cannot be read").click()
        expect(page.locator("tbody tr")).to_have_count(1)
    finally:
        broken.unlink()
        run_cli("scan", cwd=lake, check=True)


def test_what_a_notebook_says_is_text_and_never_runs(open_tab, lake):
    evil = lake / "lake" / "notebooks" / "evil.ipynb"
    source = "# <img src=x onerror=alert(1)>\n\n<script>document.title='run'</script> [go](javascript:alert(1)) [fine](https://example.org/)"
    evil.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": source},
        {"cell_type": "code", "id": "b", "metadata": {}, "source": "print('<b>bold</b>')", "execution_count": None,
         "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>document.title='out'</script>"}}]}]}), encoding="utf-8")
    try:
        run_cli("scan", cwd=lake, check=True)
        tab = open_tab()
        page = tab.open("#/notebook?uri=s3://notebooks/evil.ipynb")
        cells = page.locator(".cells")
        expect(cells).to_contain_text("<img src=x onerror=alert(1)>")
        expect(cells).to_contain_text("print('<b>bold</b>')")
        assert cells.locator("img, script, b").count() == 0
        assert [a.get_attribute("href") for a in cells.locator("a").all()] == ["https://example.org/"]
        assert page.title().endswith("Boathouse")
    finally:
        evil.unlink()
        run_cli("scan", cwd=lake, check=True)


def test_a_cluster_from_the_form_to_its_end(chromium, fake_emr, tmp_path):
    server = Server(tmp_path, "--provider", "aws", "--clusters-sync-s", "1", env=clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    try:
        tab = Tab(chromium, server.url + "/", WIDE)
        page = tab.open("#/new-cluster")
        page.get_by_label("Workers").fill("2")
        expect(page.locator("main")).to_contain_text("an hour")
        page.get_by_label("Name").fill("churn")
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("churn")
        now = page.locator("[aria-current=step]")
        expect(now).to_have_text(re.compile("provisioning|bootstrapping"), timeout=30000)
        fake_emr.advance(240)
        expect(now).to_have_text("ready", timeout=30000)
        page.get_by_role("button", name="Show the password, once").click()
        expect(page.get_by_text("shown once")).to_be_visible()
        assert tab.violations() == []
        tab.shot("cluster-light")
        page.reload()
        expect(page.get_by_role("button", name="End it")).to_be_visible()
        assert page.get_by_text("shown once").count() == 0
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="End it").click()
        expect(page.locator("main")).to_contain_text(re.compile("terminat(ing|ed)"), timeout=30000)
        page.goto(server.url + "/#/clusters?all=true")
        expect(page.locator("tbody")).to_contain_text("churn")
        tab.shot("clusters-light")
        tab.context.close()
        assert tab.complaints == []
    finally:
        assert server.stop() == 0


def test_a_snippet_is_chosen_and_copied(open_tab, ids):
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    page = tab.open(ids["iris.csv"])
    tools = page.get_by_role("group", name="Tool")
    tools.get_by_role("button", name="polars").click()
    tools.get_by_role("button", name="Copy").click()
    expect(tools.get_by_role("button", name="Copied")).to_be_visible()
    assert "datasets/iris/iris.csv" in page.evaluate("navigator.clipboard.readText()")


def test_colours_follow_the_system_until_they_are_chosen(open_tab):
    tab = open_tab(color_scheme="dark")
    page = tab.open()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Colours").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_it_can_be_used_by_keyboard_alone(open_tab):
    tab = open_tab()
    page = tab.open("#/datasets")
    expect(page.locator("tbody tr")).to_have_count(4)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.get_by_role("link", name=IRIS).focus()
    page.keyboard.press("Enter")
    # The reader is at the heading of what was opened.
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("iris.csv")


def test_nothing_comes_from_elsewhere_and_nothing_inline_runs(open_tab):
    tab = open_tab()
    asked = []
    tab.page.on("request", lambda r: asked.append(r.url))
    tab.open()
    tab.settled()
    assert asked and all(url.startswith(tab.url) for url in asked)
    with urllib.request.urlopen(tab.url) as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "unsafe" not in policy and "script-src 'self'" in policy and "default-src 'none'" in policy
    assert "<style" not in page and not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", page)


def test_the_page_is_small(site):
    total = 0
    for name in ("", "assets/page.js", "assets/page.css", "assets/icon.svg", "assets/licences.txt"):
        request = urllib.request.Request(site + name, headers={"Accept-Encoding": "br, gzip"})
        with urllib.request.urlopen(request) as answer:
            total += len(answer.read())
    assert total <= 150_000


class Prefix(http.server.BaseHTTPRequestHandler):
    """A proxy that shows the server under /team/lake/."""

    def do_GET(self):
        assert self.path.startswith("/team/lake/"), self.path
        request = urllib.request.Request(self.server.behind + self.path.removeprefix("/team/lake/"))
        try:
            with urllib.request.urlopen(request) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as e:
            status, headers, body = e.code, e.headers, e.read()
        self.send_response(status)
        for name in ("Content-Type", "Content-Security-Policy"):
            if name in headers:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_it_works_under_a_path_prefix(open_tab, site):
    with serving(Prefix, behind=site) as proxy:
        tab = open_tab(proxy.url + "/team/lake/")
        page = tab.open("#/datasets")
        page.get_by_role("link", name=IRIS).click()
        expect(page.locator("main")).to_contain_text("Who uses it")
        tab.settled()


def test_a_token_is_asked_for_once_and_never_in_an_address(chromium, lake, tmp_path):
    digest = hashlib.sha256(b"a-secret-token").hexdigest()
    conf = tmp_path / "boathouse.conf"
    conf.write_text(f"[auth]\nvera = viewer {digest}\n")
    server = Server(lake, "--config", str(conf), "--scan-interval-s", "0")
    try:
        tab = Tab(chromium, server.url + "/", WIDE)
        asked = []
        tab.page.on("request", lambda r: asked.append(r.url))
        page = tab.open("#/datasets")
        page.get_by_role("textbox", name="Token").fill("wrong")
        page.get_by_role("button", name="Use it").click()
        expect(page.get_by_role("dialog")).to_contain_text("does not know that token")
        page.get_by_role("textbox", name="Token").fill("a-secret-token")
        page.get_by_role("button", name="Use it").click()
        expect(page.locator("tbody tr")).to_have_count(4)
        page.reload()
        expect(page.locator("tbody tr")).to_have_count(4)
        violations = tab.violations()
        assert violations == [], "\n".join(map(str, violations))
        assert not any("secret" in url for url in [*asked, page.url])
        assert page.evaluate("JSON.stringify(localStorage) + document.cookie").find("secret") < 0
        page.get_by_role("button", name="Forget token").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        tab.context.close()
    finally:
        assert server.stop() == 0
