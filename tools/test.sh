#!/bin/bash
# Runs the tests on SQLite and on PostgreSQL, both to the end, and fails if either failed.
#
#     tools/test.sh [what pytest should run, all if nothing is said]
#
# The two engines run side by side: while one waits (for a server to start, a lease to end, a page to be drawn) the
# other works. What PostgreSQL's run says is shown once SQLite's has ended.
set -uo pipefail
cd "$(dirname "$0")/.."

# Servers and schedulers are started by the dozen: where this is set, each of them compiles the whole house anew.
unset PYTHONDONTWRITEBYTECODE

# Every test has files of its own, written through to the disk: in memory, where there is room, that costs nothing.
places="${TMPDIR:-/tmp}"
if [ -w /dev/shm ] && [ "$(df --output=avail -k /dev/shm | tail -1)" -gt 4000000 ]; then
    places=/dev/shm
fi
TMPDIR=$(mktemp -d "$places/hometeach-tests.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'trap "" TERM; kill 0; wait; exit 130' INT TERM

# One more beside SQLite, where twice as many tests are: some of them mostly wait.
run=(.venv/bin/python -m pytest --dist worksteal -o tmp_path_retention_policy=failed)
status=0
tools/on_postgresql.sh "${run[@]}" --numprocesses 2 "$@" >"$TMPDIR/on-postgresql" 2>&1 &
on_postgresql=$!
echo "== on SQLite"
"${run[@]}" --numprocesses 3 "$@" || status=1
wait "$on_postgresql" || status=1
echo "== on PostgreSQL"
cat "$TMPDIR/on-postgresql"
exit $status
