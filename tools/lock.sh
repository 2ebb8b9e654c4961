#!/bin/sh
# Resolves requirements*.in (and pyproject.toml) into requirements*.lock: one set with hashes for
# Python 3.10 to 3.12 and every platform. Needs uv; `make lock` brings it.
set -eu
cd "$(dirname "$0")/.."
resolve() {
    uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
resolve pyproject.toml requirements.in --output-file requirements.lock
resolve --constraints requirements.lock requirements-dev.in --output-file requirements-dev.lock
resolve --constraints requirements.lock requirements-build.in --output-file requirements-build.lock
resolve requirements-node.in --output-file requirements-node.lock
