"""The icons of the site: a font cut to those in use, and no page that asks for the script with all of them."""

import icons
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
def test_the_characters_in_use(page, style, wanted):
    assert icons.characters(page, style) == wanted


def test_every_page_draws_its_icons_from_the_small_font(site):
    fonts = [TTFont(path) for path in (site.html / "_static/vendor/fontawesome/webfonts").glob("*.woff2")]
    drawn = {code for font in fonts for code in font.getBestCmap()}
    sheets = [*(site.html / "_static").glob("*.css"), *(site.html / "_static/styles").glob("*.css")]
    style = "".join(path.read_text(encoding="utf-8") for path in sheets)
    for name in [*pages(), "search"]:
        page = (site.html / f"{name}.html").read_text(encoding="utf-8")
        assert "fontawesome.js" not in page
        icons_of_page = icons.characters(page, style)
        assert len(icons_of_page) > 20 and icons_of_page <= drawn
