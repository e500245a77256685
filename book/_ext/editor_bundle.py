"""The editor of the cells: _static/run/editor.js and CodeMirror, which it imports, in one file.

esbuild puts the bundle in the site where the module was, and beside it the licences of what is inside.
"""

import json
import tempfile
from pathlib import Path

import npm

MODULE = "book/_static/run/editor.js"
OPTIONS = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=none", "--log-level=warning"]


def owner(path):
    """Return the folder of the package that a file of node_modules belongs to."""
    parts = Path(path).parts
    after = len(parts) - parts[::-1].index("node_modules")  # of the innermost
    return Path(*parts[: after + (2 if parts[after].startswith("@") else 1)])


def licences(inputs):
    """Return the name, version and licence of each package among the files of a bundle, as one text."""
    texts = []
    for folder in sorted({owner(path) for path in inputs if "node_modules" in Path(path).parts}):
        package = json.loads((npm.ROOT / folder / "package.json").read_text(encoding="utf-8"))
        [licence] = (npm.ROOT / folder).glob("LICEN[CS]E*")
        text = licence.read_text(encoding="utf-8").strip()
        texts.append(f"{package['name']} {package['version']} ({package['license']})\n\n{text}\n")
    return f"\n{'-' * 80}\n\n".join(texts)


def bundle(target):
    """Write the bundle to `target`, and to ``.licences.txt`` beside it what its parts are licensed under."""
    npm.install()
    notice = target.with_suffix(".licences.txt")
    with tempfile.TemporaryDirectory() as scratch:
        facts = Path(scratch, "facts.json")
        banner = f"--banner:js=// CodeMirror is inside: {notice.name}"
        npm.run("esbuild/bin/esbuild", MODULE, *OPTIONS, banner, f"--metafile={facts}", f"--outfile={target}")
        inputs = json.loads(facts.read_text(encoding="utf-8"))["inputs"]
    notice.write_text(licences(inputs), encoding="utf-8")


def build_finished(app, exception):
    if exception is None and app.builder.format == "html":
        bundle(Path(app.outdir, "_static", "run", "editor.js"))


def setup(app):
    app.connect("build-finished", build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
