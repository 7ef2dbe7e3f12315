"""What CPython's own parser reads, in the form of tests/lineage/python_dump.c.

usage: python_oracle.py <LIST-OF-FILES
For each file a line "path TAB tree", or "path TAB -" where CPython (of the version that runs this) refuses it.  It uses
the standard library alone, so that every version at hand can run it.
"""
import ast
import sys
import threading
import warnings

OPS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**", "MatMult": "@", "BitOr": "|",
       "BitAnd": "&", "BitXor": "^", "LShift": "<<", "RShift": ">>", "And": "and", "Or": "or", "Not": "not", "USub": "neg",
       "UAdd": "pos", "Invert": "~", "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "In": "in",
       "NotIn": "notin", "Is": "is", "IsNot": "isnot"}


def op(node):
    return OPS[type(node).__name__]


def quoted(text):
    text = "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text if c != "\x1a")
    if not text:
        return ""
    return ' "' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Dump:
    def __init__(self):
        self.in_field = self.in_pattern = False

    def at(self, n):
        return "" if self.in_field or self.in_pattern else f"@{n.lineno}:{n.col_offset + 1}"

    def one(self, n):
        return "-" if n is None else getattr(self, type(n).__name__)(n)

    def list(self, nodes):
        return "[" + " ".join(map(self.one, nodes)) + "]"

    # statements
    def body(self, nodes):
        return "[" + " ".join(self.one(n) for n in nodes) + "]"

    def Assign(self, n):
        return f"(assign{self.at(n)} {self.list(n.targets)} {self.one(n.value)} -)"

    def AnnAssign(self, n):
        return f"(assign{self.at(n)} [{self.one(n.target)}] {self.one(n.value)} {self.one(n.annotation)})"

    def TypeAlias(self, n):
        return f"(assign{self.at(n)} [{self.one(n.name)}] {self.one(n.value)} -)"

    def AugAssign(self, n):
        return f"(aug-assign{op(n.op)} {self.one(n.target)} {self.one(n.value)})"

    def Expr(self, n):
        items = n.value.elts if isinstance(n.value, ast.Tuple) else [n.value]
        first = items[0] if items else None
        if isinstance(first, ast.BinOp) and isinstance(first.op, ast.RShift) and getattr(first.left, "id", None) == "print":
            # What Python 3 takes for a shift is read as Python 2 meant it.
            args = [f"(arg file 0 {self.one(first.right)} -)"] + [self.argument(a) for a in items[1:]]
            return f"(expr{self.at(n)} (call{self.at(n)} {self.one(first.left)} {self.list_of(args)}))"
        return f"(expr{self.at(n)} {self.one(n.value)})"

    def Assert(self, n):
        return f"(expr{self.at(n)} (unknown {self.list([n.test] + [n.msg] * (n.msg is not None))}))"

    def If(self, n):
        return f"(if {self.one(n.test)} {self.body(n.body)} {self.body(n.orelse)})"

    def While(self, n):
        return f"(while {self.one(n.test)} {self.body(n.body)} {self.body(n.orelse)})"

    def For(self, n, word="for"):
        return f"({word} {self.one(n.target)} {self.one(n.iter)} {self.body(n.body)} {self.body(n.orelse)})"

    def AsyncFor(self, n):
        return self.For(n, "async for")

    def With(self, n, word="with"):
        return f"({word} {self.list(n.items)} {self.body(n.body)})"

    def AsyncWith(self, n):
        return self.With(n, "async with")

    def withitem(self, n):
        return f"(with-item {self.one(n.context_expr)} {self.one(n.optional_vars)})"

    def Try(self, n):
        return f"(try {self.body(n.body)} {self.list(n.handlers)} {self.body(n.orelse)} {self.body(n.finalbody)})"

    TryStar = Try

    def ExceptHandler(self, n):
        return f"(handler {n.name or chr(39) * 2} [] [] {self.one(n.type)} {self.body(n.body)} [])"

    def Match(self, n):
        return f"(match {self.one(n.subject)} {self.list(n.cases)})"

    def match_case(self, n):
        self.in_pattern = True
        pattern = self.one(n.pattern)
        self.in_pattern = False
        return f"(case {pattern} {self.one(n.guard)} {self.body(n.body)})"

    def FunctionDef(self, n, word="def"):
        return (f"({word}{self.at(n)} {n.name} {self.list(getattr(n, 'type_params', []))} {self.arguments(n.args)} {self.one(n.returns)} "
                f"{self.body(n.body)} {self.list(n.decorator_list)})")

    def AsyncFunctionDef(self, n):
        return self.FunctionDef(n, "async def")

    def ClassDef(self, n):
        return (f"(class {n.name} {self.list(getattr(n, 'type_params', []))} {self.call_arguments(n.bases, n.keywords)} - "
                f"{self.body(n.body)} {self.list(n.decorator_list)})")

    def Return(self, n):
        return f"(return {self.one(n.value)})"

    def Raise(self, n):
        if n.cause is None:
            return f"(raise {self.one(n.exc)})"
        return f"(raise (unknown {self.list([n.exc, n.cause])}))"

    def Delete(self, n):
        targets = n.targets
        if len(targets) == 1 and isinstance(targets[0], ast.Tuple):
            targets = targets[0].elts
        return f"(del {self.list(targets)})"

    def Import(self, n):
        return " ".join(f"(import {a.name} 0 {a.asname or chr(39) * 2} [])" for a in n.names)

    def ImportFrom(self, n):
        return f"(import {n.module or chr(39) * 2} {n.level or 0} '' {self.list(n.names)})"

    def alias(self, n):
        return f"(alias {n.name} {n.asname or chr(39) * 2})"

    def Global(self, n):
        return "(global [" + " ".join(n.names) + "])"

    Nonlocal = Global

    def Pass(self, n):
        return "(pass)"

    def Break(self, n):
        return "(break)"

    def Continue(self, n):
        return "(continue)"

    # expressions
    def Name(self, n):
        return n.id + self.at(n)

    def Constant(self, n):
        v = n.value
        if isinstance(v, str):
            return f"(string{self.at(n)}{quoted(v)})"
        if isinstance(v, bytes):
            return f"(bstring{self.at(n)}{quoted(v.decode('latin-1'))})"
        return "..." if v is ... else str(v) if v is None or isinstance(v, bool) else "0"

    def JoinedStr(self, n):
        return f"(string{self.at(n)}{self.parts(n.values)})"

    def parts(self, values):
        was, self.in_field, text, out = self.in_field, True, "", ""
        for v in values:
            if isinstance(v, ast.Constant):
                text += v.value
                continue
            if isinstance(v, ast.JoinedStr):  # 3.12 nests them where 3.11 does not
                out += quoted(text) + self.parts(v.values)
                text = ""
                continue
            spec = "-" if v.format_spec is None else f"(string{self.parts(v.format_spec.values)})"
            out += quoted(text) + " { " + self.one(v.value) + (" -" if v.conversion < 0 else f" {chr(v.conversion)}") + f" {spec}}}"
            text = ""
        self.in_field = was
        return out + quoted(text)

    def Attribute(self, n):
        at = "" if self.in_field or self.in_pattern else f"@{n.end_lineno}:{n.end_col_offset - len(n.attr.encode()) + 1}"
        return f"(attr{at} {self.one(n.value)} {n.attr})"

    def Subscript(self, n):
        return f"(subscript {self.one(n.value)} {self.one(n.slice)})"

    def Index(self, n):  # up to 3.8
        return self.one(n.value)

    def ExtSlice(self, n):
        return f"(tuple {self.list(n.dims)})"

    def Slice(self, n):
        return f"(slice {self.one(n.lower)} {self.one(n.upper)} {self.one(n.step)})"

    def Call(self, n):
        return f"(call{self.at(n)} {self.one(n.func)} {self.call_arguments(n.args, n.keywords)})"

    def call_arguments(self, args, keywords):
        both = sorted([*args, *keywords], key=lambda a: (a.lineno, a.col_offset) if hasattr(a, "lineno")
                      else (a.value.lineno, a.value.col_offset))
        return self.list_of(map(self.argument, both))

    @staticmethod
    def list_of(texts):
        return "[" + " ".join(texts) + "]"

    def argument(self, a):
        if isinstance(a, ast.keyword):
            return f"(arg {a.arg or chr(39) * 2} {0 if a.arg else 2} {self.one(a.value)} -)"
        if isinstance(a, ast.Starred):
            return f"(arg '' 1 {self.one(a.value)} -)"
        return f"(arg '' 0 {self.one(a)} -)"

    def parameter(self, a, default=None, stars=0):
        return f"(arg {a.arg} {stars} {self.one(default)} {self.one(a.annotation)})"

    def arguments(self, a):
        plain = a.posonlyargs + a.args
        defaults = [None] * (len(plain) - len(a.defaults)) + a.defaults
        out = [self.parameter(p, d) for p, d in zip(plain, defaults)]
        if a.vararg:
            out.append(self.parameter(a.vararg, None, 1))
        out += [self.parameter(p, d) for p, d in zip(a.kwonlyargs, a.kw_defaults)]
        if a.kwarg:
            out.append(self.parameter(a.kwarg, None, 2))
        return self.list_of(out)

    def TypeVar(self, n, stars=0):
        return f"(arg {n.name} {stars} {self.one(getattr(n, 'default_value', None))} {self.one(getattr(n, 'bound', None))})"

    def TypeVarTuple(self, n):
        return self.TypeVar(n, 1)

    def ParamSpec(self, n):
        return self.TypeVar(n, 2)

    def binary(self, n, o, left, right):
        return f"(binary{o}{self.at(n)} {left} {right})"

    def BinOp(self, n):
        return self.binary(n, op(n.op), self.one(n.left), self.one(n.right))

    def BoolOp(self, n):
        out = self.one(n.values[0])
        for v in n.values[1:]:
            out = self.binary(n, op(n.op), out, self.one(v))
        return out

    def Compare(self, n):
        out = self.one(n.left)
        for o, v in zip(n.ops, n.comparators):
            out = self.binary(n, op(o), out, self.one(v))
        return out

    def UnaryOp(self, n):
        return f"(unary{op(n.op)} {self.one(n.operand)})"

    def List(self, n):
        return f"({'tuple' if self.in_pattern else 'list'} {self.list(n.elts)})"

    def Tuple(self, n):
        return f"(tuple {self.list(n.elts)})"

    def Set(self, n):
        return f"(set {self.list(n.elts)})"

    def Dict(self, n):
        return "(dict [" + " ".join(f"(pair {self.one(k)} {self.one(v)})" for k, v in zip(n.keys, n.values)) + "])"

    def comp(self, n, o, element):
        return f"(comp{o} {element} {self.list(n.generators)})"

    def ListComp(self, n):
        return self.comp(n, "[]", self.one(n.elt))

    def SetComp(self, n):
        return self.comp(n, "set", self.one(n.elt))

    def GeneratorExp(self, n):
        return self.comp(n, "gen", self.one(n.elt))

    def DictComp(self, n):
        return self.comp(n, "dict", f"(pair {self.one(n.key)} {self.one(n.value)})")

    def comprehension(self, n):
        return f"({'async ' if n.is_async else ''}clause {self.one(n.target)} {self.one(n.iter)} {self.list(n.ifs)})"

    def Lambda(self, n):
        return f"(lambda '' [] {self.arguments(n.args)} {self.one(n.body)} [] [])"

    def IfExp(self, n):
        return f"(cond {self.one(n.test)} {self.one(n.body)} {self.one(n.orelse)})"

    def Starred(self, n):
        return f"(star {self.one(n.value)})"

    def NamedExpr(self, n):
        return f"(walrus {self.one(n.target)} {self.one(n.value)})"

    def Await(self, n):
        return f"(await {self.one(n.value)})"

    Yield = YieldFrom = Await

    # patterns
    def MatchValue(self, n):
        return self.one(n.value)

    def MatchSingleton(self, n):
        return str(n.value)

    def MatchSequence(self, n):
        return f"(tuple {self.list(n.patterns)})"

    def MatchStar(self, n):
        return f"(star {n.name or '_'})"

    def MatchMapping(self, n):
        pairs = [f"(pair {self.one(k)} {self.one(v)})" for k, v in zip(n.keys, n.patterns)]
        return f"(dict [{' '.join(pairs + ([f'(pair - {n.rest})'] if n.rest else []))}])"

    def MatchClass(self, n):
        args = [f"(arg '' 0 {self.one(p)} -)" for p in n.patterns]
        args += [f"(arg {name} 0 {self.one(p)} -)" for name, p in zip(n.kwd_attrs, n.kwd_patterns)]
        return f"(call {self.one(n.cls)} [{' '.join(args)}])"

    def MatchAs(self, n):
        name = n.name or "_"
        return name if n.pattern is None else f"(walrus {name} {self.one(n.pattern)})"

    def MatchOr(self, n):
        out = self.one(n.patterns[0])
        for p in n.patterns[1:]:
            out = f"(binary| {out} {self.one(p)})"
        return out


def tree(source):
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "-"
    return Dump().body(module.body)


def main():
    warnings.simplefilter("ignore")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for path in sys.stdin.read().splitlines():
        with open(path, "rb") as f:
            source = f.read()
        print(path, tree(source), sep="\t")


if __name__ == "__main__":
    sys.setrecursionlimit(100000)
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()
