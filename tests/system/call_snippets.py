"""Writes for each row of a call table a piece of its language that makes the call, and what it refers to.

The rows are read here a second time, so that a fault of the program's own parser shows.
"""
import re

HOLE = "{}"


class Python:
    """How the language writes what a call is made of."""
    name, first, none, dot = "python", 0, "None", "."

    @staticmethod
    def parts(call):
        """(name, condition) of each name of a row's call."""
        return re.findall(r"([^.()]+)(?:\(([^)]*)\))?", call.lstrip("~."))

    @staticmethod
    def text(value):
        return repr(value)

    @staticmethod
    def named(name, value):
        return f"{name}={value}"

    @staticmethod
    def sequence(items):
        return "[" + ", ".join(items) + "]"

    @staticmethod
    def mapping(pairs):
        return "{" + ", ".join(f"{k!r}: {v}" for k, v in pairs) + "}"

    @staticmethod
    def set(name, value):
        return f"{name} = {value}"

    @staticmethod
    def option(name, value):
        return f".option({name!r}, {value})"

    @staticmethod
    def imports(row):
        return [f"import {row.names[0]}"] if row.match == "absolute" and len(row.names) > 1 else []

    @staticmethod
    def opened(text, mode):
        return f"open({text!r}, {mode!r})"


class Scala(Python):
    name, none = "scala", "null"

    @staticmethod
    def text(value):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    @staticmethod
    def named(name, value):
        return f"{name} = {value}"

    @staticmethod
    def sequence(items):
        return "Seq(" + ", ".join(items) + ")"

    @staticmethod
    def mapping(pairs):
        return "Map(" + ", ".join(f"{Scala.text(k)} -> {v}" for k, v in pairs) + ")"

    @staticmethod
    def set(name, value):
        return f"val {name} = {value}"

    @staticmethod
    def option(name, value):
        return f".option({Scala.text(name)}, {value})"

    @staticmethod
    def imports(row):
        return []

    @staticmethod
    def opened(text, mode):
        return f"new java.io.File{'Output' if mode == 'w' else 'Input'}Stream({Scala.text(text)})"


class R(Python):
    name, first, none, dot = "r", 1, "NULL", "$"

    @staticmethod
    def parts(call):
        return re.findall(r"([^$()]+)(?:\(([^)]*)\))?", call.lstrip("~$").replace("::", "$"))

    @staticmethod
    def named(name, value):
        return f"`{name}` = {value}" if re.search(r"[^A-Za-z0-9._]", name) else f"{name} = {value}"

    @staticmethod
    def sequence(items):
        return "list(" + ", ".join(items) + ")"

    @staticmethod
    def mapping(pairs):
        return "list(" + ", ".join(R.named(k, v) for k, v in pairs) + ")"

    @staticmethod
    def set(name, value):
        return f"{name} <- {value}"

    @staticmethod
    def imports(row):
        return []

    @staticmethod
    def opened(text, mode):
        return f"file({text!r}, {mode!r})"


LANGUAGES = {language.name: language for language in (Python, R, Scala)}


class Way:
    def __init__(self, text, first=0):
        self.how, self.index, self.names = "arg", None, []
        if text in ("recv", "name"):
            self.how = text
            return
        prefix, _, rest = text.partition(":")
        if rest and prefix in ("k", "opt", "chain", "d", "text"):
            self.how = prefix
            if prefix == "text":
                self.names = [rest]
            elif prefix == "chain":
                name, _, index = rest.partition("/")
                self.names, self.index = [name], int(index) - first
            elif prefix == "d":
                index, slash, walk = rest.partition("/")
                if slash and index.isdigit():
                    self.index, rest = int(index) - first, walk
                self.names = walk_steps(rest)
            else:
                self.names = rest.split(",")
            return
        index, _, names = text.partition("/")
        if index.endswith("+"):
            self.how, index = "all", index[:-1]
        self.index, self.names = int(index) - first, names.split(",") if names else []


def walk_steps(text):
    steps = []
    for step in re.findall(r"'[^']*'(?:\[\])*|[^.]+", text):
        lists = step.count("[]")
        steps.append(step.replace("[]", "").strip("'"))
        steps += ["[]"] * lists
    return steps


class Row:
    def __init__(self, call, columns, line, language):
        self.call, self.line, self.language = call, line, language
        self.dir, places, self.kind, on, self.returns = (columns + [""] * 6)[1:6]
        self.on = [o for o in on.split(",") if o]
        self.places = {}
        for word in places.split(" "):
            if word in ("", "-"):
                continue
            head, eq, ways = word.partition("=")
            if not eq or ":" in head or "/" in head:
                head, ways = "at", word
            self.places[head] = [Way(w, language.first) for w in ways.split("|")]
        self.match = "chain" if call[0] == "~" else "method" if call[0] == language.dot else "absolute"
        self.names, self.conditions = [], {}
        for name, condition in language.parts(call):
            if name == "*":
                name = "some"
            self.names.append(name)
            if condition:
                self.conditions[len(self.names) - 1] = condition


def read_rows(path, language=Python):
    rows, aliases = [], {}
    with open(path, encoding="ascii") as f:
        for number, line in enumerate(f, 1):
            columns = line.rstrip("\n").split("\t")
            if line.startswith("#") or not columns[0]:
                continue
            if columns[0].startswith("alias "):
                aliases[columns[0][6:]] = columns[1]
                continue
            rows += [Row(call, columns, number, language) for call in columns[0].split(" ")]
    return rows, aliases


class Call:
    """One call under construction: arguments of the last name and of those before it."""

    def __init__(self, row, keywords, which):
        self.row, self.keywords, self.which = row, keywords, which
        self.positional, self.named, self.earlier, self.options, self.given = {}, {}, {}, {}, {}
        self.needs_receiver = self.is_mixed = False

    def give(self, role, value):
        """Put value (an expression) where the row's place for the role says; False if it cannot."""
        ways = self.row.places[role]
        way = ways[min(self.which, len(ways) - 1)]
        if way.how == "arg":
            if self.keywords and way.names:
                self.named[way.names[0]] = value
            else:
                self.is_mixed = self.keywords
                self.positional[way.index] = value
        elif way.how == "all":
            self.positional[way.index] = value
        elif way.how == "k":
            self.named[way.names[0]] = value
        elif way.how == "opt":
            self.options[way.names[0]] = value
        elif way.how == "chain":
            self.earlier.setdefault(way.names[0], {})[way.index] = value
        elif way.how == "d":
            self.walk(way, value)
        elif way.how == "recv":
            self.needs_receiver = True
            return False
        elif way.how == "text":
            self.given[role] = way.names[0]
            return False
        elif way.how == "name":
            self.given[role] = self.row.names[-1]
            return False
        return True

    def walk(self, way, value):
        root, steps = way.names[0], way.names[1:]
        tree = self.trees.setdefault(root, {}) if hasattr(self, "trees") else None
        if tree is None:
            self.trees = {root: {}}
            tree = self.trees[root]
        if way.index is not None and not self.keywords:
            self.tree_index = {**getattr(self, "tree_index", {}), root: way.index}
        put(tree, steps, value)

    def arguments(self):
        for root, tree in getattr(self, "trees", {}).items():
            index = getattr(self, "tree_index", {}).get(root)
            text = show(tree, self.row.language)
            if index is None:
                self.named[root] = text
            else:
                self.positional[index] = text
        condition = self.row.conditions.get(len(self.row.names) - 1)
        if condition:
            if 0 in self.positional or self.options or self.named:
                self.named.setdefault("format", self.row.language.text(condition))
            else:
                self.positional[0] = self.row.language.text(condition)
        return show_arguments(self.positional, self.named, self.row.language)

    def text(self, receiver):
        names, language = self.row.names, self.row.language
        out = receiver or ""
        for i, name in enumerate(names[:-1]):
            out += self.joint(out, i) + name
            condition = self.row.conditions.get(i)
            given = dict(self.earlier.get(name, {}))
            if condition:
                given[0] = language.text(condition)
            if given or condition:
                out += "(" + show_arguments(given, {}, language) + ")"
        called = set(names)
        for name, given in self.earlier.items():
            if name not in called:
                out += (language.dot if out else "") + f"{name}({show_arguments(given, {}, language)})"
        for name, value in self.options.items():
            out += language.option(name, value)
        return out + self.joint(out, len(names) - 1) + f"{names[-1]}({self.arguments()})"

    def joint(self, before, i):
        """What stands in front of name i of the row: R's packages are parted from their names by colons."""
        if not before:
            return ""
        return "::" if "::" in self.row.call and i == 1 else self.row.language.dot


def put(tree, steps, value):
    """Set value in nested dicts and lists; the key LEAF holds a value."""
    for step in steps:
        tree = tree.setdefault("some-key" if step == "*" else step, {})
    tree["\0"] = value


def show(tree, language):
    if "\0" in tree:
        return tree["\0"]
    if "[]" in tree:
        return language.sequence([show(tree["[]"], language)])
    return language.mapping([(k, show(v, language)) for k, v in tree.items()])


def show_arguments(positional, named, language):
    top = max(positional, default=-1)
    words = [positional.get(i, language.none) for i in range(top + 1)]
    return ", ".join(words + [language.named(k, v) for k, v in named.items()])


# What stands at a location of a kind, and its normal form; {} is the role.
WHOLE = {"table": ("tab_{}", "table:tab_{}"), "stream": ("topic-{}", "stream:topic-{}"), "stage": ("@stg/{}.csv", "stage:@stg/{}.csv"),
         "builtin": ("set-{}", "builtin:set-{}"), "s3": ("bkt-{}/d/file.csv", "s3://bkt-{}/d/file.csv")}
PATH = ("s3://bkt-{}/d/file.csv", "s3://bkt-{}/d/file.csv")
LOCAL = ("local/{}.csv", "file:local/{}.csv")
SQL = ("SELECT * FROM sq1.tab_sql", "table:sq1.tab_sql")
SHELL = ("aws s3 cp s3://bkt-shell/a.csv s3://bkt-to/b.csv", "s3://bkt-shell/a.csv")
CODE = {"python": "open('s3://bkt-code/a.csv')", "r": "read.csv('s3://bkt-code/a.csv')", "scala": 'Source.fromFile("s3://bkt-code/a.csv")'}
CODE_URI = "s3://bkt-code/a.csv"
DIRECTIONS = {"R": ["read"], "W": ["write"], "RW": ["read", "write"], "L": ["list"], "D": ["delete"]}


def is_local_side(row, role):
    """The side of a copy that has no bucket, of a stage that which is first."""
    if row.dir != "C" or role not in ("src", "dst"):
        return False
    if row.kind == "stage":
        return (role == "src") == row.call.endswith(("put", "put_stream"))
    other = "dst" if role == "src" else "src"
    return row.kind in ("s3", "gs") and any(p.startswith(other + ".") for p in row.places)


def location(row, call, role, recv):
    """Give the places of one role; the normal form of what was given, or None."""
    kind = row.kind
    scheme = "gs" if kind == "gs" else "s3"
    bucket, key = row.places.get(role + ".bucket"), row.places.get(role + ".key") or row.places.get(role + ".prefix")
    if role in row.places and not bucket:
        text, uri = WHOLE.get(kind, PATH)
        if role in ("loc", "out", "via") or (row.kind == "table" and row.dir == "C" and role == "src"):
            text, uri = PATH
        if is_local_side(row, role):
            text, uri = LOCAL
        if kind == "handle":
            call.give(role, row.language.opened(PATH[0].format(role), "w" if row.dir == "W" else "r"))
            return PATH[1].format(role)
        if call.give(role, row.language.text(text.format(role))):
            return uri.format(role)
        if role in call.given:
            return "builtin:" + call.given[role]
        return recv and recv.uri(row)
    if role + ".below" in row.places:
        if recv is None or recv.whole is None or not call.give(role + ".below", row.language.text("x.csv")):
            return None
        recv = recv.below("x.csv", "." if row.kind in ("table", "value") else "/")
        return recv.uri(row)
    if role + ".pair" in row.places:
        call.give(role + ".pair", row.language.text(WHOLE["s3"][0].format(role)))
        return WHOLE["s3"][1].format(role)
    if not bucket and not key:
        return None
    b = k = None
    if bucket:
        b = "bkt-" + role if call.give(role + ".bucket", row.language.text("bkt-" + role)) else recv and recv.bucket
    if key:
        part = role + (".key" if role + ".key" in row.places else ".prefix")
        k = "d/file.csv" if call.give(part, row.language.text("d/file.csv")) else recv and recv.key
    b = b or (HOLE if not bucket or not recv else None)
    if b is None:
        return None
    return f"{scheme}://{b}" + (f"/{k}" if k else "")


class Receiver:
    def __init__(self, lines, expression, row=None, call=None):
        self.lines, self.expression = lines, expression
        self.bucket = self.key = self.whole = None
        self.is_name = False
        if row is None:
            return
        if "at" in row.places:
            self.whole = WHOLE.get(row.kind, PATH)[0].format("at") if row.kind != "value" else "thing"
            self.is_name = row.kind == "value"
        if "at.bucket" in row.places:
            self.bucket = "bkt-at"
        if "at.key" in row.places:
            self.key = "d/file.csv"

    def below(self, name, joint):
        other = Receiver(self.lines, self.expression)
        other.whole, other.is_name = self.whole + joint + name, self.is_name
        return other

    def uri(self, row):
        if self.whole is None and self.bucket is None:
            return None
        if self.whole is None:
            return f"{'gs' if row.kind == 'gs' else 's3'}://{self.bucket}" + (f"/{self.key}" if self.key else "")
        if row.kind == "table":
            return "table:" + self.whole if "://" not in self.whole else self.whole
        return "file:" + self.whole if self.is_name else self.whole


class Makers:
    """How to come by an object of a kind, with a location where it has one."""

    def __init__(self, rows):
        self.by_kind, self.cache = {}, {}
        for row in rows:
            kind = row.returns.removesuffix(":place").removesuffix(":objects")
            if kind and row.dir not in ("S", "-") and row.names[-1] != "[]":
                self.by_kind.setdefault(kind, []).append(row)
        self.by_kind.setdefault("pathlib", []).extend(r for r in rows if r.returns == "path")

    def make(self, kinds, wants_place, depth=0):
        if (tuple(kinds), wants_place) not in self.cache and depth < 4:
            self.cache[tuple(kinds), wants_place] = self.look(kinds, wants_place, depth)
        return self.cache.get((tuple(kinds), wants_place))

    def look(self, kinds, wants_place, depth):
        for kind in kinds:
            kind = "fs.s3" if kind == "fs.*" else kind
            family = "{0}." + kind.partition(".")[2]
            rows = sorted(self.by_kind.get(kind, []) + self.by_kind.get(family, []), key=lambda r: (r.match != "absolute", not r.on))
            for row in rows:
                if row.match == "chain":
                    continue
                if wants_place and not any(p.startswith("at") for p in row.places):
                    continue
                made = self.maker(row, kind.partition(".")[0], depth)
                if made:
                    return made
        return None

    def maker(self, row, service, depth):
        call = Call(row, False, 0)
        if "{0}" in row.returns:
            call.positional[0] = row.language.text(service)
        recv = None
        if row.on:
            recv = self.make([o for o in row.on if o != "remote"], any(w[0].how == "recv" or p == "at.below" for p, w in row.places.items()), depth + 1)
            if recv is None:
                return None
        made = Receiver([], "", row, call)
        for place in row.places:
            if place.startswith("at"):
                value = {"at.bucket": "bkt-at", "at.key": "d/file.csv", "at.below": "thing"}.get(place, made.whole)
                call.give(place, row.language.text(value))
            elif place == "mode":
                call.give(place, row.language.text("r"))
        if recv and "at.below" in row.places and recv.whole:
            made.whole, made.is_name = recv.whole + "." + "thing", recv.is_name
        if recv:
            made.bucket, made.key = made.bucket if not call.needs_receiver else recv.bucket, made.key or recv.key
            made.lines = list(recv.lines)
        text = text_of(row, call, recv)
        if not row.places and row.dir == "A" and (row.on or (row.match == "absolute" and len(row.names) == 1)):
            text = text.removesuffix("()")  # an attribute, or a name that is there
        number = len(made.lines)
        made.lines += row.language.imports(row) + [row.language.set(f"made{number}", text)]
        made.expression = f"made{number}"
        return made


def text_of(row, call, recv):
    if row.match == "absolute":
        return call.text("")
    return call.text(recv.expression if recv else "some_value")


def snippet(row, makers, keywords, which, mode="r"):
    """(code, [(direction, uri), ...]) of a call by that row, or None where it says nothing."""
    call = Call(row, keywords, which)
    needs_place = any(w[min(which, len(w) - 1)].how == "recv" or p.endswith(".below") for p, w in row.places.items())
    recv = None
    kinds = [o for o in row.on if o != "remote"]
    if "shell" in row.places and needs_place:
        recv = Receiver([], row.language.text(SHELL[0]))
    elif kinds:
        recv = makers.make(kinds, needs_place)
        if recv is None and "remote" not in row.on:
            return None
    elif needs_place:
        return None
    want = []
    reads = {"R": "read", "M": "read" if mode == "r" else "write"}
    at = location(row, call, "at", recv)
    src, dst = location(row, call, "src", recv), location(row, call, "dst", recv)
    name = qualified(row, call, at)
    if row.dir == "M":
        want += [(reads["M"], name)]
        if not call.give("mode", row.language.text(mode)):
            if mode != row.places["mode"][0].names[0][:1]:
                return None
    elif row.dir in DIRECTIONS and name:
        want += [(d, name) for d in DIRECTIONS[row.dir]]
    if dst and "{1}" in row.returns:
        if keywords:
            return None
        call.positional[1], dst = row.language.text("zip"), dst + ".zip"
    if dst and src and "dst.prefix" in row.places:
        dst += "/" + src.rsplit("/", 1)[1]
    if row.dir == "C":
        want += [("read", src)] if src else []
        want += [("write", qualified(row, call, dst))] if dst else []
    want += beside(row, call, recv)
    want = [(d, u) for d, u in want if u]
    if not want or call.is_mixed:
        return None
    lines = row.language.imports(row) + (recv.lines if recv else [])
    lines.append(text_of(row, call, recv))
    return "\n".join(lines) + "\n", want


def qualified(row, call, uri):
    """A table's name with the database and schema that are given beside it."""
    for role in ("schema", "db"):
        if role in row.places and uri and uri.startswith("table:"):
            if call.give(role, row.language.text(role + "x")):
                uri = f"table:{role}x." + uri.removeprefix("table:")
    return uri


def beside(row, call, recv):
    want, language = [], row.language
    data = [language.text(w) for w in ("--input", "s3://bkt-data/a.csv", "--output", "s3://bkt-data/b.csv")]
    if "data" in row.places and call.give("data", language.sequence(data)):
        want += [("read", "s3://bkt-data/a.csv"), ("write", "s3://bkt-data/b.csv")]
    for role, (text, uri) in {"sql": SQL, "shell": SHELL, "code": (CODE[language.name], CODE_URI)}.items():
        if role not in row.places or ("at" in row.places and row.dir != "S"):
            continue
        is_words = role == "shell" and row.places[role][0].how == "d"
        if call.give(role, language.sequence([language.text(w) for w in text.split(" ")]) if is_words else language.text(text)):
            want.append(("read", uri))
        elif role == "shell" and recv:
            want.append(("read", uri))
    for role in ("loc", "out", "via"):
        direction = "read" if role == "loc" and row.dir in ("R", "A") else "write"
        if role in row.places or role + ".bucket" in row.places:
            want.append((direction, location(row, call, role, recv)))
    return want


def snippets(path, language=Python):
    """(row, code, expected) of all rows of a table, in all ways that a row gives."""
    rows, _ = read_rows(path, language)
    makers = Makers(rows)
    out, without = [], []
    for row in rows:
        if row.kind == "catalog":
            continue  # a name that a file beside the notebook explains: test_siblings.py
        texts = {}
        for keywords in (False, True):
            for which in range(max((len(ways) for ways in row.places.values()), default=1)):
                for mode in ("r", "w") if row.dir == "M" else ("r",):
                    made = snippet(row, makers, keywords, which, mode)
                    if made:
                        texts[made[0]] = made[1]
        out += [(row, code, want) for code, want in texts.items()]
        if not texts:
            without.append(row)
    return out, without
