#!/bin/bash
# Runs a command with TEST_DATABASE_URL naming a throw-away PostgreSQL server
# in which it may create databases. Works as root and as an ordinary user.
#
#     tools/on_postgresql.sh .venv/bin/python -m pytest
set -euo pipefail

if [ "${1:-}" = --inside ]; then
    shift
    export TEST_DATABASE_URL="postgresql+psycopg://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
    unset PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE PGSYSCONFDIR
    # pg_virtualenv would answer a failure with the server's log, below which the failure drowns.
    "$@" || echo $? >"$STATUS_FILE"
    exit 0
fi

STATUS_FILE=$(mktemp)
export STATUS_FILE
trap 'rm -f "$STATUS_FILE"' EXIT
# -t keeps all of it in a folder of its own, so that two runs do not meet, as root either.
# Letters are UTF-8 and sort the Chinese way, as in a bureau's own database, whatever the locale here says.
env -u PGPORT LC_ALL=C.UTF-8 pg_virtualenv -t \
    -i '--encoding=UTF8 --locale-provider=icu --icu-locale=zh-Hans-CN' \
    -o fsync=off -o synchronous_commit=off -o full_page_writes=off -o max_connections=200 \
    "$0" --inside "$@"
status=$(cat "$STATUS_FILE")
exit "${status:-0}"
