"""The page in a real browser, against the real program and the demo's lake.

A page that complains on its console or throws fails its test, and so does one in which axe-core finds a violation.
BOATHOUSE_SHOTS names a folder that gets a picture of each part, to look at and for docs/pictures.
"""
import hashlib
import http.server
import os
import pathlib
import re
import shutil
import urllib.error
import urllib.request

import pytest

from conftest import TOP, run_cli, serving
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
        """Wait for the answers; then nothing says that it loads."""
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator(".waiting")).to_have_count(0)

    def violations(self):
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
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
    import json
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
    ("notebook-at", "#/notebook?uri=s3://notebooks/explore/iris_in_r.ipynb", "read_csv_arrow"),
    ("lines", "#/search?q=read_csv", "pd.read_csv"),
    ("nowhere", "#/nowhere", "There is no such page"),
]


@pytest.mark.parametrize("name, address, text", PARTS, ids=[p[0] for p in PARTS])
def test_each_part_shows_itself_without_a_violation(open_tab, ids, name, address, text):
    address = re.sub(r"\{(.*)\}", lambda m: ids[m[1]], address)
    for look, size in (("light", WIDE), ("dark", NARROW)):
        tab = open_tab(size=size, color_scheme=look)
        page = tab.open(address)
        expect(page.locator("main")).to_contain_text(text)
        tab.settled()
        violations = tab.violations()
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
