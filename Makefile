# `make run` and `make test` need Python 3.11 or newer, pip and make; everything else is installed into .venv.
# A different Python: `make run PYTHON=python3.13`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= quick
RESULT := results/$(SCENARIO)/$(SCENARIO)

.PHONY: help run test test-slow lint docs benchmark clean

help:
	@echo "make run        install, solve the scenario quick, write its page   (SCENARIO=base for another)"
	@echo "make test       install and run the tests (under 10 minutes)"
	@echo "make test-slow  the tests that take longer"
	@echo "make lint       style, formatting and types"
	@echo "make docs       write the generated pages of the documentation"
	@echo "make benchmark  this model against linopy, PyPSA and plain Pyomo"
	@echo "make clean      remove .venv and caches; results stay"

run: $(VENV)/run.stamp
	$(BIN)/python -m model run $(SCENARIO)
	$(BIN)/python -m model report $(RESULT).nc
	@echo
	@echo "The page to open in a browser:  $(RESULT).html"
	@echo "The result cube:                $(RESULT).nc"
	@echo "In words:                       $(BIN)/python -m model show $(RESULT).nc"

# Two workers: the suite is made for two cores; a file stays with one, so that what its tests share is solved once.
test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

test-slow: $(VENV)/test.stamp
	$(BIN)/python -m pytest -q -m slow

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/run.stamp
	$(BIN)/python scripts/build_docs.py

benchmark: $(VENV)/test.stamp
	$(BIN)/python scripts/benchmark.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	touch $@

# The stamps are as new as the pins that were installed: a second call installs nothing.
$(VENV)/run.stamp: $(VENV)/made.stamp requirements/run.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/test.txt
	touch $@
