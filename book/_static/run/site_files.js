// The repository's data files, which the library looks for beside itself: each is fetched from the site when it is
// first opened. Only in a worker, where Python waits for it.
//
// FS: Pyodide's file system; folder: where the library lies; site: the address of the files; sizes: {path: bytes};
// loading(name) and loaded(name) hear of each fetch, failed(sentence) why a file could not be had.

/** @type {any} */ (self).mountSiteFiles = (FS, folder, site, sizes, { loading, loaded, failed }) => {
  for (const [path, size] of Object.entries(sizes)) {
    const name = path.split("/").at(-1);
    const place = `${folder}/${path.slice(0, -name.length - 1)}`;
    if (FS.analyzePath(`${place}/${name}`).exists) continue; // a package has brought it
    FS.mkdirTree(place);
    const node = FS.createFile(place, name, {}, true, false);
    node.usedBytes = size;
    const open = () => {
      if (node.contents) return;
      loading(name);
      const [content, wrong] = fetched(`${site}${path}.bin`, size);
      loaded(name);
      if (wrong) {
        failed(`${name} could not be fetched from this site: ${wrong}. Try again; if it fails again, tell who runs it.`);
        throw new FS.ErrnoError(29); // EIO: for Python an OSError, after which it goes on
      }
      node.contents = content;
    };
    node.stream_ops = { ...node.stream_ops, open };
  }

  function fetched(address, size) {
    const request = new XMLHttpRequest();
    try {
      request.open("GET", address, false);
      request.responseType = "arraybuffer";
      request.send();
    } catch {
      return [null, "the server cannot be reached"];
    }
    const content = new Uint8Array(request.response ?? 0);
    if (request.status !== 200) return [null, `the server answers ${request.status}`];
    if (content.length !== size) return [null, `${content.length} bytes came where ${size} were expected`];
    return [content, ""];
  }
};
