// A safetensors file in the page: its header, its arrays, and what is wrong with a file that is none.

const LIMIT = 64e6;  // bytes; far above any network of the book, far below what hurts
const TYPES = { F32: Float32Array, F64: Float64Array };

// How files begin that people take for weights, and what tells one zip archive from another.
const BEGINNINGS = {
  "\x93NUMPY": "NumPy's .npy",
  "\x89HDF\r\n\x1a\n": "HDF5, as Keras' .h5",
  "GGUF": "a GGUF model",
  "\x1f\x8b": "a gzip file",
  "\x89PNG": "a PNG picture",
  "\xff\xd8\xff": "a JPEG picture",
  "GIF8": "a GIF picture",
  "%PDF": "a PDF",
  "version https://git-lfs": "a Git LFS pointer, which stands for the file",
};
/** @type {[number, string, string][]} */
const BEHIND = [[4, "ftyphei", "a HEIC photograph"], [4, "ftypmif1", "a HEIC photograph"],
  [4, "ftypavi", "an AVIF picture"], [8, "WEBP", "a WebP picture"]];  // from which byte on
const ARCHIVES = { "data.pkl": "PyTorch's .pt", ".weights.h5": "Keras' .keras", ".npy": "NumPy's .npz" };

// ---- The file ---------------------------------------------------------------------------------------------------

/** Stop unless `fine`, and say what was expected and what came. */
export function expect(fine, expected, got) {
  if (!fine) throw new Error(`expected ${expected}, got ${got}`);
}

export const whole = (n) => Number.isSafeInteger(n) && n >= 0;
export const list = (words) => (words.length ? words.map((word) => String(word).slice(0, 40)).join(", ") : "none");
export const shape = (sizes) => `(${sizes.join(", ")})`;

/** A name that stands twice in one object of a JSON text; JSON.parse would take the last and say nothing. */
function repeated(json) {
  const open = [];
  for (const [token, name] of json.matchAll(/"((?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (name !== undefined) {
      const plain = JSON.parse(`"${name}"`);
      if (open.at(-1).has(plain)) return plain;
      open.at(-1).add(plain);
    }
  }
  return null;
}

/** What a file of another kind is, by how it begins: of nnlib/files.py, what one may take for weights. */
function kindOf(content) {
  const latin = (from, to) => String.fromCharCode(...new Uint8Array(content.slice(from, to)));
  const start = latin(0, 200), begins = (...texts) => texts.some((text) => start.startsWith(text));
  if (content.byteLength === 0) return "an empty file";
  for (const [beginning, words] of Object.entries(BEGINNINGS)) if (begins(beginning)) return words;
  for (const [place, mark, words] of BEHIND) if (start.startsWith(mark, place)) return words;
  if (begins("PK\x03\x04", "PK\x05\x06")) {
    const names = latin(0, 4000) + latin(-4000);  // the first entry's name, and the list of all at the end
    for (const [part, words] of Object.entries(ARCHIVES)) if (names.includes(part)) return words;
    return "a zip archive";
  }
  if (begins("\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05")) return "a Python pickle, as an older .pt";
  return /^\s*<(!doctype )?html/i.test(start) ? "a web page" : null;
}

/** What to do with the weights in a file of another kind, or with a picture. */
function advice(kind) {
  if (/picture|photograph/.test(kind)) {
    return ". Here a network is chosen. Draw your digit on the sheet; a picture of one is read by python -m nnlib " +
      "predict FILE";
  }
  if (!/NumPy|PyTorch|Keras|pickle/.test(kind)) return "";
  return `. Save the arrays W1, b1, W2 and b2 with safetensors${kind.includes(".pt") ? ", each matrix transposed" : ""}`;
}

/** The header of a safetensors file: 8 bytes with its length, then JSON. */
function headerOf(content) {
  // Only where it cannot be one: a header of 640 bytes makes a good file begin like a pickle.
  const instead = (got) => {
    const kind = kindOf(content);
    throw new Error(`expected a safetensors file, got ${kind ? kind + advice(kind) : got}`);
  };
  if (content.byteLength < 8) instead(`${content.byteLength} bytes`);
  const length = Number(new DataView(content).getBigUint64(0, true));
  if (length > Math.min(content.byteLength - 8, 100_000)) {
    instead(`something else: a header of ${length.toLocaleString("en")} bytes in a file of ` +
      `${content.byteLength.toLocaleString("en")}`);
  }
  let json, header;
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(content.slice(8, 8 + length));
    header = JSON.parse(json);
  } catch {
    instead("something else: its header is no JSON");
  }
  expect(header && typeof header === "object" && !Array.isArray(header), "a header that is an object", typeof header);
  const twice = repeated(json);
  expect(twice === null, "each name once", `${twice} twice`);
  return { header, start: 8 + length };
}

/** What the file says of its arrays, by name, where each entry is sound, and they lie end to end and fill the file. */
function checkEntries(entries, bytes) {
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape: sizes, data_offsets: place } = entry ?? {}, known = name.slice(0, 40);
    expect(Object.hasOwn(TYPES, dtype), `${known} in F32 or F64`, String(dtype).slice(0, 40));
    expect(Array.isArray(sizes) && sizes.every(whole), `${known} with a shape`, JSON.stringify(sizes));
    expect(Array.isArray(place) && place.length === 2 && place.every(whole) && place[0] <= place[1],
      `${known} with two offsets`, JSON.stringify(place));
    const count = sizes.reduce((product, size) => product * size, 1);
    expect(place[1] - place[0] === count * TYPES[dtype].BYTES_PER_ELEMENT,
      `${known} of shape ${shape(sizes)} in ${count * TYPES[dtype].BYTES_PER_ELEMENT} bytes`, place[1] - place[0]);
  }
  let end = 0;
  for (const [name, { data_offsets: [from, to] }] of Object.entries(entries)
    .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])) {
    expect(from === end, `${name.slice(0, 40)} to begin at byte ${end}`, from);
    expect(to <= bytes, "a whole file", `one cut off: ${name.slice(0, 40)} ends at byte ${to} of ${bytes}`);
    end = to;
  }
  expect(end === bytes, `${end} bytes of numbers`, bytes);
}

/** The layers that a file of nnlib's says its network is made of; null where it says nothing. */
function layersOf(header) {
  const { nnlib, "nnlib.layers": before } = header.__metadata__ ?? {};  // the second: files from before the first
  if (nnlib === undefined && before === undefined) return null;
  try {
    return nnlib === undefined ? JSON.parse(before) : JSON.parse(nnlib).layers ?? null;
  } catch {
    throw new Error(`expected what nnlib writes of itself, as JSON, got ${String(nnlib ?? before).slice(0, 80)}`);
  }
}

/** What is in a safetensors file, an ArrayBuffer: { layers, arrays }, each array { shape, values } by its name. An
 * Error says what is wrong where it is none. A file that tells no layers must have the arrays of these `names`. */
export function read(content, names) {
  expect(content.byteLength <= LIMIT, `at most ${LIMIT.toLocaleString("en")} bytes`,
    content.byteLength.toLocaleString("en"));
  const { header, start } = headerOf(content), layers = layersOf(header);
  const { __metadata__: _, ...entries } = header, found = Object.keys(entries);
  if (layers === null) expectNames(found, names);
  checkEntries(entries, content.byteLength - start);
  const arrays = {};
  for (const [name, { dtype, shape: sizes, data_offsets: [from, to] }] of Object.entries(entries)) {
    const values = Float64Array.from(new TYPES[dtype](content.slice(start + from, start + to)));
    arrays[name] = { shape: sizes, values };
  }
  return { layers, arrays };
}

/** These names, no more and no less. */
export function expectNames(found, names) {
  const right = found.length === names.length && names.every((name) => found.includes(name));
  expect(right, `the arrays ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`, list(found.slice(0, 20)));
}

/** Numbers that are finite in float32 too: float64 may be too large. */
export function expectFinite(name, values) {
  const bad = values.find((number) => !Number.isFinite(Math.fround(number)));
  expect(bad === undefined, `finite numbers in ${name}`, bad);
}
