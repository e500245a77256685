"""What a training is made of, in words and numbers that are the same in each process: by them a file is known as this
training's.
"""

import hashlib
import re
from functools import partial
from types import ModuleType

import numpy as np

from .checks import check_from_zero
from .flat import arrays_of
from .sequential import Sequential


def of_training(watch, optimizer, epochs, examples, validation, augment, shuffle):
    """Return the settings of a training, {name: plain data}. Of a function of one's own, and of a layer, they hold the
    name and what it says of itself; what it took from around it, or computes, is not seen.

    Parameters
    ----------
    watch : nnlib.watch.Watch
        Of its network and loss.
    optimizer : nnlib.optim.Optimizer
    epochs : int
    examples, validation : (X, y)
        The latter may be None.
    augment, shuffle
        As of `nnlib.train.fit`.
    """
    return {
        "network": _description(watch.net),
        "parameters": {name: [*a.shape, str(a.dtype)] for name, a in arrays_of(watch.net).items()},
        "optimizer": _words(optimizer),
        "loss": _words(watch.loss_of),
        "augment": _words(augment),
        "shuffle": bool(shuffle),
        "epochs": int(epochs),
        "batch_size": int(watch.batch_size),
        "patience": watch.best.patience and int(watch.best.patience),
        "examples": _sum(*examples),
        "validation": validation and _sum(*validation),
    }


def rates(optimizer, first, end):
    """Return the step sizes at five moments from one update to another: those of a function of one's own tell more than
    its name.
    """
    moments = [first + k * (end - 1 - first) // 4 for k in range(5)]
    return [check_from_zero("the step size", optimizer.schedule(t, end)) for t in moments]


def generators(*parts):
    """Return the bit generators in the parts of a training, each once, and for each place where one stands, which it
    is: what is drawn depends on which places share one.
    """
    found = [generator.bit_generator for generator in _within([*parts])]
    each = list({id(generator): generator for generator in found}.values())
    for generator in each:
        if type(generator) is not np.random.PCG64:
            got = type(generator).__name__
            raise ValueError(f"expected random generators as np.random.default_rng makes them, of PCG64, got {got}")
    return each, [each.index(generator) for generator in found]


def seed(generator):
    """Return what a bit generator was seeded with, in words; None if with nothing: then the system draws another number
    of 128 bits in each process.
    """
    given = getattr(generator.seed_seq, "entropy", None)
    return None if isinstance(given, int) and given >= 2**64 else str(given)


def _within(parts):
    """Yield the random generators in a list of things, however deep: in their attributes, in lists and dictionaries,
    and in what a function took with it. Those that it finds by a global name are not seen.
    """
    seen = set()
    for part in parts:  # which grows: at its end comes what lies within
        if isinstance(part, np.random.Generator):
            yield part
        elif id(part) not in seen and not isinstance(part, type | ModuleType):
            seen.add(id(part))
            parts += part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()
            parts += [cell.cell_contents for cell in getattr(part, "__closure__", None) or ()]
            parts += [getattr(part, name, None) for name in ("__self__", "__defaults__", "__kwdefaults__", "__dict__")]
            parts += [part.func, part.args, part.keywords] if isinstance(part, partial) else ()


def _description(net):
    """Return what a network is made of, in words; of one that is no Sequential its class alone."""
    name = type(net).__name__
    return _plain(str(net).replace("Sequential", name, 1)) if isinstance(net, Sequential) else name


def _words(part):
    """Return what a part of a training is and how it is set, the same words in each process."""
    if part is None:
        return None
    if isinstance(part, partial):
        return _plain(f"{_words(part.func)} with {part.args} {part.keywords}")
    name = getattr(part, "__qualname__", type(part).__qualname__)  # of a function its own
    settings = getattr(part, "__dict__", {}).items()
    words = ", ".join(f"{key}={value!r}" for key, value in settings if not key.startswith("_") and key != "t")
    return _plain(f"{name}({words})")


def _plain(words):
    """Return words without the addresses that things have in this process."""
    return re.sub(r" at 0x\w+", "", words)


def _sum(X, y):
    """Return how many examples there are, and a sum over them."""
    digest = hashlib.blake2b(np.ascontiguousarray(X), digest_size=8)
    digest.update(np.asarray(y, np.int64).tobytes())
    return f"{len(y):,} with the sum {digest.hexdigest()}"
