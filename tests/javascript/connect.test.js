// Which cell builds on which: the graph in which a page runs its cells and outdates what they show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../book/_static/run/connect.js";

/** For a page of such cells the number of the one that each builds on, null where it builds on none. */
function before(...kinds) {
  const cells = kinds.map((kind) => ({ kind, before: null, after: [] }));
  connect(cells);
  for (const cell of cells) assert.ok(!cell.before || cell.before.after.includes(cell));
  assert.equal(cells.flatMap((cell) => cell.after).length, cells.filter((cell) => cell.before).length);
  return cells.map((cell) => (cell.before ? cells.indexOf(cell.before) : null));
}

test("the text is one line", () => assert.deepEqual(before("text", "text", "text"), [null, 0, 1]));

test("a check builds on the text; the answer and the solution on the check, not on each other", () => {
  assert.deepEqual(before("text", "check", "exercise", "solution"), [null, 0, 1, 1]);
});

test("an exercise builds on no other exercise", () => {
  const one = ["check", "exercise", "solution"];
  assert.deepEqual(before("text", ...one, ...one), [null, 0, 1, 1, 0, 4, 4]);
});

test("text after an exercise builds on all that is above it", () => {
  assert.deepEqual(before("text", "check", "exercise", "solution", "text"), [null, 0, 1, 1, 3]);
});
