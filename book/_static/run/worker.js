// The Python interpreter of a page, in a worker: what it computes never holds the page up, and it can be ended.
//
// In:  {start: {pyodide, packages, python}}    the folder of the runtime, what to load with it, our own modules
//      {run: number, cell, source, before}
// Out: {ready: true} · {loading: name, bytes} · {running: true} · {clear: true} · {show: kind, value} ·
//      {done: number, ok, left, kept, lost} (cells.py says what these are) · {broken: reason}

let starting; // the promise of an interpreter
let started = false;
let lastRun = Promise.resolve();

onmessage = ({ data: message }) => {
  if (message.start) {
    starting = start(message.start);
    starting.then(() => postMessage({ ready: true }), broken);
  } else {
    lastRun = lastRun.then(() => run(message)).catch(broken);
  }
};

// While Python starts, Pyodide waits for ever for a file that cannot be had: so it is said here.
function missing(name, error) {
  if (!started) broken(new Error(`${name}: ${error.message}`));
  throw error;
}

function broken(error) {
  postMessage({ broken: String(error.message ?? error) });
}

async function start({ pyodide: folder, packages, python }) {
  importScripts(`${folder}pyodide.js`);
  const env = { MPLBACKEND: "module://svg_figures", HOME: "/home/pyodide" };
  const pyodide = await loadPyodide({ indexURL: folder, packages, env });
  for (const address of python) {
    const module = await (await fetch(address)).text();
    pyodide.FS.writeFile(`/home/pyodide/${nameOf(address)}`, module);
  }
  const show = (kind, value) => postMessage({ show: kind, value });
  started = true;
  return { pyodide, cells: pyodide.pyimport("cells").Cells(show) };
}

async function run({ run: number, cell, source, before }) {
  const { pyodide, cells } = await starting;
  const problems = [];
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
  if (problems.length && !end) postMessage({ show: "error", value: `${problems.join("\n")}\n` });
  const { left, kept, lost } = cells;
  postMessage({ done: number, ok: end, left, kept, lost });
}

// ---- how far it is --------------------------------------------------------------------------------------------------

function nameOf(address) {
  return String(address).split("/").at(-1);
}

// Everything that Pyodide fetches passes here, and is counted as it arrives. The list of packages says which files are
// today's, so the server is asked whether the browser's copy still holds.
const plainFetch = fetch;
self.fetch = async (address, options) => {
  const fresh = nameOf(address) === "pyodide-lock.json" ? { cache: "no-cache" } : {};
  const name = nameOf(address.url ?? address);
  const response = await plainFetch(address, { ...options, ...fresh }).catch((error) => missing(name, error));
  if (!response.ok && !started) missing(name, new Error(`the server answers ${response.status}`));
  const count = new TransformStream({
    transform(chunk, controller) {
      postMessage({ loading: name, bytes: chunk.byteLength });
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(count), response);
};

// A data file is fetched while Python waits for it.
self.XMLHttpRequest = class extends XMLHttpRequest {
  open(method, address, ...rest) {
    this.name = method === "GET" && nameOf(address);
    super.open(method, address, ...rest);
  }
  send(...body) {
    if (this.name) postMessage({ loading: this.name, bytes: 0 });
    super.send(...body);
  }
};
