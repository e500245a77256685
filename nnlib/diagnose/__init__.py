"""What is wrong with a training: one call that looks at its parts, in the order in which they depend on each other."""

import numpy as np

from ..checks import check_size
from . import data, forward, gradient, loop, loss, run, start, step
from .case import Case, Finding

PARTS = data, loop, loss, forward, start, gradient, step, run  # each needs only what came before


class Report(list):
    """The findings, in the order of cause: the first alarm is the verdict, later ones are mostly its consequences."""

    @property
    def alarms(self):
        """The findings that are not as they should be."""
        return [finding for finding in self if finding.wrong]

    @property
    def verdict(self):
        """The first alarm, or None."""
        return next(iter(self.alarms), None)

    @property
    def table(self):
        """A pandas DataFrame, one row a finding."""
        import pandas as pd  # here, because a page that shows no table need not fetch it

        return pd.DataFrame(self, columns=Finding._fields).set_index("name")

    def __repr__(self):
        if self.verdict is None:
            return f"nothing found in {len(self)} probes"
        first, *later = self.alarms
        lines = [f"{first.name}: {first.meaning}", f"  measured {_short(first.number)}, expected {first.expected}"]
        lines += [f"then {finding.name}: {finding.meaning}" for finding in later]
        return "\n".join(lines)


# What is no number is a finding, not a warning.
@np.errstate(all="ignore")
def look(net, X, y, X_test=None, y_test=None, *, loss=None, optimizer=None, batches=None, step=None, metric=None,
         augment=None, batch_size=64, epochs=10):  # fmt: skip
    """Look at a network, and at what it is or was to be trained with, and say what is wrong.

    Parameters
    ----------
    net : nnlib.train.Network
        Before training or after.
    X, y : arrays (N, D) and (N,)
        The examples as the training gets them: pixels of uint8, which are scaled as `nnlib.train.fit` does, or numbers
        as the network gets them. Labels may be one-hot rows, too.
    X_test, y_test : arrays, optional
        The test set, in the same form.
    loss : nnlib.losses.Loss, optional
        Or any object with ``forward(Z, Y)`` and ``backward(Z, Y)``; by default cross-entropy.
    optimizer : nnlib.optim.Optimizer, optional
        Without it, and without `step`, nothing is said about steps.
    batches : callable, optional
        The reader's own loop over the data: ``batches()``, or ``batches(rng)``, yields pairs (X, Y) as the network gets
        them, Y labels or one-hot rows. By default batches are drawn at random.
    step : callable, optional
        The reader's own update of a network on one batch, ``step(net, optimizer, X, Y)`` or ``step(net, X, Y)``, in
        place. Y is as `batches` yields it, by default one-hot rows.
    metric : callable, optional
        The reader's own score: ``metric(predicted, labels)`` or ``metric(net, X, labels)``, the share of right answers.
    augment : callable, optional
        As of `nnlib.train.fit`.
    batch_size, epochs : int
        Of the training.

    Returns
    -------
    Report
        A list of findings, (name, number, expected, meaning); its `verdict` is the first whose meaning is not empty.

    Raises
    ------
    ValueError
        If these are no parts of a training at all: no network, or rows that do not fit it.

    Notes
    -----
    All is tried on copies; what the reader's functions change nonetheless is put back. Each probe runs by itself: one
    that fails because a piece raises is an alarm that says so. The random choices are always the same.
    """
    batch_size, epochs = check_size("batch_size", batch_size), check_size("epochs", epochs)
    case = Case(net, X, y, X_test, y_test, loss, optimizer, batches, step, metric, augment, batch_size, epochs)
    report, arrays = Report(), {**net.params, **getattr(net, "state", {})}
    before = {name: array.copy() for name, array in arrays.items()}
    for part in PARTS:
        for probe in part.PROBES:
            name = f"{part.__name__.rpartition('.')[2]}: {probe.__name__.replace('_', ' ')}"
            try:
                found = probe(case)
            except Exception as error:
                found = "an error", "none", f"{type(error).__name__}: {error}"
            if found is not None:
                report.append(Finding(name, *found))
            changed = [n for n, old in before.items() if not np.array_equal(arrays[n], old, equal_nan=True)]
            for n in changed:
                arrays[n][...] = before[n]
            if changed:
                words = f"a function changes another network than the one that it is handed: {', '.join(changed)}"
                report.append(Finding(name, len(changed), "0", words))
    return report


def _short(number):
    return f"{number:.3g}" if isinstance(number, float) else str(number)
