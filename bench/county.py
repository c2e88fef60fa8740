"""A county to measure on: made from a seed, migrated and imported as a bureau would."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade

import config
from hometeach.app import create_app
from hometeach.demonstration.people import seed
from hometeach.kernel.clock import today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.workbook.actions import apply_import, read_workbook
from tests.workbook.building import make_county

CHILDREN, VISITS, SEED = 310, 12_000, 2026
AS_OF = "2026-11-23"


@contextmanager
def county(children: int = CHILDREN, visits: int = VISITS, *, database: str = "") -> Iterator[tuple[Flask, Path, Path]]:
    """The application on a database that holds such a county, its workbook, and the folder of both.

    ``database``: the address of an empty one; without it a SQLite file is made.
    """
    os.environ["HOMETEACH_TODAY"] = AS_OF
    with TemporaryDirectory(prefix="hometeach-bench-") as folder:
        workbook = Path(folder) / "county.xlsx"
        make_county(workbook, children=children, visits=visits, seed=SEED)
        app = empty_app(Path(folder), "bench", database=database)
        with app.app_context():
            take_in(app, workbook)
            with committed():
                seed(today(), app.config["BUREAU_NAME"])
            db.session.remove()
        yield app, workbook, Path(folder)


def empty_app(folder: Path, name: str, *, database: str = "") -> Flask:
    """The application on a migrated database without rows, in demonstration mode."""
    settings = type(
        "Bench",
        (config.Demonstration,),
        {
            "SQLALCHEMY_DATABASE_URI": database or f"sqlite:///{folder / name}.db",
            "VAR_DIR": folder,
            "KEY_FILE": folder / "keys.json",
        },
    )
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(config.ROOT / "migrations"))
    return app


def take_in(app: Flask, workbook: Path) -> None:
    """Import a workbook as the command does: read and check first, then one transaction."""
    stated = read_workbook(workbook)
    with committed():
        apply_import(stated, by="bench", bureau_name=app.config["BUREAU_NAME"])
