# Two commands do everything on a machine with Python 3.11 or newer: make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help

.PHONY: help demo zoo test fuzz soak lint bench locks manifests clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/lab.stamp ## Start a real cluster, break it, diagnose it, clean up
	@$(BIN)/kdiag demo

zoo: $(VENV)/dev.stamp ## Try every fault and look-alike, and write down what doctor says
	@mkdir -p tests/zoo
	@$(BIN)/kdiag lab score --output-file tests/zoo/RESULTS.md

test: $(VENV)/dev.stamp ## Run all tests, those on real brokers included
	@$(BIN)/python -m pytest -m "not live" -n auto --dist loadfile
	@$(BIN)/python -m pytest -m live

fuzz: $(VENV)/dev.stamp ## Try many more hostile inputs than the tests do
	@KDIAG_FUZZ_EXAMPLES=$${KDIAG_FUZZ_EXAMPLES:-3000} $(BIN)/python -m pytest --timeout 0 tests/hostile

soak: $(VENV)/dev.stamp ## Read a cluster for half an hour while its brokers are restarted
	@KDIAG_SOAK_SECONDS=$${KDIAG_SOAK_SECONDS:-1800} $(BIN)/python -m pytest -s tests/live/test_soak.py

lint: $(VENV)/dev.stamp ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/dev.stamp ## Measure against a baseline in the same run
	@$(BIN)/python -m bench

locks: $(VENV)/dev.stamp ## Compile requirements/*.txt anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make locks" \
	  pyproject.toml --extra lab --group build -o requirements/lab.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make locks" \
	  pyproject.toml --extra lab --extra jmx --extra mcp --extra postgres --group dev -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make locks" --constraint requirements/lab.txt \
	  pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make locks" --constraint requirements/lab.txt \
	  --group build -o requirements/build.txt

manifests: $(VENV)/dev.stamp ## Render deploy/kubernetes anew from the chart
	@$(BIN)/python -m tests.deploy.manifests

clean: ## Remove the virtual environment and what tools left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist

# The package itself is installed in place: what is edited is what runs.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing requirements/$*.txt into $(VENV)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/$*.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation -e .
	@touch $@
