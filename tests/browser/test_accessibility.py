"""axe-core finds nothing serious on any page, in either mode, with the figures alive and the buttons of the cells."""

import pytest
from axe import script
from built_site import pages

# Everything that depends on the colours is judged in both modes; the rest once.
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
SERIOUS = """async options => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  return violations.filter(v => ["serious", "critical"].includes(v.impact)).flatMap(
    v => v.nodes.map(node => `${v.id} (${v.impact}): ${node.html.slice(0, 150)}`));
}"""


@pytest.fixture(scope="module")
def axe():
    return script()


@pytest.fixture(scope="module")
def tab(browser):
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        yield tab


@pytest.mark.parametrize("name", [*pages(), "search"])
def test_axe_finds_nothing_serious(tab, axe, address, name):
    tab.emulate_media(color_scheme="light")
    tab.goto(f"{address}/{name}.html")
    tab.evaluate("window.MathJax?.startup.promise.then(() => null)")
    for figure in tab.locator("figure.interactive").all():
        figure.scroll_into_view_if_needed()
        tab.wait_for_function("figure => figure.classList.contains('mounted')", arg=figure.element_handle())
    tab.evaluate(axe)
    for mode, options in RULES.items():
        tab.emulate_media(color_scheme=mode)
        tab.wait_for_function(f"document.documentElement.dataset.theme === '{mode}'")
        tab.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished)).then(() => null)")
        assert tab.evaluate(SERIOUS, options) == [], mode


def test_axe_sees_what_is_wrong(tab, axe, address):
    tab.emulate_media(color_scheme="light")
    tab.goto(f"{address}/book/introduction.html")
    tab.evaluate(axe)
    tab.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><button></button>')"
    )
    assert {line.split(" ")[0] for line in tab.evaluate(SERIOUS, {})} >= {"image-alt", "button-name"}
