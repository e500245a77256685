"""The JavaScript that needs no browser, tested by Node.js; and that `make lint` sees what is wrong with the rest."""

import json
import subprocess
from pathlib import Path

import npm
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def packages():
    npm.install(everything=True)


def node(*arguments):
    return subprocess.run([npm.node(), *arguments], cwd=npm.ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.js")))
def test_node(name):
    result = node("--test", "--test-reporter=spec", HERE / name)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ℹ pass 0" not in result.stdout, "expected tests"


WRONG = {
    "figures/softmax.js": ("export const f = () => numbrs;", "no-undef"),
    "run/cell.js": ("export function f(x) { const y = 1; return x; }", "no-unused-vars"),
    "digit/digit.js": ("export const f = (x) => x == 1;", "eqeqeq"),
    "run/run.js": ("export const f = (x) => x + [1].map((x) => x);", "no-shadow"),
    "run/start.js": ("import './cell.js';", None),  # no module
    "run/worker.js": ("postMessage(document);", "no-undef"),
}
ESLINT = """
import { ESLint } from "eslint";
const eslint = new ESLint(), found = {};
for (const [file, [source]] of Object.entries(JSON.parse(process.argv[1]))) {
  const [{ messages }] = await eslint.lintText(source, { filePath: `book/_static/${file}` });
  found[file] = messages.map(({ ruleId }) => ruleId);
}
console.log(JSON.stringify(found));
"""


def test_lint_sees_what_is_wrong():
    result = node("--input-type=module", "--eval", ESLINT, json.dumps(WRONG))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {file: [rule] for file, (_, rule) in WRONG.items()}


def test_the_types_of_comments_are_checked(tmp_path):
    """With the project's own settings, but of one module with a misspelt method."""
    (tmp_path / "module.js").write_text("export const f = (/** @type {string} */ name) => name.splitt();\n")
    (tmp_path / "tsconfig.json").write_text(
        f'{{"extends": "{(npm.ROOT / "tsconfig.json").as_posix()}", "include": ["module.js"]}}\n'
    )
    result = node(npm.PACKAGES / "typescript/bin/tsc", "--project", tmp_path)
    assert "'splitt'" in result.stdout and "error" in result.stdout, result.stdout + result.stderr
