"""python -m nnlib: train the network of the book, or ask a trained one about a picture."""

import argparse
import codecs
import os
import sys
import warnings
from pathlib import Path

import numpy as np

from . import files, init, io
from .data import CLASSES, load_mnist, scale
from .functional import softmax
from .picture import as_text, load_picture
from .train import evaluate, fit
from .two_layer import TwoLayerNet

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
        except KeyboardInterrupt:
            print("nnlib: stopped", file=sys.stderr)
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

    train = commands.add_parser("train", help="train 784 → 64 → 10 on MNIST and score it on the test set")
    train.add_argument("--hidden", type=int, default=64, metavar="H", help="hidden units (64)")
    train.add_argument("--epochs", type=int, default=10, metavar="E", help="passes over the training set (10)")
    train.add_argument("--batch-size", type=int, default=1, metavar="N", help="examples an update (1)")
    train.add_argument("--learning-rate", type=float, default=0.01, metavar="η", help="first step size (0.01)")
    train.add_argument("--constant", action="store_true", help="keep the step size; else it falls linearly to 0")
    train.add_argument(
        "--fixed-order", action="store_true", help="visit the examples as the file has them, every epoch"
    )
    train.add_argument("--init", choices=["he_normal", "uniform"], default="he_normal", help="first weights")
    train.add_argument("--dtype", choices=["float32", "float64"], default="float32", help="of the weights (float32)")
    train.add_argument(
        "--as-published", action="store_true", help="the settings of the seed program, "
        "from which the book grew: --constant --fixed-order --init uniform",
    )  # fmt: skip
    train.add_argument("--seed", type=int, default=0, help="of the random numbers (0)")
    train.add_argument("--data", type=Path, metavar="FOLDER", help="where the four MNIST files are (data/mnist)")
    train.add_argument("--save", type=Path, metavar="FILE", help="write the weights there, as .safetensors")
    train.set_defaults(run=_train)

    predict = commands.add_parser("predict", help="say which digit a picture shows")
    predict.add_argument("file", type=Path, metavar="FILE", help="28 × 28 numbers as .csv, or a PNG or JPEG")
    predict.add_argument("--weights", type=Path, default=io.SHIPPED, metavar="FILE", help="from train --save")
    predict.set_defaults(run=_predict)
    return parser


def _train(args):
    if args.as_published:
        args.constant, args.fixed_order, args.init = True, True, "uniform"
    if args.seed < 0:
        raise ValueError(f"--seed: expected a whole number from 0 on, got {args.seed}")
    target = args.save and files.check_writable(args.save)  # before minutes are spent
    mnist = load_mnist(args.data)
    rng = np.random.default_rng(args.seed)
    net = TwoLayerNet(rng, hidden=args.hidden, init=getattr(init, args.init), dtype=args.dtype)
    fit(
        net, mnist.X_train, mnist.y_train, rng=rng, epochs=args.epochs, batch_size=args.batch_size,
        learning_rate=args.learning_rate, decay=not args.constant, shuffle=not args.fixed_order,
    )  # fmt: skip
    if args.save:
        io.save(args.save, net)
        print(f"\nThe weights are in {target}")
    print(f"\nTest Accuracy: {evaluate(net, mnist.X_test, mnist.y_test).accuracy:.2%}\n")
    print("A single prediction, test picture 0")
    _show(net, mnist.X_test[0], mnist.y_test[0])
    return 0


def _predict(args):
    net = io.load(args.weights)
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
