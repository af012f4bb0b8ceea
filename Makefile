# make story: the demo story, or SONG=…, into out/SONG/    make test: the tests. Each sets up all it needs.
PYTHON ?= python3
SONG ?= examples/demo.ogg
BIN := .venv/bin

.PHONY: story test check clean

story: .venv/installed
	$(BIN)/python bridge.py story "$(SONG)"

test: .venv/tested
	$(BIN)/python -m pytest

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt torch
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf .venv out
