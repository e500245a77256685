"""In JupyterLite: the data files of the repository appear beside the library, as on a page; see site_files.js."""

import json
import sys
import sysconfig
from pathlib import Path

import pyodide_js
from js import Object
from pyodide.code import run_js
from pyodide.ffi import create_proxy, to_js


def mount():
    here = Path(__file__)
    run_js(here.with_suffix(".js").read_text())
    sizes = json.loads(here.with_suffix(".json").read_text())
    hear = {
        "loading": create_proxy(lambda name: None),
        "loaded": create_proxy(lambda name: None),
        "failed": create_proxy(lambda sentence: print(sentence, file=sys.stderr)),
    }
    site = f"{pyodide_js._api.config.indexURL}../files/"
    objects = [to_js(given, dict_converter=Object.fromEntries) for given in (sizes, hear)]
    run_js("self.mountSiteFiles")(pyodide_js.FS, sysconfig.get_path("purelib"), site, *objects)
