"""Number figures, equations and exercises by their chapter's own number: Figure 4.1 is in 04_softmax.

The number is the one in the file name. Sphinx would count from 1 in the order of the table of contents, so chapter 00
would be number 1; here a chapter's number is known to Sphinx only while it numbers what is in the chapter.
"""

import re

from sphinx.environment.collectors.toctree import TocTreeCollector


def chapter_number(docname):
    """Return the number in the file name, 4 for ``notebooks/04_softmax``, or None for a page that is not a chapter."""
    found = re.fullmatch(r"notebooks/(\d\d)_\w+", docname)
    return int(found[1]) if found else None


def number_by_chapter(app, env):
    """Number again, after Sphinx did, with each chapter's number in front."""
    sections = env.toc_secnumbers
    numbers = {docname: chapter_number(docname) for docname in env.found_docs}
    env.toc_secnumbers = {docname: {"": (n,)} for docname, n in numbers.items() if n is not None}
    changed = TocTreeCollector().assign_figure_numbers(env)
    env.toc_secnumbers = sections
    return changed


def setup(app):
    app.connect("env-get-updated", number_by_chapter, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
