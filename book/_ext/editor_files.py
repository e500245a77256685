"""CodeMirror, the editor of the cells: its modules as npm has them, each one file, in ``_static/codemirror``.

The browser loads them as they are; an import map on the page (run_cells.py) says which file is meant by a name such
as ``@codemirror/state``.

    python book/_ext/editor_files.py            # fetch what is not there yet
"""

import shutil
from pathlib import Path

import npm
from npm import File

MODULES = [
    File("@codemirror/autocomplete", "6.20.4", "0bc143dbdc725b9cd2a550a552b4f3a8cfd057948b274eee9f0689b3eb9ad798"),
    File("@codemirror/commands", "6.11.1", "395c41fb17d4966162e8d29106e438278123bc3a3fa1b11825debdf1523594a4"),
    File("@codemirror/lang-python", "6.2.1", "c60274624c703cb07b471a2de503b319b222b87e140445c09ce57415130b5eca"),
    File("@codemirror/language", "6.13.1", "3ee82597686d97904b1c0df409661c2e6386e206b9122ac309622e225a0075ff"),
    File("@codemirror/state", "6.7.6", "cf4ffe7d177bf2c7c5da66c49be0811cc79a29e12cb658238876bbdcef12939c"),
    File("@codemirror/streamparser", "6.0.0", "03b1109bc091c1f70e34abbd6161cd1675280a10ac5d26fffdede446076e4bb6"),
    File("@codemirror/view", "6.43.15", "e1ee658a4f903317aa6a573b993b78c5552307cba4c4b838335e9ef079d82451"),
    File("@lezer/common", "1.5.5", "5afcf283f7ab19b5c1ffaf60efb4984d694c0b62077c8f8897545a98d01ef571"),
    File("@lezer/highlight", "1.2.5", "8984bb2887a6354d3e5ac79bdd7e522948f1cee1dda16aac77d9473f10696d7c"),
    File("@lezer/lr", "1.4.12", "3c649203d840e7175277239ef43baa3c98aec6c183a770e7d3867006927a3238"),
    File("@lezer/python", "1.1.19", "47135244f8db0253e8cc7c01115f6cb86049a094936209091e6ca32c01258224"),
    File(
        "@marijn/find-cluster-break",
        "1.0.4",
        "4e9e441fac9db54e09e4e3b1cb0b0393da207ebe943f2ff9efc577821fc03751",
        "src/index.js",
    ),
    File("crelt", "1.0.7", "924800defa2bf95a0bfd16dde589ecebbcd9e36b03635274da84968c77a3721e", "index.js"),
    File("style-mod", "4.1.4", "4bd6b34edda52f362553d33df7e3a10f31fbdc0c95125aabec89c4de6be80b0a", "src/style-mod.js"),
    File("w3c-keyname", "2.2.8", "b649dec4f01c7c5eb05be4641b5b698c6938231ee50b38e17a2f0f822ca3df2e", "index.js"),
]


def build_finished(app, exception):
    if exception is None and app.builder.format == "html":
        npm.fetch(MODULES)
        target = Path(app.outdir, "_static", "codemirror")
        target.mkdir(parents=True, exist_ok=True)
        for path in (path for module in MODULES for path in (module.place, module.licence)):
            shutil.copyfile(path, target / path.name)


def setup(app):
    app.connect("build-finished", build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    npm.fetch(MODULES)
