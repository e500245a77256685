"""What the tests hear of a browser's complaints: what a page is to blame for."""

import threading

import pytest
from figure_page import served
from served_site import listen


@pytest.mark.parametrize(
    ("body", "file", "complaints"),
    [
        ("", "/favicon.svg", []),  # a browser fetches the icon when all else is there: nobody can wait for it
        ("<script>fetch('/digits.bin')</script>", "/digits.bin", ["/digits.bin net::ERR_ABORTED"]),
    ],
    ids=["icon", "file"],
)
def test_a_page_that_is_left_answers_for_its_files_but_not_for_its_icon(browser, body, file, complaints):
    asked, left = threading.Event(), threading.Event()

    def slow(path):
        if path == file:
            asked.set()
            left.wait(10)
        return f'<link rel="icon" href="/favicon.svg">{body}' if path == "/" else ""

    found = []
    with served(slow) as address, browser.new_context() as context:
        tab = context.new_page()
        listen(tab, address, found)
        tab.goto(f"{address}/")
        assert asked.wait(10)
        with tab.expect_event("requestfailed", lambda request: request.url.endswith(file)):
            tab.goto("about:blank")
        left.set()
    assert found == [f"failed: {address}{each}" for each in complaints]
