// What is kept of a prediction.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Kept } from "../../book/_static/page/choices.js";

function storage() {
  const items = new Map();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value) };
}

test("a choice is kept under its page and its question", () => {
  const here = storage();
  const kept = (page, question) => new Kept(() => here, page, question, ["six", "seven"]);
  assert.equal(kept("/a.html", "How many?").recall(), -1);
  kept("/a.html", "How many?").keep(1);
  assert.equal(kept("/a.html", "How many?").recall(), 1);
  assert.equal(kept("/b.html", "How many?").recall(), -1);
  assert.equal(kept("/a.html", "How long?").recall(), -1);
});

test("a choice that is no longer offered is none; one that moved is found", () => {
  const here = storage();
  new Kept(() => here, "/", "?", ["six", "seven"]).keep(1);
  assert.equal(new Kept(() => here, "/", "?", ["seven", "eight"]).recall(), 0);
  assert.equal(new Kept(() => here, "/", "?", ["eight", "nine"]).recall(), -1);
});

test("without storage nothing is kept, and nothing breaks", () => {
  const none = () => {
    throw new Error("SecurityError");
  };
  const kept = new Kept(none, "/", "?", ["six"]);
  kept.keep(0);
  assert.equal(kept.recall(), -1);
});
