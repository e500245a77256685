// Under three ceilings (chapter 20): an update of the first layer of 784-64-10, for batches of 1 to 4,096 digits, and what
// programs reached. Rates and rungs are those of one machine, measured by benchmarks/roofline.py.

import { Figure, argmax, axis, clamp, fixed, frac, line, path, plain, role, scale, shown, sub, sum, svg, text } from "./base.js";
import { CACHE, CALLS, FLOAT32, FLOAT64, LIT, MEMORY, RUNGS } from "./data/speed.js";

const initial = { at: 0, wide: false, lit: false, compiled: false };
const BATCHES = Array.from({ length: 13 }, (_, k) => 2 ** k), H = 64, EPOCH = 60_000;
const NAMES = ["arithmetic", "memory", "calls"];
// The names of RUNGS.
const MEASURED = ["row by row", "8", "32", "128", "512", "lit rows", "Rust", "Numba"];

/** Operations and bytes of an update; `passes` counts how often all weights are read or written. */
const update = (B, D, size, passes) =>
  ({ F: 4 * B * D * H + 2 * D * H, Q: size * (3 * B * D + passes * D * H + 2 * B * H) });

/** Every number of the figure: rates in billions a second, times in µs. */
export function numbers({ at, wide, lit, compiled }) {
  const B = lit ? 1 : BATCHES[at], D = lit ? LIT : 784, size = wide ? 8 : 4, passes = compiled ? 3 : 7;
  const top = wide ? FLOAT64 : FLOAT32, { F, Q } = update(B, D, size, passes);
  const times = [F / top / 1e3, Q / CACHE / 1e3, compiled ? 0 : CALLS], total = sum(times), ceiling = argmax(times);
  const walk = BATCHES.map((b) => update(b, D, size, passes));
  const rungs = RUNGS.map(([b, d, all, seconds], n) => {
    const its = update(b, d, 4, all);
    return { name: MEASURED[n], I: its.F / its.Q, rate: (its.F * EPOCH) / b / seconds / 1e9 };
  });
  return { B, D, top, times, total, ceiling, I: F / Q, rate: F / times[ceiling] / 1e3, epoch: (total * EPOCH) / B / 1e6,
    places: walk.map((one) => one.F / one.Q), calls: walk.map((one) => one.F / CALLS / 1e3), rungs };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const LEFT = 0.1, RIGHT = 100, LOW = 1, HIGH = 1000;

const layout = (width) => ({ height: 400, width, narrow: width < 480,
  across: scale([LEFT, RIGHT], [44, width - 12], { log: true }), up: scale([LOW, HIGH], [350, 34], { log: true }) });

const through = (points, { across, up }, more) =>
  path(`M${points.map(([x, y]) => `${across(x).toFixed(1)} ${up(y).toFixed(1)}`).join("L")}`, { class: "stroke muted", ...more });

/** A slope of so many bytes a second, up to the flat roof. */
const slope = (bytes, top, at, more) =>
  through([[Math.max(LEFT, LOW / bytes), Math.max(LOW, LEFT * bytes)], [top / bytes, top]], at, more);

/** The ceiling of the calls, where it lies within the picture. */
function drawCalls({ places, calls, lit, compiled, I }, at) {
  const { across, up } = at, thick = { class: "stroke ink", style: "stroke-width: 3.5" };
  const label = (x, y, anchor) => text(x, y, "calls", { anchor });
  if (compiled) return [];
  if (lit) {
    const y = up(calls[0]);
    return [line(across(I) - 26, y, across(I) + 26, y, thick), label(across(I) + 14, y - 9, "start")];
  }
  const points = places.map((x, k) => [x, calls[k]]).filter(([, y]) => y <= HIGH);
  const [x, y] = points.at(-1);
  return [through(points, at, thick), label(across(x) - 12, up(y) + 6, "end")];
}

/** The measured rungs, small squares; their names stand beside them where there is room. The squares of the last two,
 * compiled programs, lie close together: the name of the faster one stands above. */
function drawRungs({ rungs }, { across, up, narrow }) {
  const [rust, numba] = rungs.slice(-2), higher = rust.rate > numba.rate ? rust : numba;
  const low = (rung) => (rung === higher ? -6 : rung === rust || rung === numba ? 16 : 5);
  return rungs.flatMap((rung, n) => [
    svg("rect", { x: across(rung.I) - 4, y: up(rung.rate) - 4, width: 8, height: 8, class: "fill muted" }),
    ...(narrow ? [] : [text(across(rung.I) + (n ? 9 : -9), up(rung.rate) + low(rung), rung.name,
      { class: "muted", anchor: n ? "start" : "end" })])]);
}

function draw(all, at) {
  const { top, wide, ceiling, times, total } = all, { across, up, width } = at;
  const right = { anchor: "end" };
  return [
    axis(across, 350, [0.1, 1, 10, 100], { name: "operations a byte", print: (x) => `${x}` }),
    axis(up, 44, [1, 10, 100, 1000], { side: "left", name: "billion operations a second" }),
    slope(MEMORY, top, at, { "stroke-dasharray": "6 4" }), slope(CACHE, top, at),
    through([[top / CACHE, top], [RIGHT, top]], at),
    text(width - 14, up(top) - 9, `arithmetic, float${wide ? 64 : 32}: ${fixed(top, 0)}`, { shows: "top", ...right }),
    text(across(20 / MEMORY) + 10, up(20) + 10, "large memory", { class: "muted" }),
    text(across(0.35) - 8, up(0.35 * CACHE) - 3, "memory", right),
    ...drawRungs(all, at), ...drawCalls(all, at),
    svg("circle", { cx: across(all.I), cy: up(clamp(all.rate, LOW, HIGH)), r: 8, class: "stroke value",
      style: "fill: var(--ground); stroke-width: 3" }),
    text(width - 14, 292, `at least ${fixed(times[ceiling], 1)} µs: ${NAMES[ceiling]}`, { shows: "least", ...right }),
    text(width - 14, 314, `about ${fixed(total, 1)} µs an update`, { shows: "total", ...right }),
    text(width - 14, 336, `${fixed(all.epoch, 2)} s an epoch`, { shows: "epoch", class: "value", ...right })];
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "An update under three ceilings", initial, numbers, layout });

  figure.clickable((all, at) => [44, 34, at.width - 56, 316], ([px], { places }, { across }) => {
    const far = places.map((I) => Math.abs(across(I) - px));
    return { at: far.indexOf(Math.min(...far)) };
  });

  const piece = (left, i, { times, ceiling }) => {
    const number = shown(`times.${i}`, fixed(times[i], 1));
    return [left, "=", i === ceiling ? role("value", number) : number, plain("\u00a0µs\u2003")];
  };
  figure.equation((all) => [piece(frac("F", sub("r", "F")), 0, all), piece(frac("Q", sub("r", "Q")), 1, all),
    piece(sub("t", "C"), 2, all)]);

  figure.slider({ label: "*B*", of: "at", min: 0, max: BATCHES.length - 1,
    say: ({ at }) => BATCHES[at].toLocaleString("en") });
  figure.row();
  figure.toggle({ label: "float64", of: "wide" });
  figure.toggle({ label: "lit pixels only", of: "lit" });
  figure.toggle({ label: "compiled, no calls", of: "compiled" });

  return figure.start({ draw, describe: ({ B, D, wide, compiled, times, ceiling, total, epoch, I }) =>
    `An update for ${B === 1 ? "one digit" : `${B} digits`} of ${fixed(D, 0)} pixels in float${wide ? 64 : 32}` +
    `${compiled ? ", compiled" : ""}: ${fixed(I, 2)} operations a byte. Arithmetic takes ${fixed(times[0], 1)} µs, memory ` +
    `${fixed(times[1], 1)}, calls ${fixed(times[2], 1)}; the highest ceiling is that of ${NAMES[ceiling]}. About ` +
    `${fixed(total, 1)} µs in all, and ${fixed(epoch, 2)} s an epoch.` });
}

export default { render };
