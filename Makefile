# `make demo` and `make test` do all their own set-up in .venv; nothing but Python 3.11 or newer is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test soak check bench bench-peers prowler lock dist site image clean

.venv/installed: pyproject.toml requirements/development.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: .venv/installed ## plan, apply and drift of the shipped config on the local sandbox
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/demo.sh

test: .venv/installed ## all tests
	$(BIN)/python -m pytest -n auto

soak: .venv/installed ## 500 applies in bad weather, a kill at every write, properties drawn anew; RUNS=… for another number
	$(BIN)/python -m pytest -n auto tests/simulated --runs $(or $(RUNS),500) --every-write
	$(BIN)/python -m pytest -n auto tests -m hypothesis --hypothesis-profile soak

check: .venv/installed ## linters, types, layers, import cycles
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_layers.py

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

.venv-lock/installed:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	touch $@

LOCK := .venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

lock: .venv-lock/installed ## the newest releases that pyproject.toml allows, with their hashes
	$(LOCK) pyproject.toml --output-file requirements/runtime.lock
	$(LOCK) pyproject.toml --all-extras --output-file requirements/development.lock
	$(LOCK) --group pyproject.toml:site --output-file requirements/site.lock

.venv-runtime/installed: requirements/runtime.lock
	$(PYTHON) -m venv --without-pip --clear .venv-runtime
	$(BIN)/python -m pip --python .venv-runtime install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	touch $@

dist: .venv/installed .venv-runtime/installed ## wheel, sdist, bill of materials (CycloneDX) and provenance (SLSA) of the commit
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m hatchling build -d dist
	mkdir -p build
	sed "s/^dynamic = .*/version = \"$$($(BIN)/landing version | cut -d' ' -f2)\"/" pyproject.toml > build/pyproject.toml
	$(BIN)/cyclonedx-py environment .venv-runtime --pyproject build/pyproject.toml --output-reproducible --output-file dist/landing.cdx.json
	$(BIN)/python .ci/provenance.py dist > provenance.json
	mv provenance.json dist/

.venv-site/installed: requirements/site.lock
	$(PYTHON) -m venv --clear .venv-site
	.venv-site/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/site.lock
	touch $@

site: .venv-site/installed ## the documentation, as pages in build/site; a link or an anchor that leads nowhere is refused
	PYTHONPATH=. .venv-site/bin/python .ci/pages.py build/site-source
	NO_MKDOCS_2_WARNING=1 .venv-site/bin/mkdocs build --strict --config-file build/site-source/mkdocs.yml

image: ## a container image of dist/; BASE=…@sha256:… and RUNTIME=…@sha256:… (Containerfile says which)
	ls dist/landing-*.whl
	$(or $(CONTAINER),docker) build --file Containerfile --build-arg BASE=$(BASE) --build-arg RUNTIME=$(RUNTIME) --tag landing .

clean: ## remove what the targets above made
	rm -rf .venv .venv-lock .venv-runtime .venv-prowler .venv-site .peers .landing build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
