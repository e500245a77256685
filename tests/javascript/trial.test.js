// What is said of a kernel that was tried, without a graphics card: what one shows only now and then is said too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CASES, problem } from "../../book/_static/gpu/cases.js";
import { compare, power, reversed, summary, verdict } from "../../book/_static/gpu/trial.js";

const FILL = -7e7;
const TILED = "workgroupBarrier(); workgroupBarrier(); // workgroupBarrier();";

/** One run of an array Z: 100 numbers, right but for what is said. */
const run = (faults = {}) => ({ Z: { count: 100, largest: 2e-7, wrong: 0, untouched: 0, nan: 0, outside: 0, ...faults } });

/** What is said of runs in order and reversed, at two sizes; the first is all right unless it is given. */
function said(second, { first = [run(), run()], text = TILED } = {}) {
  const found = ([one, other]) => ({ "in order": one, reversed: other });
  const results = [{ sizes: "64 × 64", found: found(first) }, { sizes: "3 × 5", found: found(second) }];
  return verdict({ results }, text, TILED);
}

test("what is right is said in a sentence", () => {
  const right = "Right: at 2 sizes, with its threads in order and reversed, no number differs from the answer by more " +
    "than 2·10⁻⁷ of the largest one. Single precision rounds.";
  assert.deepEqual(said([run(), run()]), [right]);
});

test("a missing barrier that does not show is said: as on a card on which it happens to go well", () => {
  const [right, but, ...rest] = said([run(), run()], { text: "workgroupBarrier(); // workgroupBarrier();" });
  assert.match(right, /^Right/);
  assert.match(but, /fewer barriers than the published kernel.*proves nothing/);
  assert.equal(rest.length, 0);
});

test("what is right in one order only depends on who comes first", () => {
  const [wrong, ...rest] = said([run(), run({ wrong: 7, largest: 0.5 })]);
  assert.equal(wrong, "Wrong: at 3 × 5, 7 of 100 numbers are wrong.");
  assert.match(rest[0], /depends on who comes first/);
  assert.match(rest[1], /At 64 × 64 it is right: .*missing guard shows, nor one size in place of another/);
});

test("what changes outside is a missing guard, whatever the orders say", () => {
  const [wrong, ...rest] = said([run({ outside: 3 }), run({ outside: 3, wrong: 5 })]);
  assert.equal(wrong, "Wrong: at 3 × 5, 5 of 100 numbers are wrong.");
  assert.match(rest[0], /writes outside its array/);
  assert.ok(!rest.some((sentence) => sentence.includes("who comes first")));
  assert.equal(said([run({ outside: 3 }), run({ outside: 3 })])[0], "Wrong: at 3 × 5, it writes where it must not.");
});

test("one run in few words", () => {
  assert.equal(summary(run()), "right: largest difference 2·10⁻⁷");
  assert.equal(summary(run({ wrong: 8, nan: 8 })), "8 of 100 wrong, 8 of them NaN");
  assert.equal(summary(run({ wrong: 8, untouched: 8, outside: 1 })), "8 of 100 wrong, 8 never written, 1 changed outside");
  assert.equal(summary(run({ wrong: 8, largest: 0.25 })), "8 of 100 wrong, largest difference 0.25");
  assert.equal(summary({ ...run({ outside: 2 }), y: run().Z }), "all 200 right, 2 changed outside");
});

test("numbers are compared one by one, and what is around them must stay", () => {
  const field = { pad: 2, margin: FILL, fill: FILL };
  const whole = (numbers, end = FILL) => Float32Array.of(FILL, FILL, ...numbers, FILL, end);
  const answer = Float64Array.of(1, -4, 2);
  const right = { count: 3, largest: 0, wrong: 0, untouched: 0, nan: 0, outside: 0 };
  assert.deepEqual(compare(whole([1, -4, 2]), field, answer), right);
  assert.deepEqual(compare(whole([1, -4.0001, 2]), field, answer), { ...right, wrong: 1, largest: (Math.fround(4.0001) - 4) / 4 });
  assert.deepEqual(compare(whole([1, -4, FILL]), field, answer), { ...right, wrong: 1, untouched: 1 });
  assert.deepEqual(compare(whole([NaN, -4, 2], 0), field, answer), { ...right, wrong: 1, nan: 1, outside: 1 });
  const inPlace = { pad: 1, margin: NaN };
  assert.deepEqual(compare(Float32Array.of(NaN, 1, NaN), inPlace, Float64Array.of(1)), { ...right, count: 1 });
  assert.deepEqual(compare(Uint32Array.of(99, 3, 5, 99), { pad: 1, margin: 99, fill: 77 }, Uint32Array.of(3, 4)).wrong, 1);
});

test("powers of ten are written as in the book", () => {
  assert.deepEqual([0, 2.4e-7, 1e-12, 0.0312, 1.5, 2e11].map(power), ["0", "2·10⁻⁷", "1·10⁻¹²", "0.031", "1.5", "2·10¹¹"]);
});

test("a kernel whose head is not understood is not reversed", () => {
  assert.equal(reversed("fn main() {}"), null);
  assert.equal(reversed("@workgroup_size(4)\nfn main(@builtin(subgroup_id) id: vec3u) {\n}"), null);
});

test("the same numbers are drawn at each run, and the answer is the equation's", () => {
  for (const [kernel, { sizes, arrays }] of Object.entries(CASES)) {
    const [one, other] = [0, 1].map(() => problem(kernel, sizes.at(-1)));
    assert.deepEqual(one, other);
    for (const name of Object.keys({ ...one.given, ...one.answer })) assert.ok(arrays.includes(name), `${kernel}: ${name}`);
  }
  const { given, answer } = problem("product_naive", [1, 5, 1]);
  const byHand = [0, 1, 2, 3, 4].reduce((sum, k) => sum + given.X[k] * given.W[k], 0);
  assert.equal(answer.Z[0], byHand);
});
