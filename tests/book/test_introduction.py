"""The times that the introduction states are those that the chapters' lengths give (tests/chapter_length.py)."""

import re
from pathlib import Path

import nbformat
import pytest
from chapter_length import length

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book" / "introduction.md").read_text(encoding="utf-8")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
WEEK = re.compile(r"^\| \d+ \| (.*?) \|", re.MULTILINE)


def chapters(text):
    """The chapters that a text links; "02 to 05" are four."""
    named = [int(n) for n in re.findall(r"<ch-(\d\d)>", text)]
    return list(range(named[0], named[1] + 1)) if "` to {ref}" in text else named


def lengths(numbers):
    return [length(nbformat.read(next(ROOT.glob(f"notebooks/{n:02d}_*.ipynb")), as_version=4)) for n in numbers]


def hours(numbers, what):
    return sum(getattr(its, what) for its in lengths(numbers)) / 60


def test_the_afternoon_is_one():
    stated, what = re.search(r"^\| \*\*an afternoon\*\*, about (\w+) hours \| (.*?) \|", PAGE, re.MULTILINE).groups()
    takes = hours(chapters(what), "reading")
    assert takes == pytest.approx(NUMBERS[stated], abs=0.5), f"{takes:.1f} hours"


def test_each_week_takes_the_hours_that_are_stated():
    weeks = re.findall(r"^\| \d+ \| (.*?) \| ([\d.]+) \|", PAGE, re.MULTILINE)
    assert len(weeks) == len(WEEK.findall(PAGE)) > 5
    for number, (week, stated) in enumerate(weeks, 1):
        takes = hours(chapters(week), "minutes")
        assert float(stated) == pytest.approx(takes, abs=0.3), f"week {number}, {week}: {takes:.1f} hours"


def test_the_week_with_most_of_what_is_folded():
    stated = re.search(r"What is folded comes on top, most of all in week (\d)", PAGE)
    words = [sum(its.further_words for its in lengths(chapters(week))) for week in WEEK.findall(PAGE)]
    assert words.index(max(words)) + 1 == int(stated[1]), words
