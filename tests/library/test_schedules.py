"""schedules.py: where each begins, peaks and ends; no jump where none should be; and training on in a second call."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.schedules import constant, cosine_decay, linear_decay, step_decay, warm_up_and_decay

etas = st.floats(1e-4, 10)
totals = st.integers(1, 500)
shares = st.floats(0, 0.99)
DECAYS = {"linear": linear_decay, "cosine": cosine_decay, "warm up": warm_up_and_decay}
every_decay = pytest.mark.parametrize("decay", DECAYS.values(), ids=DECAYS)


def values(schedule, total, steps=None):
    return np.array([schedule(t, total) for t in range((steps or total) + 1)])


@given(etas, totals)
def test_a_constant_stays(eta, total):
    assert set(values(constant(eta), total)) == {eta}
    assert constant(eta)(7, None) == eta


@given(etas, totals)
def test_linear_decay_is_a_line_that_reaches_0(eta, total):
    np.testing.assert_allclose(values(linear_decay(eta), total), np.linspace(eta, 0, total + 1), atol=1e-14)


@pytest.mark.equation("eq-cosine-decay")
@settings(max_examples=15)
@given(etas, st.integers(1, 200))
def test_cosine_decay_is_torch_s_and_flat_at_both_ends(eta, total):
    ours = values(cosine_decay(eta), total)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=eta)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total)
    for t in range(total + 1):
        assert ours[t] == pytest.approx(theirs.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        theirs.step()
    assert ours[0] == eta and ours[-1] == pytest.approx(0, abs=1e-15)
    assert cosine_decay(eta)(total / 2, total) == pytest.approx(eta / 2)
    assert (np.diff(ours) <= 0).all()


@pytest.mark.equation("eq-step-decay")
@given(etas, st.integers(1, 50), st.floats(0, 1))
def test_step_decay_multiplies_after_each_so_many_updates(eta, every, factor):
    schedule = step_decay(eta, every, factor)
    for n in range(3):
        assert schedule(n * every, None) == schedule((n + 1) * every - 1, None) == pytest.approx(eta * factor**n)


@pytest.mark.equation("eq-warm-up")
@given(etas, st.integers(1, 500), shares, st.floats(0, 1))
def test_warm_up_rises_to_its_peak_and_falls_to_0_without_a_jump(eta, total, warm_up, start):
    schedule = warm_up_and_decay(eta, warm_up, start)
    ours = values(schedule, total)
    assert ours[0] == pytest.approx(eta * start if warm_up else eta)
    assert ours[-1] == 0
    assert (ours <= eta * (1 + 1e-12)).all() and (ours >= 0).all()
    assert schedule(warm_up * total, total) == pytest.approx(eta)
    steepest = eta * max((1 - start) / warm_up if warm_up else 0, 1 / (1 - warm_up)) / total
    assert (np.abs(np.diff(ours)) <= steepest * (1 + 1e-9) + 1e-12).all()
    peak = ours.argmax()
    assert (np.diff(ours[: peak + 1]) >= -1e-12).all() and (np.diff(ours[peak:]) <= 1e-12).all()


@pytest.mark.equation("eq-warm-up")
def test_warm_up_and_decay_by_hand():
    schedule = warm_up_and_decay(1.0, warm_up=0.2, start=0.5)
    assert [schedule(t, 10) for t in range(11)] == pytest.approx([0.5, 0.75, 1, *np.linspace(1, 0, 9)[1:]])


@every_decay
@settings(max_examples=20)
@given(eta=etas, total=totals, before=totals)
def test_its_own_steps_stand_above_the_training_s(decay, eta, total, before):
    whole = values(decay(eta), total)
    np.testing.assert_array_equal(values(decay(eta, steps=total), before, total), whole)
    np.testing.assert_array_equal(values(decay(eta, steps=total), None, total), whole)
    assert decay(eta, steps=total)(total + 5, None) == whole[-1]  # and after its end it stays there


@every_decay
def test_a_decay_over_an_unknown_time_is_refused(decay):
    with pytest.raises(ValueError, match="expected the number of updates in all, for a step size that changes"):
        decay(0.1)(0, None)


@pytest.mark.parametrize("schedule", [constant, *DECAYS.values(), lambda eta: step_decay(eta, 10)])
@pytest.mark.parametrize("eta", [-0.1, np.nan, np.inf, "0.1", "cosine", None, [0.1, 0.01]])
def test_a_step_size_that_is_none_is_refused(schedule, eta):
    with pytest.raises(ValueError, match="expected the step size to be a number ≥ 0, got") as error:
        schedule(eta)
    assert str(error.value).endswith(repr(eta))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: linear_decay(0.1, steps=0), "expected steps to be a whole number from 1 on, got 0"),
        (lambda: cosine_decay(0.1, steps=-3), "expected steps .* got -3"),
        (lambda: warm_up_and_decay(0.1, steps=1.5), "expected steps .* got 1.5"),
        (lambda: warm_up_and_decay(0.1, warm_up=1), "expected warm_up to be a number from 0 to below 1, got 1"),
        (lambda: warm_up_and_decay(0.1, warm_up=500), "expected warm_up .* got 500"),
        (lambda: warm_up_and_decay(0.1, start=-1), "expected start to be a number ≥ 0, got -1"),
        (lambda: step_decay(0.1, 0), "expected every to be a whole number from 1 on, got 0"),
        (lambda: step_decay(0.1, "10"), "expected every .* got '10'"),
        (lambda: step_decay(0.1, 10, -1), "expected factor to be a number ≥ 0, got -1"),
    ],
)
def test_other_settings_that_do_not_fit_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


MADE = [constant(0.1), step_decay(0.1, 10), linear_decay(0.1), cosine_decay(0.1, 50), warm_up_and_decay(0.02, 0.1, 0)]


@pytest.mark.parametrize("schedule", MADE, ids=lambda schedule: type(schedule).__name__)
def test_a_schedule_is_a_value(schedule):
    """It can be copied and pickled, is equal to what has its numbers, shows how it was made, and does not change."""
    for again in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule)), eval(repr(schedule))):
        assert again == schedule and hash(again) == hash(schedule)
        np.testing.assert_array_equal(values(again, 40), values(schedule, 40))
    assert [schedule == other for other in MADE].count(True) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        schedule.eta = 1
