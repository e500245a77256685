"""panels.py: knobs, and an experiment that trains while the kernel listens."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ipywidgets
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
sys.path.insert(0, str(FOLDER))
import panels  # noqa: E402

sys.path.remove(str(FOLDER))


def run(coroutine):
    """In a thread of its own: in this one Playwright's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


def count_up(steps=5, rate=0.5):
    for t in range(steps):
        yield 10 * t, {"loss": 1 / (1 + t * rate), "held out": 2.0}


def test_each_kind_of_knob_has_its_control():
    panel = panels.play(lambda **_: iter(()), size=[8, 32], rate=(0.01, 1.0), units=(1, 9), decay=True)
    size, rate, units, decay = panel.knobs.values()
    assert (type(size), size.options, size.value) == (ipywidgets.Dropdown, (8, 32), 8)
    assert type(rate) is ipywidgets.FloatLogSlider and rate.value == pytest.approx(0.1)
    assert (rate.base**rate.min, rate.base**rate.max) == pytest.approx((0.01, 1))
    assert (type(units), units.min, units.max, units.value) == (ipywidgets.IntSlider, 1, 9, 5)
    assert (type(decay), decay.value) == (ipywidgets.Checkbox, True)


def test_a_name_is_shown_in_words():
    assert panels.play(count_up, batch_size=[1]).knobs["batch_size"].description == "batch size"


@pytest.mark.parametrize("values", [[], (2, 1), (1.0, 0.5), (0.0, 1.0), "adam", None, 3, (1, 2, 3)])
def test_what_is_no_knob_is_refused(values):
    with pytest.raises(ValueError, match="expected rate to be a list, two numbers in order, or a truth value, got"):
        panels.play(count_up, rate=values)


def test_a_run_is_told_and_drawn_and_the_next_one_leaves_it_in_grey():
    async def both():
        panel = panels.play(count_up, steps=[5], rate=(0.1, 1.0))
        assert panel.picture.layout.display == "none"  # nothing is broken before the first press
        await panel.begin()
        assert panel.words.value == "Run 1 · pictures seen: 40 · loss 0.4415, held out 2 · finished"
        one = bytes(panel.picture.value)
        assert panel.picture.layout.display is None and b"<svg" in one and b"held out" in one and b"run 1" not in one
        panel.knobs["rate"].value = 1.0
        await panel.begin()
        assert "loss 0.2," in panel.words.value and b"run 1" in bytes(panel.picture.value)
        assert not panel.start.disabled and panel.stop.disabled

    run(both())


def test_stop_works_while_it_trains_and_what_was_drawn_stays():
    heard = []

    def endless():
        for t in range(10**9):
            heard.append(t)
            yield t, {"loss": 1.0}

    async def press():
        panel = panels.play(endless)
        panel.start.click()
        assert panel.start.disabled and not panel.stop.disabled
        while len(heard) < 3:
            await asyncio.sleep(0)
        panel.stop.click()
        await asyncio.wait_for(panel.task, 5)
        assert panel.words.value.endswith(" · stopped") and len(panel.runs[0]["curves"]["loss"]) >= 2
        assert not panel.start.disabled and panel.stop.disabled
        seen = len(heard)
        await asyncio.sleep(0.1)
        assert len(heard) == seen

    run(press())


def test_what_goes_wrong_is_said_and_start_works_again():
    def failing(wrong):
        yield 1, {"loss": 1.0}
        if wrong:
            raise FloatingPointError("the loss became nan")

    async def twice():
        panel = panels.play(failing, wrong=True)
        await panel.begin()
        assert panel.words.value.endswith("loss 1 · FloatingPointError: the loss became nan")
        panel.knobs["wrong"].value = False
        await panel.begin()
        assert panel.words.value.endswith("finished")

    run(twice())


def test_an_experiment_that_cannot_begin_says_so():
    async def press():
        panel = panels.play(lambda rate: 1 / 0, rate=(1, 2))
        await panel.begin()
        assert panel.words.value == "ZeroDivisionError: division by zero"

    run(press())


def test_only_a_few_runs_stay():
    async def many():
        panel = panels.play(count_up, steps=[1])
        for _ in range(7):
            await panel.begin()
        assert [run["number"] for run in panel.runs] == [4, 5, 6, 7]

    run(many())


def test_without_ipywidgets_a_sentence_stands_there():
    code = "import sys; sys.modules['ipywidgets'] = None\nimport panels; print(panels.play(len, rate=(1, 2)))"
    said = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == panels.ABSENT == repr(panels.play(count_up))
