"""Random counties through the real import: sessions, ledger and totals must be those of the plain oracle.

``HOMETEACH_LONG=1`` tries a thousand counties instead of a few; ``HOMETEACH_SEED=N`` only that one.
"""

import os
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from hometeach.compliance.exports import ledger_rows, session_rows
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.reporting.facts import totals_of
from hometeach.workbook import wording
from hometeach.workbook.actions import FaultyWorkbook, apply_import, read_workbook
from tests.conftest import IS_LONG
from tests.oracle.county import County, Row
from tests.oracle.invented import begun, invent, with_slips
from tests.workbook.building import write

ONE = os.environ.get("HOMETEACH_SEED")
SEEDS = [int(ONE)] if ONE else range(1_000 if IS_LONG else 25)


def take_in(path: Path) -> None:
    with committed():
        apply_import(read_workbook(path), by="test", bureau_name="X市教育局")


def days_to_ask(county: County, rows: list[Row], seed: int) -> list[date]:
    """Before everything, within, on the last day of a period and the day after it, after everything."""
    first, last = county.terms[0][0], county.terms[-1][1]
    chance = random.Random(seed)
    end = chance.choice(rows).end if rows else last
    within = first + timedelta(days=chance.randint(0, (last - first).days))
    return [first - timedelta(days=1), within, end, end + timedelta(days=1), last + timedelta(days=60)]


def compare(county: County, seed: int) -> None:
    sessions = [[str(cell) for cell in row] for row in session_rows()]
    assert sessions == county.sessions(), f"seed {seed}"
    for as_of in days_to_ask(county, county.ledger(date.max), seed):
        rows = [[str(cell) for cell in row] for row in ledger_rows(as_of)]
        assert rows == [row.cells() for row in county.ledger(as_of)], f"seed {seed} as of {as_of}"
        for year in {county.terms[0][0].year, county.terms[-1][1].year}:
            expected = county.totals(year, as_of)
            totals = {code: amount for code, amount in totals_of(year, as_of).items() if code in expected}
            assert totals == expected, f"seed {seed} as of {as_of} in {year}"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_county_gives_what_the_rule_says(app: Flask, tmp_path: Path, seed: int) -> None:
    sheets = invent(seed)
    path = write(tmp_path / "county.xlsx", sheets)
    if seed % 3 == 0:
        take_in(write(tmp_path / "earlier.xlsx", begun(sheets, seed)))
    take_in(path)
    compare(County(path), seed)


def refusal_of(path: Path) -> list[str]:
    """What a bureau reads when its workbook is refused; nothing where it is right."""
    try:
        stated = read_workbook(path)
    except FaultyWorkbook as faulty:
        return [wording.line(fault) for fault in faulty.faults]
    except Refused as refused:
        return [refused.message]
    apply_import(stated, by="test", bureau_name="X市教育局")
    return []


def test_a_slip_in_any_cell_is_refused_in_words_or_read_but_never_a_crash(app: Flask, tmp_path: Path) -> None:
    for seed in range(1_000 if IS_LONG else 20):
        sheets = with_slips(invent(seed), seed)
        told = refusal_of(write(tmp_path / "slipped.xlsx", sheets))
        assert all(told), f"seed {seed}"
        assert told or len(list(session_rows())) == len(sheets["送教记录"]) - 1, f"seed {seed}"
        db.session.rollback()
