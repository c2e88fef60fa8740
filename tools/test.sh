#!/bin/bash
# Runs the tests on SQLite and then on PostgreSQL, both to the end, and fails if either failed.
#
#     tools/test.sh [what pytest should run, all if nothing is said]
set -uo pipefail
cd "$(dirname "$0")/.."

status=0
echo "== on SQLite"
.venv/bin/python -m pytest --numprocesses 2 "$@" || status=1
echo "== on PostgreSQL"
tools/on_postgresql.sh .venv/bin/python -m pytest --numprocesses 2 "$@" || status=1
exit $status
