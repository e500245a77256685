// Pyodide, as JupyterLite's kernel starts it in its worker: the repository's data files appear beside the library there
// too. The kernel takes this script for Pyodide's own and this folder for Pyodide's.

/** @type {any} */ const worker = self;

worker.loadPyodide = async (options) => {
  const here = options.indexURL;
  const [folder, site] = ["../pyodide/", "../files/"].map((path) => new URL(path, here).href);
  worker.importScripts(`${folder}pyodide.js`, `${here}site_files.js`); // which puts Pyodide's function into this one's place
  const sizes = fetch(`${site}sizes.json`).then((response) => response.json());
  const pyodide = await worker.loadPyodide({ ...options, indexURL: folder });
  const library = pyodide.pyimport("sysconfig").get_path("purelib");
  worker.mountSiteFiles(pyodide.FS, library, site, await sizes, { loading() {}, loaded() {}, failed: console.error });
  return pyodide;
};
