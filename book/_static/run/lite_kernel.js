// Pyodide, as JupyterLite's kernel starts it in its worker: the repository's data files appear beside the library there
// too. The kernel takes this script for Pyodide's own and this folder for Pyodide's.
//
// The kernel waits for ever for a Python that cannot start. So what is wrong is posted to the page as a note, a sentence
// that head.html shows; an empty one takes it away.

/** @type {any} */ const worker = self;
const { fetch: plainFetch, importScripts: plainImport } = worker;
const plainInstantiate = WebAssembly.instantiateStreaming;
const say = (note) => worker.postMessage({ note });

let starting = true;

function failed(address, error) {
  const name = String(address.url ?? address).split(/[?#]/)[0].split("/").at(-1);
  if (starting) {
    const why = error.name === "NetworkError" ? "it could not be loaded" : error.message.replace(/\.$/, "");
    say(`Python could not be started: ${name}: ${why}. Save the notebook and load this page anew; if it fails again, ` +
      "tell who runs this site.");
  }
  starting = false; // the first cause is the one to tell
  throw error;
}

worker.importScripts = (...addresses) => {
  for (const address of addresses) {
    try {
      plainImport.call(worker, address);
    } catch (error) {
      failed(address, error);
    }
  }
};

// Each file is used once it is whole.
worker.fetch = async (address, options) => {
  if (!starting) return plainFetch(address, options);
  try {
    const response = await plainFetch(address, options);
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const headers = new Headers(response.headers);
    if (response.url.endsWith(".wasm")) headers.set("Content-Type", "application/wasm"); // whatever the server calls it
    const content = await response.arrayBuffer();
    if (response.url.endsWith(".json")) JSON.parse(new TextDecoder().decode(content)); // another page may come for it
    return new Response(content, { headers });
  } catch (error) {
    return failed(address, error);
  }
};

WebAssembly.instantiateStreaming = (...given) =>
  plainInstantiate.apply(WebAssembly, given).catch((error) => failed("pyodide.asm.wasm", error));

worker.loadPyodide = async (options) => {
  const here = options.indexURL;
  const [folder, site] = ["../pyodide/", "../files/"].map((path) => new URL(path, here).href);
  worker.importScripts(`${folder}pyodide.js`, `${here}site_files.js`); // which puts Pyodide's function into this one's place
  const sizes = worker.fetch(`${site}sizes.json`).then((response) => response.json());
  const loaded = worker.loadPyodide({ ...options, indexURL: folder }).catch((error) => failed("Pyodide", error));
  const [pyodide, known] = await Promise.all([loaded, sizes]);
  const library = pyodide.pyimport("sysconfig").get_path("purelib");
  try {
    worker.mountSiteFiles(pyodide.FS, library, site, known, { loading() {}, loaded() {}, failed: say });
  } catch (error) {
    failed("the site's files", error);
  }
  starting = false;
  say("");
  return pyodide;
};
