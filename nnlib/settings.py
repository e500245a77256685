"""What a training is made of, in words and numbers that are the same in each process: by them a file is known as this
training's.
"""

import hashlib
import re

import numpy as np

from . import architecture
from .checks import check_from_zero
from .flat import arrays_of
from .sequential import Sequential


def of_training(watch, optimizer, epochs, examples, validation, augment, shuffle):
    """Return the settings of a training, {name: plain data}.

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


def generators(rng, net, augment):
    """Return the bit generators of a training, each once, and for each place where one stands, which it is: what is
    drawn depends on which places share one.
    """
    parts = [*(net.parts() if isinstance(net, Sequential) else [net]), augment]
    kept = [value for part in parts for value in getattr(part, "__dict__", {}).values()]
    found = [g.bit_generator for g in (rng, *kept) if isinstance(g, np.random.Generator)]
    each = list({id(generator): generator for generator in found}.values())
    for generator in each:
        if type(generator) is not np.random.PCG64:
            got = type(generator).__name__
            raise ValueError(f"expected random generators as np.random.default_rng makes them, of PCG64, got {got}")
    return each, [each.index(generator) for generator in found]


def _description(net):
    """Return what a network is made of, of one with layers of one's own its class alone."""
    try:
        return architecture.describe(net)
    except ValueError:
        return type(net).__name__


def _words(part):
    """Return what a part of a training is and how it is set, the same words in each process."""
    if part is None:
        return None
    name = getattr(part, "__qualname__", type(part).__qualname__)  # of a function its own
    settings = getattr(part, "__dict__", {}).items()
    words = ", ".join(f"{key}={value!r}" for key, value in settings if not key.startswith("_") and key != "t")
    return re.sub(r" at 0x\w+", "", f"{name}({words})")


def _sum(X, y):
    """Return how many examples there are, and a sum over them."""
    digest = hashlib.blake2b(np.ascontiguousarray(X), digest_size=8)
    digest.update(np.asarray(y, np.int64).tobytes())
    return f"{len(y):,} with the sum {digest.hexdigest()}"
