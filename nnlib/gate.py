"""The gate of a training: what does not fit is refused there, in words, before anything is changed."""

import copy
from collections.abc import Mapping
from inspect import signature
from numbers import Integral

import numpy as np

from .checks import check_from_zero, check_rng
from .data import check_labels, one_hot, scale
from .losses import Loss, SoftmaxCrossEntropy
from .optim import Optimizer
from .sequential import Sequential


def training(net, X, y, validation, epochs, batch_size, learning_rate, patience):
    """Return (X, y, validation) as arrays; raise a ValueError unless all that
    a training begins with fits.
    """
    X, y = examples(net, X, y)
    if validation is not None:
        validation = examples(net, *_two(validation))
    check_params(net)
    whole = isinstance(epochs, Integral) and isinstance(batch_size, Integral)
    if not whole or epochs < 1 or not 1 <= batch_size <= len(y):
        raise ValueError(f"expected epochs ≥ 1 and a batch of 1 to {len(y)}, got {epochs!r} and {batch_size!r}")
    if learning_rate is not None:
        check_from_zero("learning_rate", learning_rate)
    if patience is not None and (validation is None or not isinstance(patience, Integral) or patience < 1):
        got = "no validation" if validation is None else repr(patience)
        raise ValueError(f"expected a patience of 1 or more epochs, and validation=(X, y) to judge them by, got {got}")
    if getattr(net, "state", None) and 1 in (batch_size, len(y) % batch_size):  # a copy rehearses a batch of one
        copy.deepcopy(net).scores_and_grads(scale(X[:1], net.dtype), one_hot(y[:1], net.classes, net.dtype))
    return X, y, validation


def _two(validation):
    kind = type(validation)
    if not issubclass(kind, tuple | list) or len(validation) != 2:
        got = f"{len(validation)} parts" if issubclass(kind, tuple | list) else kind.__name__
        raise ValueError(f"expected validation=(X, y), pixels and their labels, got {got}")
    return validation


def check_network(net):
    """Raise a ValueError unless a network has what a training asks for."""
    missing = [name for name in ("inputs", "classes", "dtype", "params", "scores") if not hasattr(net, name)]
    if missing or isinstance(net, type):
        got = f"the class {net.__name__}" if isinstance(net, type) else f"{type(net).__name__}: it has no {missing[0]}"
        raise ValueError(f"expected a network, such as TwoLayerNet(rng) or Sequential(Linear(784, 10, rng)), got {got}")
    if net.inputs is None or net.classes is None:
        raise ValueError(
            "expected a network from rows to rows: its first layer says how many numbers an example has, "
            f"as Linear(784, 64, rng) and Reshape(1, 28, 28) do, and what comes out is (N, K); got {net}"
        )


def check_parts(net, rng, optimizer, loss, augment, learning_rate, decay, history):
    """Raise a ValueError unless the parts of a training are of their kinds and
    do not say the same thing twice.
    """
    check_rng(rng)
    _check_kind(optimizer, Optimizer, "Momentum(0.1)")
    check_loss(loss)
    if augment is not None and (not callable(augment) or isinstance(augment, type)):
        raise ValueError(f"expected augment to be a function of pixels and rng, got {augment!r}")
    if not isinstance(decay, bool | np.bool_):
        raise ValueError(f"expected decay to be True or False, for a fall on a line to 0, got {decay!r}")
    if history is not None and (isinstance(history, type) or not hasattr(history, "curves")):
        raise ValueError(f"expected history to be a History, as fit returns it, got {history!r}")
    if optimizer is not None:
        if learning_rate is not None or not decay:
            raise ValueError(
                "expected the step size in the optimizer alone, such as Momentum(linear_decay(0.1)), "
                "got learning_rate or decay too"
            )
        optimizer.begin(net.params)


def check_loss(loss):
    """Raise a ValueError unless it is a loss, or None."""
    _check_kind(loss, Loss, "SoftmaxCrossEntropy()")


def _check_kind(part, kind, example):
    if part is not None and not isinstance(part, kind):
        raise ValueError(f"expected {kind.__name__.lower()} to be one of nnlib's, such as {example}, got {part!r}")


def targets(net, loss, Y):
    """Return the rows that ``net.scores_and_grads`` is given for one-hot rows Y, and what it is given behind them: the
    loss, where it takes one. A network with cross-entropy written in takes smoothed rows.

    Raises
    ------
    ValueError
        If the network has another loss written in.
    """
    if loss is None:
        return Y, ()
    if len(signature(net.scores_and_grads).parameters) >= 3:
        return Y, (loss,)
    if isinstance(loss, SoftmaxCrossEntropy):
        return loss.targets(Y), ()
    raise ValueError(
        f"expected SoftmaxCrossEntropy(), which {type(net).__name__} has written in, got {loss!r}: "
        "a Sequential takes any loss"
    )


def augmented(pixels, augment, rng):
    """Return what augmentation makes of a batch; raise a ValueError unless it
    is a batch of pixels too.
    """
    changed = augment(pixels, rng)
    is_array = isinstance(changed, np.ndarray)
    if not is_array or changed.dtype != np.uint8 or changed.shape != pixels.shape:
        got = f"{changed.shape} of {changed.dtype}" if is_array else type(changed).__name__
        raise ValueError(f"expected augment to return pixels, {pixels.shape} of uint8, got {got}")
    return changed


def pixels(net, X):
    """Return pixels for a network as an array; raise a ValueError for others: scaled ones would be scaled again."""
    X, D = np.asarray(X), net.inputs
    if X.ndim != 2 or X.shape[1] != D or X.dtype != np.uint8:
        raise ValueError(f"expected pixels 0 to 255, (N, {D}) of uint8, got {X.shape} of {X.dtype}")
    return X


def examples(net, X, y):
    """Return pixels and their labels as arrays; raise a ValueError unless a network can be given them."""
    check_network(net)
    X, y = pixels(net, X), np.asarray(y)
    if y.shape != X.shape[:1] or len(y) == 0:
        raise ValueError(f"expected a label for each picture and at least one, got {X.shape} and {y.shape}")
    check_labels(y, net.classes)
    return X, y


def check_params(net):
    """Raise a ValueError unless the parameters are arrays that training can
    move.
    """
    if isinstance(net, Sequential):
        net.check()  # again: a class that derives from it may have got layers beside its own since
    params, again = net.params, net.params
    if not isinstance(params, Mapping):
        raise ValueError(f"expected params to be a dictionary of arrays by name, got {type(params).__name__}")
    for name, param in params.items():
        if not isinstance(param, np.ndarray) or param.size == 0 or not np.issubdtype(param.dtype, np.floating):
            got = f"shape {np.shape(param)} of {getattr(param, 'dtype', type(param).__name__)}"
            raise ValueError(f"expected parameters that are arrays of floating-point numbers, got {name}, {got}")
        if again[name] is not param:
            raise ValueError(f"expected params to hold the network's own arrays, got a new {name} at each look")
        if not np.isfinite(param).all():
            wrong = param[~np.isfinite(param)]
            raise ValueError(
                f"expected finite weights to start from, got {wrong[0]} in {name}, {wrong.size} of {param.size}: "
                "draw them anew, or load them from a file that nnlib.io.save wrote"
            )
    if not params:
        raise ValueError("expected a network with parameters, got none in params")


def check_scores(net, Z, N):
    """Raise a ValueError unless scores are a row for each of N examples:
    others would be spread over the classes in silence.
    """
    if np.shape(Z) != (N, net.classes):
        raise ValueError(f"expected scores ({N}, {net.classes}) from the network, got shape {np.shape(Z)}")


def check_answer(net, N, Z, grads):
    """Raise a ValueError unless scores are a row for each of N examples, and
    gradients a dictionary; whether they fit the parameters, the optimizer
    looks.
    """
    check_scores(net, Z, N)
    if not isinstance(grads, Mapping):
        names = ", ".join(net.params)
        raise ValueError(f"expected a dictionary with the gradients of {names}, got {type(grads).__name__}")
