# HomeTeach 送教上门: what can be done here. `make help` lists it; the how is in tools/.
.DEFAULT_GOAL := help
.PHONY: help run test check bench nightly lock pictures clean

# The first Python here that is new enough and can make a virtual environment; else one that lacks only that, which is
# then installed. Debian's own comes before what else is in the path: it is built with profiles of real programs, and
# one that pyenv built takes up to half as long again. A shim without a version behind it does not count.
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for besides in "import ensurepip" pass; do\
	for name in /usr/bin/python3.11 python3.11 /usr/bin/python3 python3; do\
		$$name -c "$$besides; $(NEW_ENOUGH)" 2>/dev/null && echo $$name && exit;\
	done; done; echo no-python-3.11-found)
PREPARE = $(PYTHON) -m tools.prepare
VENV := .venv/bin

# Names and log lines are Chinese also where the machine's locale is not.
export PYTHONUTF8 := 1

help: ## say what can be done here
	@sed -n 's/^\([a-z]*\):.* ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run pictures: export HOMETEACH_CONFIG := demonstration
run pictures: export HOMETEACH_TODAY := 2026-11-23
run: ## install what is missing and run the demonstration: web server, scheduler, report (PORT=8000)
	@$(PREPARE) run
	@exec $(VENV)/python -m tools.run

test: ## install what testing needs and run every test, on SQLite and on PostgreSQL (WHAT=tests/visits)
	@$(PREPARE) test
	@tools/test.sh $(WHAT)

check: ## lint, types, import contracts, words, templates, diagrams, migrations
	@$(PREPARE) check
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python -m tools.catalogue check
	$(VENV)/python -m tools.check_templates
	$(VENV)/python -m tools.diagrams --check
	tools/check_migrations.sh

bench: ## measure, as ratios of two things in one run
	@$(PREPARE) bench
	$(if $(shell command -v pg_virtualenv),DURABLE=1 tools/on_postgresql.sh) $(VENV)/python -m bench

nightly: export HOMETEACH_LONG := 1
nightly: test bench ## the tests with far more random examples, then the measurements

lock: ## resolve requirements*.in anew into requirements*.txt, pinned with hashes
	@$(PREPARE) check
	tools/lock.sh

pictures: ## make the pictures of the README anew, in docs/pictures/
	@$(PREPARE) test
	$(VENV)/python -m tools.pictures

clean: ## remove all that can be made again; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete
