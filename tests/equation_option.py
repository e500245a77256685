"""`pytest --equation eq-softmax`: run the tests that hold one equation up, and no others."""

import difflib

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--equation",
        action="append",
        default=[],
        metavar="LABEL",
        help="run only the tests marked with this equation's label; may be given several times",
    )


def labels(item):
    """The labels of the equations that a test holds up."""
    return {label for mark in item.iter_markers("equation") for label in mark.args}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        item.extra_keyword_matches.update(labels(item))  # so that -k eq-softmax finds the family eq-softmax…
    wanted = set(config.getoption("equation"))
    if not wanted:
        return
    known = set().union(*map(labels, items))
    for label in sorted(wanted - known):
        if hasattr(config, "workerinput"):  # a worker of xdist cannot stop the run: nothing is left to run instead
            items.clear()
            return
        close = difflib.get_close_matches(label, known, n=3)
        hint = f"; close to it: {', '.join(close)}" if close else ""
        raise pytest.UsageError(f"--equation {label}: no collected test is marked with this label{hint}")
    config.hook.pytest_deselected(items=[item for item in items if not labels(item) & wanted])
    items[:] = [item for item in items if labels(item) & wanted]
