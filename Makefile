# One command each. `make` alone says what there is.
.PHONY: help setup demo stop test test-slow check lock

PYTHON ?= python3
BIN := .venv/bin
UI := $(shell find src/drawbar/ui/islands/entries src/drawbar/ui/islands/parts \
	src/drawbar/ui/islands/*.json src/drawbar/ui/islands/bundle.mjs src/drawbar/ui/styles \
	src/drawbar/ui/locale -type f ! -name '*.mo')
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps
# Two at a time, each file's tests together: they share a cast and a server.
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

help:
	@echo "make setup      install Drawbar into .venv"
	@echo "make demo       load airlines, connect one, run everything (DETACH=1: in the background)"
	@echo "make stop       end a demo in the background"
	@echo "make test       run the tests (ARGS='-k sync' for some)"
	@echo "make test-slow  run the tests that take longer"
	@echo "make check      format, lint, types, imports, templates, architecture"
	@echo "make lock       write the lock files anew (needs uv)"

setup: .venv/.drawbar

.venv/.drawbar: .venv/.packages pyproject.toml hatch_build.py $(UI)
	$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/.packages: .venv/.made requirements.lock requirements-demo.lock
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --require-hashes --no-build-isolation --use-pep517 --requirement requirements-demo.lock
	@touch $@

.venv/.tools: .venv/.drawbar requirements-dev.lock
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv/.made:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Drawbar needs Python 3.11 or later; $(PYTHON) was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Drawbar needs Python 3.11 or later; $(PYTHON) is older." \
		     "Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo "Making .venv failed. Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

demo: setup
	@$(BIN)/drawbar demo $(if $(DETACH),--detach)

stop:
	@test ! -x $(BIN)/drawbar || $(BIN)/drawbar stop

test: .venv/.tools
	@$(PYTEST) $(ARGS)

test-slow: .venv/.tools
	@$(BIN)/python -m pytest -m slow $(ARGS)

check: .venv/.tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint src/drawbar --lint --quiet
	$(BIN)/python -m pytest tests/architecture

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH; see CONTRIBUTING.md"; exit 1; }
	$(COMPILE) --group build pyproject.toml -o requirements.lock
	$(COMPILE) --group build --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) --no-deps requirements-demo.in -o requirements-demo.lock
