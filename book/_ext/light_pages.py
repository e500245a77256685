"""A page loads what it uses: the icons in use and no others, and nothing of the search before one searches.

The templates leave out the theme's script with all of Font Awesome, 1.5 MB, and the scripts of the search, which has a
page of its own. Without them the theme's style sheet draws the same icons from a font; both are cut here to the icons
that the pages, scripts and style sheets of the site name.
"""

import re
from pathlib import Path

from fontTools import subset

NAME = re.compile(r"\bfa-[a-z][\w-]*")
RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"(?:\\([0-9a-f]+)|([^"]))"\}')  # one character of the font
ESCAPED = re.compile(r"\\([ef][0-9a-f]{3})\b")
PRIVATE = range(0xE000, 0xF900)  # where the font has its icons


def in_use(pages, style_sheet):
    """Cut a style sheet to the icons that `pages` name by a class.

    Parameters
    ----------
    pages, style_sheet : str
        What all pages and scripts say; the style sheet.

    Returns
    -------
    (str, set of int)
        The style sheet without the rules of the other icons, and the characters of the font that it still draws, as
        code points.
    """
    names = set(NAME.findall(pages))
    characters = set()

    def keep(rule):
        selectors, code, character = rule.groups()
        if not names & set(NAME.findall(selectors)):
            return ""
        characters.add(int(code, 16) if code else ord(character))
        return rule[0]

    cut = RULE.sub(keep, style_sheet)
    characters |= {int(code, 16) for code in ESCAPED.findall(cut)}
    return cut, characters | {ord(character) for character in cut if ord(character) in PRIVATE}


def cut(font, wanted):
    """Cut a font in place to the characters that are wanted."""
    options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=True)
    with subset.load_font(font, options) as loaded:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(loaded)
        subset.save_font(loaded, font, options)


def build_finished(app, exception):
    if exception or app.builder.format != "html":
        return
    site, static = Path(app.outdir), Path(app.outdir, "_static")
    pages = [path for path in site.rglob("*.html") if path.relative_to(site).parts[0] not in ("_static", "lite")]
    scripts = [path for path in (static / "scripts").glob("*.js") if path.name != "fontawesome.js"]
    texts = [path.read_text(encoding="utf-8") for path in [*pages, *scripts]]
    wanted = set()
    for path in [*static.glob("*.css"), *static.glob("styles/*.css")]:
        style_sheet, characters = in_use("".join(texts), path.read_text(encoding="utf-8"))
        path.write_text(style_sheet, encoding="utf-8")
        wanted |= characters
    for font in static.glob("vendor/fontawesome/webfonts/*"):
        if font.suffix == ".woff2":
            cut(font, wanted)
        else:
            font.unlink()  # for browsers of before 2016
    for path in (static / "scripts").glob("fontawesome.js*"):
        path.unlink()


def add_search(app, pagename, templatename, context, doctree):
    """Give the page of the search what it quotes with: before the search begins, after its own scripts."""
    if pagename == "search":
        app.add_js_file("search.js", defer="defer")


def setup(app):
    app.connect("html-page-context", add_search)
    app.connect("build-finished", build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
