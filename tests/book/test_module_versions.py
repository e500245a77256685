"""The import map of a page gives each of our modules an address that changes with the module."""

import json
import re
from urllib.parse import urlsplit

import module_versions


def test_each_module_of_ours_has_its_version_in_its_address(site):
    page = site.html / "notebooks/04_softmax.html"
    found = re.search(r'<script[^>]* type="importmap"[^>]*>(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    imports = json.loads(found[1])["imports"]
    assert {"../_static/run/run.js", "../_static/run/bar.js", "../_static/figures/base.js"} <= {
        name.removeprefix("./") for name in imports
    }
    for name, versioned in imports.items():
        address = urlsplit(versioned)
        assert address.path == name and re.fullmatch(r"v=[0-9a-f]{8}", address.query)
        assert (page.parent / name).resolve().is_file()


def test_what_a_page_names_of_ours_has_its_version_in_its_address(site):
    """Style sheets and scripts, what is read without scripts and what searches too: ?v= and the checksum."""
    seen = set()
    for name in ("notebooks/04_softmax", "book/draw", "search"):
        page = site.html / f"{name}.html"
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'<(?:link|script)\b[^>]*?\b(?:href|src)="([^"]+\.(?:css|js)\b[^"]*)"', text):
            path, _, query = address.partition("?")
            ours = module_versions.STATIC / path.rpartition("_static/")[2]
            if ours.is_file():
                assert re.fullmatch(r"v=[0-9a-f]{8}", query), f"{address} on {name}"
                seen.add(ours.name)
    assert {"book.css", "figures.css", "run.css", "no-scripts.css", "search.js", "start.js", "mount.js"} <= seen


def test_another_content_has_another_version(tmp_path):
    one, other = tmp_path / "one.js", tmp_path / "other.js"
    one.write_text("export const a = 1;")
    other.write_text("export const a = 2;")
    assert module_versions.version(one) != module_versions.version(other)
