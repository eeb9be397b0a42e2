# Needs only Python 3.11+ and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check bench assets docs
setup: $(VENV)/.done  ## build .venv from requirements.lock
$(VENV)/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

demo: setup  ## build a synthetic city, serve it and print the address and the demo accounts
	$(BIN)/yiwang demo

test: setup check  ## everything CI runs: lint, types, house rules, tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup  ## ruff, mypy, import directions
	$(BIN)/ruff check src tests bench docs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup  ## speed as ratios against peers measured in the same run
	$(BIN)/python -m bench

assets:  ## rebuild the committed front-end files (needs Node 20+)
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

docs: setup  ## rewrite the generated pages of docs/reference
	$(BIN)/python -m docs.build
