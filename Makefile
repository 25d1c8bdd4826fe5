# `make` lists what there is. Everything is installed into .venv, by your own pip configuration.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check bench format lint types wheel clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.coda ## Run packs against an AWS on this machine: no account, no keys, no questions
	@echo "Starting an AWS on this machine, and running packs/demo.sh with it ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" coda emulator -- sh packs/demo.sh

test: $(VENV)/.dev ## Install what is missing and run the tests
	@$(BIN)/python -m pytest --numprocesses auto

check: lint types wheel ## Run all that a change must pass: formatting, lint, types, the wheel, the tests
	@$(BIN)/python -m pytest --numprocesses auto --cov

bench: $(VENV)/.coda ## Measure how fast coda is, beside what else is installed: make bench ARGS=--help
	@$(BIN)/python -m compileall -q coda_cli
	@$(BIN)/python -m benchmarks $(ARGS)

format: $(VENV)/.dev ## Format the code and mend what the linter can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

lint: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

# The wheel, with the dependencies that it declares and nothing else, in an environment of its own.
wheel: $(VENV)/.dev
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@$(BIN)/python -m venv dist/venv
	@dist/venv/bin/python -m pip -qq --disable-pip-version-check install dist/*.whl
	@cd dist && venv/bin/coda --version && venv/bin/coda execute ../packs/hello.py Hello wheel --output text

clean: ## Remove what was made here; the emulator in your cache folder stays
	@rm -rf $(VENV) dist build *.egg-info htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find coda_cli packs tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: one installation, made again only when pyproject.toml changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "coda needs Python 3.11 or newer, and $(PYTHON) is not one: $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "Name one that is: make PYTHON=python3.12 demo" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.coda: $(VENV)/.python pyproject.toml
	@echo "Installing coda-cli into $(VENV) ..."
	@$(PIP) install --editable .
	@$(BIN)/python -m compileall -q coda_cli  # once, also where Python may write nothing by itself
	@touch $@

$(VENV)/.dev: $(VENV)/.coda
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) install --group dev
	@touch $@
