"""Makes of the page's sources one C file with the files that are served, in each encoding.

usage: build_web.py OUT.c OUT.d [WEB ESBUILD [BROTLI]]
Without WEB the table is empty.  OUT.d tells the build which sources were read.  Nothing depends on
the time or the machine: the same sources give the same bytes.
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

MAX_BYTES = 150_000  # of all files, in their smallest encoding
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}
CODINGS = ["HTTP_IDENTITY", "HTTP_GZIP", "HTTP_BROTLI"]


def bundle(web, esbuild, folder):
    """Run esbuild; the sources that it read."""
    meta = folder / "meta.json"
    subprocess.run([esbuild, web / "src" / "main.tsx", "--bundle", "--minify", "--format=esm", "--target=es2022", "--jsx=automatic",
                    "--jsx-import-source=preact", "--legal-comments=none", "--log-level=warning", "--charset=utf8",
                    f"--outfile={folder / 'page.js'}", f"--metafile={meta}"], check=True, cwd=web)
    read = json.loads(meta.read_text(encoding="utf-8"))["inputs"]
    meta.unlink()
    return sorted((web / name).resolve() for name in read)


def licences(web, sources):
    """The licences of the packages that went into the bundle."""
    modules = (web / "node_modules").resolve()
    packages = set()
    for path in sources:
        if modules in path.parents:
            parts = path.relative_to(modules).parts
            packages.add("/".join(parts[:2]) if parts[0].startswith("@") else parts[0])
    texts = []
    for name in sorted(packages):
        version = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))["version"]
        found = sorted(p for p in (modules / name).iterdir() if p.name.lower().startswith(("license", "licence")))
        if not found:
            raise SystemExit(f"{name}: has no licence text")
        texts.append(f"{name} {version}\n\n{found[0].read_text(encoding='utf-8').strip()}\n")
    return "\n----\n\n".join(texts)


def gzip(data):
    z = zlib.compressobj(9, zlib.DEFLATED, 31)
    return z.compress(data) + z.flush()


def encodings(data, brotli):
    forms = [data, gzip(data)]
    if brotli:
        forms.append(subprocess.run([brotli, "--quality=11", "--stdout", "-"], input=data, check=True, capture_output=True).stdout)
    return [form if i == 0 or len(form) < len(data) else b"" for i, form in enumerate(forms)]


def c_form(name, i, data, out):
    at = f"data_{name.replace('.', '_').replace('-', '_')}_{i}"
    lines = [",".join(map(str, data[n:n + 30])) for n in range(0, len(data), 30)]
    out.append(f"static const unsigned char {at}[] = {{\n" + ",\n".join(lines) + "\n};\n")
    etag = '"\\"' + hashlib.sha256(data).hexdigest()[:32] + '\\""'
    return f"[{CODINGS[i]}] = {{ {{ (const char *){at}, sizeof {at} }}, STR_INIT({etag}) }}"


def table(files, brotli):
    out = ['#include "web/web.h"\n']
    rows, total = [], 0
    for path in files:
        forms = encodings(path.read_bytes(), brotli)
        total += min(len(form) for form in forms if form)
        cells = ",\n        ".join(c_form(path.name, i, form, out) for i, form in enumerate(forms) if form)
        rows.append(f'    {{ STR_INIT("{path.name}"), STR_INIT("{TYPES[path.suffix]}"), {{\n        {cells} }} }},\n')
    if total > MAX_BYTES:
        raise SystemExit(f"the page has {total} bytes compressed; at most {MAX_BYTES} are allowed")
    if rows:
        out.append("static const struct http_asset files[] = {\n" + "".join(rows) + "};\n")
    out.append("const struct http_assets web_assets = { %s };" % (f"files, {len(rows)}" if rows else "NULL, 0"))
    return "\n".join(out) + "\n"


def main(target, depfile, web=None, esbuild=None, brotli=None):
    sources, files = [], []
    with tempfile.TemporaryDirectory() as temp:
        if web:
            web, folder = pathlib.Path(web).resolve(), pathlib.Path(temp)
            sources = bundle(web, pathlib.Path(esbuild).resolve(), folder)
            (folder / "licences.txt").write_text(licences(web, sources), encoding="utf-8")
            sources += [web / "index.html", web / "icon.svg", web / "package-lock.json"]
            files = sorted(folder.iterdir()) + [web / "index.html", web / "icon.svg"]
        pathlib.Path(target).write_text(table(files, brotli), encoding="utf-8")
    escaped = [str(path).replace(" ", "\\ ") for path in sources]
    pathlib.Path(depfile).write_text(f"{target}: " + " \\\n  ".join(escaped) + "\n", encoding="utf-8")


main(*sys.argv[1:])
