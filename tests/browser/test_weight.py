"""What a reader's browser loads for a page before anything is pressed, counted as a host that gzips sends it."""

import gzip
from urllib.parse import unquote, urlsplit

import pytest
from built_site import pages

LARGEST = 800_000  # bytes
COMPRESSED = {".woff", ".woff2", ".png", ".jpg"}  # gzip gains nothing on these


def sent(path):
    content = path.read_bytes()
    return len(content if path.suffix in COMPRESSED else gzip.compress(content, 6))


@pytest.mark.parametrize("name", pages())
def test_a_page_is_light(browser, address, site, name):
    """All of it: the page is scrolled from top to bottom, so that its figures come alive."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        tab = context.new_page()
        files = set()
        tab.on("request", lambda request: files.add(site.html / unquote(urlsplit(request.url).path.lstrip("/"))))
        tab.goto(f"{address}/{name}.html")
        tab.evaluate("window.MathJax?.startup.promise.then(() => null)")
        for top in range(0, tab.evaluate("document.documentElement.scrollHeight"), 700):
            tab.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
            tab.evaluate("new Promise(requestAnimationFrame)")
        tab.wait_for_load_state("networkidle")
    weights = sorted(((sent(path), path.name) for path in files if path.is_file()), reverse=True)
    assert site.html / f"{name}.html" in files
    assert sum(weight for weight, _ in weights) < LARGEST, weights[:8]
