"""Chapter 23's gallery, trained: what each fault looks like from outside, and which of the usual checks sees it.

    python benchmarks/failing.py

writes five tables to benchmarks/results, and takes about twelve minutes on one core. The faults are those that the
chapter's cells plant, each trained for two epochs on three seeds; in float16 for half an epoch on one seed.

failing.csv: a fault and a seed a row; the first loss, the mean loss of the last hundred updates of the first epoch, the
test accuracy after one epoch and after two, by the reader's own metric where the fault is there, and 1 for each check
that sees the fault. failing_curves.csv: of seed 0, loss and test accuracy at ten places of each epoch.
failing_probes.csv: of seed 0, the alarms of nnlib.diagnose, and what its probes measure without a fault.
failing_prices.csv: the milliseconds that each part of a diagnosis takes, and another epoch of training.
failing_later.csv: the test accuracy after each of five epochs, healthy and with W2 updated first.

    python benchmarks/failing.py probes
    python benchmarks/failing.py later

write failing_probes.csv and failing_prices.csv alone, and failing_later.csv.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # batches of 64 leave a second thread nothing to do

import copy
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from nnlib import data, diagnose
from nnlib.diagnose import gradient
from nnlib.diagnose.case import Case

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SEEDS, EPOCHS, PLACES = 3, 2, 10
LATER = 5  # epochs: what becomes of W2 updated first, which two do not show
FAULTS = (
    "labels_shuffled",
    "labels_one_row_off",
    "labels_noisy",
    "pixels_not_scaled",
    "test_in_training",
    "sorted_by_label",
    "one_hot_of_y_minus_1",
    "digits_mirrored",
    "accuracy_of_every_pair",
    "one_over_N_forgotten",
    "softmax_unshifted",
    "diagonal_Jacobian",
    "loss_to_base_10",
    "batch_norm_by_the_batch",
    "running_means_stand_still",
    "bias_along_the_batch",
    "softmax_twice",
    "all_weights_0",
    "first_weights_0",
    "units_dead",
    "both_layers_constant",
    "sigmoids_saturated",
    "mask_always_true",
    "first_biases_never_move",
    "last_biases_climb",
    "first_gradient_doubled",
    "W2_updated_first",
    "step_size_3",
    "step_size_1e_4",
    "float16_unshifted",
    "float16_with_a_short_step",
)
NAMES = (
    "healthy",
    "layers",
    "loop",
    "Forgotten",
    "Unshifted",
    "Diagonal",
    "Log10",
    "AlwaysBatch",
    "NeverFollows",
    "AlongTheBatch",
    "Softmax",
    "fill",
    "OpenMask",
    "spoilt",
)


def plants():
    """Return what the chapter's cells define, by name."""
    sys.path.insert(0, str(ROOT / "tests"))
    from chapter_names import names

    found = names("23_failing", *NAMES, *FAULTS)
    found["mnist"] = data.load_mnist()
    return {name: found[name] for name in ("healthy", *FAULTS)}


def case_of(pieces, seed=0):
    """Return the pieces as a diagnosis has them, with its own order of batches for each seed."""
    parts = dict.fromkeys(("loss", "optimizer", "batches", "step", "metric", "augment")) | pieces
    case = Case(**parts, batch_size=64, epochs=EPOCHS)
    case.rng = np.random.default_rng(100 + seed)
    return case


def accuracy(case, X, y):
    """Return the share of right answers, by the reader's own metric where there is one."""
    predicted = np.concatenate(
        [case.net.scores(case.ready(X[i : i + 64])).argmax(axis=1) for i in range(0, len(X) - 63, 64)]
    )
    y = y[: len(predicted)]
    return float(case.metric(predicted, y) if case.metric else np.mean(predicted == y))


@np.errstate(all="ignore")
def train(case, places=(), epochs=EPOCHS):
    """Train for all epochs; return the loss of each batch before its update, and the test accuracy at these places."""
    steps = case.N // 64
    slow = case.dtype == np.float16
    losses, shares = [], []
    for t, (X, Y) in enumerate(islice(case.loop(), epochs * steps if not slow else steps // 2)):
        if len(places) > 2 or not t or steps - 100 <= t < steps:  # where a curve, or a mean, is asked for
            net = copy.deepcopy(case.net) if getattr(case.net, "state", None) else case.net  # to look is not to train
            Z = np.asarray(case.training_scores(net, X, Y), float)
            losses.append(case.mean_loss(Z, np.asarray(Y, float)))
        else:
            losses.append(np.nan)
        case.update(case.net, case.optimizer, X, Y)
        if t + 1 in places:
            shares.append(accuracy(case, case.X_test, case.y_test))
    return np.array(losses), shares


@np.errstate(all="ignore")
def overfits(pieces):
    """Return the share of right answers on one batch after 200 updates on it."""
    case = case_of(pieces)
    X, Y = next(case.loop())
    for _ in range(200):
        case.update(case.net, case.optimizer, X.copy(), Y.copy())
    return float(np.mean(case.net.scores(X).argmax(axis=1) == np.asarray(Y).argmax(axis=1)))


def gradient_alarm(pieces):
    """Return whether a gradient check, on its own small batch, finds a gradient wrong."""
    try:
        return bool(gradient.gradients(case_of(pieces))[2])
    except ValueError:  # of the bias that fits batches of 64 alone: in those the gradients are right
        return False


def one(plant, name, seed):
    """Return what a training shows, before it is compared with healthy ones, and its curves."""
    case = case_of(plant(seed), seed)
    steps = case.N // 64
    places = [1, *(steps * np.arange(1, EPOCHS * PLACES + 1) // PLACES)] if seed == 0 else [steps, EPOCHS * steps]
    losses, shares = train(case, places)
    first = shares[min(PLACES if seed == 0 else 0, len(shares) - 1)]
    found = {
        "fault": name, "seed": seed, "first_loss": losses[0],
        "loss": np.mean(losses[max(0, min(steps, len(losses)) - 100) : steps]),
        "test_1": first, "test_2": shares[-1], "train": accuracy(case, case.X[:10_000], case.y[:10_000]),
        "one_batch": overfits(plant(seed)),
        "gradient": gradient_alarm(plant(seed)),
    }  # fmt: skip
    means = [np.mean(losses[max(0, place - 20) : place]) for place in places if place <= len(losses)]
    curve = [(name, int(p), round(float(m), 4), round(s, 4)) for p, m, s in zip(places, means, shares, strict=False)]
    return found, curve


def main():
    if "probes" in sys.argv[1:]:
        return write_probes()
    if "later" in sys.argv[1:]:
        return write_later()
    rows, curves, found = [], [], plants()
    turns = [(seed, name) for seed in range(SEEDS) for name in found if seed == 0 or "float16" not in name]
    for seed, name in tqdm(turns):
        row, curve = one(found[name], name, seed)
        report = diagnose.look(**found[name](seed))
        rows.append(row | {"verdict": report.verdict.name if report.verdict else ""})
        curves += curve if seed == 0 else []
    table = pd.DataFrame(rows).sort_values("seed", kind="stable")
    table = table.sort_values("fault", key=lambda names: names.map(list(found).index), kind="stable")
    healthy = table[table.fault == "healthy"]
    seen = {
        "sees_first_loss": ~table.first_loss.between(2.0, 3.2),
        "sees_gradient": table.gradient,
        "sees_one_batch": table.one_batch < 1,
        "sees_loss": ~(table.loss < 1.1 * healthy.loss.max()),
        "sees_test": ~(table.test_2 > healthy.test_2.min() - 0.005),
        "sees_gap": table.train - table.test_2 > 0.02,
        "sees_diagnose": table.verdict != "",
    }
    table = table.drop(columns="gradient").assign(**{name: column.astype(int) for name, column in seen.items()})
    table.round(4).to_csv(RESULTS / "failing.csv", index=False, lineterminator="\n")
    pd.DataFrame(curves, columns=["fault", "step", "loss", "accuracy"]).to_csv(
        RESULTS / "failing_curves.csv", index=False, lineterminator="\n"
    )
    write_probes()
    write_later()
    print(table.groupby("fault", sort=False).mean(numeric_only=True).round(3).to_string())


def write_probes():
    """Write what each probe says of each fault, and what the parts of a diagnosis take."""
    probes, found = [], plants()
    for name, plant in found.items():
        report = diagnose.look(**plant(0))
        probes += [(name, f.name, _short(f.number), f.meaning) for f in report if f.wrong or name == "healthy"]
    table = pd.DataFrame(probes, columns=["fault", "probe", "number", "meaning"])
    table.to_csv(RESULTS / "failing_probes.csv", index=False, lineterminator="\n")
    prices, all_parts = {}, found["sorted_by_label"](0) | {"metric": lambda predicted, y: np.mean(predicted == y)}
    for part in diagnose.PARTS:
        times = []
        for _ in range(3):
            case, start = case_of(all_parts), time.process_time()
            for probe in part.PROBES:
                probe(case)
            times.append(time.process_time() - start)
        prices[part.__name__.rpartition(".")[2]] = min(times)
    case, start = case_of(found["healthy"](0)), time.process_time()
    for X, Y in islice(case.loop(), case.N // 64):
        case.update(case.net, case.optimizer, X, Y)
    prices["epoch"] = time.process_time() - start
    rows = [(name, round(1000 * seconds)) for name, seconds in prices.items()]
    frame = pd.DataFrame(rows, columns=["part", "milliseconds"])
    frame.to_csv(RESULTS / "failing_prices.csv", index=False, lineterminator="\n")


def write_later():
    """Write how well the digits are read after each of the later epochs."""
    rows, found = [], plants()
    for seed, name in tqdm([(seed, name) for seed in range(SEEDS) for name in ("healthy", "W2_updated_first")]):
        case = case_of(found[name](seed), seed)
        ends = case.N // 64 * np.arange(1, LATER + 1)
        rows += [(name, seed, epoch, round(share, 4)) for epoch, share in enumerate(train(case, ends, LATER)[1], 1)]
    table = pd.DataFrame(rows, columns=["fault", "seed", "epoch", "accuracy"])
    table.to_csv(RESULTS / "failing_later.csv", index=False, lineterminator="\n")


def _short(number):
    return f"{number:.3g}" if isinstance(number, float) else str(number)


if __name__ == "__main__":
    main()
