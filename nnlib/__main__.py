"""python -m nnlib: train the network of the book, or ask a trained one about a picture."""

import argparse
import codecs
import os
import sys
import warnings
from pathlib import Path

import numpy as np

from . import files, io, recipe
from .data import CLASSES, load_mnist, scale, split
from .functional import softmax
from .losses import SoftmaxCrossEntropy
from .picture import as_text, load_picture
from .train import evaluate, fit

# What stands for the signs that a terminal or a file of another encoding does not have.
_PLAIN = {"█": "#", "▀": '"', "▄": "_", "→": "->", "×": "x", "η": "eta", "≥": ">=", "−": "-", "…": "...", "—": "-"}


def main(argv=None):
    """Run a command line, a list of words; return its exit status."""
    codecs.register_error("nnlib.plain", _in_plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A line at a time, so that a training shows its epochs in a pipe too.
            stream.reconfigure(errors="nnlib.plain", line_buffering=True)
    try:
        try:
            args = _parser().parse_args(argv)
            return args.run(args)
        except BrokenPipeError:
            raise
        except OSError as error:
            what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
            print(f"nnlib: {what}", file=sys.stderr)
            return 1
        except (ValueError, FloatingPointError, MemoryError) as error:
            print(f"nnlib: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt as stop:
            print(f"nnlib: stopped{''.join(f'; {words}' for words in stop.args)}", file=sys.stderr)
            return 130
        finally:
            if sys.stdout:  # None where it was closed
                sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        _leave_quietly()
        return 141  # as a program that the signal ends


def _in_plain_signs(error):
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in signs), error.end


def _leave_quietly():
    """Let what is still in the buffers go nowhere, or Python would complain about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _parser():
    parser = argparse.ArgumentParser(prog="python -m nnlib", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="train | predict")

    train = commands.add_parser(
        "train", help="train a network on MNIST and score it on the test set",
        description="Train a network on MNIST and score it on the test set: without a word more the 784 → 64 → 10 of "
        "the book, one picture at a time.",
    )  # fmt: skip
    add = train.add_argument_group("the network").add_argument
    add("--layers", metavar="784-…-10", help="sizes, from pixels to digits (784-64-10)")
    add("--conv", action="store_true", help="two convolutions in place of the hidden layers: 12,810 parameters")
    add("--activation", choices=recipe.ACTIVATIONS, default="relu", help="of the hidden layers (relu)")
    add("--batch-norm", action="store_true", help="normalise each hidden layer")
    add(
        "--dropout",
        type=float,
        default=0.0,
        metavar="P",
        help="share dropped behind each hidden layer, of --conv before the last (0)",
    )
    add("--init", choices=recipe.INITS, help="first weights (he_normal)")
    add("--dtype", choices=["float32", "float64"], default="float32", help="of the weights (float32)")

    add = train.add_argument_group("how it is trained").add_argument
    add("--epochs", type=int, default=10, metavar="E", help="passes over the training set (10)")
    add("--batch-size", type=int, metavar="N", help="examples an update (1 with sgd, else 128)")
    add("--optimizer", choices=recipe.OPTIMIZERS, default="sgd", help="what moves the weights (sgd)")
    add("--learning-rate", type=float, metavar="η", help=f"first or highest step size ({_usual(1)})")
    add("--schedule", choices=recipe.SCHEDULES, help=f"how the step size changes ({_usual(2)})")
    add("--weight-decay", type=float, metavar="λ", help="of adamw (0.01)")
    add("--smoothing", type=float, default=0.0, metavar="ε", help="of the labels (0)")
    add("--augment", choices=recipe.AUGMENTATIONS, help="move the pictures of each batch a little")
    add("--fixed-order", action="store_true", help="visit the examples as the file has them, every epoch")
    add("--validation", type=int, metavar="N", help="hold out the last N training digits and score them each epoch")
    add("--patience", type=int, metavar="E", help="stop after E epochs without a better validation loss; keep the best")
    add(
        "--as-published", action="store_true", help="the settings of the seed program, from which the book grew: "
        "--schedule constant --fixed-order --init uniform",
    )  # fmt: skip

    add = train.add_argument_group("what it reads and writes").add_argument
    add("--seed", type=int, default=0, help="of the random numbers (0)")
    add("--data", type=Path, metavar="FOLDER", help="where the four MNIST files are (data/mnist)")
    add("--save", type=Path, metavar="FILE", help="write the weights there, as .safetensors")
    add("--checkpoint", type=Path, metavar="FILE", help="write all of the training there, each epoch and on Ctrl-C; "
        "where it is there, go on from it")  # fmt: skip
    add("--resume", type=Path, metavar="FILE", help="the same, with a file that has to be there: go on from where a "
        "training with the same options stopped")  # fmt: skip
    train.set_defaults(run=_train)

    predict = commands.add_parser("predict", help="say which digit a picture shows")
    predict.add_argument("file", type=Path, metavar="FILE", help="28 × 28 numbers as .csv, or a PNG or JPEG")
    predict.add_argument(
        "--model", "--weights", type=Path, default=io.SHIPPED, metavar="FILE", help="from train --save, of any network"
    )
    predict.set_defaults(run=_predict)
    return parser


def _usual(what):
    """Return the usual step size or schedule of each optimizer, in words."""
    usual = {}
    for name, entry in recipe.OPTIMIZERS.items():
        usual.setdefault(entry[what], []).append(name)
    return "; ".join(f"{value} of {', '.join(names)}" for value, names in usual.items())


def _train(args):
    if args.as_published:
        if args.schedule or args.init:
            raise ValueError(
                "--as-published: expected it to say the schedule and the init, got --schedule or --init too"
            )
        args.schedule, args.fixed_order, args.init = "constant", True, "uniform"
    if args.conv and args.layers:
        raise ValueError(f"--conv: expected no --layers beside it, whose place it takes, got {args.layers}")
    if args.seed < 0:
        raise ValueError(f"--seed: expected a whole number from 0 on, got {args.seed}")
    if args.resume and args.checkpoint:
        raise ValueError(f"--resume: expected no --checkpoint beside it, which says the same, got {args.checkpoint}")
    if args.resume:
        files.check_there(args.resume, "a training that was stopped, as train --checkpoint FILE makes it")
    target = args.save and files.check_writable(args.save)  # before minutes are spent
    kept = args.resume or args.checkpoint
    if target and kept and target == files.check_writable(kept):
        raise ValueError(f"--save: expected another file than the training's, got {args.save} for both")
    usual = 1 if args.optimizer == "sgd" else 128
    batch_size = usual if args.batch_size is None else args.batch_size
    rng = np.random.default_rng(args.seed)
    net = recipe.network(
        rng,
        args.layers or "784-64-10",
        args.activation,
        args.dropout,
        args.batch_norm,
        args.conv,
        args.init or "he_normal",
        args.dtype,
    )
    optimizer = recipe.optimizer(args.optimizer, args.learning_rate, args.schedule, args.weight_decay)
    mnist = load_mnist(args.data)
    examples, validation = (mnist.X_train, mnist.y_train), None
    if args.validation is not None:
        examples, validation = split(*examples, args.validation)
    history = fit(
        net, *examples, rng=rng, epochs=args.epochs, batch_size=batch_size, optimizer=optimizer,
        loss=SoftmaxCrossEntropy(args.smoothing) if args.smoothing else None,
        augment=args.augment and recipe.AUGMENTATIONS[args.augment](), shuffle=not args.fixed_order,
        validation=validation, patience=args.patience, checkpoint=kept,
    )  # fmt: skip
    if args.save:
        io.save(args.save, net, {"options": _options(args), "last epoch": history.epochs[-1]})
        print(f"\nThe weights are in {target}")
    print(f"\nTest Accuracy: {evaluate(net, mnist.X_test, mnist.y_test).accuracy:.2%}\n")
    print("A single prediction, test picture 0")
    _show(net, mnist.X_test[0], mnist.y_test[0])
    return 0


def _options(args):
    """Return what a network was trained with, without where anything lies."""
    places = ("run", "data", "save", "checkpoint", "resume")
    return {name: value for name, value in vars(args).items() if name not in places}


def _predict(args):
    net = io.load(args.model)
    files.check_there(args.file, "a picture or a .csv file")
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always", UserWarning)
        x = load_picture(args.file)
    for doubt in doubts:
        print(f"nnlib: {args.file}: {doubt.message}", file=sys.stderr)
    print(f"{args.file}, as the network is given it")
    _show(net, x)
    return 0


def _show(net, x, label=None):
    if x.size != net.inputs or net.classes != CLASSES:
        sizes = f"{net.inputs} → … → {net.classes}"
        raise ValueError(f"expected a network from {x.size} pixels to {CLASSES} digits, got {sizes}")
    confidences = softmax(net.scores(scale(x[None])))[0]
    print(as_text(x))
    if label is not None:
        print(f"True label: {label}")
    print(f"Predicted label: {confidences.argmax()}")
    for digit, confidence in enumerate(confidences):
        print(f"  {digit}  {_percent(confidence):>7}  {'█' * round(40 * confidence)}")


def _percent(share):
    """Return a share in percent, with two digits; only 1 is 100.00%, and only 0 is 0.00%."""
    printed = f"{share:.2%}"
    if printed == "100.00%" and share < 1:
        return ">99.99%"
    return "<0.01%" if printed == "0.00%" and share > 0 else printed


if __name__ == "__main__":
    sys.exit(main())
