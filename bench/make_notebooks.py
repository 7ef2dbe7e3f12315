"""Makes notebooks as people leave them, for the measurements; the same ones every time.

usage: make_notebooks.py FOLDER N

Modelled on what real ones hold: half are under 25 kB, a tenth over 200 kB, the largest some MB; four fifths
of the bytes are outputs (images in base64, HTML tables, printed lines, numbers of plots), a twentieth is
code.  One in twenty has a cell tagged "parameters"; some of those name s3://bench-data/.
"""
import base64
import json
import pathlib
import random
import sys

WORDS = ("data frame column mean count model train test score split index date value total price region sample batch "
         "epoch loss plot figure axis label merge group sort filter schema table query bucket key path file").split()
CODE = ("df = pd.read_csv('{w}/{v}.csv')", "df['{w}'] = df['{v}'].fillna(0).astype(float)", "def {w}_{v}(x, n={n}):",
        "    return [x * i for i in range(n)]", "for {w} in range({n}):", "    print(f\"{w}: {{{w}:>{n}}}\")",
        "model.fit(X_train, y_train, epochs={n})", "ax.plot({w}.index, {w}['{v}'], label=\"{w}\")", "# {w} {v} {w}",
        "result = {w}.groupby('{v}').agg({{'{w}': 'mean'}}).reset_index()", "")


def line(r, kind):
    if kind == "code":
        return r.choice(CODE).format(w=r.choice(WORDS), v=r.choice(WORDS), n=r.randint(2, 99))
    text = " ".join(r.choice(WORDS) for _ in range(r.randint(4, 14)))
    return text.capitalize() + r.choice((".", ".", " für größere Werte.", " → see *{}*.".format(r.choice(WORDS)), ":"))


def source(r, kind, n):
    text = "\n".join(line(r, kind) for _ in range(n))
    return text.splitlines(keepends=True)


def image(r):
    size = int(min(r.lognormvariate(10, 1.1), 3e6))
    return {"output_type": "display_data", "metadata": {"needs_background": "light"},
            "data": {"image/png": base64.encodebytes(r.randbytes(size)).decode().replace("\n", "") + "\n",
                     "text/plain": ["<Figure size 432x288 with 1 Axes>"]}}


def table(r):
    columns = [r.choice(WORDS) for _ in range(r.randint(3, 14))]
    html = ["<div>\n", "<style scoped>\n", "    .dataframe tbody tr th {\n", "        vertical-align: top;\n", "    }\n", "</style>\n",
            '<table border="1" class="dataframe">\n', "  <thead>\n", '    <tr style="text-align: right;">\n']
    html += [f"      <th>{c}</th>\n" for c in columns] + ["    </tr>\n", "  </thead>\n", "  <tbody>\n"]
    for i in range(r.choice((5, 5, 5, 10, 60))):
        html += ["    <tr>\n", f"      <th>{i}</th>\n"] + [f"      <td>{r.random() * 1000:.6f}</td>\n" for _ in columns] + ["    </tr>\n"]
    plain = [f"{i:<4d}" + "".join(f"{r.random() * 1000:12.4f}" for _ in columns) + "\n" for i in range(5)]
    return {"output_type": "execute_result", "execution_count": r.randint(1, 99), "metadata": {},
            "data": {"text/html": html + ["  </tbody>\n", "</table>\n", "</div>"], "text/plain": plain}}


def stream(r):
    rows = [f"Epoch {i}/{99}\tloss: {r.random():.4f} - \"{r.choice(WORDS)}\": {r.random():.4f}\n" for i in range(r.randint(1, 60))]
    return {"output_type": "stream", "name": r.choice(("stdout", "stdout", "stderr")), "text": rows}


def plot(r):
    points = [[round(r.gauss(0, 5), 6), r.randint(0, 10**6)] for _ in range(r.randint(50, 800))]
    return {"output_type": "display_data", "metadata": {},
            "data": {"application/vnd.plotly.v1+json": {"data": [{"type": "scatter", "x": [p[0] for p in points], "y": [p[1] for p in points]}]}}}


def error(r):
    trace = [f"\x1b[0;32m<ipython-input-{i}>\x1b[0m in \x1b[0;36m<module>\x1b[0;34m\x1b[0m\n\x1b[1;32m      {i} \x1b[0m" + line(r, "code")
             for i in range(r.randint(2, 9))]
    return {"output_type": "error", "ename": "ValueError", "evalue": line(r, "text"), "traceback": trace}


def notebook(r):
    cells = []
    rich = r.random() ** 3 * 2.5
    for _ in range(r.randint(5, 45)):
        if r.random() < 0.35:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": source(r, "text", r.randint(1, 6))})
            continue
        makers = r.choices(((), (stream,), (table,), (image,), (error,), (plot,), (stream, image)),
                           (40, 16, 14 * rich, 12 * rich, 1, 0.6 * rich, 5 * rich))[0]
        cells.append({"cell_type": "code", "execution_count": r.randint(1, 99), "metadata": {},
                      "outputs": [m(r) for m in makers], "source": source(r, "code", r.randint(1, 14))})
    if r.random() < 0.05:
        place = "s3://bench-data/" if r.random() < 0.5 else "/data/"
        cells.insert(1, {"cell_type": "code", "execution_count": 1, "metadata": {"tags": ["parameters"]}, "outputs": [],
                         "source": [f"source = '{place}{r.choice(WORDS)}.csv'\n", "n = 10"]})
    return {"cells": cells, "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                                         "language_info": {"codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py",
                                                           "mimetype": "text/x-python", "name": "python", "version": "3.11.2"}},
            "nbformat": 4, "nbformat_minor": 4}


def make(folder, n):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        text = json.dumps(notebook(random.Random(f"notebook {i}")), indent=1, ensure_ascii=False, sort_keys=True)
        (folder / f"{i:04d}.ipynb").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]))
