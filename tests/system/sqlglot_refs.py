"""What SQLGlot says an SQL text reads and writes: the other opinion about src/lineage/sql.h.

refs(sql, dialect) gives {("read" | "write", name)}.  It raises Skip where SQLGlot keeps a statement as
mere text, and where a statement is about no table (USE, SET, GRANT, functions, indexes).
"""
import logging

import sqlglot
from sqlglot import exp

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

FORMATS = {"parquet", "csv", "json", "orc", "text", "avro", "xml", "delta", "iceberg", "hudi", "image", "binaryfile", "libsvm"}
WITHOUT_TABLES = (exp.Use, exp.Set, exp.Grant, exp.Pragma, exp.Show, exp.Attach, exp.Detach, exp.Comment, exp.Kill,
                  exp.Transaction, exp.Commit, exp.Rollback)
STATEMENTS = (exp.Query, exp.DML, exp.Create, exp.Drop, exp.Alter, exp.Merge, exp.TruncateTable, exp.Describe, exp.Cache,
              exp.Uncache, exp.Refresh, exp.Analyze, exp.Copy, exp.LoadData, exp.Summarize)
# Where a Table of SQLGlot's tree is no table that is read or written.
ELSEWHERE = (exp.Reference, exp.ForeignKey, exp.Hint, exp.Lock, exp.UserDefinedFunction, exp.WithSystemVersioningProperty)


class Skip(Exception):
    """SQLGlot has no opinion."""


def is_cte(table):
    """Is the name of this table that of a CTE which it can see?"""
    name, node, parent = table.name.lower(), table, table.parent
    while parent is not None:
        ctes = parent.args.get("with_")
        if ctes is not None and node is not ctes and any(c.alias.lower() == name for c in ctes.expressions):
            return True
        if isinstance(parent, exp.With):
            for c in parent.expressions:
                if c is node:
                    if c.alias.lower() == name:
                        return bool(parent.recursive) or isinstance(c.this, exp.SetOperation)
                    break
                if c.alias.lower() == name:
                    return True
        node, parent = parent, parent.parent
    return False


def is_column(table):
    """arr in FROM t, t.arr"""
    select = table.find_ancestor(exp.Select)
    if len(table.parts) != 2 or select is None:
        return False
    first = table.parts[0].name.lower()
    items = [j.this for j in select.args.get("joins") or []]
    if select.args.get("from_"):
        items.append(select.args["from_"].this)
    return any(isinstance(i, exp.Table) and i is not table and i.alias_or_name.lower() == first for i in items)


def name_of(table):
    parts = [p.name for p in table.parts]
    if len(parts) == 2 and parts[0].lower() in FORMATS:
        parts = parts[1:]
    return ".".join(parts)


def as_table(node):
    node = node.this if isinstance(node, exp.Schema) else node
    return node if isinstance(node, exp.Table) else None


def targets_of(st):
    """The tables that a statement writes."""
    found = [n.this for n in st.find_all(exp.Insert, exp.Into, exp.Merge, exp.Update, exp.Delete, exp.ToTableProperty, exp.AlterRename)]
    for node in st.find_all(exp.Delete):
        found += node.args.get("tables") or []
    if isinstance(st, exp.Drop):
        found += list(st.find_all(exp.Table))
    if isinstance(st, (exp.LoadData, exp.Create, exp.Alter)) or (isinstance(st, exp.Copy) and st.args.get("kind")):
        found.append(st.this)
    if isinstance(st, exp.TruncateTable):
        found += st.expressions
    return {id(t) for t in map(as_table, found) if t is not None}


def hidden_by(st):
    """The names of temporary tables and views that a statement makes."""
    made = []
    if isinstance(st, exp.Create) and (st.find(exp.TemporaryProperty) or st.args.get("temporary")):
        made.append(st.this)
    if isinstance(st, exp.Cache) and st.args.get("expression"):
        made.append(st.this)
    made += [i.this for i in st.find_all(exp.Into) if i.args.get("temporary")]
    return {name_of(t) for t in map(as_table, made) if t is not None}


def counts(table, st):
    if not isinstance(table.this, exp.Identifier) or table.find_ancestor(*ELSEWHERE):
        return False
    if isinstance(st, exp.Alter) and table.find_ancestor(exp.Drop):
        return False  # DROP INDEX i
    if table.this.args.get("temporary") or table.this.args.get("global_") or table.name.startswith("#"):
        return False
    return bool(name_of(table)) and name_of(table).lower() != "dual" and not is_column(table)


def aliased(table):
    """UPDATE a SET ... FROM t AS a: the table that the target's name stands for."""
    owner = table.parent if not isinstance(table.parent, exp.Schema) else table.parent.parent
    if not isinstance(owner, (exp.Update, exp.Delete)) or table.db:
        return None
    return next((t for t in owner.find_all(exp.Table) if t is not table and t.alias.lower() == table.name.lower()), None)


def refs_of_statement(st):
    if st.find(exp.Command) or isinstance(st, WITHOUT_TABLES) or not isinstance(st, STATEMENTS):
        raise Skip
    if isinstance(st, (exp.Create, exp.Drop, exp.Alter)) and (st.args.get("kind") or "").upper() not in ("TABLE", "VIEW"):
        raise Skip
    targets, resolved, found = targets_of(st), set(), set()
    tables = [t for t in st.find_all(exp.Table) if counts(t, st)]
    for table in tables:
        if id(table) not in targets:
            continue
        real = aliased(table)
        if real is not None:
            resolved.add(id(real))
            found.add(("write", name_of(real)))
        elif not is_cte(table):
            found.add(("write", name_of(table)))
    for table in tables:
        if id(table) not in targets and id(table) not in resolved and (table.db or not is_cte(table)):
            found.add(("read", name_of(table)))
    return found


def refs(sql, dialect):
    found, hidden = set(), set()
    for st in sqlglot.parse(sql, read=dialect or None, error_level=sqlglot.ErrorLevel.RAISE):
        if st is not None:
            hidden |= hidden_by(st)
            found |= refs_of_statement(st)
    return {(d, n) for d, n in found if n not in hidden}
