"""Makes from api/openapi.yaml the table of routes (C), the contract as JSON and its pages (C strings).

usage: gen_api.py openapi.yaml OUT.c OUT.h [PART.yaml...]
A part has paths and components, which are added to those of the first file.  Answers that every
call of a kind may give (STANDARD) are added where the contract does not name them itself.
What the table cannot express is refused here, so that the contract never promises a check that is
not made.  OUT.h declares the handlers: one without a route has no prototype, a route without a
handler does not link.
"""
import hashlib
import html
import json
import sys

import yaml

ROLES = {"none", "viewer", "analyst", "admin"}
KNOWN_SCHEMA = {"type", "minimum", "maximum", "minLength", "maxLength", "pattern", "enum", "default"}
MAX_PARAMS = 16
# No segment between slashes is "..".
SEGMENT = r"([^./\x00][^/\x00]*|\.|\.[^./\x00][^/\x00]*|\.\.[^/\x00]+)?"
PATH = f"^{SEGMENT}(/{SEGMENT})*$"
# NUL is refused in every parameter.
PATTERNS = {"^j-[A-Z0-9]+$": "PATTERN_CLUSTER_ID", "^[A-Za-z0-9_-][A-Za-z0-9._-]*$": "PATTERN_BUCKET",
            "^[^\\x00]*$": "PATTERN_NONE", PATH: "PATTERN_PATH", "^[0-9a-f]{16}$": "PATTERN_ID", "^[A-Za-z0-9_-]*$": "PATTERN_TOKEN",
            "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$": "PATTERN_TIME"}
# Status -> the component, and which calls may answer so.
STANDARD = {
    "304": (None, lambda op: op.get("x-cached")),
    "400": ("Invalid", lambda op: True),
    "401": ("Unauthenticated", lambda op: op["x-role"] != "none"),
    "403": ("Forbidden", lambda op: True),
    "413": ("TooLarge", lambda op: True),
    "415": ("MediaType", lambda op: "requestBody" in op),
    "422": ("Unparsable", lambda op: "requestBody" in op),
    "500": ("Internal", lambda op: op["x-role"] != "none"),
    "503": ("Busy", lambda op: True),
    "504": ("TimedOut", lambda op: op.get("x-slow")),
    "default": ("Problem", lambda op: True),
}
ETAG = {"schema": {"type": "string"}, "description": "Changes when the catalogue does; send it in If-None-Match"}


def resolve(doc, node):
    while "$ref" in node:
        at = doc
        for part in node["$ref"].lstrip("#/").split("/"):
            at = at[part]
        node = at
    return node


def c_str(text):
    return json.dumps(text)


def pattern_of(where, schema):
    if schema.get("pattern") not in {None, *PATTERNS}:
        raise SystemExit(f"{where}: there is no check for the pattern {schema['pattern']}")
    return PATTERNS[schema["pattern"]] if "pattern" in schema else "PATTERN_NONE"


PARAM_KINDS = {"string": "PARAM_STR", "integer": "PARAM_INT", "boolean": "PARAM_BOOL"}


def param_row(where, p, out):
    schema = p["schema"]
    unknown = set(schema) - KNOWN_SCHEMA
    if unknown or schema["type"] not in PARAM_KINDS or p["in"] not in ("path", "query"):
        raise SystemExit(f"{where}: the parameter {p['name']} needs a check that the table does not have: {unknown}")
    words = ["false", "true"] if schema["type"] == "boolean" else schema.get("enum", [])
    pattern = pattern_of(where, schema)
    low, high = (schema["minimum"], schema["maximum"]) if schema["type"] == "integer" else (
        (0, max(map(len, words))) if words else (schema.get("minLength", 0), schema["maxLength"]))
    at = "NULL"
    if words:
        at = f"{where}_{p['name']}_words"
        out.append(f"static const struct str {at}[] = {{ " + ", ".join(f"STR_INIT({c_str(w)})" for w in words) + " };\n")
    fallback = schema.get("default", "")
    return "{ STR_INIT(%s), %s, %s, %s, %d, %d, %s, %s, %d, STR_INIT(%s) }" % (
        c_str(p["name"]), PARAM_KINDS[schema["type"]], str(p["in"] == "path").lower(),
        str(p.get("required", False)).lower(), low, high, pattern, at, len(words),
        c_str(str(fallback).lower() if isinstance(fallback, bool) else str(fallback)))


BODY_KEYS = {"object": {"properties", "required", "additionalProperties"}, "array": {"items", "minItems", "maxItems"},
             "string": {"minLength", "maxLength", "pattern", "enum"}, "integer": {"minimum", "maximum"}, "boolean": set()}
TEXT_KEYS = {"type", "description", "example", "title"}
MAX_MEMBERS = 32


def body_schema(doc, where, name, schema, out):
    """Write the tables of a schema and of those below it; the C expression for its address."""
    schema = resolve(doc, schema)
    kind = schema.get("type")
    unknown = set(schema) - BODY_KEYS.get(kind, set()) - TEXT_KEYS
    if kind not in BODY_KEYS or unknown:
        raise SystemExit(f"{where}: a body has no check for {kind} with {sorted(unknown)}")
    low = high = 0
    pattern, words, members, items = "PATTERN_NONE", [], [], "NULL"
    if kind == "object":
        if schema.get("additionalProperties") is not False or len(schema["properties"]) > MAX_MEMBERS:
            raise SystemExit(f"{where}: an object in a body has additionalProperties: false, and at most {MAX_MEMBERS} members")
        if not set(schema.get("required", [])) <= set(schema["properties"]):
            raise SystemExit(f"{where}: a required member has no schema")
        for i, (key, inner) in enumerate(schema["properties"].items()):
            at = body_schema(doc, f"{where}/{key}", f"{name}_{i}", inner, out)
            members.append("{ STR_INIT(%s), %s, %s }" % (c_str(key), str(key in schema.get("required", [])).lower(), at))
    elif kind == "array":
        low, high = schema.get("minItems", 0), schema["maxItems"]
        items = body_schema(doc, where + "/0", name + "_item", schema["items"], out)
    elif kind == "string":
        words = schema.get("enum", [])
        high = max(map(len, words)) if words else schema["maxLength"]
        low = schema.get("minLength", 0)
        pattern = pattern_of(where, schema)
    elif kind == "integer":
        low, high = schema["minimum"], schema["maximum"]
    if members:
        out.append(f"static const struct schema_member {name}_members[] = {{\n    " + ",\n    ".join(members) + ",\n};\n")
    if words:
        out.append(f"static const struct str {name}_words[] = {{ " + ", ".join(f"STR_INIT({c_str(w)})" for w in words) + " };\n")
    out.append("static const struct schema %s = { SCHEMA_%s, %d, %d, %s, %s, %d, %s, %d, %s };\n" % (
        name, {"string": "STR", "integer": "INT", "boolean": "BOOL"}.get(kind, kind.upper()), low, high, pattern,
        f"{name}_words" if words else "NULL", len(words), f"{name}_members" if members else "NULL", len(members), items))
    return "&" + name


def body_of(doc, op):
    """The schema of the body, or None."""
    content = resolve(doc, op["requestBody"])["content"] if "requestBody" in op else {}
    if content and list(content) != ["application/json"]:
        raise SystemExit(f"{op['operationId']}: a body is application/json")
    return content["application/json"]["schema"] if content else None


def operations(doc):
    for path, item in doc["paths"].items():
        for method, op in item.items():
            yield path, method, op


def routes(doc, out):
    rows = []
    for path, method, op in operations(doc):
        name = op["operationId"]
        if op["x-role"] not in ROLES:
            raise SystemExit(f"{name}: x-role must be one of {sorted(ROLES)}")
        body = body_of(doc, op)
        if body is not None and op.get("x-max-body-bytes", 0) == 0:
            raise SystemExit(f"{name}: a body needs x-max-body-bytes")
        body_at = "NULL" if body is None else body_schema(doc, name, name + "_body", body, out)
        params = [param_row(name, resolve(doc, p), out) for p in op.get("parameters", [])]
        if len(params) > MAX_PARAMS:
            raise SystemExit(f"{name}: at most {MAX_PARAMS} parameters")
        if op.get("x-cached") and (method != "get" or body is not None):
            raise SystemExit(f"{name}: only the answer of a GET is kept")
        if params:
            out.append(f"static const struct param {name}_params[] = {{\n    " + ",\n    ".join(params) + ",\n};\n")
        rows.append("    { HTTP_%s, STR_INIT(%s), STR_INIT(%s), api_%s, ROLE_%s, %s, %s, %d, %s, %d, %s, %s, STR_INIT(%s) }," % (
            method.upper(), c_str(path), c_str(name), name, op["x-role"].upper(), str(op.get("x-slow", False)).lower(), str(op.get("x-cached", False)).lower(), op.get("x-max-body-bytes", 0),
            f"{name}_params" if params else "NULL", len(params), body_at,
            str(body is not None and resolve(doc, op["requestBody"]).get("required", False)).lower(), c_str(op["summary"])))
    out.append("const struct route api_routes[] = {\n" + "\n".join(rows) + "\n};\n")
    out.append("const size_t api_n_routes = sizeof api_routes / sizeof api_routes[0];\n")


STYLE = """
:root{--ink:#1c2733;--soft:#5a6875;--line:#dbe1e6;--bg:#fff;--code:#f3f6f8;--get:#0b6e4f;--post:#1f5fbf;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#9aa8b5;--line:#33404d;--bg:#12181f;--code:#1c252e;
--get:#5cc8a0;--post:#7eb0ff;--delete:#ff8a80}}
*{box-sizing:border-box}body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 5rem;background:var(--bg);color:var(--ink);
font:1rem/1.6 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.15rem;margin:0;font-weight:600;overflow-wrap:anywhere}
h3{font-size:.8rem;letter-spacing:.05em;text-transform:uppercase;color:var(--soft);margin:1.25rem 0 .25rem}
p{margin:.4rem 0}a{color:var(--post)}code,pre{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,monospace;font-size:.9em}
code{background:var(--code);padding:.1em .3em;border-radius:.25em}pre{background:var(--code);padding:.75rem 1rem;border-radius:.4rem;
white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}pre code,h2 code{background:none;padding:0}
section{border-top:1px solid var(--line);padding:1.75rem 0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);font-size:.85rem}td:first-child{white-space:nowrap}
.m{font-weight:700;margin-right:.5rem}.get{color:var(--get)}.post{color:var(--post)}.delete{color:var(--delete)}
.soft{color:var(--soft);font-size:.9rem}nav ul{list-style:none;padding:0;margin:1rem 0}nav li{margin:.3rem 0}
"""
ROLE_TEXT = {"none": "Everybody may call it.", "viewer": "Needs the role viewer.", "analyst": "Needs the role analyst.",
             "admin": "Needs the role admin."}


def code(text):
    return f"<code>{html.escape(str(text))}</code>"


def method(name, path):
    return f'<span class="m {name}">{name.upper()}</span>{code(path)}'


def frame(doc, body):
    title = html.escape(doc["info"]["title"])
    return ("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>"
            f"<title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{body}</html>\n")


def list_of_calls(doc):
    rows = [f'<li><a href="docs#{op["operationId"]}">{method(m, path)}</a> <span class=soft>{html.escape(op["summary"])}</span>'
            for path, m, op in operations(doc)]
    return "<nav><ul>" + "".join(rows) + "</ul></nav>"


def bounds(schema):
    """What a value must be, in words."""
    words = [schema["type"]]
    if "enum" in schema:
        words.append("one of " + ", ".join(schema["enum"]))
    if "maxItems" in schema:
        words.append(f"{schema.get('minItems', 0):,} to {schema['maxItems']:,} items")
    if "default" in schema:
        words.append(f"without it {str(schema['default']).lower() if isinstance(schema['default'], bool) else schema['default']}")
    if "minimum" in schema:
        words.append(f"{schema['minimum']:,} to {schema['maximum']:,}")
    if "maxLength" in schema:
        words.append(f"{schema.get('minLength', 0):,} to {schema['maxLength']:,} characters")
    return html.escape(", ".join(words)) + (f"<br>{code(schema['pattern'])}" if "pattern" in schema else "")


def parameters(doc, op):
    params = [resolve(doc, p) for p in op.get("parameters", [])]
    if not params:
        return ""
    rows = "".join(f"<tr><td>{code(p['name'])}<td>{p['in']}, {'required' if p.get('required') else 'optional'}"
                   f"<td>{bounds(p['schema'])}<td>{html.escape(p.get('description', ''))}" for p in params)
    return f"<h3>Parameters</h3><table><tr><th>Name<th>Where<th>Value<th>Meaning{rows}</table>"


def body_rows(doc, schema, pointer, required):
    schema = resolve(doc, schema)
    yield pointer, required, schema
    for name, inner in schema.get("properties", {}).items():
        yield from body_rows(doc, inner, f"{pointer.rstrip('/')}/{name}", name in schema.get("required", []))
    if "items" in schema:
        yield from body_rows(doc, schema["items"], f"{pointer.rstrip('/')}/0", False)


def body(doc, op):
    schema = body_of(doc, op)
    if schema is None:
        return ""
    is_required = resolve(doc, op["requestBody"]).get("required", False)
    rows = "".join(f"<tr><td>{code(pointer)}<td>{'required' if required else 'optional'}<td>{bounds(s)}"
                   f"<td>{html.escape(s.get('description', ''))}" for pointer, required, s in body_rows(doc, schema, "/", is_required))
    return f"<h3>Body</h3><table><tr><th>Place<th>Needed<th>Value<th>Meaning{rows}</table>"


def request_example(doc, path, m, op):
    query = []
    for p in (resolve(doc, p) for p in op.get("parameters", [])):
        if p["in"] == "path":
            path = path.replace("{%s}" % p["name"], str(p.get("example", p["name"])))
        elif p.get("required") or "example" in p:
            query.append(f"{p['name']}={p.get('example', '')}")
    url = "http://127.0.0.1:8080" + path + ("?" + "&".join(query) if query else "")
    flag = "" if m == "get" else f"-X {m.upper()} "
    return f"<h3>Request</h3><pre><code>curl {flag}{html.escape(repr(url))}</code></pre>"


def responses(doc, op):
    parts = ["<h3>Answers</h3><table><tr><th>Status<th>Type<th>Meaning"]
    examples = []
    for status, answer in op["responses"].items():
        answer = resolve(doc, answer)
        kinds = "<br>".join(code(kind) for kind in answer.get("content", {}))
        parts.append(f"<tr><td>{code('other' if status == 'default' else status)}<td>{kinds}<td>{html.escape(answer['description'])}")
        examples += [c["example"] for c in answer.get("content", {}).values() if "example" in c]
    parts.append("</table>")
    parts += [f"<pre><code>{html.escape(json.dumps(e, indent=2))}</code></pre>" for e in examples]
    return "".join(parts)


def docs_page(doc):
    parts = [f"<p>{html.escape(doc['info']['summary'])}</p><p>{html.escape(doc['info']['description'])}</p><p class=soft>Version {html.escape(str(doc['info']['version']))}. "
             "The same contract for programs: <a href=openapi.json>openapi.json</a>.</p>", list_of_calls(doc)]
    for path, m, op in operations(doc):
        parts.append(f'<section id="{op["operationId"]}"><h2>{method(m, path)}</h2><p><b>{html.escape(op["summary"])}.</b> '
                     f'{html.escape(op.get("description", ""))}</p><p class=soft>{ROLE_TEXT[op["x-role"]]}</p>'
                     + parameters(doc, op) + body(doc, op) + request_example(doc, path, m, op) + responses(doc, op) + "</section>")
    problem = doc["components"]["schemas"]["Problem"]["properties"]
    rows = "".join(f"<tr><td>{code(name)}<td>{schema['type']}<td>{html.escape(schema.get('description', ''))}"
                   for name, schema in problem.items())
    parts.append("<section id=problems><h2>Problems</h2><p>Every failure is <code>application/problem+json</code> (RFC 9457). "
                 "Parameters that a call does not name are refused, and so is one that is given twice.</p>"
                 f"<table><tr><th>Member<th>Type<th>Meaning{rows}</table></section>")
    return frame(doc, "".join(parts))


def index_page(doc):
    return frame(doc, f"<p>{html.escape(doc['info']['summary'])}</p><p><a href=docs>How to call it</a> · "
                 "<a href=openapi.json>openapi.json</a> · <a href=healthz>healthz</a> · <a href=readyz>readyz</a> · "
                 "<a href=metrics>metrics</a></p>" + list_of_calls(doc))


def page_row(name, kind, text):
    data = text.encode()
    etag = '"' + hashlib.sha256(data).hexdigest()[:32] + '"'
    lines = [",".join(map(str, data[i:i + 30])) for i in range(0, len(data), 30)]
    # As unsigned char: the pages are UTF-8.
    return (f"static const unsigned char {name}_bytes[] = {{\n" + ",\n".join(lines) + "\n};\n"
            f"const struct api_page {name} = {{ STR_INIT({c_str(kind)}), STR_INIT({c_str(etag)}),\n"
            f"    {{ (const char *){name}_bytes, sizeof {name}_bytes }} }};\n")


def load(path):
    with open(path, encoding="utf-8") as f:
        return yaml.safe_load(f)


def add_part(doc, path):
    """Add the paths and components of a part; a name that is there already is refused."""
    part = load(path)
    if set(part) - {"paths", "components"}:
        raise SystemExit(f"{path}: a part has only paths and components")
    kinds = [(doc["paths"], part.get("paths") or {})]
    kinds += [(doc["components"].setdefault(kind, {}), values) for kind, values in (part.get("components") or {}).items()]
    for have, more in kinds:
        if set(have) & set(more):
            raise SystemExit(f"{path}: {sorted(set(have) & set(more))} is there already")
        have.update(more)


def add_standard_answers(doc):
    for _, _, op in operations(doc):
        for status, (name, may) in STANDARD.items():
            if status in op["responses"] or not may(op):
                continue
            if name is None:
                op["responses"][status] = {"description": "It is what the ETag in If-None-Match says."}
                op["responses"]["200"].setdefault("headers", {})["ETag"] = ETAG
            elif name in doc["components"].get("responses", {}):
                op["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def main(source, target, header, *parts):
    doc = load(source)
    for part in parts:
        add_part(doc, part)
    add_standard_answers(doc)
    out = ['#include "api/api_internal.h"\n']
    routes(doc, out)
    contract = json.dumps(doc, ensure_ascii=True, separators=(",", ":"))
    out.append(page_row("api_contract", "application/json", contract))
    out.append(page_row("api_docs_page", "text/html; charset=utf-8", docs_page(doc)))
    out.append(page_row("api_index_page", "text/html; charset=utf-8", index_page(doc)))
    open(target, "w", encoding="utf-8").write("\n".join(out))
    names = [op["operationId"] for _, _, op in operations(doc)]
    text = "/* The handlers of the contract. */\n#ifndef API_ROUTES_H\n#define API_ROUTES_H\n\n"
    text += f"enum {{ API_N_ROUTES = {len(names)} }};\n\n"
    text += "".join(f"handler_fn api_{name};\n" for name in names) + "\n#endif\n"
    open(header, "w", encoding="utf-8").write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
