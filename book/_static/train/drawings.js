// The reader's own drawings, labelled: strokes that are kept in this browser alone, and the pictures made of them.
// One entry of the browser's storage holds all of them, in the form of the file that is saved.

export const KEY = "neural networks from scratch: drawings 1";
const FORMAT = "neural networks from scratch: drawings";
const MOST = 200;  // drawings
const LARGEST = 4e6;  // characters of a file

/** @typedef {{ label: number, strokes: number[][][], apart?: boolean }} Drawing - apart: not to be learned from */

/** Why a file is not read, as the end of a sentence about it. */
export class Refused extends Error {}

const isPoint = (point) =>
  Array.isArray(point) && point.length === 2 && point.every((u) => Number.isFinite(u) && u >= 0 && u <= 1);
const isStroke = (stroke) => Array.isArray(stroke) && stroke.length > 0 && stroke.every(isPoint);
const isDrawing = (drawing) => Boolean(drawing) && Number.isInteger(drawing.label) && drawing.label >= 0 &&
  drawing.label <= 9 && Array.isArray(drawing.strokes) && drawing.strokes.length > 0 && drawing.strokes.every(isStroke);

/** The drawings in a text, of which nothing is believed. @returns {Drawing[]} */
export function parse(text) {
  let found;
  try {
    found = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new Refused("it is not whole, or no file of drawings");
  }
  if (found?.format !== FORMAT) throw new Refused("it is no file of this page's drawings");
  if (!Array.isArray(found.drawings) || !found.drawings.every(isDrawing)) throw new Refused("it is damaged");
  return found.drawings.map(({ label, strokes, apart }) =>
    (typeof apart === "boolean" ? { label, strokes, apart } : { label, strokes }));
}

/** @param {Drawing[]} drawings */
export const write = (drawings) =>
  `${JSON.stringify({ format: FORMAT, drawings: drawings.map(({ label, strokes, apart }) => ({ label, strokes, apart })) })}\n`;

/** Say of each drawing of which it is not said whether it is kept apart: every other one of a digit. It stays so when
 * others go, as one that was learned from must never count among those kept apart. @param {Drawing[]} drawings */
function shared(drawings) {
  const given = [];
  for (const drawing of drawings) {
    const before = given.filter(({ label }) => label === drawing.label), apart = before.filter((its) => its.apart).length;
    given.push({ ...drawing, apart: drawing.apart ?? apart < before.length - apart });
  }
  return given;
}

/** A picture, 784 numbers from 0 to 1, as bytes. */
export const bytesOf = (x) => Uint8Array.from(x, (ink) => Math.round(255 * ink));

export class Drawings {
  /** @type {Drawing[]} */
  all = [];
  warning = "";  // why the browser does not keep them, as a sentence

  /** @param {() => Pick<Storage, "getItem" | "setItem" | "removeItem">} storage - without a storage it raises */
  constructor(storage) {
    this.storage = storage;
    try {
      const kept = storage().getItem(KEY);
      if (kept) this.all = shared(parse(kept));
    } catch (error) {
      this.warning = error instanceof Refused
        ? `What this browser kept of your drawings cannot be read: ${error.message}. A new drawing takes its place.`
        : "This browser keeps nothing for this page: your drawings are here until you leave it. Save them to a file.";
    }
  }

  /** Every other drawing of a digit is kept apart: what is learned by heart says nothing about the next one. */
  get learned() {
    return this.all.filter(({ apart }) => !apart);
  }

  get apart() {
    return this.all.filter(({ apart }) => apart);
  }

  /** What another window of the page has written since. @returns {boolean} whether it could be read */
  reread() {
    try {
      const kept = this.storage().getItem(KEY);
      this.all = kept ? shared(parse(kept)) : [];
      return true;
    } catch {
      return false;
    }
  }

  add(label, strokes) {
    if (this.all.length >= MOST) {
      this.warning = `There is room for ${MOST} drawings. Take one away first.`;
      return false;
    }
    const round = (u) => Math.round(1e4 * u) / 1e4;
    this.#change(shared([...this.all, { label, strokes: strokes.map((stroke) => stroke.map((point) => point.map(round))) }]));
    return true;
  }

  remove(drawing) {
    this.#change(this.all.filter((other) => other !== drawing));
  }

  /** Add the drawings of a file; return how many are new. */
  join(text) {
    if (text.length > LARGEST) throw new Refused("it is too large");
    const known = new Set(this.all.map((drawing) => JSON.stringify(drawing.strokes)));
    const fresh = parse(text).filter(({ strokes }) => !known.has(JSON.stringify(strokes)));
    if (this.all.length + fresh.length > MOST) throw new Refused(`there is room for ${MOST} drawings`);
    this.#change(shared([...this.all, ...fresh]));
    return fresh.length;
  }

  #change(drawings) {
    this.all = drawings;
    this.warning = "";
    try {
      if (drawings.length) this.storage().setItem(KEY, write(drawings));
      else this.storage().removeItem(KEY);
    } catch (error) {
      this.warning = error?.name === "QuotaExceededError"
        ? "The browser's storage for this site is full: it keeps what was there before. Save your drawings to a file."
        : "This browser keeps nothing for this page: your drawings are here until you leave it. Save them to a file.";
    }
  }
}
