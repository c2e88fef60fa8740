"""SQLite is opened so that nobody is turned away who could wait."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import sqlalchemy as sa


def test_of_two_who_open_a_new_database_at_once_both_may_come_in(tmp_path: Path) -> None:
    """Twenty files: without a second try one of two was refused in one file of five."""
    together = Barrier(2)

    def journal_of(path: Path) -> str:
        engine = sa.create_engine(f"sqlite:///{path}")
        together.wait()
        with engine.connect() as connection:
            return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())

    with ThreadPoolExecutor(2) as both:
        for n in range(20):
            assert list(both.map(journal_of, [tmp_path / f"{n}.db"] * 2)) == ["wal", "wal"]
