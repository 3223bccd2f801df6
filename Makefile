# SPDX-License-Identifier: Apache-2.0
# The commands people type. Everything behind them is CMake (CMakePresets.json), Python (tests/) and npm (web/).
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run serve build test test-full unit parity e2e tracking versioning parquet grpc browser sanitize bench format lint clean

# A cache that hits from any checkout folder (clones, CI).
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

VALENCE := build/release/bin/valence
JOBS ?= $(shell nproc)

# After each part: how long make has run, so that CI's output shows what its time goes to.
START := $(shell date +%s)
part = @echo "== $@: $(1), $$(($$(date +%s) - $(START))) s after the start"

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: build ## Train on the sample, print the figures, explain two sentences
	@$(VALENCE) run
	@$(VALENCE) explain "The food was wonderful and the staff could not have been nicer." \
	                    "It broke after two days. I want my money back, what a waste of time."

serve: build ## Serve the trained model on port 5000
	@test -e models/model.safetensors || $(VALENCE) run
	@$(VALENCE) serve --port 5000

build: ## The binary, build/release/bin/valence
	@tools/install build
	@tools/configure release
	@cmake --build --preset release -j $(JOBS) --target valence
	$(call part,built)

test: unit sanitize parity e2e tracking versioning parquet browser ## Everything CI runs

test-full: test ## And the long suites
	@VALENCE_TEST_FULL=1 tools/pytest tests/parity tests/e2e tests/clients
	@VALENCE_TEST_FULL=1 tools/pytest tests/mlflow

unit: ## Unit tests
	@tools/install build grpc test
	@tools/configure dev
	@cmake --build --preset dev -j $(JOBS)
	$(call part,built)
	@ctest --preset dev
	$(call part,passed)

sanitize: ## Unit tests under address and undefined-behaviour sanitizers
	@tools/install build test
	@tools/configure sanitize
	@tools/under-sanitizers cmake --build --preset sanitize -j $(JOBS)
	$(call part,built)
	@tools/under-sanitizers ctest --preset sanitize
	$(call part,passed)

parity: build unit ## The same numbers as scikit-learn and NLTK
	@tools/pytest -n 2 --dist loadfile --no-loadscope-reorder tests/parity
	$(call part,passed)

e2e: build unit ## The real binary, its files, its server
	@tools/install test
	@tools/pytest tests/e2e tests/clients
	$(call part,passed)

tracking: build unit ## The stores and the registry beside the real MLflow
	@tools/install test
	@tools/pytest -n 2 --dist loadfile tests/mlflow
	$(call part,passed)

versioning: build ## dvc.yaml under the real DVC
	@tools/install test
	@tools/pytest -n 2 tests/dvc
	$(call part,passed)

parquet: build ## valence-parquet, on the Arrow inside the tests' pyarrow, beside pandas
	@tools/install test
	@tools/configure parquet "-DVALENCE_PYARROW=$$(echo $$(tools/python-env)/venv/lib/python3*/site-packages/pyarrow)"
	@cmake --build --preset parquet -j $(JOBS) --target valence-parquet
	@tools/pytest tests/parquet
	$(call part,passed)

grpc: ## The binary with gRPC, build/grpc/bin/valence
	@tools/install build grpc
	@tools/configure grpc
	@cmake --build --preset grpc -j $(JOBS) --target valence

browser: build ## The page and the report in a real browser
	@tools/install test
	@tools/browser-tests
	$(call part,passed)

bench: ## Speed against pinned scikit-learn and NLTK, same machine, same run
	@tools/install build grpc bench
	@tools/configure bench
	@cmake --build --preset bench -j $(JOBS)
	@tools/configure grpc
	@cmake --build --preset grpc -j $(JOBS) --target valence grpc_load
	@bench/run

format: ## clang-format everything
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

lint: ## clang-format and clang-tidy, as reviewers see them
	@git ls-files '*.cc' '*.h' | xargs clang-format --dry-run -Werror
	@tools/install build grpc test
	@tools/configure dev && cmake --build --preset dev -j $(JOBS) --target valence_rpc_proto
	@git ls-files 'src/*.cc' 'apps/*.cc' | xargs clang-tidy -p build/dev --quiet

clean: ## Remove what was built (downloads and models stay)
	rm -rf build
