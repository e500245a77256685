"""The figure of chapter 19 says of each file what the library says, word for word."""

import itertools
import json
import subprocess

import npm
from figure_rows import saving

STATES = [
    {"at": at, "begin": begin, "end": end, "damage": damage, "over": -1}
    for at, damage in itertools.product(range(4), saving.DAMAGES)
    for begin, end in itertools.product((0, 15, 16, 32, 40), (1, 16, 24, 32, 40, 48))
]
PROGRAM = """import {{ numbers }} from {address};
const states = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
console.log(JSON.stringify(states.map((state) => numbers(state).sentence)));"""


def test_its_sentences_are_the_library_s():
    address = json.dumps((npm.ROOT / "book/_static/figures/saving.js").as_uri())
    command = [npm.node(), "--input-type=module", "--eval", PROGRAM.format(address=address)]
    run = subprocess.run(command, input=json.dumps(STATES), capture_output=True, text=True, check=True)
    theirs = json.loads(run.stdout)
    ours = [saving.said(saving.file(state)[0]) for state in STATES]
    assert [(s, a, b) for s, a, b in zip(STATES, ours, theirs, strict=True) if a != b] == []
    assert ours.count("") == 4 and len(set(ours)) > 60
