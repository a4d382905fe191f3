# Short forms of the lines in the README. On Windows, type the lines themselves.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: install quick test slow lint all train bench mutate notebook clean

install: $(BIN)/layerwise

$(BIN)/layerwise: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -c constraints.txt -e ".[all,test]"
	touch $@

# After each edit: one example of every law, the imports, the docstrings. Well under a minute.
quick: install
	$(BIN)/pytest tests/test_smoke.py tests/test_import.py tests/test_house.py tests/test_docstrings.py

# Before a commit: everything but what is marked slow. Under five minutes on two cores.
test: install
	$(BIN)/pytest

slow: install
	$(BIN)/pytest -m slow

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

all: lint test slow

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
