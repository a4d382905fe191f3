# Short forms of the lines in the README. On Windows, type the lines themselves.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: install test lint train bench mutate notebook clean

install: $(BIN)/layerwise

$(BIN)/layerwise: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -c constraints.txt -e ".[all,test]"
	touch $@

test: install
	$(BIN)/pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

train: install
	$(BIN)/layerwise train digits

bench: install
	$(BIN)/layerwise bench

mutate: install
	$(BIN)/python -m tools.mutate

notebook: install
	$(BIN)/python -m tools.notebook

clean:
	rm -rf .venv build dist
