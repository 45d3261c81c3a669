# The only commands to know. Each makes what it needs; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
STAMP := .venv/.ready
PROJECTS := $(wildcard engine/pyproject.toml plugins/example/pyproject.toml)

.PHONY: help
help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): tools/setup.sh requirements/dev.txt requirements/uv.txt $(PROJECTS)
	@tools/setup.sh
	@touch $@

# Compiled files are made here, and not by chance at the first start: the time to start is part of the product.
.PHONY: setup
setup: $(STAMP)  ## make .venv/ with everything, so that .venv/bin/headwater runs
	@$(BIN)/python -m compileall -q engine/src
