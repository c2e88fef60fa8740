#!/bin/bash
# Runs a command with TEST_DATABASE_URL naming a throw-away PostgreSQL server
# in which it may create databases. Works as root and as an ordinary user.
#
#     tools/on_postgresql.sh .venv/bin/python -m pytest
#
# It forgets everything with the machine's power and tidies up nowhere: a test's database lives for a second, and no
# test notices. With DURABLE=1 it waits for its disk, as a bureau's does: what is measured is measured so.
set -euo pipefail

if [ "${1:-}" = --inside ]; then
    shift
    export TEST_DATABASE_URL="postgresql+psycopg://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
    unset PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE PGSYSCONFDIR
    export TMPDIR="$OWN_TMPDIR"
    # pg_virtualenv would answer a failure with the server's log, below which the failure drowns.
    "$@" || echo $? >"$STATUS_FILE"
    exit 0
fi

STATUS_FILE=$(mktemp)
export STATUS_FILE
trap 'rm -f "$STATUS_FILE"' EXIT

# Every test has a database of its own: made in memory, where there is room, they cost a tenth.
export OWN_TMPDIR="${TMPDIR:-/tmp}"
cluster_in="$OWN_TMPDIR"
haste=()
if [ -z "${DURABLE:-}" ]; then
    haste=(-o fsync=off -o synchronous_commit=off -o full_page_writes=off -o autovacuum=off)
fi
if [ -z "${DURABLE:-}" ] && [ -w /dev/shm ] && [ "$(df --output=avail -k /dev/shm | tail -1)" -gt 2000000 ]; then
    cluster_in=/dev/shm
fi

# -t keeps all of it in a folder of its own, so that two runs do not meet, as root either.
# Its password is checked the quick way: a test opens several connections, and scram would take 3 ms of each.
# Letters are UTF-8 and sort the Chinese way, as in a bureau's own database, whatever the locale here says.
env -u PGPORT LC_ALL=C.UTF-8 TMPDIR="$cluster_in" pg_virtualenv -t \
    -i '--encoding=UTF8 --locale-provider=icu --icu-locale=zh-Hans-CN --auth-host=md5 --auth-local=peer' \
    "${haste[@]}" -o max_connections=200 -o password_encryption=md5 \
    -o wal_level=minimal -o max_wal_senders=0 \
    "$0" --inside "$@"
status=$(cat "$STATUS_FILE")
exit "${status:-0}"
