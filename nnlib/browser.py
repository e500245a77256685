"""In the browser: the repository's data files, each fetched from the site when it is first opened."""

from pathlib import Path

# As in the repository, beside the folder of the library. The site serves each under this name with .bin at its end:
# some servers would send a .gz unpacked.
FILES = (
    "data/mnist/train-images-idx3-ubyte.gz",
    "data/mnist/train-labels-idx1-ubyte.gz",
    "data/mnist/t10k-images-idx3-ubyte.gz",
    "data/mnist/t10k-labels-idx1-ubyte.gz",
    "data/weights/784-64-10.safetensors",
    "benchmarks/results/sgd_grid.csv",
)


def mount_files():
    """Let FILES appear where the library looks for them. Python must run in a web worker."""
    import pyodide_js  # Pyodide's own module: it is nowhere else

    root, site = Path(__file__).parent.parent, pyodide_js._api.config.indexURL
    for name in FILES:
        path = root / name
        if path.exists():  # a page's worker has put them there already: site_files.js
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        pyodide_js.FS.createLazyFile(str(path.parent), path.name, f"{site}../files/{name}.bin", True, False)
