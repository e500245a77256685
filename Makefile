# What one can do here. Each command first makes what it needs (.ci/setup); a second run finds it made.
#
#   make PYTHON=/path/to/python3.12 …    with another Python
#   make notebooks NOTEBOOKS=notebooks/04_softmax.ipynb
#   make serve PORT=8001

PY := .venv/bin/python
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb))
PORT ?= 8000
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
WORKERS := $(shell expr $(CORES) + 1)
DIE_AT_CTRL_C := import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)    # make says that it was interrupted
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help serve book site test test-browser-all lab notebooks stills chapter assignment release grade marks check lint test-matrix bench clean distclean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "make %-17s %s\n", $$1, $$2}'

# The port is looked at first: minutes of building for a port that is taken would be minutes lost.
serve:  ## build the site and serve it on this machine
	@.ci/setup python
	@$(PY) .ci/serve.py $(PORT) $(MAKE_COMMAND) --no-print-directory site

book: site  ## build the site into _build/html
	@$(PY) -c 'from pathlib import Path; print("• the site:", Path("_build/html/index.html").resolve().as_uri())'
	@echo "• a page that is opened as a file runs no Python and draws no digit; a served one does: make serve"

# Warnings are errors, references must resolve. Always all pages: what is unchanged would not repeat its warning, and
# the index of equations is made from the library and the tests.
site:
	@.ci/setup book web
	@echo "• building the site"
	@$(PY) -c '$(DIE_AT_CTRL_C); from jupyter_book.cli.main import main; main()' \
	    build . -W -n --keep-going --all -q >/dev/null

# One worker more than cores, as one that drives a browser waits for it; a notebook or module stays on one worker. Each
# worker computes with one thread, so that they do not wait for each other.
test:  ## recompute and check everything: library, notebooks, equations, book, browser
	@.ci/setup book web notebooks test classroom gpu npm torch chromium
	@echo "• running the tests with $(WORKERS) workers; this takes minutes"
	@OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(WORKERS)

# With MINUTES=10 its tests take turns: as many as take no longer than that in all, on one core (tests/turns.py).
test-browser-all:  ## what takes too long for make test: every cell of every chapter, and Firefox and WebKit
	@.ci/setup book web notebooks test classroom gpu npm torch chromium engines
	@OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(CORES) --dist=load -m sweep

lab:  ## open the notebooks in JupyterLab
	@.ci/setup book lab gpu
	@$(PY) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

notebooks:  ## re-execute the notebooks and store what they print
	@.ci/setup notebooks $(if $(findstring 21_,$(NOTEBOOKS)),gpu)
	@$(PY) tests/execute_notebooks.py $(NOTEBOOKS)

stills:  ## draw the still pictures of the live figures; NAMES="relu sgd" draws these
	@.ci/setup book test chromium
	@$(PY) tests/make_stills.py $(NAMES)

chapter:  ## begin a chapter: make chapter N=10 SLUG=momentum TITLE="Momentum"
	@.ci/setup book notebooks test chromium
	@$(PY) .ci/chapter/new.py "$$N" "$$SLUG" "$$TITLE"

assignment:  ## begin an assignment: make assignment N=8 SLUG=momentum TITLE="Momentum"
	@.ci/setup python
	@$(PY) .ci/assignment/new.py "$$N" "$$SLUG" "$$TITLE"

# The usual week of a course: book/teaching.md. COURSE is its folder, FROM what the LMS gave, a folder or an archive.
COURSE_TOOL := $(PY) -m assignments --course "$${COURSE:-course}"

release:  ## write what students get: make release NAME=softmax; without NAME, of all assignments
	@.ci/setup book classroom
	@$(COURSE_TOOL) release $${NAME:+"$$NAME"}

grade:  ## grade what a class handed in, with marks and feedback: make grade NAME=softmax FROM=lms.zip
	@.ci/setup book classroom
	@$(COURSE_TOOL) grade "$$NAME" $${FROM:+"$$FROM"}
	@$(MAKE) --no-print-directory marks

marks:  ## write marks and feedback anew, after marking by hand: make marks NAME=softmax
	@.ci/setup book classroom
	@$(COURSE_TOOL) marks "$$NAME"
	@$(COURSE_TOOL) feedback "$$NAME"

check:  ## run all that concerns one chapter: make check CHAPTER=04
	@.ci/setup book web notebooks test npm torch chromium $(if $(filter 21,$(CHAPTER)),gpu)
	@OPENBLAS_NUM_THREADS=1 $(PY) .ci/chapter/check.py "$$CHAPTER" -n $(CORES)

lint:  ## check the form of the Python and the JavaScript code
	@.ci/setup lint npm
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) book/_ext/npm.py run --silent lint

test-matrix:  ## run library and notebooks on other NumPys, BLAS kernels and numbers of threads
	@.ci/setup book notebooks test gpu torch
	@.ci/matrix $(ROWS)

# Chapter 20 asserts what it says of these numbers; where it no longer holds, its notebook stays as it was.
bench:  ## train the same network by nnlib, Rust and other libraries, write down what it takes, and draw it in chapter 20
	@.ci/setup book notebooks test chromium peers
	@.cache/peers/bin/python benchmarks/seed_table.py $(if $(ROUNDS),--rounds $(ROUNDS))
	@.cache/peers/bin/python benchmarks/roofline.py $(if $(ROUNDS),--rounds $(ROUNDS))
	@$(PY) tests/figure_data.py speed
	@$(PY) tests/execute_notebooks.py notebooks/20_speed.ipynb
	@$(PY) tests/make_stills.py speed

clean:  ## remove what the commands above made, except the environment in .venv and the downloads in .cache
	rm -rf _build .pytest_cache .ruff_cache .hypothesis nnlib.egg-info build

distclean: clean  ## remove the environment and the downloads too
	rm -rf .venv .cache node_modules
