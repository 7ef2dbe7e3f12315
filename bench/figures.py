"""What the measurements share: programs that are started and ended, timing, and how a figure is said.

A figure is a line on standard output: what, measured, unit, comparison, goal, separated by tabs; everything
else goes to standard error.  script/bench turns them into verdicts.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
BUILD = TOP / "build"
BOATHOUSE = BUILD / "boathouse"
sys.path.insert(0, str(TOP / "tests" / "system"))


def say(text):
    print(text, file=sys.stderr, flush=True)


def figure(what, measured, unit, comparison, goal):
    print(f"{what}\t{measured:.4g}\t{unit}\t{comparison}\t{goal}", flush=True)


def clean_env(**more):
    """An environment without this machine's own credentials and settings."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BOATHOUSE"))}
    return {**keep, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", **more}


class Started:
    """A program that prints its address in its first line; ended by its own id when the block is left."""

    def __init__(self, argv, env=None):
        self.child = subprocess.Popen([str(a) for a in argv], env=env or clean_env(), text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        self.address = self.child.stdout.readline().strip()
        if not self.address:
            raise SystemExit(f"{self.child.args[0]} did not start: read the lines above")
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(30)
        self.child.stdin.close()
        self.child.stdout.close()


def boathouse(*options, env=None):
    """The server, on a free port, which it writes to its standard output."""
    return Started([BOATHOUSE, "serve", "--listen", "127.0.0.1:0", "--log-level", "warn", "--ready-fd", "1", *options], env)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turns(rounds, **functions):
    """The median seconds of each function, all of them in each round, so that all see the same machine."""
    took = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            took[name].append(seconds(function))
    for name, values in took.items():
        say(f"    {name}: " + " ".join(f"{v:.3f}" for v in values) + " s")
    return {name: statistics.median(values) for name, values in took.items()}


def run(argv, env=None):
    out = subprocess.run([str(a) for a in argv], env=env or clean_env(), capture_output=True)
    if out.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, argv))}: {out.stderr.decode(errors='replace')[-2000:]}")
    return out.stdout
