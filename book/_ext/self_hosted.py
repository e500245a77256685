"""The site asks no other host for anything, follows the system's colour mode, and shows no button that leads nowhere.

MathJax is copied from the package sphinx-mathjax-offline, of which the pages need a tenth. Buttons that need the
repository's address (Binder, source) are taken away while ``repository: url:`` in _config.yml is empty.
"""

from importlib.metadata import files
from pathlib import Path

from sphinx.util.fileutil import copy_asset

MATHJAX = [
    "tex-chtml.js",  # TeX in, HTML and CSS out, with MathML for screen readers
    "input/tex/extensions",  # loaded when an equation asks for one
    "output/chtml/fonts/woff-v2",
]


def copy_mathjax(app, exception):
    """Copy what the pages need of MathJax into the site."""
    if exception or app.builder.format != "html":
        return
    script = next(f for f in files("sphinx-mathjax-offline") if f.parts[-2:] == ("mathjax", "tex-chtml.js"))
    source = Path(script.locate()).parent
    for part in MATHJAX:
        target = Path(app.outdir, "_static/mathjax", part)
        copy_asset(source / part, target if (source / part).is_dir() else target.parent)


def repository_options(options):
    """Return the theme's options with the buttons that the repository's address allows: all of them, or none.

    Parameters
    ----------
    options : dict
        ``html_theme_options`` as read from _config.yml; ``repository_url`` may be empty or missing.
    """
    known = bool(options.get("repository_url"))
    return options | {
        "launch_buttons": options.get("launch_buttons", {}) if known else {},
        "use_repository_button": known,
        "use_source_button": known,
        "use_edit_page_button": False,
        "use_issues_button": False,
    }


def configure(app, config):
    config.mathjax_path = "mathjax/tex-chtml.js"
    config.html_theme_options = repository_options(config.html_theme_options)


def follow_the_system(app, pagename, templatename, context, doctree):
    context["default_mode"] = "auto"


def setup(app):
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it whether or not comments are loaded
    app.connect("config-inited", configure)
    app.connect("html-page-context", follow_the_system, priority=900)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
