"""Importing a workbook against merely reading it with openpyxl's read-only mode."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import openpyxl

from bench.county import empty_app, take_in
from bench.measuring import Ratio, of_pairs, seconds


def read(workbook: Path) -> int:
    """Read every cell and do nothing with it."""
    book = openpyxl.load_workbook(workbook, read_only=True)
    return sum(1 for sheet in book for _ in sheet.iter_rows(values_only=True))


def measure(workbook: Path, folder: Path) -> Iterator[Ratio]:
    """A first import, with its ledger, into a new database each time."""
    names = count(1)

    def into_new_database() -> float:
        app = empty_app(folder, f"import{next(names)}")
        with app.app_context():
            return seconds(lambda: take_in(app, workbook))

    pairs = [(into_new_database(), seconds(lambda: read(workbook))) for _ in range(3)]
    yield of_pairs(
        "first import of 12,000 visits, ledger and all", "reading the file with openpyxl read-only", pairs, goal="<= 4"
    )
