"""Where the time goes: the processor time of each chapter's tests, as a table at the end, and a budget that it keeps.

What is measured is the time that processors worked for a test: in this process and in all that it started, the kernel
of a notebook and the browser with them. Waiting counts nothing, and neither does what all tests share, such as
building the site. A busy machine makes the same work dearer, a slow one too, by less than a factor of two between all
that we tried. So a chapter over its budget is marked, and only one that needs more than twice of it fails: it alone,
under its own name.

A chapter has BUDGET seconds of one core for its cells, its figure and its page; one that needs more says so in the
metadata of its first cell, with a reason: ``"budget": {"seconds": 150, "why": "it trains in full"}``. What is longest
runs first, so that no worker is left with it alone at the end: the dearest chapters, then what opens a browser.
"""

import json
import re
from collections import Counter, defaultdict
from contextlib import suppress
from functools import cache

import psutil
import pytest

BUDGET = 60
MARGIN = 2
PROPERTY = "where the time goes"


def processor_seconds(whole):
    """The processor time that this process has used, and, if `whole`, that of all processes below it, ended or not."""
    process, seconds = psutil.Process(), 0.0
    for member in [process, *(process.children(recursive=True) if whole else ())]:
        with suppress(psutil.Error):  # it has just ended: its parent knows how long it took
            times = member.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


@cache
def chapters(root):
    """Each chapter's budget, and the chapter of each figure."""
    budgets, owners = {}, {}
    for path in sorted(root.glob("notebooks/*.ipynb")):
        text = path.read_text(encoding="utf-8")
        first = json.loads(text)["cells"][0]["metadata"]
        budgets[path.stem] = first.get("budget", {}).get("seconds", BUDGET)
        owners |= dict.fromkeys(re.findall(r"figures\.play\(\\\"(\w+)\\\"\)", text), path.stem)
    return budgets, owners


def place(item):
    """The chapter that a test is about, or "", and which part of the work it is: the folder of the test.

    What a chapter does not pay for: what tests/run does in a browser, and what only a sweep does.
    """
    if item.path.suffix == ".ipynb":
        return item.path.stem, "cells"
    if item.path.parent.name == "run" or item.get_closest_marker("sweep"):
        return "", item.path.parent.name
    budgets, owners = chapters(item.config.rootpath)
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    names = [name for value in values if isinstance(value, str) for name in re.split(r"[/.]", value)]
    chapter = next((owners.get(name, name) for name in names if name in owners or name in budgets), "")
    return chapter, item.path.parent.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    whole = item.path.suffix == ".ipynb" or "browser" in getattr(item, "fixturenames", ())
    before = processor_seconds(whole)
    try:
        return (yield)
    finally:
        item.user_properties.append((PROPERTY, [*place(item), max(0.0, processor_seconds(whole) - before)]))


def pytest_collection_modifyitems(config, items):
    budgets, _ = chapters(config.rootpath)
    in_browser = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (-budgets.get(item.path.stem, 0), item.path not in in_browser))


class Ledger:
    """What the tests of this run used, by chapter and by part; it stays in the process that gathers the reports."""

    def __init__(self, config):
        self.root = config.rootpath
        self.seconds = defaultdict(Counter)

    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            for name, entry in report.user_properties:
                if name == PROPERTY:
                    chapter, part, seconds = entry
                    self.seconds[chapter][part] += seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session):
        result = yield
        for chapter, used, budget in self.dear():
            if used > MARGIN * budget:
                words = f"{chapter}: {used:.0f} s of processor time, of a budget of {budget:g} s. Twice of it fails."
                path = f"notebooks/{chapter}.ipynb"
                report = pytest.TestReport(f"{path}::budget", (path, 0, "budget"), {}, "failed", words, "call")
                session.config.hook.pytest_runtest_logreport(report=report)
        return result

    def dear(self):
        """Yield the chapters that used more than their budget, what they used, and the budget."""
        budgets, _ = chapters(self.root)
        for chapter, parts in sorted(self.seconds.items()):
            budget = budgets.get(chapter, BUDGET)
            if chapter and parts.total() > budget:
                yield chapter, parts.total(), budget

    def pytest_terminal_summary(self, terminalreporter):
        if not any(self.seconds):  # no chapter
            return
        budgets, _ = chapters(self.root)
        dear = {chapter for chapter, _, _ in self.dear()}
        parts = sorted({part for chapter, used in self.seconds.items() if chapter for part in used})
        terminalreporter.section("where the time goes: seconds of one core")
        terminalreporter.write_line("".join([" " * 24, *(f"{head:>11}" for head in (*parts, "sum", "budget"))]))
        for chapter in sorted(filter(None, self.seconds)):
            used = self.seconds[chapter]
            columns = [*(used.get(part) for part in parts), used.total(), budgets.get(chapter, BUDGET)]
            row = "".join(" " * 11 if seconds is None else f"{seconds:11.1f}" for seconds in columns)
            terminalreporter.write_line(f"{chapter:24}{row}{'  over its budget' if chapter in dear else ''}")
        for part, seconds in sorted(self.seconds[""].items()):
            terminalreporter.write_line(f"{f'of no chapter: {part}':24}{seconds:11.1f}")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ledger(config), "where-the-time-goes")
