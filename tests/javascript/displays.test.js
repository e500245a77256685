// What a display becomes on a narrow page: reasons below their lines, chains with one link a line.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, narrow, reasonLines, rows, sumLines } from "../../book/_static/page/displays.js";

const display = (...lines) => `\\[\\begin{split}\n\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}\n\\end{split}\\]`;
/** The lines of a narrow form, without what is round them. */
const lines = (tex, level) => narrow(tex, level)
  ?.match(/^\\\[\\begin\{aligned\}\n([\s\S]*)\n\\end\{aligned\}\\\]$/)[1].split(" \\\\\n");

test("TeX is cut outside braces, environments and stretched brackets", () => {
  assert.deepEqual(cut("a & b_{c & d} & \\left( e & f \\right) g", (t) => t === "&"),
    ["a", "b_{c & d}", "\\left( e & f \\right) g"]);
  assert.deepEqual(cut("\\begin{pmatrix} 1 & 2 \\\\ 3 \\end{pmatrix} & \\{ x \\& y", (t) => t === "&"),
    ["\\begin{pmatrix} 1 & 2 \\\\ 3 \\end{pmatrix}", "\\{ x \\& y"]);
  assert.deepEqual(cut("a \\leftarrow b", (t) => t === "\\leftarrow", true), ["a", "\\leftarrow b"]);
});

test("a display has rows", () => {
  assert.deepEqual(rows(display("a &= b && \\text{why}", "&= c")),
    [{ left: "a", right: "= b", reason: "\\text{why}" }, { left: "", right: "= c", reason: "" }]);
  assert.deepEqual(rows("\\[\nx = y\n\\]"), [{ left: "x = y", right: null, reason: "" }]);
  const matrices = "\\[\\begin{split}\nJ = \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n\\end{split}\\]";
  assert.equal(rows(matrices).length, 1);
});

test("a reason breaks at the spaces of its words, not within a formula", () => {
  const reason = "\\text{a silent unit is multiplied by } x = (a + b) \\text{, and stays so}";
  assert.deepEqual(reasonLines(reason, 20),
    ["\\text{a silent unit is}", "\\text{multiplied by}", "x = (a + b) \\text{, and stays}", "\\text{so}"]);
  assert.deepEqual(reasonLines("", 20), []);
  assert.deepEqual(reasonLines("j\\text{: it leaves}"), ["j \\text{: it leaves}"]);
  assert.deepEqual(reasonLines("\\delta_{hk} \\text{ keeps } h = k."), ["\\delta_{hk} \\text{ } \\text{keeps} \\text{ } h = k."]);
});

test("a reason stands below its line", () => {
  assert.deepEqual(lines(display("a &= b && \\text{why}", "&= c && b = c"), 1),
    ["a & = b", "& \\quad {\\small \\text{why}}", "& = c", "& \\quad {\\small b = c}"]);
});

test("where there is no reason there is no first narrow form", () => {
  assert.equal(narrow("\\[\nx = y\n\\]", 1), null);
  assert.equal(narrow(display("a &= b", "c &= d"), 1), null);
});

test("a chain has one link a line, a statement begins a line", () => {
  assert.deepEqual(lines("\\[\nx = y = z, \\qquad u \\approx v\n\\]", 2), ["x & = y", "& = z,", "u & \\approx v"]);
  assert.deepEqual(lines(display("a = b &= c = d && \\text{why}", "&= e"), 2),
    ["a & = b", "& = c", "& = d", "& \\quad {\\small \\text{why}}", "& = e"]);
  assert.deepEqual(lines(display("r &\\text{ moves by } 3 && \\text{why}"), 2), ["r & \\text{ moves by } 3", "& \\quad {\\small \\text{why}}"]);
  assert.equal(narrow("\\[\nx\n\\]", 2), null);
});

test("words beside a statement break as a reason does", () => {
  assert.deepEqual(lines("\\[\nx = y, \\qquad \\text{one row for each output, one column for each input.}\n\\]", 2),
    ["x & = y,", "& \\text{one row for each output, one}", "& \\text{column for each input.}"]);
});

test("in a narrower form the left side has its own line", () => {
  assert.deepEqual(lines(display("a &= b", "&= c"), 3), ["& a", "& \\quad = b", "& \\quad = c"]);
});

test("in the narrowest form a long sum breaks before a sign, and not behind another", () => {
  assert.deepEqual(sumLines("= aaaa + bbbb - cccc", 9), ["= aaaa", "+ bbbb", "- cccc"]);
  assert.deepEqual(sumLines("= aaaa \\cdot (-bbbb) + c", 8), ["= aaaa \\cdot ( -bbbb)", "+ c"]);
  assert.deepEqual(sumLines("= a + b"), ["= a + b"]);
  assert.deepEqual(lines(display(`a &= ${"f(x) + ".repeat(9)} g`), 4).length, 4);
});
