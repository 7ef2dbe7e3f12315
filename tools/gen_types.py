"""Makes from the contract the TypeScript types that the page's sources use (web/src/contract.ts).

usage: gen_types.py OUT.ts openapi.yaml [PART.yaml...]
Each schema becomes a type of its name; `Get` has, for each path that can be read, its parameters and
its answer; `Send` has those that change something, under "METHOD /path".
"""
import sys

import yaml
from gen_api import resolve

SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def load(paths):
    doc = {"paths": {}, "components": {}}
    for path in paths:
        with open(path, encoding="utf-8") as f:
            part = yaml.safe_load(f)
        doc["paths"].update(part["paths"])
        for kind, values in part.get("components", {}).items():
            doc["components"].setdefault(kind, {}).update(values)
    return doc


def quoted(word):
    return "null" if word is None else f'"{word}"'


def object_type(schema):
    more = schema.get("additionalProperties")
    if "properties" not in schema:
        return f"Record<string, {type_of(more) if isinstance(more, dict) else 'unknown'}>"
    required = schema.get("required", [])
    members = [f'{name}{"" if name in required else "?"}: {type_of(inner)}' for name, inner in schema["properties"].items()]
    return "{ " + "; ".join(members) + " }"


def type_of(schema):
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "allOf" in schema:
        return " & ".join(map(type_of, schema["allOf"]))
    if "oneOf" in schema:
        return "(" + " | ".join(map(type_of, schema["oneOf"])) + ")"
    if "const" in schema:
        return quoted(schema["const"])
    if "enum" in schema:
        return "(" + " | ".join(map(quoted, schema["enum"])) + ")"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(one_type(kind, schema) for kind in kinds)


def one_type(kind, schema):
    if kind == "array":
        return f"Array<{type_of(schema['items'])}>"
    return object_type(schema) if kind == "object" else SCALARS[kind]


def parameters(doc, op):
    rows = []
    for p in (resolve(doc, p) for p in op.get("parameters", [])):
        if p["in"] in ("path", "query"):
            rows.append(f'{p["name"]}{"" if p.get("required") else "?"}: {type_of(p["schema"])}')
    return "{ " + "; ".join(rows) + " }"


def answer(doc, op):
    kinds = []
    for status in sorted(op["responses"]):
        content = resolve(doc, op["responses"][status]).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if str(status).startswith("2") and schema:
            kinds.append(type_of(schema))
    return " | ".join(dict.fromkeys(kinds)) or "unknown"


def body(doc, op):
    content = resolve(doc, op["requestBody"])["content"] if "requestBody" in op else {}
    return type_of(content["application/json"]["schema"]) if content else "undefined"


def main(target, *paths):
    doc = load(paths)
    out = ["/* Made from the contract in api/ by tools/gen_types.py. */"]
    out += [f"export type {name} = {type_of(schema)};" for name, schema in doc["components"]["schemas"].items()]
    reads, sends = [], []
    for path, item in doc["paths"].items():
        for method, op in item.items():
            row = f"params: {parameters(doc, op)}; answer: {answer(doc, op)}"
            if method == "get":
                reads.append(f'  "{path}": {{ {row} }};')
            else:
                sends.append(f'  "{method.upper()} {path}": {{ {row}; body: {body(doc, op)} }};')
    out += ["export interface Get {", *reads, "}", "export interface Send {", *sends, "}"]
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


main(*sys.argv[1:])
