"""Chapter 23: one of the gallery's trainings, unnamed; which faults are left after its curve and what was bought."""

import csv
import json
import re
from functools import cache
from pathlib import Path

STATES = [
    {"hidden": 3, "bought": 0},
    {"hidden": 11, "bought": 1 << 4},
    {"hidden": 20, "bought": 0b110010101},
    {"hidden": 0, "bought": 511},
    {"hidden": 30, "bought": 1 << 8},
]
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
PARTS = ("data", "loop", "loss", "forward", "start", "gradient", "step", "run")


def table(name):
    with open(RESULTS / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def faults():
    """The gallery in an order that says nothing."""
    names = [fault for fault in dict.fromkeys(row["fault"] for row in table("failing")) if fault != "healthy"]
    return [names[7 * i % len(names)] for i in range(len(names))]


@cache
def records():
    """Return for each fault its curves, (loss, accuracy) at 21 places, and the first alarm of each part."""
    curves, probes, found = table("failing_curves"), table("failing_probes"), []
    for fault in ("healthy", *faults()):
        rows = [row for row in curves if row["fault"] == fault]
        loss = [min(round(100 * _finite(row["loss"])), 400) for row in rows]
        right = [round(1000 * float(row["accuracy"])) for row in rows]
        alarms = []
        for part in PARTS:
            first = next((r for r in probes if r["fault"] == fault and r["meaning"] and _part(r) == part), None)
            alarms.append(first and _said(first["probe"].partition(": ")[2], first["number"]))
        found.append({"fault": fault, "loss": loss, "right": right, "alarms": alarms})
    return found


def _said(probe, number):
    """Return what is told of an alarm: the number is a part of its name where it says which weights are meant."""
    names = ", ".join(re.findall(r"[\w.]*[A-Za-z]\w*(?=:)", number))
    if probe == "gradients":
        return [f"{probe} of {names}", number]
    return [f"{probe}, {number} matrices" if probe == "weights drawn" else probe, number[:26]]


def _part(row):
    return row["probe"].partition(":")[0]


def _finite(text):
    return float(text) if re.fullmatch(r"[-\d.e+]+", text) else 4.0


def prices():
    return [int(row["milliseconds"]) for row in table("failing_prices")]


def constants():
    healthy, *hidden = records()
    names = [record["fault"].replace("_", " ") for record in hidden]
    return {
        "NAMES": rows(names),
        "HEALTHY": rows([healthy["loss"], healthy["right"]]),
        "CURVES": rows([[record["loss"], record["right"]] for record in hidden]),
        "ALARMS": rows([record["alarms"] for record in hidden]),
        "PRICES": json.dumps(prices()),
    }


def rows(values):
    """Return a list as JavaScript, an entry a line."""
    return "[\n  " + ",\n  ".join(json.dumps(value, ensure_ascii=False) for value in values) + "]"


def alike(a, b, bought):
    """Whether a fault cannot be told from another by the first epoch and by what was bought."""

    def last(curve, end):
        return curve[min(end, len(curve) - 1)]

    for end in (10, 20) if bought & 256 else (10,):
        apart = {key: abs(last(a[key], end) - last(b[key], end)) for key in ("loss", "right")}
        if apart["loss"] > 25 or apart["right"] > 40:
            return False
    for i in range(8):
        if bought >> i & 1:
            one, other = (record["alarms"][i] and record["alarms"][i][0] for record in (a, b))
            if one != other:
                return False
    return True


def shows(state):
    hidden, bought = records()[1:], state["bought"]
    left = [alike(hidden[state["hidden"]], other, bought) for other in hidden]
    spent = sum(price for i, price in enumerate(prices()) if bought >> i & 1)
    return {"left": sum(left), "spent": spent}
