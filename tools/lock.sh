#!/bin/bash
# Resolves requirements.in and all that stand beside it anew. The locks name no
# registry and no folder of this machine, so that they hold everywhere.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in requirements-pip requirements requirements-dev requirements-bench; do
    .venv/bin/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
        --no-emit-find-links --no-emit-index-url --no-emit-trusted-host \
        "$@" --output-file=$name.txt $name.in
done
