// The reader's drawings: kept, joined, refused; and which of them are kept apart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "../../book/_static/digit/picture.js";
import { bytesOf, Drawings, KEY, parse, write } from "../../book/_static/train/drawings.js";
import { pythonJson } from "../../book/_static/train/save.js";

const line = (x) => [[[x, 0.1], [x, 0.9]]];

/** A storage; `full` or `denied` raise as a browser does. */
function storage({ full = false, denied = false } = {}) {
  const kept = new Map();
  const its = { kept, getItem: (key) => kept.get(key) ?? null, removeItem: (key) => kept.delete(key),
    setItem(key, text) {
      if (full) throw Object.assign(new Error("no room"), { name: "QuotaExceededError" });
      kept.set(key, text);
    } };
  return Object.assign(() => {
    if (denied) throw Object.assign(new Error("denied"), { name: "SecurityError" });
    return its;
  }, { kept });
}

test("what was kept is there again, and what was removed is not", () => {
  const here = storage(), drawings = new Drawings(here);
  for (let i = 0; i < 3; i++) drawings.add(1, line(i / 10));
  drawings.remove(drawings.all[1]);
  assert.deepEqual(new Drawings(here).all.map(({ strokes }) => strokes[0][0][0]), [0, 0.2]);
  for (const drawing of drawings.all) drawings.remove(drawing);
  assert.equal(here.kept.size, 0);
});

test("every other drawing of a digit is kept apart", () => {
  const drawings = new Drawings(storage());
  for (const label of [7, 1, 7, 7, 1]) drawings.add(label, line(0.5));
  assert.deepEqual(drawings.all.map(({ apart }) => apart), [false, false, true, false, true]);
  assert.deepEqual([drawings.learned.length, drawings.apart.length], [3, 2]);
});

test("what was learned is never kept apart afterwards, whatever is removed", () => {
  const here = storage(), drawings = new Drawings(here);
  for (let i = 0; i < 5; i++) drawings.add(7, line(i / 10));
  const apart = (its) => its.all.map((drawing) => [drawing.strokes[0][0][0], drawing.apart]);
  drawings.remove(drawings.all[0]);
  assert.deepEqual(apart(drawings), [[0.1, true], [0.2, false], [0.3, true], [0.4, false]]);
  assert.deepEqual(apart(new Drawings(here)), apart(drawings));
  drawings.remove(drawings.all[0]);
  drawings.add(7, line(0.9));
  assert.deepEqual(apart(drawings).at(-1), [0.9, true]);  // of two to learn and one apart
  const other = new Drawings(storage());
  other.join(write(drawings.all));
  assert.deepEqual(apart(other), apart(drawings));
});

test("a storage that is full, denied or holds something else says so, and nothing is lost", () => {
  for (const [broken, words] of [[{ full: true }, /full/], [{ denied: true }, /keeps nothing/]]) {
    const drawings = new Drawings(storage(broken));
    drawings.add(3, line(0.5));
    assert.equal(drawings.all.length, 1);
    assert.match(drawings.warning, words);
  }
  const here = storage();
  here.kept.set(KEY, "{not whole");
  assert.match(new Drawings(here).warning, /cannot be read: it is not whole/);
});

test("a file of drawings comes in once; one that is none is refused in words", () => {
  const drawings = new Drawings(storage());
  drawings.add(7, line(0.25));
  const text = write([...drawings.all, { label: 1, strokes: line(0.5) }]);
  assert.equal(drawings.join(text), 1);
  assert.equal(drawings.join(text), 0);
  const marks = write([]).replace("drawings\"", "marks\"");
  const outside = write([{ label: 7, strokes: line(2) }]), letter = write([{ label: /** @type {any} */ ("a"), strokes: line(0) }]);
  for (const [bad, words] of [["", /not whole/], ["null", /no file of this/], [marks, /no file of this/],
    [outside, /damaged/], [letter, /damaged/]]) assert.throws(() => parse(bad), words);
  assert.throws(() => drawings.join(write(Array(200).fill({ label: 1, strokes: line(0.3) }))), /room for 200/);
  assert.equal(drawings.all.length, 2);
});

test("a drawing becomes the picture that the page reads", () => {
  const bytes = bytesOf(pictureOf(line(0.5)));
  assert.ok(bytes.length === 784 && Math.max(...bytes) > 200 && bytes.filter((byte) => byte).length >= 40);
});

test("JSON as Python prints it", () => {
  assert.equal(pythonJson({ b: [1, "é\""], a: { c: null, B: true } }), '{"a": {"B": true, "c": null}, "b": [1, "\\u00e9\\""]}');
  assert.throws(() => pythonJson([0.5]), /expected a whole number/);
});
