"""Makes from api/openapi.yaml the table of routes (C), the contract as JSON and its page (C strings).

usage: gen_api.py openapi.yaml OUT.c OUT.h
What the table cannot express is refused here, so that the contract never promises a check that is
not made.  OUT.h declares the handlers: one without a route has no prototype, a route without a
handler does not link.
"""
import html
import json
import sys

import yaml

ROLES = {"none", "viewer", "analyst", "admin"}
KNOWN_SCHEMA = {"type", "minimum", "maximum", "minLength", "maxLength", "pattern"}
# NUL is refused in every parameter.
PATTERNS = {"^j-[A-Z0-9]+$": "PATTERN_CLUSTER_ID", "^[A-Za-z0-9_-][A-Za-z0-9._-]*$": "PATTERN_BUCKET",
            "^[^\\x00]*$": "PATTERN_NONE"}


def resolve(doc, node):
    while "$ref" in node:
        at = doc
        for part in node["$ref"].lstrip("#/").split("/"):
            at = at[part]
        node = at
    return node


def c_str(text):
    return json.dumps(text)


def param_row(where, p):
    schema = p["schema"]
    unknown = set(schema) - KNOWN_SCHEMA
    if unknown or schema["type"] not in ("string", "integer") or p["in"] not in ("path", "query"):
        raise SystemExit(f"{where}: the parameter {p['name']} needs a check that the table does not have: {unknown}")
    is_int = schema["type"] == "integer"
    pattern = PATTERNS[schema["pattern"]] if "pattern" in schema else "PATTERN_NONE"
    low, high = (schema["minimum"], schema["maximum"]) if is_int else (schema.get("minLength", 0), schema["maxLength"])
    return "{ STR_INIT(%s), %s, %s, %s, %d, %d, %s }" % (
        c_str(p["name"]), "PARAM_INT" if is_int else "PARAM_STR", str(p["in"] == "path").lower(),
        str(p.get("required", False)).lower(), low, high, pattern)


def operations(doc):
    for path, item in doc["paths"].items():
        for method, op in item.items():
            yield path, method, op


def routes(doc, out):
    rows = []
    for path, method, op in operations(doc):
        name = op["operationId"]
        if op["x-role"] not in ROLES or "requestBody" in op:
            raise SystemExit(f"{name}: x-role must be one of {sorted(ROLES)}, and bodies have no check yet")
        params = [param_row(name, resolve(doc, p)) for p in op.get("parameters", [])]
        if params:
            out.append(f"static const struct param {name}_params[] = {{\n    " + ",\n    ".join(params) + ",\n};\n")
        rows.append("    { HTTP_%s, STR_INIT(%s), STR_INIT(%s), api_%s, ROLE_%s, %s, %s, %d, STR_INIT(%s) }," % (
            method.upper(), c_str(path), c_str(name), name, op["x-role"].upper(), str(op.get("x-slow", False)).lower(),
            f"{name}_params" if params else "NULL", len(params), c_str(op["summary"])))
    out.append("const struct route api_routes[] = {\n" + "\n".join(rows) + "\n};\n")
    out.append("const size_t api_n_routes = sizeof api_routes / sizeof api_routes[0];\n")


def page(doc):
    e = html.escape
    parts = ["<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
             f"<title>{e(doc['info']['title'])}</title><style>body{{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;"
             "padding:0 1em}code{font-family:monospace}section{border-top:1px solid #ccc}td{padding:0 1em 0 0;"
             f"vertical-align:top}}</style><h1>{e(doc['info']['title'])}</h1><p>{e(doc['info']['summary'])} "
             "The contract is <a href=openapi.json>openapi.json</a>.</p>"]
    for path, method, op in operations(doc):
        parts.append(f"<section><h2><code>{method.upper()} {e(path)}</code></h2><p><b>{e(op['summary'])}.</b> "
                     f"{e(op.get('description', ''))} Role: {e(op['x-role'])}.</p><table>")
        for p in (resolve(doc, p) for p in op.get("parameters", [])):
            need = "required" if p.get("required") else "optional"
            parts.append(f"<tr><td><code>{e(p['name'])}</code><td>{p['in']}, {p['schema']['type']}, {need}"
                         f"<td>{e(p.get('description', ''))}")
        parts.append("</table>")
        for status, answer in op["responses"].items():
            answer = resolve(doc, answer)
            parts.append(f"<p><code>{e(str(status))}</code> {e(answer['description'])}</p>")
        parts.append("</section>")
    return "".join(parts) + "</html>"


def bytes_row(name, text):
    data = text.encode()
    lines = [",".join(map(str, data[i:i + 30])) for i in range(0, len(data), 30)]
    return (f"static const char {name}_bytes[] = {{\n" + ",\n".join(lines) + "\n};\n"
            f"const struct str {name} = {{ {name}_bytes, sizeof {name}_bytes }};\n")


def main(source, target, header):
    doc = yaml.safe_load(open(source, encoding="utf-8"))
    out = ['#include "api/api_internal.h"\n']
    routes(doc, out)
    contract = json.dumps(doc, ensure_ascii=True, separators=(",", ":"))
    out.append(bytes_row("api_contract", contract))
    out.append(bytes_row("api_page", page(doc)))
    open(target, "w", encoding="utf-8").write("\n".join(out))
    names = [op["operationId"] for _, _, op in operations(doc)]
    text = "/* The handlers of the contract. */\n#ifndef API_ROUTES_H\n#define API_ROUTES_H\n\n"
    text += f"enum {{ API_N_ROUTES = {len(names)} }};\n\n"
    text += "".join(f"handler_fn api_{name};\n" for name in names) + "\n#endif\n"
    open(header, "w", encoding="utf-8").write(text)


main(*sys.argv[1:])
