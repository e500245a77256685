"""In Firefox and in WebKit: a page with formulas and a figure, a cell that is run, a digit that is drawn."""

import json

import pytest
from engines import engine, settled

__all__ = ["engine"]

pytestmark = pytest.mark.sweep
CHAPTER = "notebooks/04_softmax"


def test_formulas_are_set_and_the_figure_answers(engine, address):
    engine.goto(f"{address}/{CHAPTER}.html")
    settled(engine, "Boolean(window.MathJax?.startup?.promise)", "MathJax")  # its script comes when it comes
    formulas = engine.evaluate(
        """MathJax.startup.promise.then(() => ({
          written: document.querySelectorAll('.math').length,
          typeset: document.querySelectorAll('.math > mjx-container').length,
          errors: document.querySelectorAll('mjx-merror').length }))"""
    )
    assert formulas["typeset"] == formulas["written"] > 20 and formulas["errors"] == 0
    engine.evaluate("document.querySelector('figure.interactive').scrollIntoView()")
    settled(engine, "document.querySelector('figure.interactive.mounted .handle') !== null", "the figure to come alive")
    before = engine.evaluate("document.querySelector('figure.interactive .stage').outerHTML")
    engine.evaluate(
        """document.querySelector('figure.interactive .handle').dispatchEvent(
          new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }))"""
    )
    assert settled(engine, "document.querySelector('figure.interactive .stage').outerHTML", "the figure") != before


def test_slides_fit_and_their_figure_answers(engine, address):
    engine.goto(f"{address}/slides/04_softmax.html#/04-fig-04-shares")
    settled(engine, "document.documentElement.classList.contains('ready')", "the slides")
    assert engine.evaluate("document.querySelectorAll('.body.scrolls, .caption.scrolls').length") == 0
    shown = "document.querySelector('section.present > section.present')"
    assert engine.evaluate(f"{shown}.id") == "04-fig-04-shares"
    settled(engine, f"{shown}.querySelector('.mounted .handle') !== null", "the figure to come alive")
    engine.evaluate("new Promise(done => setTimeout(done, 1000))")  # it is magnified to fill its frame
    before = engine.evaluate(f"{shown}.querySelector('.stage').outerHTML")
    box = engine.evaluate(f"{shown}.querySelector('.handle .knob').getBoundingClientRect()")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    engine.drag([(x, y), (x, y + 20), (x, y + 40)])
    settled(engine, f"{shown}.querySelector('.stage').outerHTML !== {json.dumps(before)}", "the figure")
    moved = engine.evaluate(f"{shown}.querySelector('.handle .knob').getBoundingClientRect()")
    assert abs(moved["y"] - box["y"] - 40) < 8


def test_a_cell_runs(engine, address):
    engine.goto(f"{address}/{CHAPTER}.html")
    settled(engine, "document.querySelectorAll('article .run-run').length > 1", "the Run buttons")
    cells = "[...document.querySelectorAll('.cell')].filter(cell => cell.querySelector('.run-run'))"
    engine.evaluate(f"void {cells}[1].querySelector('.run-run').click()")
    stored, fresh = (
        f"[...{cells}[1].querySelectorAll('.run-{which} pre')].map(e => e.textContent.trim()).join(' ')"
        for which in ("stored", "fresh")
    )
    assert engine.evaluate(stored)
    settled(engine, f"{fresh} === {stored}", f"the cell to print {engine.evaluate(stored)!r}")


def test_a_drawn_digit_is_read(engine, address):
    engine.goto(f"{address}/book/draw.html")
    engine.evaluate("document.querySelector('.draw-a-digit').scrollIntoView({ behavior: 'instant' })")
    settled(engine, "document.querySelector('.draw-a-digit.mounted .pad') !== null", "the sheet")
    engine.evaluate("document.querySelector('.pad').scrollIntoView({ behavior: 'instant', block: 'center' })")
    box = engine.evaluate("document.querySelector('.pad').getBoundingClientRect()")
    corners = [(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]
    engine.drag([(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners])
    answer = settled(engine, "document.querySelector('.answer').textContent", "an answer")
    assert answer.startswith("Read as 7")


def test_a_network_is_trained(engine, address):
    """In JavaScript, as in Chromium: from one press to a network that reads the test digits."""
    engine.goto(f"{address}/book/train.html")
    engine.evaluate("document.querySelector('.train-here').scrollIntoView({ behavior: 'instant' })")
    settled(engine, "document.querySelector('.train-here.mounted .main') !== null", "the buttons")
    engine.evaluate("void document.querySelector('.train .main').click()")
    training = "document.querySelector('.train').training"
    settled(engine, f"{training}.finished && {training}.state === 'idle'", "the end of the training")
    score = engine.evaluate(f"{training}.latest.read.test")
    assert score["count"] == 10_000 and score["right"] > 9600, score
