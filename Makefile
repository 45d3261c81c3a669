# The only commands to know. Each makes what it needs; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
STAMP := .venv/.ready
SPARK_STAMP := .venv/spark/.ready
PROJECTS := $(wildcard engine/pyproject.toml server/pyproject.toml plugins/example/pyproject.toml)

.PHONY: help
help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): tools/setup.sh requirements/dev.txt requirements/uv.txt $(PROJECTS)
	@tools/setup.sh
	@touch $@

# Compiled files are made here, and not by chance at the first start: the time to start is part of the product.
.PHONY: setup
setup: $(STAMP)  ## make .venv/ with everything, so that .venv/bin/headwater runs
	@$(BIN)/python -m compileall -q engine/src

# Node comes from a wheel in .venv/, so that a checkout needs none of its own.
UI := frontend/node_modules/.ready
$(UI): frontend/package-lock.json $(STAMP)
	@cd frontend && ../tools/node.sh npm ci --prefer-offline --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: ui
ui: $(UI)  ## build the web interface into the server's package
	@cd frontend && ../tools/node.sh npm run --silent build
	@rm -rf server/src/headwater_server/static
	@cp -r frontend/dist server/src/headwater_server/static

.PHONY: check-ui
check-ui: $(UI)
	@cd frontend && ../tools/node.sh npm run --silent drift && ../tools/node.sh npm run --silent types \
		&& ../tools/node.sh npm run --silent lint

.PHONY: demo
demo: setup  ## run a small pipeline on dirty data and print its report
	@$(BIN)/python examples/shop/demo.py

.PHONY: up
up: setup $(if $(wildcard frontend/package.json),ui)  ## start the server with the demo's project on http://localhost:3000
	@$(BIN)/python examples/shop/serve.py

# Spark is for the parity suite alone, big, and it brings numpy, which would slow down every start: it stands apart.
$(SPARK_STAMP): tools/setup_spark.sh requirements/spark.txt $(STAMP)
	@tools/setup_spark.sh

.PHONY: test
test: check $(SPARK_STAMP)  ## check, then every test
	@cd frontend && ../tools/node.sh npm run --silent test
	@$(BIN)/pytest -n 2 $(ARGS)

# A machine of its own is not needed, but root is, for the disk that fills up; without it those tests skip, and say so.
.PHONY: faults
faults: setup  ## run the fault matrix: kills, cuts, full disks, signals, sizes
	@$(BIN)/pytest -n 2 --timeout=300 -rs engine/tests/faults $(ARGS)

.PHONY: e2e
e2e: export HEADWATER_SHOTS ?= $(CURDIR)/build/shots
e2e: ui  ## journeys through every page in Debian's Chromium, on a real server; pictures in build/shots (HEADWATER_SHOTS=FOLDER)
	@tools/debian.sh chromium=chromium
	@$(if $(ARGS),true,rm -rf build/shots)
	@$(BIN)/pytest -n 0 --timeout=600 tests/e2e $(ARGS)

.PHONY: check
check: setup check-ui  ## lint, format, types, import rules, house rules
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/deptry --config engine/pyproject.toml engine/src
	@$(BIN)/deptry --config server/pyproject.toml server/src
	@$(BIN)/python tools/house_rules.py
	@$(BIN)/python tools/docs_site.py
	@$(BIN)/hadolint --failure-threshold warning --ignore DL3006 --ignore DL3008 deploy/images/*ockerfile deploy/ci/stand-ins/*.Dockerfile

.PHONY: docs
docs: setup  ## the documentation as a site in build/docs/site; a warning is an error
	@$(BIN)/python tools/docs_site.py

.PHONY: bench
bench: setup  ## measure against floors and peers (ROWS=1000000 JOBS=J1,J3 REPEATS=3 PEERS=0)
	@$(BIN)/python -m benchmarks.speed

.PHONY: bench-quality
bench-quality: setup  ## J5: schema, rules, masking and rejects against the same SQL and peers (ROWS= REPEATS= PEERS=0)
	@$(BIN)/python -m benchmarks.quality_chain

.PHONY: bench-server
bench-server: setup  ## measure the server against its goals (PARTS=reads,begin,drain,events,schedules RUNS=1000)
	@$(BIN)/python -m benchmarks.server

.PHONY: bench-ui
bench-ui: setup ui  ## measure how soon the web interface can be used in a browser that has never seen it
	@tools/debian.sh chromium=chromium
	@$(BIN)/python -m benchmarks.ui

.PHONY: soak
soak: setup  ## run mixed pipelines for MINUTES=60; fails when memory, files or threads grow
	@$(BIN)/python -m benchmarks.soak

.PHONY: openapi
openapi: setup  ## write frontend/openapi.json, from which the UI makes its client, and the API reference
	@mkdir -p frontend
	@$(BIN)/python -m headwater_server.app.openapi frontend/openapi.json
	@$(BIN)/python tools/api_reference.py

.PHONY: dist
dist: setup ui  ## wheels and sdists in dist/, each tried in an empty environment of every Python
	@$(BIN)/python tools/dist.py

.PHONY: compose-test
compose-test: setup  ## build the images, bring compose.yaml up and try it as its users do
	@deploy/ci/compose_test.sh $(ARGS)

.PHONY: format
format: setup  ## put imports and layout in order
	@$(BIN)/ruff check --quiet --select I --fix
	@$(BIN)/ruff format --quiet

# Locks name versions and hashes, never where packages came from: the index is the reader's own affair.
UV_LOCK := env -u PIP_FIND_LINKS -u UV_FIND_LINKS ../$(BIN)/uv --no-config pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

NOT_OURS := --no-emit-package headwater
IN_DEV := $(foreach package,packaging pyarrow typing-extensions,--no-emit-package $(package))

.PHONY: lock
lock: setup  ## resolve requirements/*.txt again (UPGRADE=--upgrade for newer versions)
	@cd requirements && $(UV_LOCK) $(UPGRADE) uv.in -o uv.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) ../engine/pyproject.toml --extra all -o engine.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) ../server/pyproject.toml $(NOT_OURS) --extra local -c engine.txt -o server.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) dev.in ../engine/pyproject.toml ../server/pyproject.toml --all-extras \
		$(NOT_OURS) -c engine.txt -c server.txt -o dev.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) build.in -c dev.txt -o build.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) compose.in -o compose.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) kubernetes.in -c dev.txt -o kubernetes.txt
	@cd requirements && $(UV_LOCK) $(UPGRADE) spark.in -c dev.txt $(IN_DEV) -o spark.txt

.PHONY: clean
clean:  ## remove .venv/ and everything that builds, tests and demos leave behind
	@rm -rf .venv build dist .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@git clean -qfdX -- engine server frontend plugins examples benchmarks deploy tests tools requirements 2>/dev/null || true
