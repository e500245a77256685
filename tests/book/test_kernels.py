"""The kernels in the site: the very files, and the pages on which they can be edited and run."""

import re

import pytest
from gpu_page import KERNELS

from nnlib.gpu.device import source

PAGE = "notebooks/21_gpu"


def test_the_site_has_the_files_unmodified(site):
    folder = site.html / "_static/gpu/kernels"
    names = sorted(path.name for path in KERNELS.glob("*.wgsl"))
    assert sorted(path.name for path in folder.iterdir()) == names
    for name in names:
        assert (folder / name).read_bytes() == (KERNELS / name).read_bytes()


def test_only_a_page_that_prints_a_kernel_loads_what_runs_it(site):
    import_map = re.compile(r'<script[^>]* type="importmap".*?</script>', re.DOTALL)  # it names all modules
    pages = {path.relative_to(site.html).as_posix(): path.read_text(encoding="utf-8") for path in site.files()}
    assert [name for name, text in pages.items() if "gpu/mount.js?v=" in import_map.sub("", text)] == [f"{PAGE}.html"]


@pytest.fixture
def chapter(chromium, address):
    tab = chromium.new_page()
    tab.goto(f"{address}/{PAGE}.html")
    tab.wait_for_selector(".run-open")
    yield tab
    tab.close()


def test_the_kernels_of_the_chapter_run_on_its_page(chapter):
    """Each that is printed is offered, and the first is run."""
    cells = chapter.locator("div.cell.tag_kernel")
    names = [
        re.fullmatch(r'print\(source\("(\w+)"\)\)', text.strip())[1]
        for text in cells.locator(".cell_input pre").all_text_contents()
    ]
    assert len(names) > 2 and "product_tiled" in names
    assert chapter.locator(".run-open").count() == len(names)
    for i, name in enumerate(names):
        assert cells.nth(i).locator(".cell_output pre").first.text_content().strip() == source(name).strip()
    cell = cells.first
    cell.locator(".run-open").click()
    cell.locator(".cm-content").press("Shift+Enter")
    chapter.wait_for_function("/^Right/.test(document.querySelector('.kernel-bar .run-status').textContent)")
    assert cell.get_attribute("data-run") is None  # Python's cell has not run
