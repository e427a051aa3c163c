# `make demo` and `make test` do all their own set-up in .venv; nothing but Python 3.11 or newer is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test soak check bench bench-peers prowler clean

.venv/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[sandbox,dev]'
	touch $@

demo: .venv/installed ## plan, apply and drift of the shipped config on the local sandbox
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/demo.sh

test: .venv/installed ## all tests
	$(BIN)/python -m pytest -n auto

soak: .venv/installed ## 500 applies in bad weather, a kill at every write, properties drawn anew; RUNS=… for another number
	$(BIN)/python -m pytest -n auto tests/simulated --runs $(or $(RUNS),500) --every-write
	$(BIN)/python -m pytest -n auto tests -m hypothesis --hypothesis-profile soak

check: .venv/installed ## linters, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed ## figures for docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

.peers/installed:
	$(PYTHON) -m venv .peers/aws-orgs
	.peers/aws-orgs/bin/python -m pip install --quiet --disable-pip-version-check aws-orgs==0.3.4 'setuptools<81'
	$(PYTHON) -m venv .peers/tarmac
	.peers/tarmac/bin/python -m pip install --quiet --disable-pip-version-check tarmac-cli==0.7.1
	npm install --silent --no-audit --no-fund --prefix .peers/org-formation aws-organization-formation@1.0.17
	npm install --silent --no-audit --no-fund --prefix .peers/takomo takomo@2.7.1
	touch $@

bench-peers: .venv/installed .peers/installed ## figures for docs/benchmarks-peers.md; needs Node.js and npm
	$(BIN)/python -m tests.benchmarks.bench_peers

.venv-prowler/installed:
	$(PYTHON) -m venv .venv-prowler
	.venv-prowler/bin/python -m pip install --quiet --disable-pip-version-check prowler==5.46.0
	touch $@

prowler: .venv/installed .venv-prowler/installed ## what Prowler says of the applied config, into docs/prowler.md
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/prowler.sh

clean: ## remove what the targets above made
	rm -rf .venv .venv-prowler .peers .landing build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
