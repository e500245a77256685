// Confusion explorer (chapter 09): which digits are taken for which, and what it buys to refuse the least sure.

import { Figure, argmax, axis, bar, bytes, chunks, frac, line, nibbles, path, percent, picture, plain, role, runs,
  scale, shown, sub, sum, svg, text } from "./base.js";
import { PICTURES, RECORDS, RIGHT, STOPS } from "./data/reading_the_result.js";

const initial = { cell: 72, stop: 0 };  // true 7, answer 2

// The shipped network on the 10,000 test digits. STOPS are least confidences; RIGHT counts the right answers that are
// at least so sure, a row a stop, a column a digit. RECORDS and PICTURES have all wrong digits and the four least sure
// right ones of each class: number, label and ten shares in 16 bits; 28 × 28 shades.
const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], N = 10_000;

/** Each known digit: its number in the test set, its label, the shares, the answer and its confidence, the picture. */
const known = (() => {
  const pictures = chunks(runs(nibbles(bytes(PICTURES))).map((shade) => shade / 15), 784);
  const records = new DataView(bytes(RECORDS).buffer);
  return Array.from({ length: records.byteLength / 24 }, (_, n) => {
    const [number, label, ...parts] = Array.from({ length: 12 }, (__, i) => records.getUint16(24 * n + 2 * i));
    const p = parts.map((share) => share / 65535), answer = argmax(p);
    return { number, label, p, confidence: p[answer], answer, pixels: pictures[n] };
  });
})();

/** What is left when the answers below the stop's confidence are refused: the matrix C, and how many are right. */
function kept(stop) {
  const C = DIGITS.map((i) => DIGITS.map((j) => (i === j ? RIGHT[stop][i] : 0)));
  for (const { label, answer, confidence } of known)
    if (label !== answer && confidence >= STOPS[stop]) C[label][answer]++;
  const answered = sum(C.flat()), right = sum(RIGHT[stop]), q = right / answered;
  return { C, answered, right, q, error: Math.sqrt((q * (1 - q)) / answered), refused: 1 - answered / N };
}

const CURVE = STOPS.map((_, stop) => kept(stop));

/** Every number of the figure: those of the stop, and the row, the column and the digits of the cell. */
export function numbers({ cell, stop }) {
  const [i, j] = [Math.floor(cell / 10), cell % 10];
  const cards = known.filter(({ label, answer }) => label === i && answer === j);
  return { ...CURVE[stop], i, j, row: sum(CURVE[stop].C[i]), cards };
}

const least = ({ stop }) => percent(STOPS[stop], STOPS[stop] > 0.99 ? 1 : 0);

// ---- the drawing --------------------------------------------------------------------------------------------------

const x0 = 30, y0 = 44;  // where the matrix begins

/** The confusion matrix; mistakes the darker the more there are. */
function drawMatrix({ C, i, j }, size) {
  const middle = (k) => (k + 0.5) * size, most = 8;
  const entry = (count, row, column) => [
    ...(row !== column && count
      ? [bar(x0 + column * size, y0 + row * size, x0 + (column + 1) * size - 1, y0 + (row + 1) * size - 1,
        { class: "fill muted", style: `opacity: ${0.1 + (0.4 * count) / most}` })] : []),
    text(x0 + middle(column), y0 + middle(row) + 4.5, count, { anchor: "middle", shows: `C.${row}.${column}`,
      class: row === column ? "cell value" : count ? "cell" : "cell muted" })];
  return [
    text(x0, y0 - 26, "answer", { class: "value" }), text(x0 - 26, y0 - 8, "true", { class: "label" }),
    ...DIGITS.flatMap((k) => [
      text(x0 + middle(k), y0 - 8, k, { class: "value", anchor: "middle", "font-weight": k === j ? 700 : null }),
      text(x0 - 12, y0 + middle(k) + 5, k, { class: "label", anchor: "middle", "font-weight": k === i ? 700 : null })]),
    bar(x0, y0 + i * size, x0 + 10 * size, y0 + (i + 1) * size, { class: "stroke muted", fill: "none" }),
    ...C.flatMap((counts, row) => counts.flatMap((count, column) => entry(count, row, column)))];
}

/** One digit, black on white as on paper, its confidence, and its ten shares; pale when it is refused. */
function drawCard({ label, answer, confidence, p, pixels }, n, refused, left, top, width) {
  const place = scale([0, 10], [left, left + width - 8]), floor = top + 104;
  const colour = (k) => (k === label ? "label" : k === answer ? "value" : "muted");
  const share = (k) => [
    bar(place(k) + 0.5, floor, place(k + 1) - 0.5, floor - 28 * p[k], { style: `fill: var(--${colour(k)})` }),
    ...(k === label || k === answer
      ? [text(place(k + 0.5), floor + 14, k, { class: `cell ${colour(k)}`, anchor: "middle" })] : [])];
  return svg("g", { opacity: refused ? 0.3 : null },
    ...picture(pixels, left, top, 44),
    text(left, top + 62, refused ? "refused" : percent(confidence),
      { class: "cell", shows: refused ? null : `p.${n}` }),
    line(place(0), floor, place(10), floor, { class: "stroke rule" }), ...DIGITS.flatMap(share));
}

function drawCell({ i, j, cards, stop }, { left, top, room }) {
  const unsure = ({ confidence }) => confidence < STOPS[stop], refused = cards.filter(unsure).length;
  const count = `${cards.length || "none"}${refused ? `, refused ${refused}` : ""}`;
  const title = i === j ? `${i}s read as ${i}: the least sure` : `${i}s taken for ${j}: ${count}`;
  return [text(left, top, title), ...cards.map((digit, n) => drawCard(digit, n, unsure(digit),
    left + (n % 4) * (room / 4), top + 12 + Math.floor(n / 4) * 128, room / 4))];
}

/** What refusing buys: right answers among the rest, over the share refused. */
function drawCurve({ q, refused }, { left, right, floor }) {
  const x = scale([0, 0.27], [left + 38, right - 10]), y = scale([0.98, 1], [floor, floor - 70]);
  const points = CURVE.map((at) => [x(at.refused), y(at.q)]), [px, py] = [x(refused), y(q)];
  return [
    axis(y, left + 38, [0.98, 0.99, 1],
      { side: "left", name: "right among the answered, %", print: (share) => 100 * share }),
    axis(x, floor, [0, 0.1, 0.2], { name: "refused, %", print: (share) => 100 * share }),
    path(`M${points.join("L")}`, { class: "stroke value" }),
    ...points.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5, class: "fill value" })),
    svg("circle", { cx: px, cy: py, r: 6, class: "fill value" }),
    text(right - 8, floor - 30, `right ${percent(q, 2)}`, { class: "value", anchor: "end", shows: "accuracy" }),
    text(right - 8, floor - 10, `refused ${percent(refused)}`, { class: "value", anchor: "end", shows: "refused" })];
}

/** The size of a cell of the matrix; the digits of the cell and the curve beside the matrix, or below. */
function layout(width) {
  const wide = width >= 600, size = wide ? Math.floor(0.05 * width) - 1 : Math.floor((width - x0 - 2) / 10);
  const [left, top] = wide ? [x0 + 10 * size + 26, 18] : [4, y0 + 10 * size + 36];
  return { height: wide ? 436 : top + 420, size, left, top, right: width, room: width - left, floor: top + 368 };
}

function render(anywidget) {
  const label = "What the network takes for what, on 10,000 test digits";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  figure.grid({ label: "cell", of: "cell", columns: 10, rows: 10, ring: 15, colour: "ink",
    areas: [({ size }) => [x0, y0, 10 * size, 10 * size]],
    say: ({ i, j, C }) => `true ${i}, answer ${j}: ${C[i][j]}` });

  figure.equation(({ right, answered, q, error }) => [
    [plain("accuracy\u00a0"), "q"], ["=", frac(plain("right"), plain("answered"))],
    ["=", frac(role("value", shown("right", `${right}`)), shown("answered", `${answered}`))],
    ["=", role("value", shown("accuracy", percent(q, 2)))],
    [plain("\u00a0\u00a0± SE"), "=", "√", "(", "q", "(", "1 − q", ")", "/", `${answered}`, ")"],
    ["=", shown("error", percent(error, 2))]]);
  figure.equation(({ i, C, row }) => [
    [plain(`recall of the ${i}`)], ["=", frac(sub("C", `${i}${i}`), [plain("Σ"), sub("C", `${i}j`)])],
    ["=", frac(role("value", `${C[i][i]}`), role("label", `${row}`))],
    ["=", role("value", shown("recall", percent(C[i][i] / row, 2)))]]);

  figure.slider({ label: "refuse below", of: "stop", max: STOPS.length - 1, say: least });

  return figure.start({
    draw: (all, at) => [...drawMatrix(all, at.size), ...drawCell(all, at), ...drawCurve(all, at)],
    describe: (all) => {
      const { i, j, C, answered, right, q, error, refused } = all;
      return `Of the ${i}s, ${C[i][j]} ${i === j ? "are read rightly" : `are taken for ${j}`}. ` +
        `Refused below a confidence of ${least(all)}. ${right} of ${answered} answers are right: ` +
        `${percent(q, 2)}, give or take ${percent(error, 2)}; ${percent(refused)} of the digits are refused.`;
    },
  });
}

export default { render };
