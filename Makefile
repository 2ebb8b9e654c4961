# make demo    set up, start a local chain, prove the example and settle the proof there
# make demo-ledger      the same for the example application: a private ledger
# make demo-two-chains  … and for a storage value carried from one chain to another
# make demo-ganache     … and for a Ganache in Anvil's place
# make setup   .venv with everything in it, and the development keys
# make test    set up, lint, and every test
# make bench   seconds, memory and sizes per stage, as a table and as JSON
# make docs    write the parts of docs/ that are made from the code
# make fuzz    random instructions and programs against QEMU, and the property tests with many more cases
# make torture gcc's own execution tests against qemu-mips
# make lock    resolve the Python requirements anew
# make clean   remove everything that a command has made

# The first Python that runs and that Ape's dependencies support.
PYTHON ?= $(shell for python in python3 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
NETWORK ?= ethereum:local:foundry
# What `make fuzz` runs: COUNT cases of each part (empty: each part's own number) from SEED on, and the
# property tests with FACTOR times their usual cases.
FACTOR ?= 50
COUNT ?=
SEED ?= 0
# Options of `make torture`, for example LEVELS="-O0 -O2 -Os" PROOFS=50
LEVELS ?= -O2
PROOFS ?= 0
# Arithmetic only: the tests need no Python to link with.
CARGO_TEST := cd native && cargo test --release --no-default-features --locked

.PHONY: demo demo-ledger demo-two-chains demo-ganache setup environment environment-dev test lint format \
	test-native test-python test-contracts bench docs fuzz torture lock clean

demo: setup
	$(BIN)/python -m zkm.chain.anvil -- $(BIN)/ape run prove_and_submit --network $(NETWORK)

demo-ledger: setup
	$(BIN)/ape run demo_private_ledger

demo-two-chains: setup
	$(BIN)/ape run demo_two_chains

# Ganache is among the packages that tests need.
demo-ganache: environment-dev
	$(BIN)/zkm setup
	$(BIN)/ape run demo_ganache

setup: environment
	$(BIN)/zkm setup

environment environment-dev:
	@test -n "$(PYTHON)" || { echo "Python 3.10, 3.11 or 3.12 is needed" >&2; exit 1; }
	@$(PYTHON) tools/setup_env.py $(if $(filter environment-dev,$@),--dev)

test: environment-dev lint test-native test-python test-contracts

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	cd native && cargo fmt --check
	cd native && cargo clippy --release --locked --all-targets -- -D warnings

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd native && cargo fmt

test-native:
	$(CARGO_TEST)

test-python:
	$(BIN)/zkm setup
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-contracts:
	$(BIN)/python -m zkm.chain.anvil -- $(BIN)/ape test tests/contracts --network $(NETWORK)

bench: setup
	$(BIN)/python -m benches

docs: environment-dev
	$(BIN)/python tools/make_docs.py
	$(BIN)/python -m tests.contract.gas > /dev/null

fuzz: environment-dev
	$(BIN)/python -m tests.fuzz --seed $(SEED) $(if $(COUNT),--count $(COUNT))
	$(BIN)/python -m pytest -n 2 --timeout 3600 --fuzz $(FACTOR)

torture: environment-dev
	$(BIN)/python -m tests.torture $(addprefix --level=,$(LEVELS)) --prove $(PROOFS) --seed $(SEED)

lock:
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
	PATH="$(CURDIR)/.cache/uv/bin:$$PATH" tools/lock.sh

clean:
	rm -rf .venv .build .cache node_modules native/target out \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		contracts/generated zkm/_native*.so
