"""The icons in use, and no others: the theme's script with all of Font Awesome's 1.5 MB is taken out of the pages.

Without the script the theme's style sheet draws the same icons from a font. That font is cut to the characters that
the pages, scripts and style sheets of the site name.
"""

import re
from pathlib import Path

from fontTools import subset

SCRIPT = re.compile(r"\s*<(?:script|link)\b[^>]*/fontawesome\.js\b[^>]*>(?:</script>)?")
NAME = re.compile(r"\bfa-[a-z][\w-]*")
RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"(?:\\([0-9a-f]+)|([^"]))"\}')  # one character of the font
ESCAPED = re.compile(r"\\([ef][0-9a-f]{3})\b")
PRIVATE = range(0xE000, 0xF900)  # where the font has its icons


def characters(pages, style_sheets):
    """Return the icons that `pages` name by a class or `style_sheets` by their character, as code points.

    Parameters
    ----------
    pages, style_sheets : str
        What all pages and scripts say, and all style sheets.
    """
    names = set(NAME.findall(pages))
    wanted = set()

    def drop(rule):
        selectors, code, character = rule.groups()
        if names & set(NAME.findall(selectors)):
            wanted.add(int(code, 16) if code else ord(character))
        return ""

    rest = RULE.sub(drop, style_sheets)
    wanted |= {int(code, 16) for code in ESCAPED.findall(rest)}
    return wanted | {ord(character) for character in rest if ord(character) in PRIVATE}


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
    texts = [path.read_text(encoding="utf-8") for path in pages]
    for path, text in zip(pages, texts, strict=True):
        path.write_text(SCRIPT.sub("", text), encoding="utf-8")
    texts += [path.read_text(encoding="utf-8") for path in scripts]
    style_sheets = [path.read_text(encoding="utf-8") for path in [*static.glob("*.css"), *static.glob("styles/*.css")]]
    wanted = characters("".join(texts), "".join(style_sheets))
    for font in static.glob("vendor/fontawesome/webfonts/*"):
        if font.suffix == ".woff2":
            cut(font, wanted)
        else:
            font.unlink()  # for browsers of before 2016
    for path in (static / "scripts").glob("fontawesome.js*"):
        path.unlink()


def setup(app):
    app.connect("build-finished", build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
