"""The documents tell the truth: every console block of README.md and docs/ is typed, and what it prints is what stands there.

In a block marked "console" the lines after "$ " are typed into one shell, in a folder of their own where a server answers.  What
follows a command is its output: "..." alone on a line stands for any lines.  Times, days and other numbers that differ from run
to run are not compared.  A command must end with status 0, unless the next one is "echo $?".  With BOATHOUSE_WRITE_DOCS=1 what
differs is written into the document instead: read the change before it is committed.
"""
import os
import re
import subprocess

import pytest

from conftest import BINARY, TOP, clean_env
from test_serve import Server

PAGES = ["README.md", "docs/tutorial.md", "docs/operations.md"]
# Of these the examples that show output; what a command prints is compared only where it stands there.
MANUALS = ["scan", "index-check", "uses", "notebooks", "analyze", "files"]
PROMPT = "$ "
# What differs from run to run, and how it is compared.
LOOSE = [(re.compile(p), w) for p, w in [
    (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME"), (r"\d{4}-\d\d-\d\d", "DAY"), (r"\b\d+\.\d\d$", "SECONDS"), (r"/requests/[0-9a-f]+", "REQUEST"),
    (r"\b\d+ bytes\b", "N bytes"), (r'"([a-z_]+_s|id|scan)": ?[0-9.]+', "NUMBER"), (r"^(boathouse_[a-z_]+(\{[^}]*\})?) [0-9.e+-]+$", r"\1 N"),
    (r"[\w/.-]+/lake/", "LAKE/"), (r" +", " ")]]


def blocks(text, mark="console"):
    """Each console block, and its commands, each with the lines that stand below it."""
    for fence in re.findall(rf"^```{mark}\n(\$ .*?)^```$", text, re.M | re.S):
        commands = []
        for line in fence.splitlines():
            if line.startswith(PROMPT):
                commands.append((line[len(PROMPT):], []))
            elif commands and commands[-1][0].endswith("\\"):
                commands[-1] = (commands[-1][0] + "\n" + line, [])
            else:
                commands[-1][1].append(line)
        yield fence, commands


def alike(text):
    text = text.rstrip()
    for pattern, word in LOOSE:
        text = pattern.sub(word, text)
    return text


def differs(expected, got):
    """The first line of expected that got does not have in its place; None: all are there."""
    at, is_free = 0, False
    for line in expected:
        if line.strip() == "...":
            is_free = True
            continue
        places = range(at, len(got)) if is_free else range(at, min(at + 1, len(got)))
        at = next((i + 1 for i in places if alike(got[i]) == alike(line)), None)
        if at is None:
            return line
        is_free = False
    return None if is_free or at == len(got) else f"and no more, such as: {got[at]}"


def type_in(commands, folder, url):
    """What each command prints, and its status; as a person would type them, one after the other, into one shell."""
    mark = "--boathouse-mark--"
    script = "".join(f"{c}\n__s=$?; echo; echo {mark} $__s; (exit $__s)\n" for c, _ in commands).replace("http://127.0.0.1:8080", url)
    env = clean_env(PATH=f"{folder}/bin:{os.environ['PATH']}", NO_COLOR="1", TZ="UTC", LANG="C.UTF-8")
    run = subprocess.run(["bash", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, env=env, timeout=300)
    parts = re.split(rf"\n?{mark} (\d+)\n", run.stdout.replace(url, "http://127.0.0.1:8080"))
    assert len(parts) == 2 * len(commands) + 1, run.stdout + run.stderr
    return [(parts[i].rstrip("\n").split("\n") if parts[i].strip() else [], int(parts[i + 1])) for i in range(0, len(parts) - 1, 2)], run.stderr


@pytest.mark.parametrize("page", [p for p in PAGES if (TOP / p).exists()])
def test_commands_of_a_document_print_what_it_says(page, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "boathouse").symlink_to(BINARY.resolve())
    subprocess.run([str(BINARY), "demo"], cwd=tmp_path, env=clean_env(), check=True, capture_output=True)
    server = Server(tmp_path, "--scan-interval-s", "0")
    wrong, n, text = [], 0, (TOP / page).read_text()
    try:
        for fence, commands in blocks(text):
            results, errors = type_in(commands, tmp_path, server.url)
            lines = []
            for i, ((command, expected), (got, status)) in enumerate(zip(commands, results)):
                n += 1
                is_asked = i + 1 < len(commands) and commands[i + 1][0] == "echo $?"
                line = differs(expected, got)
                lines += [PROMPT + command, *(expected if line is None else got)]
                if line is not None or (status != 0 and not is_asked):
                    wrong.append(f"$ {command}\nstatus {status}, expected: {line}\ngot:\n" + "\n".join(got) + f"\n{errors}")
            text = text.replace(fence, "\n".join(lines).replace(str(tmp_path), "/srv/boathouse") + "\n")
    finally:
        assert server.stop() == 0
    assert n > 0
    if os.environ.get("BOATHOUSE_WRITE_DOCS"):
        (TOP / page).write_text(text)
    assert not wrong, "\n\n".join(wrong)


def test_examples_of_the_manual_print_what_they_say(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "boathouse").symlink_to(BINARY.resolve())
    wrong, n = [], 0
    for page in MANUALS:
        for _, commands in blocks((TOP / f"docs/man/boathouse-{page}.1.scd").read_text(), ""):
            if not any(expected for _, expected in commands):
                continue
            results, errors = type_in(commands, tmp_path, "http://127.0.0.1:8080")
            for (command, expected), (got, status) in zip(commands, results):
                n += 1
                line = differs(expected, got) if expected else None
                if line is not None or status != 0:
                    wrong.append(f"{page}: $ {command}\nstatus {status}, expected: {line}\ngot:\n" + "\n".join(got) + f"\n{errors}")
    assert n >= len(MANUALS) and not wrong, "\n\n".join(wrong)
