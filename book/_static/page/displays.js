// On a narrow page a display is set in more, shorter lines: a reason below its line, and where that is not enough, a
// chain of equations with one link a line. What is still too wide scrolls in its box.

export const NARROW = "(max-width: 599.98px)";
const REASON = 31; // letters in a line of a reason
const SUM = 18; // and in one of a sum, whose letters are larger and have others above and below

// ---- Rows and cells of TeX ----------------------------------------------------------------------------------------

const OPEN = /^(?:\{|\\begin\{[a-z*]+\}|\\left(?![a-z]))/i;
const CLOSE = /^(?:\}|\\end\{[a-z*]+\}|\\right(?![a-z]))/i;
const TOKEN = /\\(?:begin|end)\{[a-z*]+\}|\\[a-z]+|\\[\s\S]|[\s\S]/gi;

/** The tokens of TeX, each with whether it stands outside all braces, environments and brackets that stretch. */
function* tokens(tex) {
  let depth = 0;
  for (const [token] of tex.matchAll(TOKEN)) {
    if (CLOSE.test(token)) depth--;
    yield [token, depth === 0];
    if (OPEN.test(token)) depth++;
  }
}

/** Cut TeX at those of its outer tokens that `where` admits; they are dropped, or with `keep` begin the next part. */
export function cut(tex, where, keep = false) {
  const parts = [""];
  for (const [token, outside] of tokens(tex)) {
    if (outside && where(token)) parts.push(keep ? token : "");
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim());
}

const RELATIONS = new Set(["=", "\\approx", "\\le", "\\ge", "\\leq", "\\geq", "<", ">", "\\leftarrow", "\\propto"]);

/** The rows of a display: {left, right, reason}, each TeX; right is null where a row has no place to align at. */
export function rows(tex) {
  let body = tex.trim().replace(/^\\\[/, "").replace(/\\\]$/, "").trim();
  for (const name of ["split", "aligned"]) {
    const [begin, end] = [`\\begin{${name}}`, `\\end{${name}}`];
    const inner = body.slice(begin.length, -end.length).trim();
    if (body.startsWith(begin) && body.endsWith(end) && !inner.includes(begin)) body = inner;
  }
  return cut(body, (token) => token === "\\\\")
    .filter((row) => row)
    .map((row) => {
      const [left, right = null, ...rest] = cut(row, (token) => token === "&");
      return { left, right, reason: rest.join(" ").trim() };
    });
}

// ---- Reasons ------------------------------------------------------------------------------------------------------

/** About how many letters wide a piece of TeX is. */
const width = (tex) =>
  tex.replace(/\\(?:text\w*|operatorname|left|right|big|Big|t?frac)(?![a-z])/g, "").replace(/\\[a-z]+/gi, "x")
    .replace(/\\.|[{}_^$\s]/g, "").length;

/** The words of a reason, each a list of pieces of TeX: \text breaks at its spaces, a formula does not. */
function wordsOf(reason) {
  const words = [[]];
  const pieces = reason.match(/\\text\{(?:[^{}]|\{[^{}]*\})*\}|(?:(?!\\text\{)[\s\S])+/g) ?? [];
  for (const piece of pieces) {
    const [, text] = piece.match(/^\\text\{([\s\S]*)\}$/) ?? [];
    if (text === undefined || text.includes("$")) {
      if (piece.trim()) words.at(-1).push(piece.trim());
      continue;
    }
    text.split(/\s+/).forEach((word, i) => {
      if (i) words.push([]);
      if (word) words.at(-1).push(`\\text{${word}}`);
    });
  }
  return words.filter((word) => word.length);
}

/** A reason in lines of about `letters` letters. */
export function reasonLines(reason, letters = REASON) {
  const lines = [];
  let filled = Infinity;
  for (const word of wordsOf(reason)) {
    const size = width(word.join(""));
    if (filled + 1 + size > letters) {
      lines.push([]);
      filled = -1;
    }
    lines.at(-1).push(word);
    filled += 1 + size;
  }
  return lines.map(join);
}

/** Words on one line. Two that follow each other in \text are one \text. */
function join(words) {
  const pieces = [];
  for (const word of words) {
    const [first, ...rest] = word;
    const last = pieces.at(-1);
    if (last?.startsWith("\\text{") && first.startsWith("\\text{"))
      pieces[pieces.length - 1] = `${last.slice(0, -1)} ${first.slice(6)}`;
    else pieces.push(...(last ? ["\\text{ }"] : []), first);
    pieces.push(...rest);
  }
  return pieces.join(" ");
}

// ---- Narrow forms -------------------------------------------------------------------------------------------------

/** The lines of a row, [left, right] each, where it may break at its relations: at each statement, each link. */
function chain({ left, right }) {
  const atRelations = (part) => cut(part, (token) => RELATIONS.has(token), true);
  const [start, ...others] = cut(right ?? left, (token) => token === "\\qquad" || token === "\\quad");
  const [head, ...links] = right === null ? atRelations(start) : [...atRelations(left), ...atRelations(start)];
  const statements = [[head, ...links.filter((link) => link)], ...others.map(atRelations)];
  return statements.flatMap(([first, ...rest]) => {
    if (rest.length) return [[first, rest[0]], ...rest.slice(1).map((link) => ["", link])];
    return (first.startsWith("\\text{") ? reasonLines(first) : [first]).map((line) => ["", line]);
  });
}

/** A sum in lines of about `letters` letters. */
export function sumLines(sum, letters = SUM) {
  const lines = [""];
  for (const term of cut(sum, (token) => token === "+" || token === "-", true)) {
    const last = lines.at(-1);
    if (!last || width(last) + width(term) <= letters || !/[\w)}.|]\s*$/.test(last)) lines[lines.length - 1] = `${last} ${term}`.trim();
    else lines.push(term);
  }
  return lines;
}

/** A display in a narrow form, or null where it has none. Of the levels, 1 puts each reason below its line, 2 each link
 * of a chain on a line of its own too, 3 also what stands before the first link, and 4 breaks long sums. */
export function narrow(tex, level) {
  const lines = [];
  let changed = false;
  for (const row of rows(tex)) {
    const its = level > 1 ? chain(row) : [[row.left, row.right]];
    changed ||= Boolean(row.reason) || its.length > 1 || level > 2;
    for (const [left, right] of its) {
      if (right === null) lines.push(left);
      else if (level < 3) lines.push(`${left} & ${right}`.trim());
      else {
        const [first, ...rest] = level > 3 ? sumLines(right) : [right];
        lines.push(...(left ? [`& ${left}`] : []), `& \\quad ${first}`, ...rest.map((line) => `& \\qquad {} ${line}`));
      }
    }
    lines.push(...reasonLines(row.reason).map((line) => `& \\quad {\\small ${line}}`));
  }
  return changed ? `\\[\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}\\]` : null;
}

// ---- The page -----------------------------------------------------------------------------------------------------

class Display {
  constructor(element) {
    this.element = element;
    this.node = [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.includes("\\["));
    this.wide = this.node?.data;
    this.level = 0;
  }

  /** Whether it sticks out of its box, which then scrolls. */
  get scrolls() {
    const box = this.element.querySelector("mjx-container");
    return Boolean(box) && box.scrollWidth > box.clientWidth + 1;
  }

  /** Take the form of a level; return whether there is one that differs from the present. */
  become(level) {
    const form = level ? narrow(this.wide, level) : this.wide;
    if (!form || level === this.level) return false;
    this.level = level;
    const { MathJax } = /** @type {any} */ (window);
    const typeset = this.element.querySelector("mjx-container");
    MathJax.typesetClear?.([this.element]);
    const node = document.createTextNode(form);
    (typeset ?? this.node).replaceWith(node);
    this.node = node;
    return true;
  }
}

/** Set the displays of the page for its width, now and whenever it becomes narrow or wide. */
export function stackDisplays() {
  const { MathJax } = /** @type {any} */ (window); // its settings: MathJax itself comes after this module
  if (!MathJax) return;
  const page = matchMedia(NARROW);
  const displays = [...document.querySelectorAll("div.math")].map((element) => new Display(element))
    .filter((display) => display.node);
  const become = (level, those = displays) => those.filter((display) => display.become(level))
    .map((display) => display.element);

  async function fit() {
    for (const level of page.matches ? [2, 3, 4] : []) {
      const changed = become(level, displays.filter((display) => display.scrolls));
      if (changed.length) await /** @type {any} */ (window).MathJax.typesetPromise(changed);
    }
  }

  if (page.matches) become(1);
  const pageReady = async () => {
    const { startup } = /** @type {any} */ (window).MathJax;
    await startup.defaultPageReady();
    await fit();
    page.addEventListener("change", () => {
      startup.promise = startup.promise.then(async () => {
        await /** @type {any} */ (window).MathJax.typesetPromise(become(page.matches ? 1 : 0));
        await fit();
      });
    });
  };
  MathJax.startup = { ...MathJax.startup, pageReady };
}
