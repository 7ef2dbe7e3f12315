"""Listing and searching on a real S3 server, beside rclone, boto3 and a small Python service.

usage: lake.py [KEYS]
Starts Ceph's radosgw, lets boto3 and the aws command line put 50,000 keys on it and boto3 500 made notebooks,
and asks our server, started afresh, and its peers in turns.  Whole processes are timed, with curl as the client
of the servers; searches are cold: nothing is kept from one to the next.
"""
import concurrent.futures
import json
import pathlib
import sys
import tempfile

from figures import BUILD, TOP, Started, boathouse, clean_env, figure, in_turns, run, say
from make_notebooks import make
from radosgw import RadosGateway

N_NOTEBOOKS = 500
DELAY_MS = 50
PYTHON = TOP / ".venv" / "bin" / "python"
AWS = TOP / ".venv" / "bin" / "aws"


def key(i):
    """84 bytes, in 100 folders."""
    return f"warehouse/events.db/clicks/project={i % 100:02d}/dt=2026-11-25/part-{i:06d}-{i * 7919 % 10**11:011d}.parquet"


def fill_keys(s3, folder, n):
    """Four fifths by boto3, one fifth by the aws command line."""
    client = s3.client()
    client.create_bucket(Bucket="big")
    by_aws = [i for i in range(n) if i % 100 >= 80]
    by_boto3 = [i for i in range(n) if i % 100 < 80]
    say(f"putting {len(by_boto3)} keys by boto3 and {len(by_aws)} by aws s3 cp")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda i: client.put_object(Bucket="big", Key=key(i), Body=b"x"), by_boto3))
    for i in by_aws:
        path = folder / "keys" / key(i)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    run([AWS, "s3", "cp", "--recursive", "--only-show-errors", folder / "keys", "s3://big/"], env=clean_env(**s3.env()))


def fill_notebooks(s3, folder):
    client = s3.client()
    client.create_bucket(Bucket="notebooks")
    make(folder / "notebooks", N_NOTEBOOKS)
    files = sorted((folder / "notebooks").glob("*.ipynb"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda f: client.put_object(Bucket="notebooks", Key=f"team-{f.stem[-1]}/{f.name}", Body=f.read_bytes()), files))
    return sum(f.stat().st_size for f in files)


def curl(address, path):
    return run(["curl", "-sS", "--fail", f"http://{address}{path}"])


def rclone_env(s3):
    return clean_env(RCLONE_CONFIG="/nonexistent", RCLONE_CONFIG_LAKE_TYPE="s3", RCLONE_CONFIG_LAKE_PROVIDER="Ceph",
                     RCLONE_CONFIG_LAKE_ENDPOINT=s3.endpoint, RCLONE_CONFIG_LAKE_ACCESS_KEY_ID=s3.access_key,
                     RCLONE_CONFIG_LAKE_SECRET_ACCESS_KEY=s3.secret_key)


def measure_listing(s3, n):
    say(f"listing {n} keys")
    with boathouse("--provider", "aws", env=clean_env(**s3.env())) as ours:
        def list_ours():
            return curl(ours.address, "/api/s3?bucket=big")

        def list_rclone(*options):
            return run(["rclone", "lsf", "-R", "--files-only", *options, "lake:big"], env=rclone_env(s3))

        def list_boto3():
            return run([PYTHON, TOP / "bench" / "list_boto3.py", "big"], env=clean_env(**s3.env()))
        assert json.loads(list_ours()) == sorted(key(i) for i in range(n))
        assert list_rclone().count(b"\n") == n and int(list_boto3()) == n
        took = in_turns(5, **{"boathouse": list_ours, "rclone": list_rclone, "rclone --fast-list": lambda: list_rclone("--fast-list"),
                              "boto3": list_boto3})
    rclone = min(took["rclone"], took["rclone --fast-list"])
    say(f"    boathouse {n / took['boathouse']:.0f} keys/s")
    figure("listing / rclone lsf -R", rclone / took["boathouse"], "x", ">=", 3)
    figure("listing / boto3's paginator", took["boto3"] / took["boathouse"], "x", ">=", 7)


def measure_search(s3, what, endpoint, rounds, goal):
    env = clean_env(**{**s3.env(), "AWS_ENDPOINT_URL": endpoint})
    path = "/api/notebook?bucket=notebooks&path=&search_on=s3%3A%2F%2Fbench-data"
    with boathouse("--provider", "aws", env=env) as ours, Started([PYTHON, TOP / "bench" / "seed_service.py"], env) as seed:
        answers = [sorted(json.loads(curl(s.address, path))) for s in (ours, seed)]
        assert answers[0] == answers[1] and answers[0]
        took = in_turns(rounds, boathouse=lambda: curl(ours.address, path), seed=lambda: curl(seed.address, path))
    figure(f"search, {what} / Python service", took["seed"] / took["boathouse"], "x", ">=", goal)


def main(n):
    with tempfile.TemporaryDirectory() as folder, RadosGateway(pathlib.Path(folder) / "ceph") as s3:
        folder = pathlib.Path(folder)
        size = fill_notebooks(s3, folder)
        say(f"searching {N_NOTEBOOKS} notebooks, {size / 1e6:.0f} MB")
        measure_search(s3, "no latency", s3.endpoint, 5, 3.5)
        with Started([BUILD / "bench" / "delay_relay", s3.port, DELAY_MS]) as relay:
            measure_search(s3, f"{DELAY_MS} ms latency", f"http://127.0.0.1:{relay.address}", 3, 40)
        fill_keys(s3, folder, n)
        measure_listing(s3, n)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 50000)
