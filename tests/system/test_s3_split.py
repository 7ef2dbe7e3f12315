"""Large listings, in order and in any order: whatever the tree, every key comes once.  The server here gives
small pages, so that few keys make a large listing."""
import bisect
import collections
import http.server
import random
import threading
import time
import urllib.parse

import pytest
from conftest import serving
from test_s3 import drive
from test_s3_faults import Settings

PAGE = 11


class Lister(http.server.BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm, wbufsize = "HTTP/1.1", True, -1

    def log_message(self, *_):
        pass

    def do_GET(self):
        q = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))
        keys, prefix, delimiter = self.server.keys, q.get("prefix", ""), q.get("delimiter", "")
        with self.server.lock:
            self.server.n_requests += 1
            is_first = self.server.n_requests == 1
            fails = self.server.fail_at == self.server.n_requests
            self.server.failed_look |= fails and delimiter != ""
        if is_first and self.server.is_far:
            time.sleep(0.04)  # what makes the client ask side by side
        if fails:
            body = b"<Error><Code>AccessDenied</Code></Error>"
            self.send_response(403)
        else:
            body = self.page(keys, prefix, delimiter, q.get("continuation-token", q.get("start-after", ""))).encode()
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, keys, prefix, delimiter, after):
        found, i = [], bisect.bisect_right(keys, max(after, prefix)) if after >= prefix else bisect.bisect_left(keys, prefix)
        while i < len(keys) and keys[i].startswith(prefix) and len(found) < PAGE:
            at = keys[i].find(delimiter, len(prefix)) if delimiter else -1
            name = keys[i][:at + 1] if at >= 0 else keys[i]
            if at >= 0 and after == name:
                i += 1
                continue
            found.append((name, at >= 0))
            i = bisect.bisect_left(keys, name + "\U0010ffff") if at >= 0 else i + 1
        more = i < len(keys) and keys[i].startswith(prefix)
        quoted = lambda k: urllib.parse.quote(k, safe="")
        items = "".join(f"<CommonPrefixes><Prefix>{quoted(k)}</Prefix></CommonPrefixes>" if p else
                        f"<Contents><Key>{quoted(k)}</Key><LastModified>2026-11-25T09:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>"
                        for k, p in found)
        token = f"<NextContinuationToken>{found[-1][0].replace('&', '&amp;')}</NextContinuationToken>" if more else ""
        return f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}</ListBucketResult>"


@pytest.fixture()
def lister():
    with serving(Lister, keys=[], n_requests=0, fail_at=0, failed_look=False, is_far=False, lock=threading.Lock()) as server:
        server.settings = Settings(server.url)
        yield server


def tree(rng):
    """Keys of a tree with many or few folders, deep or flat, even or with one heavy folder."""
    keys, folders = set(), [""]
    for _ in range(rng.choice([0, 1, 3, 20, 60])):
        folders.append(rng.choice(folders) + rng.choice("abcdefXY-_0") + str(rng.randint(0, 30)) + "/")
    for _ in range(rng.choice([5, 40, 300, 900])):
        folder = folders[-1] if rng.random() < 0.4 else rng.choice(folders)
        keys.add(folder + rng.choice(["", "k", "z", "/", "a&b"]) + str(rng.randint(0, 500)))
    keys.update(f for f in folders if f and rng.random() < 0.2)
    return sorted(keys)


@pytest.mark.parametrize("seed", range(25))
def test_every_key_comes_once(lister, seed):
    rng = random.Random(seed)
    lister.keys = tree(rng)
    prefix = rng.choice(["", "", "a", (lister.keys[0].split("/")[0] + "/")])
    objects, err = drive(lister.settings, "list", "bucket", prefix, "any")
    got = collections.Counter(o["key"] for o in objects)
    assert err == "" and got == collections.Counter(k for k in lister.keys if k.startswith(prefix))


@pytest.mark.parametrize("is_far", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_every_key_comes_in_order(lister, seed, is_far):
    rng = random.Random(seed)
    lister.keys, lister.is_far = tree(rng), is_far
    prefix = rng.choice(["", "", "a", (lister.keys[0].split("/")[0] + "/")])
    objects, err = drive(lister.settings, "list", "bucket", prefix)
    assert err == "" and [o["key"] for o in objects] == [k for k in lister.keys if k.startswith(prefix)]


@pytest.mark.parametrize("n_folders,n_keys", [(200, 5), (1000, 1), (40, 25), (3, 400)])
def test_an_ordered_listing_of_a_far_server_costs_few_requests_more(lister, n_folders, n_keys):
    lister.keys, lister.is_far = sorted(f"a/{i:04}/k{j:03}" for i in range(n_folders) for j in range(n_keys)), True
    objects, err = drive(lister.settings, "list", "bucket", "")
    assert err == "" and [o["key"] for o in objects] == lister.keys
    n_pages = len(lister.keys) // PAGE + 1
    assert n_pages <= lister.n_requests < 2.5 * n_pages, lister.n_requests


@pytest.mark.parametrize("is_far", [False, True])
@pytest.mark.parametrize("fail_at", [1, 2, 3, 5, 20, 40])
def test_an_ordered_listing_fails_where_a_part_fails(lister, fail_at, is_far):
    lister.keys, lister.is_far = sorted(f"f{i:02}/k{j:03}" for i in range(20) for j in range(50)), is_far
    lister.fail_at = fail_at
    objects, err = drive(lister.settings, "list", "bucket", "")
    keys = [o["key"] for o in objects]
    assert keys == lister.keys[:len(keys)]
    # A look for folders may fail: it only costs speed.  A busy machine may take the near server for a far one.
    assert err.startswith("forbidden") or (lister.failed_look and len(keys) == 1000)


def test_folders_are_listed_side_by_side(lister):
    lister.keys = sorted(f"a/b/{i:02}/k{j:03}" for i in range(20) for j in range(50))
    objects, err = drive(lister.settings, "list", "bucket", "", "any")
    assert err == "" and len(objects) == 1000
    keys = [o["key"] for o in objects]
    assert keys != sorted(keys), "a thousand keys in order came from one thread"


@pytest.mark.parametrize("fail_at", [1, 2, 5, 20])
def test_a_failure_of_one_part_fails_the_whole(lister, fail_at):
    lister.keys = sorted(f"f{i:02}/k{j:03}" for i in range(20) for j in range(50))
    lister.fail_at = fail_at
    objects, err = drive(lister.settings, "list", "bucket", "", "any")
    # A look for folders may fail: it only costs speed.
    assert err.startswith("forbidden") or len(objects) == 1000
    assert fail_at != 1 or err.startswith("forbidden")
