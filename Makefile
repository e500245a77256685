# What one can do here. Each command first makes what it needs (.ci/setup); a second run finds it made.
#
#   make PYTHON=/path/to/python3.12 …    with another Python
#   make notebooks NOTEBOOKS=notebooks/04_softmax.ipynb
#   make serve PORT=8001

PY := .venv/bin/python
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb))
PORT ?= 8000
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help book test test-browser-all lab serve notebooks stills lint test-matrix clean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "make %-17s %s\n", $$1, $$2}'

# Warnings are errors, references must resolve. Always all pages: what is unchanged would not repeat its warning, and
# the index of equations is made from the library and the tests.
book:  ## build the site into _build/html
	@.ci/setup book web
	@echo "• building the site"
	@$(PY) -c 'from jupyter_book.cli.main import main; main()' build . -W -n --keep-going --all -q >/dev/null
	@echo "• the site: file://$(CURDIR)/_build/html/index.html"

# One worker a core; a notebook or module stays on one worker. Each worker computes with one thread, so that they do not
# wait for each other.
test:  ## recompute and check everything: library, notebooks, equations, book, browser
	@.ci/setup book web test chromium
	@echo "• running the tests with $(CORES) workers; this takes minutes"
	@OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(CORES)

test-browser-all:  ## run every cell of every chapter in a browser, as a reader of the site does
	@.ci/setup book web test chromium
	@OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(CORES) --dist=load -m sweep

lab:  ## open the notebooks in JupyterLab
	@.ci/setup book lab
	@$(PY) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

serve: book  ## build the site and serve it on this machine
	@echo "• http://127.0.0.1:$(PORT)/ until Ctrl-C"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

notebooks:  ## re-execute the notebooks and store what they print
	@.ci/setup book test
	@$(PY) tests/execute_notebooks.py $(NOTEBOOKS)

stills:  ## draw the still pictures of the live figures; NAMES="relu sgd" draws these
	@.ci/setup book test chromium
	@$(PY) tests/make_stills.py $(NAMES)

lint:  ## check the form of the Python and the JavaScript code
	@.ci/setup book test
	@$(PY) -m ruff check .
	@$(PY) book/_ext/npm.py run --silent lint

test-matrix:  ## run library and notebooks on other NumPys, BLAS kernels and numbers of threads
	@.ci/setup book test
	@.ci/matrix $(ROWS)

clean:  ## remove what the commands above made, except the environment in .venv
	rm -rf _build .cache node_modules .pytest_cache .ruff_cache .hypothesis nnlib.egg-info build
