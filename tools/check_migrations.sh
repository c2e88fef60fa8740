#!/bin/bash
# Says whether the migrations build exactly what the models describe, on a fresh SQLite database.
# The tests ask the same on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export DATABASE_URL="sqlite:///$folder/fresh.db" HOMETEACH_CONFIG=testing HOMETEACH_VAR="$folder"
.venv/bin/flask db upgrade
.venv/bin/flask db check
