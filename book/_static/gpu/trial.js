// A kernel is tried: run at several sizes, with its threads in both orders, and compared with what JavaScript computes
// in doubles. What came out is said in words.
//
// A driver in software runs the threads of a group in order, and so hides what a card shows. So each kernel is also run
// with its threads and groups reversed. What it reads ends where NaN begin, and what it writes lies between sentinels.

import { CASES, problem } from "./cases.js";
import { ALIGNMENT, declared, Refused } from "./device.js";

export const TOLERANCE = 1e-5; // of the largest number of an answer; rounding stays below a tenth of it
const SENTINEL = { Float32Array: -7e7, Uint32Array: 77 };
const MARGIN = { Float32Array: NaN, Uint32Array: 99, Uint8Array: 99 };

const WORKGROUP = /@workgroup_size\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)/;
const MAIN = /fn\s+main\s*\(([^{]*)\)\s*\{/;
const BUILTIN = /@builtin\((\w+)\)\s*(\w+)\s*:\s*vec3(?:u|<u32>)/g;

/**
 * A kernel whose threads do what their opposites would: the last of the last group the first's work, as
 * nnlib.gpu.trial.reversed_order has it. Null where its threads are told in another way who they are.
 */
export function reversed(text) {
  const [size, main] = [WORKGROUP.exec(text), MAIN.exec(text)];
  if (!size || !main) return null;
  const [x, y] = [size[1], size[2] ?? "1"];
  const counts = {
    global_invocation_id: [`all_groups.x * ${x}`, `all_groups.y * ${y}`],
    workgroup_id: ["all_groups.x", "all_groups.y"],
    local_invocation_id: [x, y],
  };
  const found = [...main[1].matchAll(BUILTIN)];
  const told = main[1].match(/@builtin/g)?.length ?? 0;
  if (found.length !== told || found.some(([, builtin]) => !Object.hasOwn(counts, builtin))) return null;
  const lines = found.map(([, builtin, name]) => {
    const [i, j] = counts[builtin].map((count, axis) => `u32(${count}) - 1u - other_${name}.${"xy"[axis]}`);
    return `    let ${name} = vec3u(${i}, ${j}, 0u);\n`;
  });
  const others = main[1].replace(BUILTIN, "@builtin($1) other_$2: vec3u").trimEnd().replace(/,$/, "");
  const head = `fn main(${others}, @builtin(num_workgroups) all_groups: vec3u) {\n${lines.join("")}`;
  return text.replace(main[0], () => head);
}

/** Numbers with a margin before and behind them, on the device; that behind is within reach unless they are counted. */
function surrounded(device, numbers, margin, counted) {
  const pad = ALIGNMENT / numbers.BYTES_PER_ELEMENT;
  const whole = new numbers.constructor(numbers.length + 2 * pad).fill(margin);
  whole.set(numbers, pad);
  const array = device.array(whole);
  const view = { ...array, start: ALIGNMENT, length: numbers.length + (counted ? 0 : pad) };
  return { array, view, margin, numbers: numbers.length, pad };
}

/** Compare what lies on the device, with its margins, with the answer. */
export function compare(whole, { pad, margin, fill }, answer) {
  const scale = answer.reduce((most, a) => Math.max(most, Math.abs(a)), 0) || 1;
  const exact = answer instanceof Uint32Array;
  const found = { count: answer.length, largest: 0, wrong: 0, untouched: 0, nan: 0, outside: 0 };
  whole.forEach((number, place) => {
    const i = place - pad;
    if (i < 0 || i >= answer.length) {
      if (!Object.is(number, margin)) found.outside++;
    } else if (Number.isNaN(number)) {
      found.nan++;
      found.wrong++;
    } else {
      const difference = Math.abs(number - answer[i]) / scale;
      if (number === fill) found.untouched++;
      else found.largest = Math.max(found.largest, difference);
      if (difference > (exact ? 0 : TOLERANCE)) found.wrong++;
    }
  });
  return found;
}

/** A refusal by this page, where the compiler's or the device's words would say less. */
function refused(message, lineNum) {
  return Object.assign(new Refused(message, lineNum ? [{ type: "error", lineNum, message }] : []), { own: true });
}

/** Refuse, in words, a text whose bindings are not those that a kernel of that name is given. */
function checkBindings(text, kernel) {
  if (!text.trim()) throw refused("there is no text; Reset brings the published one back.");
  const given = ["sizes or other numbers", ...CASES[kernel].arrays], found = declared(text);
  const list = given.map((name, binding) => `${name} at ${binding}`).join(", ");
  const other = found.find(({ binding, type }) => !given[binding] || (type === "uniform") !== (binding === 0));
  const missing = given.findIndex((_, binding) => !found.some((its) => its.binding === binding));
  if (!other && missing < 0) return;
  const has = other ? `a variable that nothing is given for, at binding ${other.binding}` : `binding ${missing} is missing`;
  throw refused(`${has}. In @group(0) lie ${list}; the first is uniform, the others are storage.`, other?.line);
}

/** Run a text as a kernel of that name at one of its sizes; return what came out, array by array. */
async function attempt(device, text, kernel, sizes) {
  const { arrays, counted } = CASES[kernel];
  const { numbers, given, answer, groups } = problem(kernel, sizes);
  const fields = {};
  for (const name of arrays) {
    const wanted = answer[name];
    if (given[name]) {
      const type = given[name].constructor.name;
      fields[name] = surrounded(device, given[name], MARGIN[type], counted);
    } else {
      const type = wanted instanceof Uint32Array ? Uint32Array : Float32Array;
      const fill = Math.fround(SENTINEL[type.name]);
      fields[name] = { ...surrounded(device, new type(wanted.length).fill(fill), fill, counted), fill };
    }
  }
  const call = await device.call(text, numbers, arrays.map((name) => fields[name].view), groups);
  try {
    await device.checked(() => device.run([call]));
    const found = {};
    for (const name of Object.keys(answer)) {
      found[name] = compare(await device.read(fields[name].array), fields[name], answer[name]);
    }
    return found;
  } finally {
    for (const { buffer } of [call.arrays[0], ...Object.values(fields).map(({ array }) => array)]) buffer.destroy();
  }
}

/**
 * Try a text as a kernel of that name. Return what the compiler said, and for each size what came out in each order.
 * Throws Refused where the compiler does not take it.
 */
export async function trial(device, text, kernel) {
  const compiled = device.compile(text);
  const error = await compiled.then(() => null, (its) => its);
  if (!error?.messages?.some(({ type }) => type === "error")) checkBindings(text, kernel);
  const { messages } = await compiled;
  const orders = { "in order": text };
  const other = reversed(text);
  if (other) {
    const taken = await device.compile(other).then(() => true, () => false);
    if (taken) orders.reversed = other;
  }
  const results = [];
  for (const sizes of CASES[kernel].sizes) {
    const result = { sizes: CASES[kernel].say(sizes), found: {} };
    for (const [order, its] of Object.entries(orders)) result.found[order] = await attempt(device, its, kernel, sizes);
    results.push(result);
  }
  return { messages, results };
}

// ---- in words -------------------------------------------------------------------------------------------------------

/** A count with its thousands apart. */
const counted = (n) => n.toLocaleString("en");

/** A positive number as 2·10⁻⁷. */
export function power(number) {
  if (number === 0) return "0";
  if (!Number.isFinite(number)) return "∞";
  const [digits, exponent] = number.toExponential(0).split("e");
  if (Math.abs(exponent) < 3) return String(Number(number.toPrecision(2)));
  return `${digits}·10${String(Number(exponent)).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)])}`;
}

/** All arrays of one run together. */
function together(found) {
  const total = { count: 0, largest: 0, wrong: 0, untouched: 0, nan: 0, outside: 0 };
  for (const its of Object.values(found)) {
    for (const key of Object.keys(total)) {
      total[key] = key === "largest" ? Math.max(total[key], its[key]) : total[key] + its[key];
    }
  }
  return total;
}

const right = ({ wrong, outside }) => wrong === 0 && outside === 0;

/** One run in few words. */
export function summary(found) {
  const { count, largest, wrong, untouched, nan, outside } = together(found);
  if (right({ wrong, outside })) return `right: largest difference ${power(largest)}`;
  const parts = [wrong ? `${counted(wrong)} of ${counted(count)} wrong` : `all ${counted(count)} right`];
  if (nan) parts.push(`${counted(nan)} of them NaN`);
  if (untouched) parts.push(`${counted(untouched)} never written`);
  if (outside) parts.push(`${counted(outside)} changed outside`);
  if (wrong > nan + untouched) parts.push(`largest difference ${power(largest)}`);
  return parts.join(", ");
}

const barriers = (text) => text.replace(/\/\/.*/g, "").match(/workgroupBarrier/g)?.length ?? 0;

/** What a trial says, in sentences: first whether it is right, then what that may mean. */
export function verdict({ results }, text, published) {
  const runs = results.flatMap(({ sizes, found }) => {
    return Object.entries(found).map(([order, its]) => ({ sizes, order, ...together(its) }));
  });
  const lost = barriers(published) > barriers(text);
  const bad = runs.filter((run) => !right(run));
  if (!bad.length) {
    const largest = Math.max(...runs.map((run) => run.largest));
    const both = "reversed" in results[0].found ? ", with its threads in order and reversed" : "";
    const said = [
      `Right: at ${results.length} sizes${both}, no number differs from the answer ` +
        (largest ? `by more than ${power(largest)} of the largest one. Single precision rounds.` : "at all."),
    ];
    if (lost) {
      said.push(
        "But it has fewer barriers than the published kernel. Whether that shows depends on the device and on luck: " +
          "that it went well here proves nothing.",
      );
    }
    return said;
  }
  const worst = bad.reduce((most, run) => (run.wrong + run.outside > most.wrong + most.outside ? run : most));
  const are = worst.wrong === 1 ? "is" : "are";
  const amount = `${counted(worst.wrong)} of ${counted(worst.count)} numbers ${are} wrong`;
  const said = [`Wrong: at ${worst.sizes}, ${worst.wrong ? amount : "it writes where it must not"}.`];
  const some = (key) => bad.some((run) => run[key]);
  if (some("outside")) {
    said.push(
      "It writes outside its array, where in a program another array lies. Do the threads beyond the edge stay away?",
    );
  }
  if (some("untouched")) {
    said.push("Some numbers are never written. Does every one have a thread that owns it?");
  }
  if (some("nan")) {
    said.push("Some are NaN. Around what it reads lie NaN: does it read outside its arrays?");
  }
  const wellAt = results.filter(({ found }) => Object.values(found).every((its) => right(together(its))));
  const oneOrder = results.some(({ found }) => {
    const each = Object.values(found).map((its) => right(together(its)));
    return each.includes(true) && each.includes(false);
  });
  if (lost) {
    said.push(
      "It has fewer barriers than the published kernel: a thread uses what another has not fetched yet, or has " +
        "overwritten already.",
    );
  } else if (oneOrder && !some("outside")) {
    said.push(
      "With the threads in one order it is right, in the other it is not: what comes out depends on who comes first. " +
        "Is a barrier missing, or does a number have two owners?",
    );
  }
  if (wellAt.includes(results[0]) && !lost) {
    const equal = /×/.test(results[0].sizes);
    said.push(
      `At ${results[0].sizes} it is right: there all groups are full${equal ? " and the sizes equal" : ""}, so that ` +
        (equal ? "neither a missing guard shows, nor one size in place of another." : "no missing guard shows."),
    );
  }
  return said;
}
