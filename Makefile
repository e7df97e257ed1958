# Two commands do everything: `make book` and `make test`; `make check` is for between.
# Each sets up .venv by itself the first time; `make book` builds what has changed.

PYTHON ?= python3
PORT ?= 8000

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

READY := .venv/.ready
PEERS := .venv-bench
BUILT := _build/.built
# Where the book is published, as owner/name on GitHub; see scripts/address.py.
export COURSE_REPOSITORY ?=
ADDRESS := _build/.address
SITE := _build/html/index.html
# What is published besides the pages; see _site/ext/course.py.
EXTRAS := _build/extras
# Notes of when slides and JupyterLite were made: what lies in $(EXTRAS) is published.
SLIDES := _build/.slides
LITE := _build/.lite
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
WHEEL := $(EXTRAS)/mlm-$(VERSION)-py3-none-any.whl
BOOK := _config.yml _toc.yml index.ipynb CITATION.cff CHANGELOG.md \
	$(shell find lectures exercises pages _site -type f -not -path '*/.*' -not -path '*/__pycache__/*')
PAGES := _config.yml _toc.yml $(filter %.md %.ipynb,$(BOOK))

# Matrices here are small: on few cores the threads of BLAS cost more than they save.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# Modules are compiled once, and not anew by each worker and kernel.
unexport PYTHONDONTWRITEBYTECODE
# A worker that has nothing left to do takes from what waits for another.
IN_PARALLEL := --numprocesses auto --dist worksteal

.PHONY: help book page slides lite pdf site dist check test mutants test-floors test-pyodide \
	test-extras lint notebooks exercises published linkcheck bench limits serve requirements clean always

help:
	@echo "make book           build the site from the stored outputs"
	@echo "make page FILE=...  re-execute one notebook and build its page anew: seconds"
	@echo "make check          check style, run the quick tests of mlm: under a minute"
	@echo "make test           build the site, check style, run the tests and every notebook"
	@echo "make slides         the lectures as slides, linked from their pages"
	@echo "make pdf            a PDF for each week and each lecture (needs a browser)"
	@echo "make lite           the course to run in a browser, nothing installed (JupyterLite)"
	@echo "make site           the book with all of these: what is published"
	@echo "make published      the notebooks for Colab, with the cell that installs mlm"
	@echo "make dist           a zip of the whole course: site, notebooks, library, data"
	@echo "make linkcheck      report links to other sites that are broken"
	@echo "make mutants        put known faults into mlm, and name those that no test sees"
	@echo "make test-floors    the tests of mlm and methods3, oldest versions"
	@echo "make test-pyodide   the same with the versions that run in a browser"
	@echo "make test-extras    fits in marginaleffects, tables in great_tables"
	@echo "make serve          build the site and open it on http://localhost:$(PORT)"
	@echo "make notebooks      re-execute and normalise every notebook in place"
	@echo "make exercises      the students' copies of exercises, their points and list"
	@echo "make bench          time mlm beside lme4 and others, into benchmarks/RESULTS.md"
	@echo "make limits         measure what grows how, into benchmarks/limits.csv"
	@echo "make lint           check style only"
	@echo "make requirements   renew the pins of all packages"
	@echo "make clean          remove the site and the environments"

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is older or missing."; \
		echo "Install one, or name it: make PYTHON=python3.12 book"; exit 1; }
	@echo "Setting up .venv (a few minutes, this once) ..."
	@test -d $(BIN) || $(PYTHON) -m venv .venv || { \
		echo "On Debian and Ubuntu: sudo apt install python3-venv"; rm -rf .venv; exit 1; }
	@# What is never imported need not be compiled: that took a third of the time.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		--require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

# The wheel that published notebooks install where mlm is missing; it names the address.
$(WHEEL): $(READY) $(shell find mlm methods3 -type f -not -name '*.pyc') $(ADDRESS)
	@rm -f $(EXTRAS)/*.whl
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --wheel-dir $(EXTRAS) .

# Changes when the address does, so that the book is built anew.
$(ADDRESS): always
	@mkdir -p $(@D)
	@echo "$$COURSE_REPOSITORY" | cmp -s - $@ || \
		{ rm -rf $(dir $(SITE)) $(EXTRAS)/pdf; echo "$$COURSE_REPOSITORY" > $@; }

# Always from scratch: an incremental build would not repeat the warnings of pages
# that it has already read, and so could hide them; and a page that was removed would
# stay in the site.
$(BUILT): $(READY) $(BOOK) $(WHEEL) $(ADDRESS) $(wildcard $(EXTRAS)/*)
	@rm -rf $@ $(dir $(SITE))
	@$(BIN)/jupyter-book build . --all -W -n --keep-going --quiet
	@touch $@

book: $(BUILT)
	@echo "The book: $(CURDIR)/$(SITE)"

# While one page is written: what has not changed is not read again.
page: $(READY)
	@test -f "$(FILE)" || { echo "Which page? make page FILE=lectures/week02/pooling.ipynb"; exit 1; }
	$(if $(filter %.ipynb,$(FILE)),@$(BIN)/python scripts/notebooks.py $(FILE))
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	@echo "The page: $(CURDIR)/$(dir $(SITE))$(basename $(FILE)).html"

# Pages link to what lies in $(EXTRAS) when they are built, so the book comes afterwards.
slides: $(SLIDES)
	@$(MAKE) --no-print-directory book

lite: $(LITE)
	@$(MAKE) --no-print-directory book

$(SLIDES): $(READY) $(wildcard scripts/slide*.py) scripts/talk.py scripts/notebooks.py \
		$(wildcard _site/templates/slides/*) $(PAGES)
	$(BIN)/python scripts/slides.py
	@touch $@

$(LITE): $(READY) $(WHEEL) scripts/lite.py scripts/notebooks.py scripts/published.py \
		scripts/student_copies.py scripts/pyodide.json $(wildcard benchmarks/*.csv) $(PAGES)
	$(BIN)/python scripts/lite.py
	@touch $@

# The browser prints the pages that are built; then they are built with a link to it.
pdf: book
	$(BIN)/python scripts/pdf.py
	@$(MAKE) --no-print-directory book

site: $(SLIDES) $(LITE)
	@$(MAKE) --no-print-directory pdf

dist: slides
	$(BIN)/python scripts/dist.py

# For the branch that Colab opens.
published: $(WHEEL)
	$(BIN)/python scripts/published.py

linkcheck: $(READY)
	$(BIN)/python scripts/linkcheck.py

# The loop of daily work, in less than a minute.
# Every test that is quick, but of a long table of cases one in five.
check: lint
	$(BIN)/python -m pytest $(IN_PARALLEL) -m "not slow" --one-in 5 mlm tests/library

test: $(READY)
	@$(MAKE) --no-print-directory -j 2 lint $(SLIDES) $(LITE)
	@$(MAKE) --no-print-directory book
	$(BIN)/python -m pytest $(IN_PARALLEL)

# Not a part of `make test`: every fault costs a run of its tests.
mutants: $(READY)
	$(BIN)/python scripts/mutants.py

# The tests of mlm alone, with other versions of what it needs: tests/pins/*.txt.
test-floors test-pyodide: test-%: $(READY)
	@test -d .venv-$* || $(PYTHON) -m venv .venv-$*
	@$(BIN)/python -m uv pip install --quiet --python .venv-$* \
		--requirement requirements.txt --override tests/pins/$*.txt
	@$(BIN)/python -m uv pip install --quiet --python .venv-$* --no-deps --editable .
	.venv-$*/$(notdir $(BIN))/python -m pytest mlm methods3 tests/library tests/course

# Packages that are not needed, but understood: too large for every environment.
test-extras: $(READY)
	@test -d .venv-extras || $(PYTHON) -m venv .venv-extras
	@$(BIN)/python -m uv pip install --quiet --python .venv-extras \
		--requirement requirements.txt --override tests/pins/extras.txt
	@$(BIN)/python -m uv pip install --quiet --python .venv-extras \
		--override tests/pins/extras.txt --editable '.[marginaleffects,tables]'
	.venv-extras/$(notdir $(BIN))/python -m pytest \
		tests/library/test_interop.py tests/library/test_table.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

notebooks: $(READY)
	$(BIN)/python scripts/notebooks.py
	$(BIN)/python scripts/student_copies.py
	$(BIN)/python scripts/points.py

exercises: $(READY)
	$(BIN)/python scripts/student_copies.py
	$(BIN)/python scripts/points.py

# The other packages get an environment of their own.
$(PEERS)/.ready: requirements.txt benchmarks/requirements.txt
	@test -d $(PEERS) || $(PYTHON) -m venv $(PEERS)
	@$(PEERS)/$(notdir $(BIN))/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes \
		-r requirements.txt -r benchmarks/requirements.txt
	@$(PEERS)/$(notdir $(BIN))/python -m pip install --quiet \
		--disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

bench: $(PEERS)/.ready
	$(PEERS)/$(notdir $(BIN))/python benchmarks/compare.py

limits: $(PEERS)/.ready
	$(PEERS)/$(notdir $(BIN))/python benchmarks/limits.py

serve: book
	@$(BIN)/python -m webbrowser http://localhost:$(PORT) || true
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

PINS := --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-header --no-annotate --quiet
requirements: $(READY)
	$(BIN)/uv pip compile scripts/requirements.in --output-file requirements.txt $(PINS)
	$(BIN)/uv pip compile scripts/students.in --constraint requirements.txt \
		--output-file scripts/students.txt $(PINS)
	$(BIN)/uv pip compile benchmarks/requirements.in --constraint requirements.txt \
		--output-file benchmarks/requirements.txt $(PINS)

clean:
	rm -rf _build .venv .venv-*
