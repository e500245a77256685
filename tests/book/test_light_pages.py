"""What a page need not load, it does not ask for; and the icons in use are all there."""

import light_pages
import pytest
from built_site import pages
from fontTools.ttLib import TTFont


@pytest.mark.parametrize(
    ("page", "style", "wanted"),
    [
        ('<i class="fa-solid fa-sun">', '.fa-sun:before{content:"\\f185"}.fa-moon:before{content:"\\f186"}', {0xF185}),
        ('<i class="fa-search">', '.fa-glass:before,.fa-search:before{content:"\\f002"}', {0xF002}),
        ("", ':root{--icon:"\uf05a"}.x::before{content: "\\f303"}', {0xF05A, 0xF303}),
        ('<i class="fa-plus">', '.fa-plus:before{content:"+"}', {ord("+")}),
        ("fa-sunny", '.fa-sun:before{content:"\\f185"}', set()),
    ],
)
def test_the_icons_in_use(page, style, wanted):
    cut, characters = light_pages.in_use(page, style)
    assert characters == wanted
    assert light_pages.in_use(page, cut) == (cut, wanted)
    assert ("f186" in cut) == ("fa-moon" in page and "f186" in style)


def test_every_page_has_its_icons_and_nothing_of_the_search(site):
    fonts = [TTFont(path) for path in (site.html / "_static/vendor/fontawesome/webfonts").glob("*.woff2")]
    drawn = {code for font in fonts for code in font.getBestCmap()}
    sheets = [*(site.html / "_static").glob("*.css"), *(site.html / "_static/styles").glob("*.css")]
    style = "".join(path.read_text(encoding="utf-8") for path in sheets)
    for name in [*pages(), "search"]:
        page = (site.html / f"{name}.html").read_text(encoding="utf-8")
        assert "fontawesome.js" not in page
        assert ("searchindex.js" in page) == (name == "search")
        _, characters = light_pages.in_use(page, style)
        assert len(characters) > 20 and characters <= drawn
