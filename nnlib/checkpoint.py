"""A training in a file: one that was stopped goes on from there, to the same bits as if it had not been."""

import math
from pathlib import Path

import numpy as np

from . import files, settings, tensors
from .flat import arrays_of
from .interrupt import held_back


class Checkpoint:
    """The file of one training in `nnlib.train.fit`. Where it is there, the training goes on from it: all numbers of
    its parts are put in place of those they have. It is written after each epoch, and after the update in which a
    Ctrl-C comes; one that comes later, in validation, loses that epoch.

    One call begins and goes on, because whoever was stopped types, or runs, the same line again; a file that is not of
    that line's training is refused, so nobody goes on with another one unawares.

    It holds the network's arrays and the optimizer's, its count of updates, the record with its curves, the best
    weights so far, what was noted in the epoch, and two states of each random generator: the one from which the order
    of the epoch was drawn, and the present one. And the settings: the same numbers under others would be neither
    training.

    The same bits come out where nothing else changes: no number that an optimizer of one's own keeps outside its
    ``memories``, or a layer outside its ``params`` and ``state``; a schedule is a function of t and total alone; and a
    random generator is ``rng``, or lies in one of the parts, not under a global name.

    Parameters
    ----------
    path : path or None
        With None nothing is read or written.
    watch : nnlib.watch.Watch
        Of the network and its best weights.
    rng : numpy.random.Generator
    optimizer : nnlib.optim.Optimizer
    history : nnlib.train.History
    epochs : int
        From now on.
    examples, validation : (X, y)
        The latter may be None.
    augment, shuffle
        As of `nnlib.train.fit`.
    verbose : bool
        Whether to say that it goes on.

    Attributes
    ----------
    end, steps : int
        Before which epoch, and with which update, the training is over.

    Raises
    ------
    ValueError
        If the file is damaged or foreign, or belongs to a training with other settings: with what differs. Nothing
        is changed then. If a generator is not one of ``np.random.default_rng``.
    OSError
        If no file can be written there.
    """

    def __init__(self, path, watch, rng, optimizer, history, epochs, examples, validation, augment, shuffle, verbose):
        self.path, self.watch, self.optimizer, self.history = path, watch, optimizer, history
        net, self.examples, self.epochs = watch.net, len(examples[1]), int(epochs)
        self.batches = math.ceil(self.examples / watch.batch_size)
        self._begins(len(history.epochs), optimizer.t)
        if path is None:
            return
        files.check_writable(path)
        self.generators, owners = settings.generators(rng, net, optimizer, watch.loss_of, augment)
        self.start, self.pending = self._states(), None
        told = settings.of_training(watch, optimizer, epochs, examples, validation, augment, shuffle)
        told |= {"generators": owners, "seeds": [settings.seed(generator) for generator in self.generators]}
        self.settings = tensors.plain(told)
        # A file of this training has at most so many bytes; no larger one is read.
        updates = sum(curve.shape[1] for curve in history.curves) + epochs * self.batches
        groups, sizes = 2 + len(optimizer.memories), [array.size for array in arrays_of(net).values()]
        numbers = groups * sum(sizes) + 3 * updates + self.examples * (net.classes + 1)
        header = tensors.HEADER_LIMIT + 1000 * (self.before + epochs) + 150 * groups * len(sizes)
        self.limits = (8 * numbers + header, header)
        if Path(path).exists():
            self._read()
            if verbose:
                print(f"{path}: {self._where()}")
        else:
            self._note_rates()

    def _begins(self, epochs, updates):
        """Take down how many there were before this training."""
        self.before, self.updates = epochs, updates
        self.end, self.steps = epochs + self.epochs, updates + self.epochs * self.batches

    def _note_rates(self):
        self.settings["step sizes"] = settings.rates(self.optimizer, self.updates, self.steps)

    def turns(self, bar):
        """Yield where each batch of the epoch begins, without those that were had before the file was written. After
        an update in which a Ctrl-C came, write the file and raise the KeyboardInterrupt.
        """
        if self.path is None:
            yield from bar
            return
        if self.pending:
            states, so_far = self.pending
            self._set(states)
            self.watch.go_on(**so_far)
            self.pending = None
        with held_back() as came:
            for start in bar:
                if start < self.watch.noted:
                    continue
                yield start
                if came:
                    break
            if came:  # also while the bar was closed
                try:
                    self._write(self.watch.so_far())
                except ValueError as error:  # of weights that are lost already
                    raise KeyboardInterrupt(f"{self.path} stays as it was: {error}") from error
                self._stop()

    def write(self):
        """Write the file, at the end of an epoch."""
        if self.path is not None:
            self.start = self._states()
            with held_back() as came:
                self._write({})
            if came:
                self._stop()

    def _stop(self):
        raise KeyboardInterrupt(f"the same command goes on from {self.path}")

    def _write(self, so_far):
        """Write the file, with what was noted so far in an epoch that is not over."""
        watch, best, history = self.watch, self.watch.best, self.history
        arrays = self._places(best.kept, so_far, np.concatenate([np.empty((2, 0)), *history.curves], axis=1))
        training = {
            "before": [self.before, self.updates],
            "over": best.is_over or len(history.epochs) == self.end,
            "rows": history.epochs,
            "updates": [curve.shape[1] for curve in history.curves],
            "noted": [len(so_far[name]) for name in ("scores", "losses")] if so_far else [0, 0],
            "best": [float(best.loss) if best.kept else None, best.waited],
            "watch": [watch.first if watch.first is None else float(watch.first), watch.heaviest, float(watch.longest)],
            "generators": [self.start, self._states()],
        }
        tensors.write(self.path, arrays, {"settings": self.settings, "training": training}, *self.limits)

    def _places(self, best, so_far, curves):
        """Return all arrays of the file by name."""
        groups = {
            "net": arrays_of(self.watch.net),
            "optimizer": self.optimizer.kept(self.watch.net.params),
            "best": best,
            "epoch": so_far,
        }
        named = {f"{group}.{name}": array for group, arrays in groups.items() for name, array in arrays.items()}
        return named | {"curves": curves}

    def _read(self):
        arrays, told = tensors.read(self.path, *self.limits)
        if not isinstance(theirs := told.get("settings"), dict):
            raise ValueError(f"{self.path}: expected a training that was stopped, got a file of weights alone")
        try:
            training = dict(told["training"])
            self._go_on_from(training.pop("before"), training.pop("over"), training["rows"])
            self._compare(theirs)
            self._take(arrays, **training)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
            if str(error).startswith(f"{self.path}: "):
                raise
            raise ValueError(f"{self.path}: expected a whole training, got parts that do not fit together") from error

    def _go_on_from(self, before, over, rows):
        """Take down what the training began with; raise a ValueError if this call begins with something else. It may
        bring what a training that was stopped has left: that has another place in the file.
        """
        (epochs, updates), history, t = map(int, before), self.history.epochs, self.optimizer.t
        same = history[:epochs] == rows[:epochs] and t >= updates
        if not same or (over and (len(history) > epochs or t > updates)):
            raise ValueError(
                f"{self.path}: expected what this training began with, a history of {epochs} epochs and an optimizer "
                f"of {updates} updates, got {len(history)} and {t}; a new training begins in a new file, and one that "
                "is over is run again with both made anew"
            )
        self._begins(epochs, updates)
        self._note_rates()

    def _compare(self, theirs):
        """Raise a ValueError unless the settings are the file's."""
        ours = self.settings.items()
        differ = {name: (theirs.get(name), value) for name, value in ours if theirs.get(name) != value}
        if len(differ) > 1:
            differ.pop("step sizes", None)  # they follow from the others
        if differ:
            words = "; ".join(f"{name} {str(one)[:160]}, got {str(two)[:160]}" for name, (one, two) in differ.items())
            raise ValueError(
                f"{self.path}: expected the settings of the training in this file, {words}; "
                "a new training begins in a new file"
            )

    def _take(self, arrays, rows, updates, noted, best, watch, generators):
        """Put everything in its place, after a look at all of it."""
        net, history, (noted, seen) = self.watch.net, self.history, noted
        (loss, waited), (first, heaviest, longest) = best, watch
        numbers = [waited, heaviest, longest, *(number for row in rows for number in row.values())]
        done = len(rows) - self.before
        fits = (
            all(isinstance(number, float | int) for number in numbers)
            and isinstance(first, float | None) and isinstance(loss, float | None)
            and all({"epoch", "loss", "train_accuracy"} <= row.keys() for row in rows)
            and min(self.before, self.updates) >= 0
            and 0 <= seen <= noted <= self.examples and 0 <= done <= self.epochs - bool(noted)
            and len(updates) == len(rows) and updates[self.before :] == done * [self.batches]
            and arrays["curves"].shape == (2, sum(updates))
        )  # fmt: skip
        if not fits:
            raise ValueError("its counts say different things")
        begun = math.ceil(noted / self.watch.batch_size)
        kept = {} if loss is None else {name: np.empty_like(array) for name, array in arrays_of(net).items()}
        so_far = {"scores": (noted, net.classes), "losses": (seen,), "rates": (begun,)} if noted else {}
        so_far = {name: np.empty(shape, net.dtype if name == "scores" else float) for name, shape in so_far.items()}
        curves = np.empty((2, sum(updates)))
        places = self._places(kept, so_far, curves)
        tensors.check_names(self.path, arrays, places)
        for name, place in places.items():
            if (arrays[name].shape, arrays[name].dtype) != (place.shape, place.dtype):
                got = f"{arrays[name].shape} in {arrays[name].dtype}"
                raise ValueError(f"{self.path}: expected {name} of {place.shape} in {place.dtype}, got {got}")
        start, now = ([_checked(state) for state in states] for states in generators)
        if not len(start) == len(now) == len(self.generators):
            raise ValueError(f"{len(self.generators)} random generators have {len(start)} and {len(now)} states")

        for name, place in places.items():
            place[...] = arrays[name]
        history.epochs[:] = rows
        history.curves[:] = [part.copy() for part in np.split(curves, np.cumsum(updates)[:-1], axis=1)] if rows else []
        self.optimizer.t = self.updates + done * self.batches + begun
        self.watch.best.loss, self.watch.best.waited = math.inf if loss is None else loss, waited
        self.watch.best.kept = kept
        self.watch.first, self.watch.heaviest, self.watch.longest = first, heaviest, longest
        self._set(start)
        self.start, self.pending = start, (now, so_far) if noted else None
        if self.watch.best.is_over:
            self.end = len(rows)

    def _where(self):
        """Return how far the training is, in words."""
        epoch, updates = len(self.history.epochs), self.pending and len(self.pending[1]["rates"])
        if epoch == self.end:
            return f"this training is over, after {epoch} epochs"
        return f"goes on in epoch {epoch}" + (f", after {updates} of its {self.batches} updates" if updates else "")

    def _states(self):
        return [generator.state for generator in self.generators]

    def _set(self, states):
        for generator, state in zip(self.generators, states, strict=True):
            generator.state = state


def _checked(state):
    """Return the state of a generator as NumPy gives it back; raise an error if it is none."""
    generator = np.random.PCG64(0)
    generator.state = state
    return generator.state
