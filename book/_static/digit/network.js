// The book's network in the page: the file of its weights, forward, and backward as far as the picture.
//
// Names and steps are those of chapter 07, for one picture x. A matrix W of n columns is a flat array, row after row:
// W[d][h] is W[d * n + h].

const LIMIT = 64e6;  // bytes; far above any network of the book, far below what hurts
const TYPES = { F32: Float32Array, F64: Float64Array };
const NAMES = ["W1", "b1", "W2", "b2"];

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
function expect(fine, expected, got) {
  if (!fine) throw new Error(`expected ${expected}, got ${got}`);
}

const whole = (n) => Number.isSafeInteger(n) && n >= 0;
const list = (words) => (words.length ? words.map((word) => String(word).slice(0, 40)).join(", ") : "none");
const shape = (sizes) => `(${sizes.join(", ")})`;

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

/** The four arrays must lie end to end and fill the file. */
function checkPlaces(header, bytes) {
  const inOrder = [...NAMES].sort((a, b) => header[a].data_offsets[0] - header[b].data_offsets[0]);
  let end = 0;
  for (const name of inOrder) {
    const [from, to] = header[name].data_offsets;
    expect(from === end, `${name} to begin at byte ${end}`, from);
    expect(to <= bytes, "a whole file", `one cut off: ${name} ends at byte ${to} of ${bytes}`);
    end = to;
  }
  expect(end === bytes, `${end} bytes of numbers`, bytes);
}

/** The network in a safetensors file, an ArrayBuffer; an Error that says what is wrong where it is none. */
export function load(content) {
  expect(content.byteLength <= LIMIT, `at most ${LIMIT.toLocaleString("en")} bytes`,
    content.byteLength.toLocaleString("en"));
  const { header, start } = headerOf(content);
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  const right = names.length === 4 && NAMES.every((name) => names.includes(name));
  expect(right, "the arrays W1, b1, W2 and b2", list(names));
  for (const name of NAMES) {
    const { dtype, shape: sizes, data_offsets: place } = header[name] ?? {};
    expect(Object.hasOwn(TYPES, dtype), `${name} in F32 or F64`, String(dtype).slice(0, 40));
    expect(Array.isArray(sizes) && sizes.every(whole), `${name} with a shape`, JSON.stringify(sizes));
    expect(Array.isArray(place) && place.length === 2 && place.every(whole) && place[0] <= place[1],
      `${name} with two offsets`, JSON.stringify(place));
    const count = sizes.reduce((product, size) => product * size, 1);
    expect(place[1] - place[0] === count * TYPES[dtype].BYTES_PER_ELEMENT,
      `${name} of shape ${shape(sizes)} in ${count * TYPES[dtype].BYTES_PER_ELEMENT} bytes`, place[1] - place[0]);
  }
  checkPlaces(header, content.byteLength - start);

  const H = header.b1.shape[0];
  expect(H >= 1, "at least one hidden unit in b1", shape(header.b1.shape));
  const sizes = { W1: [784, H], b1: [H], W2: [H, 10], b2: [10] };
  const net = { D: 784, H, K: 10 };
  for (const name of NAMES) {
    const { dtype, shape: its, data_offsets: [from, to] } = header[name];
    expect(shape(its) === shape(sizes[name]), `${name} of shape ${shape(sizes[name])}`, shape(its));
    net[name] = Float64Array.from(new TYPES[dtype](content.slice(start + from, start + to)));
    const bad = net[name].find((number) => !Number.isFinite(Math.fround(number)));  // float64 may be too large
    expect(bad === undefined, `finite numbers in ${name}`, bad);
  }
  return net;
}

// ---- The network ------------------------------------------------------------------------------------------------

/** xW + b */
function linear(x, W, b) {
  const z = Float64Array.from(b), n = z.length;
  for (let d = 0; d < x.length; d++) {
    if (x[d] !== 0) for (let h = 0; h < n; h++) z[h] += x[d] * W[d * n + h];
  }
  return z;
}

/** dz Wᵀ, the gradient with respect to the x of xW + b */
function linearBackward(dz, W) {
  const n = dz.length, dx = new Float64Array(W.length / n);
  for (let d = 0; d < dx.length; d++) {
    for (let h = 0; h < n; h++) dx[d] += dz[h] * W[d * n + h];
  }
  return dx;
}

export function softmax(z) {
  const top = Math.max(...z), e = z.map((zk) => Math.exp(zk - top));
  const sum = e.reduce((total, ek) => total + ek, 0);
  return e.map((ek) => ek / sum);
}

export function forward({ W1, b1, W2, b2 }, x) {
  const z1 = linear(x, W1, b1);
  const a1 = z1.map((z) => Math.max(0, z));
  const z2 = linear(a1, W2, b2);
  const a2 = softmax(z2);
  return { z1, a1, z2, a2 };
}

/** How the loss −log a2[label] answers to the scores, to the hidden units and to every pixel. */
export function backward({ W1, W2 }, { z1, a2 }, label) {
  const dz2 = a2.map((ak, k) => ak - Number(k === label));
  const da1 = linearBackward(dz2, W2);
  const dz1 = da1.map((da, h) => da * Number(z1[h] > 0));
  const dx = linearBackward(dz1, W1);
  return { dz2, da1, dz1, dx };
}

/** Column h of W1, the template of hidden unit h. */
export const template = ({ W1, D, H }, h) => Float64Array.from({ length: D }, (_, d) => W1[d * H + h]);
