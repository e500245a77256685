"""python -m nnlib: what it prints, what it leaves behind, and how it fails."""

import os
import re
import signal
import subprocess
import sys
from io import BytesIO, TextIOWrapper

import numpy as np
import pytest
from PIL import Image

from nnlib import __main__ as program
from nnlib import io, recipe, tensors
from nnlib.data import load_mnist
from nnlib.optim import Adam, AdamW
from nnlib.train import evaluate
from nnlib.two_layer import TwoLayerNet

SMALL = ["--layers", "784-12-10", "--epochs", "2"]


@pytest.fixture
def run(capsys):
    """A function: run a command line; return its exit status, output and errors."""

    def call(*words):
        status = program.main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def fails(run, *words):
    """The command ends with status 1 and one line that begins with the program's name; return the line."""
    status, out, err = run(*words)
    assert status == 1
    assert "Traceback" not in err
    line = err.strip().split("\r")[-1].strip()
    assert line.startswith("nnlib: ") and "\n" not in line
    return line, out


def test_train_prints_the_table_of_the_seed(run, small_mnist, mnist):
    status, out, err = run("train", "--data", small_mnist, *SMALL)
    assert status == 0 and "Traceback" not in err
    lines = out.splitlines()
    for epoch in range(2):
        assert re.fullmatch(rf"Epoch {epoch}: Avg Loss = \d\.\d{{4}}, Train Acc = \d?\d\.\d\d%", lines[epoch])
    assert lines[2] == lines[4] == ""
    assert re.fullmatch(r"Test Accuracy: \d?\d\.\d\d%", lines[3])
    assert lines[5] == "A single prediction, test picture 0"
    assert any("█" in line for line in lines[6:20])  # the picture
    assert lines[20] == f"True label: {mnist.y_test[0]}"
    predicted = re.fullmatch(r"Predicted label: (\d)", lines[21])[1]
    assert len(lines) == 32
    confidences = [float(re.fullmatch(rf"  {k}  +[<>]?(\d+\.\d\d)%  █*", lines[22 + k])[1]) for k in range(10)]
    assert int(predicted) == np.argmax(confidences)
    assert sum(confidences) == pytest.approx(100, abs=0.06)


def test_only_a_whole_share_is_printed_as_one():
    shares = [1, 0.99996, 0.99994, 0.5, 0.00006, 0.00004, 0]
    printed = ["100.00%", ">99.99%", "99.99%", "50.00%", "0.01%", "<0.01%", "0.00%"]
    assert [program._percent(np.float32(share)) for share in shares] == printed


def test_train_is_repeatable_and_the_seed_matters(run, small_mnist):
    one, two, other = (run("train", "--data", small_mnist, *SMALL, "--seed", seed)[1] for seed in (3, 3, 4))
    assert one == two != other


def test_as_published_is_the_program_of_the_seed(run, small_mnist):
    """Constant step, fixed order, uniform ±0.5: written out here, one example at a time."""
    _, out, _ = run("train", "--data", small_mnist, *SMALL, "--as-published", "--dtype", "float64", "--seed", 5)
    mnist, rng = load_mnist(small_mnist), np.random.default_rng(5)
    W1, b1, W2, b2 = rng.uniform(-0.5, 0.5, (784, 12)), np.zeros(12), rng.uniform(-0.5, 0.5, (12, 10)), np.zeros(10)
    expected = []
    for epoch in range(2):
        loss, right = 0.0, 0
        for pixels, label in zip(mnist.X_train, mnist.y_train, strict=True):
            x, y = pixels / 255, np.eye(10)[label]
            z1 = x @ W1 + b1
            a1 = np.maximum(0, z1)
            z2 = a1 @ W2 + b2
            a2 = np.exp(z2) / np.exp(z2).sum()
            loss, right = loss - np.log(a2[label]), right + (a2.argmax() == label)
            dz1 = (W2 @ (a2 - y)) * (z1 > 0)
            W2, b2 = W2 - 0.01 * np.outer(a1, a2 - y), b2 - 0.01 * (a2 - y)
            W1, b1 = W1 - 0.01 * np.outer(x, dz1), b1 - 0.01 * dz1
        expected.append(f"Epoch {epoch}: Avg Loss = {loss / 300:.4f}, Train Acc = {right / 300:.2%}")
    assert out.splitlines()[:2] == expected
    same = run("train", "--data", small_mnist, *SMALL, "--schedule", "constant", "--fixed-order", "--init", "uniform",
               "--dtype", "float64", "--seed", 5)[1]  # fmt: skip
    assert same == out


def test_every_option_changes_something(run, small_mnist):
    options = [
        "", "--schedule constant", "--schedule cosine", "--fixed-order", "--init uniform", "--init orthogonal",
        "--batch-size 10", "--learning-rate 0.02", "--layers 784-13-10", "--layers 784-12-11-10", "--epochs 3",
        "--as-published", "--optimizer momentum", "--optimizer nesterov", "--optimizer rmsprop", "--optimizer adam",
        "--optimizer adamw", "--optimizer adamw --weight-decay 0.5", "--smoothing 0.1", "--augment shifts",
        "--augment affine", "--dropout 0.2", "--batch-norm --batch-size 10", "--validation 50",
        "--conv --batch-size 50",
        *(f"--activation {name}" for name in recipe.ACTIVATIONS if name != "relu"),
    ]  # fmt: skip
    beside = [["--epochs", "2"] if "--conv" in option else SMALL for option in options]  # it takes the layers' place
    commands = [[*words, *option.split()] for words, option in zip(beside, options, strict=True)]
    printed = [run("train", "--data", small_mnist, *words)[1] for words in commands]
    assert len(set(printed)) == len(options)


@pytest.mark.parametrize(
    ("words", "layers"),
    [
        ("--layers 784-12-9-10", ["Linear(784, 12)", "ReLU()", "Linear(12, 9)", "ReLU()", "Linear(9, 10)"]),
        (
            "--layers 784-12-10 --activation gelu --batch-norm --dropout 0.2",
            ["Linear(784, 12)", "BatchNorm(12)", "GELU()", "Dropout(0.2)", "Linear(12, 10)"],
        ),
        (
            "--conv --dropout 0.5 --activation tanh",
            ["Reshape(1, 28, 28)", "Conv2d(1, 16, 3)", "Tanh()", "MaxPool2d(2)", "Conv2d(16, 32, 3)", "Tanh()",
             "MaxPool2d(2)", "Flatten()", "Dropout(0.5)", "Linear(800, 10)"],
        ),
    ],
)  # fmt: skip
def test_the_words_build_the_network_that_they_name(monkeypatch, small_mnist, words, layers):
    built = []

    def fit(net, *_, optimizer, **__):
        built.append((net, optimizer))
        raise ValueError("enough")

    monkeypatch.setattr(program, "fit", fit)
    for name, kind, betas in (("adam", Adam, (0.9, 0.99)), ("adamw", AdamW, (0.9, 0.99))):
        assert program.main(["train", "--data", str(small_mnist), *words.split(), "--optimizer", name]) == 1
        net, optimizer = built.pop()
        assert repr(net) == f"Sequential({', '.join(layers)})"
        assert type(optimizer) is kind and (optimizer.beta1, optimizer.beta2) == betas


def test_the_defaults_are_what_chapter_08_finds():
    args = program._parser().parse_args(["train"])
    assert (args.layers, args.epochs, args.optimizer, args.init) == (None, 10, "sgd", None)
    assert (args.batch_size, args.learning_rate, args.schedule, args.fixed_order, args.save) == (
        None,
        None,
        None,
        False,
        None,
    )
    net, optimizer = recipe.network(np.random.default_rng(0)), recipe.optimizer()
    assert isinstance(net, TwoLayerNet) and net.dtype == np.float32
    assert [optimizer.schedule(t, 10) for t in (0, 5)] == [0.01, 0.005]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda rng: recipe.network(rng, activation="GELU"), "expected an activation of relu, .*, got 'GELU'"),
        (lambda rng: recipe.network(rng, first="he"), "expected first weights of he_normal, .*, got 'he'"),
        (lambda rng: recipe.optimizer("adagrad"), "expected an optimizer of sgd, .*, got 'adagrad'"),
        (lambda rng: recipe.optimizer(schedule="step"), "expected a schedule of constant, .*, got 'step'"),
    ],
)
def test_a_word_that_names_no_part_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make(np.random.default_rng(0))


@pytest.mark.parametrize(
    "words",
    [
        "--layers 784-20-16-10 --activation gelu --optimizer adamw --augment affine --smoothing 0.05 --epochs 8",
        "--layers 784-24-10 --batch-norm --optimizer momentum --dropout 0.1 --epochs 8 --init xavier_uniform",
        "--conv --optimizer adam --batch-size 20 --epochs 4",
        "--layers 784-24-10 --optimizer adamw --weight-decay 0.1 --augment shifts --epochs 8 --validation 50 "
        "--patience 4",
    ],
)
def test_any_network_learns_is_saved_and_asked(run, small_mnist, tmp_path, mnist, words):
    """What is printed after training is what the file answers; three hundred digits teach it more than guessing."""
    weights = tmp_path / "net.safetensors"
    status, out, err = run("train", "--data", small_mnist, *words.split(), "--batch-size", 20, "--save", weights)
    assert status == 0 and "Traceback" not in err
    accuracy = float(re.search(r"Test Accuracy: (\S+)%", out)[1])
    assert accuracy > 40
    score = evaluate(io.load(weights), mnist.X_test[:100], mnist.y_test[:100])
    assert f"Test Accuracy: {score.accuracy:.2%}" in out
    (tmp_path / "seven.csv").write_text("\n".join(",".join(map(str, row)) for row in mnist.X_test[0].reshape(28, 28)))
    status, again, _ = run("predict", tmp_path / "seven.csv", "--model", weights)
    assert status == 0
    assert prediction(out)[2] == pytest.approx(prediction(again)[2], abs=0.011)


def test_the_network_of_the_book_is_saved_for_the_page_that_draws_whatever_trained_it(run, small_mnist, tmp_path):
    weights = tmp_path / "net.safetensors"
    run("train", "--data", small_mnist, *SMALL, "--optimizer", "adamw", "--augment", "affine", "--save", weights)
    assert tensors.parts(weights)[0].keys() - {"__metadata__"} == {"W1", "b1", "W2", "b2"}


def prediction(out):
    """The drawn picture, the predicted label and the confidences of an output."""
    lines = out.splitlines()
    label = next(n for n, line in enumerate(lines) if line.startswith("Predicted label: "))
    drawn = [line for line in lines[:label] if line and set(line) <= set(" ▀▄█")]
    return drawn, lines[label], [float(line.split()[1].strip("<>%")) for line in lines[label + 1 : label + 11]]


def test_save_then_predict_says_the_same(run, small_mnist, tmp_path, mnist):
    weights = tmp_path / "net.safetensors"
    _, out, _ = run("train", "--data", small_mnist, *SMALL, "--save", weights)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["net.safetensors"]
    score = evaluate(io.load(weights), mnist.X_test[:100], mnist.y_test[:100])
    assert f"Test Accuracy: {score.accuracy:.2%}" in out
    (tmp_path / "seven.csv").write_text("\n".join(",".join(map(str, row)) for row in mnist.X_test[0].reshape(28, 28)))
    status, again, err = run("predict", tmp_path / "seven.csv", "--model", weights)
    assert (status, err) == (0, "")
    assert again.splitlines()[0] == f"{tmp_path / 'seven.csv'}, as the network is given it"
    assert "True label" not in again
    trained, loaded = prediction(out), prediction(again)
    assert trained[:2] == loaded[:2]
    assert trained[2] == pytest.approx(loaded[2], abs=0.011)


def test_the_shipped_network_reads_a_picture_file(run, tmp_path, mnist):
    large = 255 - np.pad(np.kron(mnist.X_test[0].reshape(28, 28), np.ones((6, 6), np.uint8)), 30)
    for name in ("seven.png", "seven.jpg"):
        Image.fromarray(large).save(tmp_path / name)
        status, out, err = run("predict", tmp_path / name)
        assert (status, err) == (0, "")
        drawn, label, confidences = prediction(out)
        assert label == "Predicted label: 7" and np.argmax(confidences) == 7
        assert 9 <= len(drawn) <= 11


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "/nowhere"], r"expected train-images-idx3-ubyte\.gz or .* in /nowhere; found neither"),
        (["--layers", "784-0-10"], "expected sizes from 784 pixels to 10 digits, as 784-64-10, got 784-0-10"),
        (["--layers", "784"], "expected sizes from 784 pixels to 10 digits, as 784-64-10, got 784"),
        (["--layers", "64-10"], "expected sizes from 784 pixels"),
        (["--layers", "784-64-9"], "expected sizes from 784 pixels"),
        (["--layers", "784,64,10"], "expected sizes from 784 pixels"),
        (["--dropout", "1"], "expected p to be a number from 0 to below 1, got 1.0"),
        (["--smoothing", "1.5"], "expected smoothing .* got 1.5"),
        (["--weight-decay", "0.1"], "expected a weight decay with adamw alone, got it with sgd"),
        (["--patience", "2"], "expected a patience of 1 or more epochs, and validation"),
        (["--validation", "300"], "expected to hold out 1 to 299 of 300 examples, got 300"),
        (["--epochs", "0"], "expected epochs ≥ 1"),
        (["--batch-size", "301"], "a batch of 1 to 300, got 2 and 301"),
        (["--learning-rate", "-1"], "expected the step size to be a number ≥ 0, got -1.0"),
        (["--learning-rate", "nan"], "expected the step size to be a number ≥ 0, got nan"),
        (["--learning-rate", "1e9"], r"the loss became .* in epoch 0: updates with the step size 1000000000\.0 took"),
        (["--batch-size", "0"], "a batch of 1 to 300, got 2 and 0"),
        (["--conv"], "--conv: expected no --layers beside it, whose place it takes, got 784-12-10"),
        (
            ["--as-published", "--schedule", "cosine"],
            "--as-published: expected it to say the schedule and the init, got",
        ),
        (
            ["--as-published", "--init", "orthogonal"],
            "--as-published: expected it to say the schedule and the init, got",
        ),
        (["--seed", "-1"], "--seed: expected a whole number from 0 on, got -1"),
        (["--layers", "784-1000000000000-10"], "Unable to allocate"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(run, small_mnist, words, message):
    line, _ = fails(run, "train", "--data", small_mnist, *SMALL, *words)
    assert re.search(message, line)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("none/net.safetensors", "expected a folder to write into, found none at"),
        ("small/train-labels-idx1-ubyte/net", "expected a folder to write into, found none at"),
        (".", "expected an ordinary file, got a folder"),
        ("pipe", "expected an ordinary file, got a pipe"),
        ("link", "expected an ordinary file, got a pipe"),
        ("round", "expected an ordinary file, got a link that leads round in a circle"),
    ],
)
def test_save_where_nothing_can_be_written_is_refused_before_training(run, small_mnist, monkeypatch, place, words):
    monkeypatch.setattr(program, "load_mnist", lambda *_: pytest.fail("went on to the training"))
    os.mkfifo(small_mnist.parent / "pipe")
    (small_mnist.parent / "link").symlink_to("pipe")
    (small_mnist.parent / "round").symlink_to("round")
    target = small_mnist.parent / place
    line, out = fails(run, "train", "--data", small_mnist, "--save", target)
    assert line.startswith(f"nnlib: {target}: {words}")
    assert out == "" and (small_mnist.parent / "pipe").is_fifo()


def test_save_says_where_and_follows_a_link(run, small_mnist, tmp_path):
    (tmp_path / "link").symlink_to("behind.safetensors")
    _, out, _ = run("train", "--data", small_mnist, *SMALL, "--save", tmp_path / "link")
    assert f"\nThe weights are in {tmp_path / 'behind.safetensors'}\n" in out
    assert (tmp_path / "link").is_symlink() and io.load(tmp_path / "link").dtype == np.float32
    run("train", "--data", small_mnist, *SMALL, "--dtype", "float64", "--save", tmp_path / "link")
    assert io.load(tmp_path / "behind.safetensors").dtype == np.float64


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437"])
def test_an_output_that_is_not_utf8(small_mnist, tmp_path, mnist, monkeypatch, encoding):
    """Signs that it does not have are written in plain ones; nothing else changes."""

    def said(*words):
        streams = [TextIOWrapper(BytesIO(), encoding=encoding) for _ in range(2)]
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        try:
            status = program.main([str(word) for word in words])
        except SystemExit as end:
            status = end.code
        return status, *(stream.buffer.getvalue().decode(encoding) for stream in streams)

    (tmp_path / "seven.csv").write_text(",".join(map(str, mnist.X_test[0])))
    for words, there in (
        (["--help"], "predict"),
        (["train", "--help"], "--learning-rate"),
        (["train", "--data", small_mnist, *SMALL], "Predicted label: "),
        (["predict", tmp_path / "seven.csv"], "Predicted label: 7"),
    ):
        status, out, err = said(*words)
        assert status == 0 and there in out and "Traceback" not in err
    bars = [line for line in out.splitlines() if line.startswith("  7  ")]
    assert bars == [f"  7  {bars[0].split()[1]:>7}  " + 40 * ("█" if encoding == "cp437" else "#")]
    status, out, err = said("train", "--data", small_mnist, "--epochs", 0)
    assert status == 1 and err.startswith(
        "nnlib: expected epochs >= 1" if encoding != "cp437" else "nnlib: expected epochs ≥ 1"
    )


@pytest.mark.parametrize("words", [["--help"], ["train", "--epochs", "1"]])
def test_a_reader_that_goes_away_ends_it_quietly(small_mnist, words):
    words = [*words, "--data", str(small_mnist)] if words[0] == "train" else words
    with subprocess.Popen(
        [sys.executable, "-m", "nnlib", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()  # as head does, only sooner
        errors = process.stderr.read().decode()
    assert process.returncode in (0, 141)
    assert "Error" not in errors and "nnlib:" not in errors


def test_a_training_without_a_place_for_errors(small_mnist):
    words = [sys.executable, "-m", "nnlib", "train", "--data", str(small_mnist), *SMALL]
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *words], stdout=subprocess.PIPE, timeout=100)
    assert done.returncode == 0 and b"Predicted label: " in done.stdout


def test_a_training_in_a_pipe_shows_each_epoch_as_it_ends(small_mnist):
    words = [sys.executable, "-m", "nnlib", "train", "--data", str(small_mnist), "--epochs", "100000"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout.readline().startswith(b"Epoch 0: Avg Loss = ")
        finally:
            process.kill()


def test_a_damaged_training_file_is_named(run, small_mnist):
    path = small_mnist / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:1000])
    line, _ = fails(run, "train", "--data", small_mnist, *SMALL)
    assert str(path) in line and "expected a whole gzip file, got a damaged one" in line


def test_what_cannot_be_predicted_is_said_in_one_line(run, tmp_path, mnist):
    Image.new("L", (40, 40), 255).save(tmp_path / "blank.png")
    (tmp_path / "words.png").write_text("seven")
    (tmp_path / "short.csv").write_text("1,2,3")
    Image.fromarray(mnist.X_test[0].reshape(28, 28)).save(tmp_path / "seven.png")
    io.save(tmp_path / "small.safetensors", TwoLayerNet(np.random.default_rng(0), 784, 4, 3))
    for words, message in (
        (["blank.png"], "blank.png: expected a digit, got a picture without ink"),
        (["words.png"], "words.png: expected a picture or a .csv file"),
        (["short.csv"], "short.csv: expected 28 rows of 28 numbers, or one of 784 or 785, got 1 × 3"),
        (["none.png"], "none.png: expected a picture or a .csv file, found nothing there"),
        (["."], f"{tmp_path}: expected a picture or a .csv file, got a folder"),
        (["seven.png", "--weights", tmp_path / "none.safetensors"], "none.safetensors: expected a file of weights"),
        (["seven.png", "--weights", tmp_path / "seven.png"], "seven.png: expected a safetensors file"),
        (["seven.png", "--weights", tmp_path / "small.safetensors"], "from 784 pixels to 10 digits, got 784 → … → 3"),
    ):
        line, out = fails(run, "predict", tmp_path / words[0], *words[1:])
        assert message in line and out.count("\n") <= 1


@pytest.mark.parametrize(
    "words", [[], ["train", "--init", "zeros"], ["train", "--epochs", "two"], ["predict"], ["draw"]]
)
def test_a_command_line_that_is_not_understood(words, capsys):
    with pytest.raises(SystemExit) as end:
        program.main(words)
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m nnlib")


def test_interrupted(run, monkeypatch, small_mnist):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "fit", interrupt)
    assert run("train", "--data", small_mnist) == (130, "", "nnlib: stopped\n")


RECIPE = "--layers 784-9-10 --dropout 0.1 --optimizer adamw --augment shifts --batch-size 10 --epochs 60 --patience 50 "


def test_a_training_that_is_stopped_is_resumed_to_the_same_bytes(small_mnist, tmp_path):
    """As one does it: Ctrl-C, and the same command again."""
    words = [sys.executable, "-m", "nnlib", "train", "--data", small_mnist, "--validation", "50", *RECIPE.split()]
    saved, file = [["--save", tmp_path / name] for name in ("whole", "resumed")], tmp_path / "training"

    def listening():  # to Ctrl-C, though the tests may run behind a shell
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    subprocess.run([*words, *saved[0]], check=True, capture_output=True, timeout=100)
    with subprocess.Popen(
        [*words, *saved[1], "--checkpoint", file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=listening,
    ) as process:  # fmt: skip
        while not process.stdout.readline().startswith("Epoch 3:"):
            pass
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
    assert process.returncode == 130 and "Traceback" not in errors
    assert errors.splitlines()[-1].startswith("nnlib: stopped")
    assert file.exists() and not (tmp_path / "resumed").exists()
    done = subprocess.run([*words, *saved[1], "--resume", file], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0 and re.match(rf"{file}: goes on in epoch [4-9]", done.stdout)
    one, two = ((tmp_path / name).read_bytes() for name in ("whole", "resumed"))
    assert one == two
    again = subprocess.run([*words, "--checkpoint", file], capture_output=True, text=True, timeout=100)
    assert again.stdout.startswith(f"{file}: this training is over, after 60 epochs\n\nTest Accuracy: ")


def test_what_cannot_be_resumed_is_said_in_one_line(run, small_mnist, tmp_path):
    file, weights = tmp_path / "training", tmp_path / "net.safetensors"
    words = ["train", "--data", small_mnist, *SMALL, "--batch-size", 50]
    run(*words, "--checkpoint", file, "--save", weights)
    (tmp_path / "cut").write_bytes(file.read_bytes()[:-1])
    (tmp_path / "link").symlink_to(file)
    for more, message in (
        (["--resume", tmp_path / "none"], "none: expected a training that was stopped, as .*, found nothing"),
        (["--resume", tmp_path], "expected a training that was stopped, .* got a folder"),
        (["--resume", weights], "net.safetensors: expected a training that was stopped, got a file of weights alone"),
        (["--resume", tmp_path / "cut"], "cut: expected a whole safetensors file"),
        (["--resume", file, "--epochs", 3], "in this file, epochs 2, got 3; a new training begins"),
        (["--checkpoint", file, "--learning-rate", 0.3], r"optimizer SGD\(.*=0.01.*, got SGD\(.*eta=0.3"),
        (
            ["--checkpoint", file, "--seed", 1, "--batch-norm"],
            "expected the settings of the training in this file, net",
        ),
        (["--checkpoint", file, "--seed", 1], r"this file, seeds \['0'\], got \['1'\]; a new"),
        (["--resume", file, "--save", file], f"--save: expected another file than the training's, got {file} for both"),
        (["--checkpoint", file, "--save", tmp_path / "link"], "--save: expected another file than the training's"),
        (["--resume", file, "--checkpoint", file], "--resume: expected no --checkpoint beside it, which says the same"),
        (["--checkpoint", tmp_path / "none" / "x"], "x: expected a folder to write into, found none"),
    ):
        line, _ = fails(run, *words, *more)
        assert re.search(message, line)
    (tmp_path / "seven.csv").write_text(",".join(28 * 28 * ["7"]))
    line, _ = fails(run, "predict", tmp_path / "seven.csv", "--model", file)
    assert "expected a network, got a training that was stopped" in line


def test_a_saved_network_tells_how_it_was_trained(run, small_mnist, tmp_path):
    weights = tmp_path / "net.safetensors"
    _, out, _ = run("train", "--data", small_mnist, *SMALL, "--seed", 7, "--init", "he_uniform", "--save", weights)
    facts = io.facts(weights)
    assert (facts["options"]["layers"], facts["options"]["seed"], facts["options"]["init"]) == (
        "784-12-10", 7, "he_uniform",
    )  # fmt: skip
    assert f"Epoch 1: Avg Loss = {facts['last epoch']['loss']:.4f}" in out
    assert str(tmp_path) not in str(facts)  # nothing of the machine


def test_help_tells_of_both_files(capsys):
    with pytest.raises(SystemExit):
        program.main(["train", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert "--checkpoint FILE write all of the training there" in words and "--resume FILE the same" in words


def test_the_module_runs_as_a_program(small_mnist):
    words = [sys.executable, "-m", "nnlib", "train", "--data", str(small_mnist), *SMALL]
    good = subprocess.run(words, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, timeout=100)
    assert good.returncode == 0 and good.stdout.startswith(b"Epoch 0: Avg Loss = ") and b"#" in good.stdout
    bad = subprocess.run([*words, "--layers", "0"], capture_output=True, text=True, encoding="utf-8")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr == "nnlib: expected sizes from 784 pixels to 10 digits, as 784-64-10, got 0\n"
