"""How does everything that is sealed come under the newest field key, while the product runs?

A few rows at a time; what is done is known by the key that each envelope
names, so that stopping loses nothing and starting again begins where it
stopped. A value that changes meanwhile is left as it changed: whoever wrote it
sealed it with the newest key. Rows that the database never lets change stay
under the key they were written with, which is therefore kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, func, literal, select, text, update

from hometeach.kernel import sealing
from hometeach.kernel.extensions import Model, db

#: Envelopes opened and sealed again in one transaction, which others wait for on SQLite.
A_FEW = 100
#: In ``Table.info``: the columns by whose values an envelope is bound to its row,
#: joined by what no code holds.
SEALED_TO = "sealed_to"
BETWEEN = "\x1f"
_NEVER_CHANGED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of envelopes. ``is_kept``: the database refuses to change its rows."""

    column: Column[Any]
    is_kept: bool

    @property
    def table(self) -> Table:
        """The table that it stands in."""
        return self.column.table

    @property
    def name(self) -> str:
        """As it is told: table and column."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def place(self) -> tuple[Column[Any], ...]:
        """The columns that name a row to its envelope."""
        return tuple(self.table.c[name] for name in self.table.info.get(SEALED_TO, ("public_id",)))

    def under_earlier_keys(self) -> ColumnElement[bool]:
        """The condition that an envelope names another key than the newest."""
        head = sealing.keys().head
        named = func.substr(self.column, 1, len(head), type_=LargeBinary)
        return self.column.is_not(None) & (named != literal(head, LargeBinary))


def sealed_columns() -> Iterator[SealedColumn]:
    """Every column of envelopes, in the order of the tables."""
    guards = set(db.session.scalars(text(_NEVER_CHANGED[db.session.get_bind().dialect.name])))
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if column.name == "sealed" or column.name.endswith("_sealed"):
                yield SealedColumn(column, f"{table.name}_no_update" in guards)


def count_earlier(sealed: SealedColumn) -> int:
    """How many envelopes of a column are not yet under the newest key."""
    return db.session.scalar(select(func.count()).select_from(sealed.table).where(sealed.under_earlier_keys())) or 0


def reseal_some(sealed: SealedColumn, *, after: int = 0) -> tuple[int, int | None]:
    """Seal the next few envelopes of a column with the newest key, in the running transaction.

    Returns how many were, and the id of the last row that was looked at, None where none is left.
    Raises: SealBroken if one does not open, naming table and column.
    """
    table, column = sealed.table, sealed.column
    statement = (
        select(table.c.id, column, *sealed.place)
        .where(table.c.id > after, sealed.under_earlier_keys())
        .order_by(table.c.id)
        .limit(A_FEW)
    )
    done, last = 0, None
    for last, envelope, *named in db.session.execute(statement).all():
        place = {"table": table.name, "column": column.name, "row": BETWEEN.join(named)}
        again = sealing.seal_bytes(sealing.unseal_bytes(envelope, **place), **place)
        # Only if it is still the value that was read.
        unchanged = (table.c.id == last) & (column == envelope)
        done += db.session.execute(update(table).where(unchanged).values({column.name: again})).rowcount  # type: ignore[attr-defined]
    return done, last
