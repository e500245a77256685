// What is kept of a reader's progress: which exercises have passed, each with the checksum of the check that it passed.
// It is kept in this browser alone. One entry of its storage holds all of it, in the form of the file that is saved.

export const KEY = "neural networks from scratch: progress 1";
const FORMAT = "neural networks from scratch: progress";
const VERSION = 1;
const LARGEST = 100_000; // characters of a file; one with every exercise of the book has 5,000

const CHAPTER = /^\d\d_\w+$/;
const NAME = /^[a-z]\w*$/i;
const CHECKSUM = /^[0-9a-f]{8,64}$/;

/** @typedef {Record<string, Record<string, string>>} Marks - of a chapter, of an exercise: the check that it passed */
/** @typedef {Record<string, Record<string, [label: string, check: string]>>} Published - the exercises of the book */

/** Why a file is not read, as the end of a sentence about it. */
export class Refused extends Error {}

/** Whether the last verdict of an exercise in what its cell printed is that it passed. */
export function passes(printed, name) {
  const verdicts = printed.matchAll(new RegExp(`\\b${name}: (passed$|not yet: )`, "gm"));
  return [...verdicts].at(-1)?.[1] === "passed";
}

/** The chapter whose page has an address. @param {string} address @param {Published} published */
export function chapterAt(address, published) {
  const [, name] = new URL(address).pathname.match(/\/([^/]+?)(?:\.html)?$/) ?? [];
  return Object.hasOwn(published, name) ? name : null;
}

/** @param {Marks} marks */
export function write(marks) {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, passed: marks }, null, 1)}\n`;
}

const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The marks in a text, of which nothing is believed. @returns {Marks} */
export function parse(text) {
  let found;
  try {
    found = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new Refused("it is not whole, or no progress file");
  }
  if (!isTable(found) || found.format !== FORMAT) throw new Refused("it is no progress file of this book");
  const { version, passed } = found;
  if (version > VERSION) throw new Refused("it was written by a newer version of this site");
  if (version !== VERSION || !isTable(passed)) throw new Refused("it is damaged");
  for (const [chapter, marks] of Object.entries(passed)) {
    if (!CHAPTER.test(chapter) || !isTable(marks)) throw new Refused("it is damaged");
    for (const [name, check] of Object.entries(marks))
      if (!NAME.test(name) || typeof check !== "string" || !CHECKSUM.test(check)) throw new Refused("it is damaged");
  }
  return passed;
}

export class Progress {
  damaged = false; // what the browser kept cannot be read
  /** @type {Marks | null} */
  #held = null; // the marks, where the browser does not keep them

  /**
   * @param {() => Pick<Storage, "getItem" | "setItem" | "removeItem">} storage - without a storage it raises
   * @param {Published} published
   */
  constructor(storage, published) {
    this.storage = storage;
    this.published = published;
  }

  /** Whether the browser would keep a mark. */
  keeps() {
    const probe = `${KEY} probe`;
    try {
      this.storage().setItem(probe, "");
      this.storage().removeItem(probe);
      return true;
    } catch {
      return false;
    }
  }

  /** Read anew each time: another tab may have written. @returns {Marks} */
  #marks() {
    if (this.#held) return this.#held;
    this.damaged = false;
    let text;
    try {
      text = this.storage().getItem(KEY);
    } catch {
      return {};
    }
    if (text === null) return {};
    try {
      return parse(text);
    } catch {
      this.damaged = true;
      return {};
    }
  }

  /** Return whether the browser keeps them. */
  #save(marks) {
    try {
      this.storage().setItem(KEY, write(marks));
      this.#held = null;
      this.damaged = false;
      return true;
    } catch {
      this.#held = marks;
      return false;
    }
  }

  /** Mark an exercise; return whether the browser keeps it. */
  pass(chapter, name) {
    const marks = this.#marks();
    (marks[chapter] ??= {})[name] = this.published[chapter][name][1];
    return this.#save(marks);
  }

  /** Forget all; return whether it is gone. */
  forget() {
    this.#held = null;
    try {
      this.storage().removeItem(KEY);
      return true;
    } catch {
      return !this.any;
    }
  }

  file() {
    return write(this.#marks());
  }

  /**
   * Add the marks of a file; return how many are new, how many were here, how many are of exercises that the book does
   * not have, and whether the browser keeps them. Of two marks of one exercise that of the published check stays, else
   * the one that is here.
   */
  merge(text) {
    if (text.length > LARGEST) throw new Refused("it is too large to be a progress file");
    const read = parse(text);
    const marks = this.#marks();
    const counts = { added: 0, known: 0, foreign: 0, kept: false };
    for (const [chapter, theirs] of Object.entries(read)) {
      const ours = (marks[chapter] ??= {});
      for (const [name, check] of Object.entries(theirs)) {
        const published = this.published[chapter]?.[name]?.[1];
        const better = !Object.hasOwn(ours, name) || (check === published && ours[name] !== published);
        if (better) ours[name] = check;
        counts[better ? "added" : "known"]++;
        if (!published) counts.foreign++;
      }
    }
    counts.kept = this.#save(marks);
    return counts;
  }

  /** @returns {"passed" | "earlier" | "none"} of an exercise; earlier: it passed another check than the published one */
  state(chapter, name, marks = this.#marks()) {
    const check = marks[chapter]?.[name];
    if (check === undefined) return "none";
    return check === this.published[chapter]?.[name]?.[1] ? "passed" : "earlier";
  }

  /** How many exercises of a chapter have passed, and how many there are. */
  count(chapter, marks = this.#marks()) {
    const names = Object.keys(this.published[chapter]);
    return [names.filter((name) => this.state(chapter, name, marks) === "passed").length, names.length];
  }

  get total() {
    const marks = this.#marks();
    const counts = Object.keys(this.published).map((chapter) => this.count(chapter, marks));
    return counts.reduce(([passed, all], [its, of]) => [passed + its, all + of], [0, 0]);
  }

  /** Whether there is a mark of an exercise of the book, be it of an earlier check. */
  get any() {
    const marks = this.#marks();
    return Object.entries(this.published).some(([chapter, exercises]) =>
      Object.keys(exercises).some((name) => this.state(chapter, name, marks) !== "none"),
    );
  }
}
