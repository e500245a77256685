// The Python interpreter of a page, in a worker: what it computes never holds the page up, and it can be ended.
//
// In:  {start: {pyodide, packages, python, checks, files}}
//          the folder of the runtime, what to load with it, our own modules, what is known of these files
//          {name: [bytes, sha256]}, and the data: its folder, and its sizes {path: bytes}
//      {run: number, cell, source, before}
// Out: {ready: true} · {loading: name, bytes} · {loaded: name} · {silent: name, seconds} · {running: true} ·
//      {clear: true} · {show: kind, value} · {broken: reason} ·
//      {done: number, ok, left, kept, lost} (cells.py says what these are) ·
//      {waits: name}, and then nothing before that file is there
//
// While Python computes, nothing that comes in is heard. So what a run shows has a budget, in outputs.py.

let starting; // the promise of an interpreter
let started = false;
let ours = ""; // the address of Pyodide and the packages
let checks = {};
let lastRun = Promise.resolve();
let problems = []; // of the run that goes on: what could not be fetched

onmessage = ({ data: message }) => {
  if (message.start) {
    starting = start(message.start);
    starting.then(() => postMessage({ ready: true }), broken);
  } else {
    lastRun = lastRun.then(() => run(message)).catch(broken);
  }
};

function broken(error) {
  const lines = String(error.message ?? error).trim().split("\n"); // of a traceback the last line
  postMessage({ broken: lines.at(-1) });
}

async function start({ pyodide: folder, packages, python, checks: known, files }) {
  [ours, checks] = [folder, known];
  importScripts(`${folder}pyodide.js`, files.mount);
  const env = { MPLBACKEND: "module://svg_figures", HOME: "/home/pyodide" };
  const pyodide = await loadPyodide({ indexURL: folder, packages, env });
  for (const address of python) {
    const module = await (await fetch(address)).text();
    pyodide.FS.writeFile(`/home/pyodide/${nameOf(address)}`, module);
  }
  const library = pyodide.pyimport("sysconfig").get_path("purelib");
  const hear = { loading: waits, loaded, failed: (sentence) => problems.push(sentence) };
  self.mountSiteFiles(pyodide.FS, library, files.site, files.sizes, hear);
  const cells = pyodide.pyimport("cells").Cells((kind, value) => postMessage({ show: kind, value }));
  // What goes past sys.stdout would be written on the browser's console, without an end.
  const sys = pyodide.pyimport("sys");
  sys.__stdout__ = sys.__stderr__ = cells.outputs;
  const decoder = new TextDecoder();
  const write = (bytes) => {
    below = (below + decoder.decode(bytes, { stream: true })).slice(0, BELOW);
    return bytes.length;
  };
  pyodide.setStdout({ write });
  pyodide.setStderr({ write });
  started = true;
  return { pyodide, cells };
}

// What is written below Python, by os.write(1, …), while no Python can be called: its beginning is shown at the end.
const BELOW = 10_000; // characters
let below = "";

async function run({ run: number, cell, source, before }) {
  const { pyodide, cells } = await starting;
  problems = [];
  below = "";
  const callbacks = { messageCallback() {}, errorCallback: (problem) => problems.push(problem) };
  const load = (code) => pyodide.loadPackagesFromImports(code, callbacks);
  await load(source);
  postMessage({ running: true });
  let end = cells.run(cell, source, before, true);
  if (typeof end === "string") {
    // A module is missing that no cell names: something imports it only now. If it can be had, the cell runs again.
    const found = await load(`import ${end}`);
    if (found.length) postMessage({ clear: true });
    end = found.length ? cells.run(cell, source, before) : false;
  }
  if (below) postMessage({ show: "text", value: below });
  if (problems.length && !end) postMessage({ show: "error", value: `\n${problems.join("\n")}\n` });
  const { left, kept, lost } = cells;
  postMessage({ done: number, ok: end, left, kept, lost });
}

// ---- what is fetched ------------------------------------------------------------------------------------------------

function nameOf(address) {
  return String(address.url ?? address).split(/[?#]/)[0].split("/").at(-1);
}

const SILENCE = 15; // seconds without a byte of what is on its way, after which a reader is told
const arriving = new Set(); // names
let silent = 0; // seconds

function loading(name, bytes = 0) {
  arriving.add(name);
  silent = 0;
  postMessage({ loading: name, bytes });
}

function loaded(name) {
  arriving.delete(name);
  silent = 0;
  postMessage({ loaded: name });
}

// It does not tick while this thread computes: what arrives then is not seen, and not missed.
setInterval(() => {
  silent = arriving.size ? silent + 1 : 0;
  if (silent && silent % SILENCE === 0) postMessage({ silent: [...arriving][0], seconds: silent });
}, 1000);

// This thread waits for a file: the page has to watch the time.
function waits(name) {
  loading(name);
  postMessage({ waits: name });
}

// While Python starts, Pyodide waits for ever for a file that it cannot use. So what is wrong with one is said here.
function failed(name, error) {
  const wrong = new Error(`${name}: ${error.message}. Try again; if it fails again, tell who runs this site.`);
  if (!started) broken(wrong);
  throw wrong;
}

const plainImport = importScripts;
self.importScripts = (...addresses) => {
  for (const address of addresses) {
    const name = nameOf(address);
    waits(name);
    try {
      plainImport(address);
    } catch (error) {
      failed(name, error);
    }
    loaded(name);
  }
};

// Everything else that Pyodide fetches passes here. It is counted as it arrives, and used once it is whole. What a
// reader's program fetches is its own affair.
const plainFetch = fetch;
self.fetch = async (address, options = {}) => {
  if (started && !String(address.url ?? address).startsWith(ours)) return plainFetch(address, options);
  const name = nameOf(address);
  try {
    // The list of packages says which files are today's, so the server is asked whether the browser's copy still holds.
    const first = name === "pyodide-lock.json" ? "no-cache" : "default";
    let [response, content] = await whole(address, { cache: first, ...options });
    let wrong = await difference(name, content);
    if (wrong) {
      // The browser's copy may be damaged, or older than this page.
      [response, content] = await whole(address, { ...options, cache: "reload" });
      wrong = await difference(name, content);
      if (wrong) throw new Error(wrong);
    }
    const headers = new Headers(response.headers);
    if (name.endsWith(".wasm")) headers.set("Content-Type", "application/wasm"); // whatever the server calls it
    return new Response(content, { headers });
  } catch (error) {
    return failed(name, error);
  } finally {
    loaded(name);
  }
};

async function whole(address, options) {
  loading(nameOf(address));
  const response = await plainFetch(address, options);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const count = new TransformStream({
    transform(chunk, controller) {
      loading(nameOf(address), chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return [response, await new Response(response.body.pipeThrough(count)).arrayBuffer()];
}

// Say what differs from what was expected of a file; nothing where nothing does.
async function difference(name, content) {
  if (name.endsWith(".json")) {
    try {
      JSON.parse(new TextDecoder().decode(content));
    } catch {
      return "it is damaged";
    }
  }
  if (!Object.hasOwn(checks, name)) return "";
  const [bytes, sha256] = checks[name];
  if (content.byteLength !== bytes) return `it has ${content.byteLength} bytes where ${bytes} were expected`;
  if (!self.crypto?.subtle) return ""; // at an address without https
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = [...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === sha256 ? "" : "it is damaged";
}

// Where the file cannot be compared, or memory is short, it shows when it is compiled.
const plainInstantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = (...given) =>
  plainInstantiate.apply(WebAssembly, given).catch((error) => failed("pyodide.asm.wasm", error));
