"""The repository's address is one setting: unset, nothing leads there; set, every button leads to the right file."""

import shutil

import pytest
from bs4 import BeautifulSoup
from built_site import ROOT, build
from equation_index import source_url
from self_hosted import repository_options

ADDRESS = "https://github.com/someone/some-book"
CHAPTER = "notebooks/04_softmax"


def test_without_an_address_there_is_no_button():
    options = repository_options({"repository_url": "", "launch_buttons": {"binderhub_url": "https://mybinder.org"}})
    assert options["launch_buttons"] == {}
    assert not any(value for name, value in options.items() if name.startswith("use_"))
    assert source_url(options, "nnlib/functional.py", 7) is None


def test_with_an_address_the_buttons_come():
    launch = {"binderhub_url": "https://mybinder.org"}
    options = repository_options({"repository_url": ADDRESS, "launch_buttons": launch})
    assert options["launch_buttons"] == launch
    assert options["use_repository_button"] and options["use_source_button"]
    assert source_url(options, "nnlib/functional.py", 7) == f"{ADDRESS}/blob/main/nnlib/functional.py#L7"


@pytest.fixture(scope="module")
def addressed(tmp_path_factory):
    """A small copy of the book, one chapter and the equation index, with the address set."""
    source = tmp_path_factory.mktemp("addressed")
    for folder in ("book", "nnlib", "tests"):
        (source / folder).symlink_to(ROOT / folder)
    (source / CHAPTER).parent.mkdir()
    shutil.copy(ROOT / f"{CHAPTER}.ipynb", source / f"{CHAPTER}.ipynb")
    setting = '  url: ""\n'
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert config.count(setting) == 1, "the address is written in one place"
    (source / "_config.yml").write_text(config.replace(setting, f'  url: "{ADDRESS}"\n'), encoding="utf-8")
    (source / "_toc.yml").write_text(f"format: jb-book\nroot: {CHAPTER}\nchapters:\n  - file: book/equations\n")
    site = build(source, source / "out")
    assert site.returncode == 0, site.log
    return site.html


def test_a_chapter_opens_on_binder_and_shows_its_source(addressed):
    """And not on Colab, which takes the notebook alone: there is no `nnlib` and no data beside it."""
    page = BeautifulSoup((addressed / f"{CHAPTER}.html").read_text(encoding="utf-8"), "html.parser")
    links = {link["href"] for link in page.select(".article-header-buttons a")}
    assert f"https://mybinder.org/v2/gh/someone/some-book/main?urlpath=lab/tree/{CHAPTER}.ipynb" in links
    assert not any("colab" in link for link in links)
    assert f"{ADDRESS}/blob/main/{CHAPTER}.ipynb?plain=1" in links
    assert ADDRESS in links


def test_the_equation_index_links_to_the_lines(addressed):
    page = BeautifulSoup((addressed / "book/equations.html").read_text(encoding="utf-8"), "html.parser")
    places = {link.get_text(): link["href"] for link in page.select(".equation-place a")}
    assert places
    for text, address in places.items():
        path, line = text.rsplit(":", 1)
        assert address == f"{ADDRESS}/blob/main/{path}#L{line}"
