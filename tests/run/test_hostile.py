"""Programs that flood a page: it answers all the while, and Stop ends them within a second of its own work."""

import pytest
from chapter_page import Busy, Chapter

pytestmark = pytest.mark.sweep  # test_cells.py has what is counted and cut, test_run.py an endless loop

ENDLESS = {
    "lines": "while True:\n    print('on and on')",
    "values": "i = 0\nwhile True:\n    i += 1\n    display(i)",
    "flushed": "while True:\n    print('.', end='', flush=True)",
    "rewritten": "print('x' * 150_000)\ni = 0\nwhile True:\n    i += 1\n    print(f'\\r{i}', end='', flush=True)",
    "long and rewritten": "i = 0\nwhile True:\n    i += 1\n    print(f'\\r{i}' + 'x' * 100_000, end='')",
    "errors": "import sys\nwhile True:\n    print('wrong', file=sys.stderr)",
    "to the first stdout": "import sys\nwhile True:\n    print('past the page', file=sys.__stdout__)",
    "warnings": "import warnings\nwarnings.simplefilter('always')\nwhile True:\n    warnings.warn('no')",
    "tables": "import pandas as pd\ntable = pd.DataFrame(np.zeros((50, 10)))\nwhile True:\n    display(table)",
    "figures": "from matplotlib import pyplot as plt\nwhile True:\n    plt.plot([1, 2])\n    plt.show()",
    "marks of letters": "while True:\n    print('\\u0301' * 1000, end='')",
}
ENDING = {
    "a long last line": "'x' * 8_000_000",
    "a long error": "raise ValueError('x' * 30_000_000)",
    "many marks": "from matplotlib import pyplot as plt\nplt.scatter(*np.random.default_rng(0).random((2, 60_000)));",
    "a long table": "class Table:\n    def _repr_html_(self):\n        return '<td>1' * 3_000_000\n\n\nTable()",
    "one long line": "print('x' * 30_000_000)",
    "many short lines": "print('\\n'.join('x' * 3_000_000))",
    "below Python": "import os\nfor _ in range(20_000):\n    os.write(1, b'below ')",
}
STOP = """number => new Promise((resolve) => {
  const cell = document.querySelectorAll("div.cell")[number - 1], start = performance.now();
  new MutationObserver(() => cell.dataset.run === "new" && resolve((performance.now() - start) / 1000))
    .observe(cell, { attributes: true });
  setTimeout(() => cell.querySelector(".run-bar .run-stop").click());
  setTimeout(() => resolve(Infinity), 20_000); // it ended by itself, and there was nothing to stop
})"""
FIRST = "document.querySelectorAll('div.cell')[1].querySelector('.run-fresh :is(pre, img, table)')"


@pytest.fixture(scope="module")
def chapter(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Chapter(context.new_page(), address)
    context.close()


@pytest.mark.parametrize("name", ENDLESS)
def test_a_page_under_a_flood_answers_and_stop_ends_it(chapter, name):
    chapter.edit(2, ENDLESS[name])
    chapter.press(2)
    chapter.wait(2, "running")
    busy = Busy(chapter.tab)
    chapter.tab.wait_for_function(FIRST, timeout=120_000)
    chapter.tab.wait_for_timeout(2000)
    computed = busy.since()
    stopped = chapter.tab.evaluate(STOP, 2)
    needed = busy.since() - computed
    print(f"{name}: the page computed {computed:.2f} s; Stop took {stopped:.2f} s, {needed:.2f} of them computing")
    assert computed < 2
    assert needed < 1
    assert stopped < 20, "it ended by itself"
    assert chapter.status(2) == "Stopped. Python starts again at the next run."


@pytest.mark.parametrize("name", ENDING)
def test_a_large_output_does_not_hold_the_page_up(chapter, name):
    chapter.edit(2, ENDING[name])
    chapter.run(1)
    busy = Busy(chapter.tab)
    chapter.run(2)
    chapter.tab.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    print(f"{name}: the page computed {busy.since():.2f} s")
    assert busy.since() < 4
    fresh = chapter.cell(2).locator(".run-fresh")
    if name == "many marks":
        assert fresh.locator("img").get_attribute("src").startswith("data:image/png")
        assert fresh.locator("img").evaluate("picture => picture.naturalWidth") > 400
    else:
        text = fresh.inner_text()
        words = ("below below", "left out here", "more than a page can show", "Table object")
        assert any(word in text for word in words)
