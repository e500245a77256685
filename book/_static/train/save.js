// A trained network as a file: safetensors, byte by byte as nnlib.io.save writes the same network.

const NAMES = ["W1", "W2", "b1", "b2"];  // in the order of the file

/** Plain data as Python's json.dumps(value, sort_keys=True) prints it. Of numbers it knows the whole ones. */
export function pythonJson(value) {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.keys(value).sort().map((name) => `${pythonJson(name)}: ${pythonJson(value[name])}`);
    return `{${pairs.join(", ")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error(`expected a whole number, got ${value}`);
  return JSON.stringify(value).replace(/[^ -~]/g, (letter) =>
    `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Numbers as the file has them, the lowest byte first. @param {Float32Array} numbers */
function littleEndian(numbers) {
  const bytes = new Uint8Array(4 * numbers.length), view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => view.setFloat32(4 * i, number, true));
  return bytes;
}

async function sha256(bytes) {
  const sum = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is told beside the weights: the facts, and a sum over all, by which nnlib sees one changed byte. Only pages that
 * come over https, or from this machine, can compute it; others write the weights alone. */
async function metadata(facts, shapes, bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const sums = {};
  for (const name of NAMES) sums[name] = ["float32", shapes[name], await sha256(bytes[name])];
  const seal = await sha256(new TextEncoder().encode(pythonJson([pythonJson({ facts }), sums])));
  return { nnlib: pythonJson({ facts, sha256: seal }) };
}

/** The bytes of the file. @param {Record<string, Float32Array>} weights @param {any} facts - plain data */
export async function safetensors(weights, facts) {
  const H = weights.b1.length, K = weights.b2.length;
  const shapes = { W1: [weights.W1.length / H, H], b1: [H], W2: [H, K], b2: [K] };
  for (const name of NAMES) {
    const bad = weights[name].find((number) => !Number.isFinite(number));
    if (bad !== undefined) throw new Error(`expected finite weights, got ${bad} in ${name}`);
  }
  const bytes = Object.fromEntries(NAMES.map((name) => [name, littleEndian(weights[name])]));
  const told = await metadata(facts, shapes, bytes), header = told ? { __metadata__: told } : {};
  let end = 0;
  for (const name of NAMES) {
    header[name] = { dtype: "F32", shape: shapes[name], data_offsets: [end, end += bytes[name].length] };
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - new TextEncoder().encode(text).length % 8) % 8);
  const head = new TextEncoder().encode(text), length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(head.length), true);
  return new Blob([length, head, ...NAMES.map((name) => bytes[name])]).arrayBuffer();
}

/** Give the reader a file. */
export function download(content, name, type = "application/octet-stream") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
