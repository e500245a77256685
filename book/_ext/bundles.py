"""What the site takes from npm: CodeMirror for the editor of the cells, reveal.js for the slides.

Each file of `BUNDLED` imports some of it. esbuild puts it and what it imports into the site as one file where it was,
and beside it the licences of what is inside.
"""

import json
import tempfile
from pathlib import Path

import npm

STATIC = Path("book/_static")
BUNDLED = {"run/editor.js": "CodeMirror", "slides/engine.js": "reveal.js", "slides/engine.css": "reveal.js"}
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


def bundle(name, target):
    """Write the bundle of a file to `target`, and beside it, ``.licences.txt``, what its parts are licensed under."""
    npm.install()
    notice = target.with_suffix(".licences.txt")
    with tempfile.TemporaryDirectory() as scratch:
        facts = Path(scratch, "facts.json")
        words = f"{BUNDLED[name]} is inside: {notice.name}"
        banner = f"--banner:css=/* {words} */" if target.suffix == ".css" else f"--banner:js=// {words}"
        npm.run("esbuild/bin/esbuild", STATIC / name, *OPTIONS, banner, f"--metafile={facts}", f"--outfile={target}")
        inputs = json.loads(facts.read_text(encoding="utf-8"))["inputs"]
    notice.write_text(licences(inputs), encoding="utf-8")


def build_finished(app, exception):
    if exception is None and app.builder.format == "html":
        for name in BUNDLED:
            bundle(name, Path(app.outdir, "_static", name))


def setup(app):
    app.connect("build-finished", build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
