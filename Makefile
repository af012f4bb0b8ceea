# make story: the demo story, or SONG=…, into out/SONG/    make test: the tests, but for the slow ones; all: make test TESTS=
# make bench: how fast it is beside the packages it is built on, into docs/performance.md
# make serve: the live bridge, with the demo song or SONG=…    make view: a window that shows it. Each sets up all it needs.
PYTHON ?= python3
TESTS ?= -m "not slow"
SONG ?= examples/demo.ogg
BIN := .venv/bin

.PHONY: story serve view test check bench clean

story: .venv/installed
	$(BIN)/python bridge.py story "$(SONG)"

serve: .venv/live
	$(BIN)/python bridge.py serve "$(SONG)"

view: .venv/live
	$(BIN)/python bridge.py view

test: .venv/tested
	$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

bench: .venv/tested
	mkdir -p out
	$(BIN)/python -m bench.performance --json out/bench.json --page docs/performance.md

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d, and 3.11 or newer is needed: PYTHON=python3.11 make $(MAKECMDGOALS)" % v[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt torch
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

.venv/live: .venv/installed
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[midi,view]"
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"
	touch $@

# What can be built again: never out/, where the stories are, nor runs/, where trainings are.
clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . \( -path ./out -o -path ./runs \) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
