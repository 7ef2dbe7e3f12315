"""The SQL reader against SQLGlot: the same tables read and written.

Three corpora: our own queries, written by SQLGlot in every dialect; the SQL of real notebooks; and, where
its source distribution lies at BOATHOUSE_SQLGLOT_SOURCE, the queries of SQLGlot's own tests.  Each
difference that may remain is listed with its reason in docs/internals/sql-differences.md; one that is
listed and gone fails too, so that the list stays true.
"""
import ast
import hashlib
import json
import os
import pathlib
import re
import subprocess

import pytest
import sqlglot

from conftest import BUILD, TOP
from sqlglot_refs import Skip, refs

OURS = {"spark": "spark", "spark2": "spark", "databricks": "spark", "hive": "spark", "presto": "trino", "trino": "trino",
        "athena": "trino", "redshift": "redshift", "snowflake": "snowflake", "bigquery": "bigquery", "duckdb": "duckdb",
        "postgres": "postgres", "mysql": "mysql", "sqlite": "sqlite", "tsql": "tsql", "clickhouse": "clickhouse", "": "any"}
DIALECTS = ["spark", "hive", "databricks", "trino", "athena", "redshift", "snowflake", "bigquery", "duckdb", "postgres", "mysql",
            "sqlite", "tsql", "clickhouse", ""]
DOCUMENT = TOP / "docs" / "internals" / "sql-differences.md"


def name_of(dialect, sql):
    return hashlib.sha256(f"{dialect}\n{sql}".encode()).hexdigest()[:12]


def allowed(heading):
    """The differences that the document lists below a heading of the second level."""
    sections = re.split(r"^## ", DOCUMENT.read_text(), flags=re.M)
    section = next(s for s in sections if s.startswith(heading))
    return set(re.findall(r"^- `([0-9a-f]{12})`", section, flags=re.M))


def ours(queries):
    """[(dir, kind, name)] of our reader for each (dialect, sql)."""
    records = [sql.encode("utf-8", "surrogatepass") for _, sql in queries]
    text = b"".join(b"%s %d\n%s" % (OURS[d].encode(), len(r), r) for (d, _), r in zip(queries, records))
    out = subprocess.run([BUILD / "tests" / "lineage" / "dump_sql"], input=text, capture_output=True, check=True)
    assert out.stderr == b""
    blocks = out.stdout.decode("utf-8", "replace").split(".\n")[:-1]
    assert len(blocks) == len(queries)
    return [[tuple(line.split("\t")[:3]) for line in b.splitlines()] for b in blocks]


def compare(queries):
    """How many agreed, how many SQLGlot could not judge, and {id: what differs}."""
    n_same = n_skipped = 0
    differing = {}
    for (dialect, sql), found in zip(queries, ours(queries)):
        try:
            want = refs(sql, dialect)
        except (Skip, sqlglot.errors.SqlglotError, AttributeError, RecursionError):
            n_skipped += 1
            continue
        names = {n for _, n in want}
        # Paths and stages are no tables to SQLGlot, but where it takes their quotes for a name's; a name of
        # which nothing is known is none.
        got = {("read" if d == "list" else d, n) for d, kind, n in found
               if (kind == "table" or n in names) and set(n) - set("{}.")}
        if got == want:
            n_same += 1
        else:
            differing[name_of(dialect, sql)] = (dialect, sql, sorted(want - got), sorted(got - want))
    return n_same, n_skipped, differing


def check(queries, heading, least):
    n_same, n_skipped, differing = compare(queries)
    known = allowed(heading)
    new = [f"`{i}` {d}: {s}\n    missing {m}, too many {x}" for i, (d, s, m, x) in differing.items() if i not in known]
    gone = sorted(known - set(differing))
    print(f"{heading}: {n_same} the same, {len(differing)} different, {n_skipped} without an opinion of SQLGlot")
    assert not new, "not listed in %s:\n%s" % (DOCUMENT, "\n".join(new))
    assert not gone, "listed in %s, but no longer different: %s" % (DOCUMENT, gone)
    assert n_same >= least


def own_queries():
    text = (pathlib.Path(__file__).parent / "sql_queries.sql").read_text()
    text = re.sub(r"\A(--[^\n]*\n)+", "", text)
    for query in re.split(r";\n", text):
        for dialect in DIALECTS if query.strip() else []:
            read = "mysql" if "`" in query else "spark" if "OVERWRITE" in query or "LIKE original" in query else None
            try:
                yield dialect, ";\n".join(sqlglot.transpile(query, read=read, write=dialect or None, pretty=len(query) % 2 == 0,
                                                            unsupported_level=sqlglot.ErrorLevel.IGNORE))
            except sqlglot.errors.SqlglotError:
                continue


def cells_of(path):
    for cell in json.loads(path.read_bytes()).get("cells", []):
        if cell.get("cell_type") == "code":
            yield "".join(cell.get("source", []))


def sql_of_cell(source):
    """The SQL of a cell: below %%sql, and texts that are handed to calls such as spark.sql()."""
    magic = re.match(r"\s*%%(sql|bigquery|sparksql|spark_sql)[^\n]*\n", source)
    if magic:
        yield source[magic.end():]
        return
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.M))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if name in ("sql", "execute", "query", "read_sql", "read_sql_query") and node.args:
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield node.args[0].value


def source_queries(root):
    """The queries of SQLGlot's fixtures, and those that its tests of dialects hold as texts."""
    for path in sorted((root / "tests" / "fixtures").rglob("*.sql")):
        if path.name == "identity.sql":
            yield from (("", line) for line in path.read_text().splitlines() if line.strip())
            continue
        for part in re.split(r";\s*\n", path.read_text()):
            dialect = re.search(r"#\s*dialect:\s*(\w+)", part)
            query = "\n".join(line for line in part.splitlines() if not line.startswith(("#", "--"))).strip()
            if query:
                yield dialect.group(1) if dialect else "", query
    for path in sorted((root / "tests" / "dialects").glob("test_*.py")):
        for cls in ast.parse(path.read_text()).body:
            if isinstance(cls, ast.ClassDef):
                yield from queries_of_class(cls)


def queries_of_class(cls):
    own = next((s.value.value for s in cls.body if isinstance(s, ast.Assign) and s.targets[0].id == "dialect"
                and isinstance(s.value, ast.Constant)), None) or ""
    for call in ast.walk(cls):
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if name not in ("validate_identity", "validate_all", "parse_one"):
            continue
        for a in call.args[:2]:
            if isinstance(a, ast.Constant) and isinstance(a.value, str) and " " in a.value:
                yield own, a.value
        for k in call.keywords:
            if k.arg in ("read", "write") and isinstance(k.value, ast.Dict):
                yield from ((d.value, s.value) for d, s in zip(k.value.keys, k.value.values)
                            if isinstance(d, ast.Constant) and isinstance(s, ast.Constant) and isinstance(s.value, str))


def unique(queries):
    return list(dict.fromkeys((d, q) for d, q in queries if d in OURS))


def test_our_queries_are_read_alike_in_every_dialect():
    check(unique(own_queries()), "Our own queries", 1000)


def test_the_sql_of_real_notebooks_is_read_alike(dev_set):
    files = sorted((dev_set / "notebooks").glob("*.ipynb"))
    queries = unique(("spark", sql) for f in files for source in cells_of(f) for sql in sql_of_cell(source))
    check(queries, "Real notebooks", 50)


def test_the_queries_of_sqlglots_tests_are_read_alike():
    root = os.environ.get("BOATHOUSE_SQLGLOT_SOURCE")
    if not root:
        pytest.skip("BOATHOUSE_SQLGLOT_SOURCE is not set to the unpacked source distribution of sqlglot 30.30.0")
    check(unique(source_queries(pathlib.Path(root))), "The queries of SQLGlot's tests", 10000)
