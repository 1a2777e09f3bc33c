# Every target sets up what it needs in $(VENV); `make test` and `make demo` work on a fresh clone.
PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch==2.13.0
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check

.PHONY: help demo dev test test-fast upstream check lint types format scatter wheel clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "setting up $(VENV) (torch, rdkit and the rest; once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -c constraints.txt $(TORCH)
	@$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "adding the tools for tests and checks"
	@$(PIP) -c constraints.txt -e '.[dev]'
	@touch $@

dev: $(VENV)/.dev ## set up everything for working on the code

demo: $(VENV)/.installed ## train with both losses, compare, open demo/report.html
	$(BIN)/eloss compare --config demo.toml --out demo

# Some tests send signals to processes, kill them or count what a process holds; on a busy machine one of
# them may fail for the machine's sake. What fails has a second try, and is listed as RERUN all the same.
test: $(VENV)/.dev ## run all tests
	$(BIN)/python -m pytest -q -n $(JOBS) --reruns 1 -raR

test-fast: $(VENV)/.dev ## run the tests that take under two seconds each
	$(BIN)/python -m pytest -q -n $(JOBS) -m "not slow"

upstream: $(VENV)/.dev ## run the tests on upstream checkouts (ELOSS_EDM=... and so on)
	$(BIN)/python -m tests.live

lint: $(VENV)/.dev ## format check and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev ## strict type check
	$(BIN)/mypy

check: lint types test ## all of the above

format: $(VENV)/.dev ## rewrite the files in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

scatter: $(VENV)/.dev ## compile and install the optional torch-scatter (its wheel is cached)
	@.ci/install-scatter $(BIN)/python

wheel: $(VENV)/.dev ## build the wheel, install it in an empty environment, run it from elsewhere
	@.ci/check-wheel $(BIN)/python "$(TORCH)"

clean: ## remove everything that the targets made
	rm -rf $(VENV) build dist demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
