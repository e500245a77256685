"""Predictions and what goes further, on a chapter's page: one press, a kept choice, links that open, paper."""

import pytest
from chapter_page import Chapter

NAME = "04_softmax"


@pytest.fixture
def page(browser, address):
    """A chapter's page in a window of its own, with its own storage."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield Chapter(context.new_page(), address, NAME)


def test_a_prediction_is_chosen_kept_and_named_by_its_answer(page, address):
    tab = page.tab
    box, fold = tab.locator(".predict").first, tab.locator("details.reveals").first
    choices = box.get_by_role("radiogroup", name="Predict").get_by_role("radio")
    assert 2 <= choices.count() <= 4 and not fold.locator(".reveal").is_visible()
    assert not fold.locator(".cell_output").first.is_visible()
    choices.first.focus()
    tab.keyboard.press("ArrowDown")
    assert choices.nth(1).is_checked()
    fold.locator("summary").press("Enter")
    assert fold.locator(".cell_output").first.is_visible() and fold.locator(".reveal").is_visible()
    chosen = fold.locator(".chosen")
    tab.wait_for_function("document.querySelector('.chosen').textContent.length > 12")
    said = chosen.inner_text()
    assert said == f"You chose: {box.locator('label').nth(1).inner_text().strip()}"
    box.locator("label").first.click()
    assert chosen.inner_text() == f"You chose: {box.locator('label').first.inner_text().strip()}"

    tab.reload()
    tab.locator("ul.choices").first.wait_for()
    assert choices.first.is_checked() and not fold.evaluate("fold => fold.open")
    other = tab.locator(".predict").nth(1).get_by_role("radio")
    assert not any(radio.is_checked() for radio in other.all())


def test_without_a_choice_nothing_is_said_of_one(page):
    page.tab.locator("details.reveals > summary").first.click()
    assert page.tab.locator(".reveal").first.is_visible() and not page.tab.locator(".chosen").first.is_visible()


def test_running_the_cell_opens_the_answer(page):
    cells = "[...document.querySelectorAll('div.cell')]"
    number = 1 + page.tab.evaluate(f"{cells}.findIndex(cell => cell.querySelector('.reveals'))")
    assert page.run(number) == "ran"
    assert page.tab.locator(".reveal").first.is_visible()
    assert page.cell(number).locator(".run-fresh").is_visible()


def test_a_finger_hits_a_choice(browser, address):
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        page = Chapter(context.new_page(), address, NAME)
        labels = page.tab.locator("ul.choices label")
        assert all(label.bounding_box()["height"] >= 44 for label in labels.all())
        labels.first.tap()
        assert page.tab.locator("ul.choices input").first.is_checked()


def test_a_choice_in_the_readers_own_colours(browser, address):
    with browser.new_context(forced_colors="active", color_scheme="dark") as context:
        page = Chapter(context.new_page(), address, NAME)
        radio = page.tab.locator("ul.choices input").first
        assert radio.evaluate("e => getComputedStyle(e).appearance") == "auto", "the system draws it"
        assert page.tab.locator("ul.choices label").first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"


def test_a_link_opens_what_goes_further(page):
    tab = page.tab
    fold = tab.locator("details.further").first
    name = fold.evaluate("fold => fold.parentElement.id")
    inside = fold.locator("> :not(summary)").first
    assert not fold.evaluate("fold => fold.open") and not inside.is_visible()
    link = tab.locator(f".page-toc a[href='#{name}']")
    for _ in range(2):  # the second time the address stays as it is
        link.click()
        tab.wait_for_function("document.querySelector('details.further').open")
        assert inside.is_visible()
        fold.locator("> summary").click(position={"x": 3, "y": 20})
        assert not inside.is_visible()
    tab.goto("about:blank")
    tab.goto(f"{page.address}#{name}")
    tab.wait_for_function("document.querySelector('details.further').open")
    tab.evaluate("document.querySelector('details.further').open = false")
    tab.evaluate("document.querySelector('details.further > :last-child').id = 'far'")
    tab.evaluate("location.hash = 'far'")
    tab.wait_for_function("document.querySelector('details.further').open")


def test_what_goes_further_works_when_it_opens(page):
    """Its formulas are typeset at the size of the others, and its cells run."""
    tab = page.tab
    fold = tab.locator("details.further").first
    fold.locator("> summary").click()
    tab.evaluate("MathJax.startup.promise.then(() => null)")
    size = "e => e.querySelector('.math mjx-container').style.fontSize"
    assert fold.evaluate(size) == tab.locator("article > section > section").first.evaluate(size) != ""
    assert fold.locator(".math:not(:has(> mjx-container))").count() == 0
    assert fold.locator(".run-run").first.is_visible() or not fold.locator("div.cell").count()


def test_on_paper_and_without_scripts_all_is_there(browser, address):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(f"{address}/notebooks/{NAME}.html")
        assert tab.locator(".predict li").first.is_visible() and tab.locator("input:visible").count() == 0
        tab.locator("details.reveals > summary").first.click()
        assert tab.locator(".reveal").first.is_visible()
        tab.locator("details.further > summary").first.click()
        assert tab.locator("details.further > p").first.is_visible()
    with browser.new_context() as context:
        page = Chapter(context.new_page(), address, NAME)
        page.tab.emulate_media(media="print")
        for selector in (".reveal", "details.reveals .cell_output", "details.further > summary :is(h2, h3)"):
            assert page.tab.locator(selector).first.bounding_box()["height"] > 10, selector
        heights = page.tab.locator("details.further > :not(summary)").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect().height)"
        )
        assert min(heights) > 5
