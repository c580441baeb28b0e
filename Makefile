# Everything that is done with this tree, by name. `make help` lists it.
#
# Python's parts go to .venv; node's, which only tests want, to tests/peers/node_modules. The stamps
# in both make a second call instant. Debian's packages are asked for by `make test` alone.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

PORT ?= 2525
DOMAIN ?= support-ticket.com
# More for `make run`: make run ARGS="--relay smtp://127.0.0.1:2526"
ARGS ?=
# More for `make test`: make test PYTEST="-k seed -x"
PYTEST ?=
# How many tests `make test` runs side by side.
WORKERS ?= 2
FOR ?= 60
KILLS ?= 1000
STORE ?= sqlite
SCORER ?=
CORPUS ?=

# package=probe: a program on the path, or a file that is there once the package is.
DEBIAN := \
	swaks=swaks \
	libnet-ssleay-perl=/usr/share/doc/libnet-ssleay-perl \
	curl=curl \
	msmtp=msmtp \
	postfix=postfix \
	postgresql=/usr/lib/postgresql \
	faketime=faketime \
	gcc=gcc \
	libc6-dev=/usr/include/stdio.h \
	opendkim=opendkim \
	rspamd=rspamd \
	util-linux=setpriv \
	nodejs=node \
	npm=npm \
	chromium=chromium \
	chromium-driver=chromedriver

.PHONY: help run test check systems desks docs fuzz bench soak score debian develop dist clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name what; do printf 'make %-8s %s\n' "$$name" "$$what"; done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mailtickets wants Python 3.11 or newer; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "No venv could be made; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developed: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/.installed $@

tests/peers/node_modules/.installed: tests/peers/package.json tests/peers/package-lock.json
	@if command -v npm >/dev/null; then \
		cd tests/peers && npm ci --no-audit --no-fund --silent && touch node_modules/.installed; \
	else echo "npm is not here: the tests with node's mail programs will say so"; fi

run: $(VENV)/.installed ## install what is needed into .venv and start (PORT=, DOMAIN=, ARGS=)
	@exec $(BIN)/twistd -n --pidfile= mailtickets --port $(PORT) --domain $(DOMAIN) $(ARGS)

develop: $(VENV)/.developed ## install what developers need into .venv

debian: ## install the Debian packages that tests use, or tell the command
	@tests/peers/debian.sh $(DEBIAN)

test: debian systems $(VENV)/.developed ## every test (PYTEST= hands more to pytest)
	@$(MAKE) tests/peers/node_modules/.installed || \
		echo "npm could not install: the tests with node's mail programs will say so"
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder $(PYTEST)

systems: debian ## install the ticketing systems that tests use, or tell the commands
	@tests/desks/install.sh

desks: systems $(VENV)/.developed ## start those ticketing systems, and say where they are
	$(BIN)/python -m tests.desks.run

check: $(VENV)/.developed ## format, lint, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.developed ## the documentation, as HTML, into docs/_build
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

fuzz: $(VENV)/.developed ## any octets for FOR= seconds, then the property tests for as long again
	@$(BIN)/python -c 'import atheris' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,fuzz]'
	$(BIN)/python -m fuzz.reading -max_total_time=$(FOR)
	@found=$$(mktemp -d) && echo "what is new goes to $$found" && \
		$(BIN)/python -m fuzz.smtp_session -max_total_time=$(FOR) $$found fuzz/corpus/smtp_session
	FUZZ_SECONDS=$(FOR) $(BIN)/python -m pytest -m hypothesis --hypothesis-profile=fuzz $(PYTEST)

bench: $(VENV)/.developed ## what it does in a second, measured here
	@shopt -s nullglob; set -e; for each in bench/[a-z]*.py; do \
		each=$${each#bench/}; echo "== $${each%.py}"; $(BIN)/python -m bench.$${each%.py}; done

soak: $(VENV)/.developed ## letters and answers under KILLS= SIGKILLs (half an hour), and a count of what came (STORE=postgresql)
	@$(BIN)/python -m tests.soak $(KILLS) 1 $(STORE)

score: $(VENV)/.developed ## how well real letters are read, by the scorer of SCORER= (a program)
	@[[ -n "$(SCORER)" ]] || { echo "name it: make score SCORER='score.py --server' CORPUS=DIR" >&2; exit 1; }
	@PATH="$(abspath $(BIN)):$$PATH" $(SCORER) --cmd 'mailtickets read --server' $(CORPUS)

dist: $(VENV)/.developed ## the wheel and the source distribution, into dist/
	$(BIN)/python -m build

clean: ## remove what was made here, but never ./state
	rm -rf $(VENV) build dist docs/_build tests/peers/node_modules *.egg-info \
		.mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache _trial_temp
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
