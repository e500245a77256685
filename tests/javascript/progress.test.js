// What is kept of a reader's progress: marks, their file, and what becomes of them where something is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, Progress, Refused, chapterAt, parse, passes, write } from "../../book/_static/progress/store.js";

const PUBLISHED = {
  "00_warm_up": { chain: ["ex-00-2", "11111111"], both: ["ex-00-5", "22222222"] },
  "04_softmax": { sigmoid: ["ex-04-2", "33333333"] },
};

function storage(...broken) {
  const items = new Map();
  const refuse = (name) => {
    if (broken.includes(name)) throw new Error("QuotaExceededError");
  };
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => refuse("set") ?? items.set(key, value),
    removeItem: (key) => refuse("remove") ?? items.delete(key),
  };
}
const here = (place = storage(), published = PUBLISHED) => new Progress(() => place, published);
const file = (passed, more = {}) => JSON.stringify({ ...JSON.parse(write({})), passed, ...more });

test("the last verdict of a run decides", () => {
  assert.ok(passes("chain: passed\n", "chain"));
  assert.ok(passes("trying\nchain: not yet: no\nchain: passed\nand more\n", "chain"));
  assert.ok(passes("no new line before chain: passed\n", "chain"));
  assert.ok(!passes("chain: passed\nchain: not yet: at x = 0\n", "chain"));
  assert.ok(!passes("", "chain"));
  assert.ok(!passes("chain: passed by\n", "chain"));
  assert.ok(!passes("unchain: passed\n", "chain"));
  assert.ok(!passes("both: passed\n", "chain"));
});

test("an address says which chapter's page it is of", () => {
  const at = (path) => chapterAt(`https://a.example/book/${path}`, PUBLISHED);
  for (const path of ["00_warm_up.html", "00_warm_up", "00_warm_up.html#ex-00-2", "00_warm_up.html?highlight=x"])
    assert.equal(at(`notebooks/${path}`), "00_warm_up");
  for (const path of ["", "notation.html", "constructor", "00_warm_up.html/"]) assert.equal(at(path), null);
});

test("a mark is kept by chapter and exercise, for the next page and the next tab", () => {
  const place = storage();
  const [one, other] = [here(place), here(place)];
  assert.equal(one.state("00_warm_up", "chain"), "none");
  assert.deepEqual([one.any, one.total], [false, [0, 3]]);
  assert.equal(one.pass("00_warm_up", "chain"), true);
  other.pass("04_softmax", "sigmoid"); // it has read nothing before
  for (const progress of [one, other, here(place)]) {
    assert.equal(progress.state("00_warm_up", "chain"), "passed");
    assert.equal(progress.state("00_warm_up", "both"), "none");
    assert.deepEqual(progress.count("00_warm_up"), [1, 2]);
    assert.deepEqual([progress.any, progress.total], [true, [2, 3]]);
  }
  assert.deepEqual([...place.items.keys()], [KEY]);
});

test("a check that has changed makes a mark one of an earlier check; to pass again renews it", () => {
  const place = storage();
  here(place).pass("00_warm_up", "chain");
  const changed = here(place, { "00_warm_up": { chain: ["ex-00-2", "99999999"] } });
  assert.equal(changed.state("00_warm_up", "chain"), "earlier");
  assert.deepEqual(changed.count("00_warm_up"), [0, 1]);
  assert.equal(changed.any, true);
  changed.pass("00_warm_up", "chain");
  assert.equal(changed.state("00_warm_up", "chain"), "passed");
});

test("what is written is read back, and read twice it adds nothing", () => {
  const one = here();
  one.pass("00_warm_up", "chain");
  one.pass("04_softmax", "sigmoid");
  const text = one.file();
  const other = here();
  other.pass("00_warm_up", "both");
  assert.deepEqual(other.merge(text), { added: 2, known: 0, foreign: 0, kept: true });
  assert.deepEqual(other.total, [3, 3]);
  assert.deepEqual(other.merge(text), { added: 0, known: 2, foreign: 0, kept: true });
  assert.equal(here().merge("\ufeff" + text).added, 2); // an editor has been at it
});

test("of two marks of one exercise the one of the published check stays", () => {
  const earlier = file({ "00_warm_up": { chain: "00000000" } });
  const published = file({ "00_warm_up": { chain: "11111111" } });
  for (const texts of [[earlier, published], [published, earlier]]) {
    const progress = here();
    for (const text of texts) progress.merge(text);
    assert.equal(progress.state("00_warm_up", "chain"), "passed");
  }
});

test("an exercise that this book does not have is kept and counts nowhere", () => {
  const progress = here();
  const text = file({ "77_later": { far: "44444444" }, "00_warm_up": { constructor: "55555555" } });
  assert.deepEqual(progress.merge(text), { added: 2, known: 0, foreign: 2, kept: true });
  assert.deepEqual([progress.any, progress.total], [false, [0, 3]]);
  assert.equal(parse(progress.file())["77_later"].far, "44444444");
});

test("a file that is damaged or of something else is refused in words, and nothing is lost", () => {
  const place = storage();
  const progress = here(place);
  progress.pass("00_warm_up", "chain");
  const before = place.items.get(KEY);
  const refused = {
    "it is not whole, or no progress file": [before.slice(0, -3), "", "PNG", "\u0000"],
    "it is no progress file of this book": ["[]", "null", "3", "{}", '{"cells": []}', file({}, { format: "marks" })],
    "it was written by a newer version of this site": [file({}, { version: 2 })],
    "it is damaged": [
      file(null), file([]), file("x"), file({}, { version: "1" }), file({}, { version: null }),
      file({ "00_warm_up": null }), file({ "00_warm_up": ["11111111"] }), file({ "00_warm_up": { chain: true } }),
      file({ "00_warm_up": { chain: "<b>" } }), file({ "../x": {} }), file({ "00_warm_up": { "a b": "11111111" } }),
      file({}).replace("{}", '{"00_warm_up": {"__proto__": "11111111"}}'),
      file({}).replace("{}", '{"__proto__": {"chain": "11111111"}}'),
    ],
    "it is too large": [" ".repeat(200_000) + before],
  };
  for (const [why, texts] of Object.entries(refused))
    for (const text of texts) {
      const says = (error) => error instanceof Refused && error.message.startsWith(why);
      assert.throws(() => progress.merge(text), says, `${why}: ${text.slice(0, 80)}`);
      assert.equal(place.items.get(KEY), before);
    }
  assert.equal(/** @type {any} */ ({}).chain, undefined);
});

test("what is damaged in the browser is said, and the next mark begins anew", () => {
  const place = storage();
  place.items.set(KEY, "{");
  const progress = here(place);
  assert.deepEqual([progress.any, progress.damaged], [false, true]);
  progress.pass("00_warm_up", "chain");
  assert.deepEqual([progress.any, progress.damaged], [true, false]);
});

test("all is forgotten", () => {
  const place = storage();
  place.items.set("run / x = 1", "x = 2");
  const progress = here(place);
  progress.pass("00_warm_up", "chain");
  assert.equal(progress.forget(), true);
  assert.equal(progress.any, false);
  assert.deepEqual([...place.items.keys()], ["run / x = 1"]);
});

test("where nothing can be kept, a mark lasts as long as the page, and this is known", () => {
  const none = () => {
    throw new Error("SecurityError");
  };
  const full = () => storage("set");
  const places = [none, ((one) => () => one)(full())];
  for (const place of places) {
    const progress = new Progress(place, PUBLISHED);
    assert.equal(progress.keeps(), false);
    assert.equal(progress.any, false);
    assert.equal(progress.pass("00_warm_up", "chain"), false);
    assert.equal(progress.state("00_warm_up", "chain"), "passed");
    assert.equal(progress.merge(file({ "04_softmax": { sigmoid: "33333333" } })).added, 1);
    assert.deepEqual(progress.total, [2, 3]);
    progress.forget();
    assert.equal(progress.any, false);
  }
  const place = storage();
  assert.equal(here(place).keeps(), true);
  assert.equal(place.items.size, 0);
});

test("what cannot be removed is not said to be forgotten", () => {
  const place = storage("remove");
  const progress = here(place);
  progress.pass("00_warm_up", "chain");
  assert.equal(progress.forget(), false);
});
