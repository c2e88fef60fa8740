"""How is a list read from its table, and written to it?

In bulk: a county's first import creates some 15,000 rows, and a later one must
tell within a moment that nothing changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from hometeach.kernel.extensions import db
from hometeach.kernel.files import new_public_id
from hometeach.workbook.comparing import Key, Plain, Stated, Update
from hometeach.workbook.keeping.fields import Field, Ids


@dataclass(slots=True)
class Standing:
    """One row as it stands: its id, its public id where it has one, its values by field."""

    id: int
    public_id: str
    values: dict[str, Plain]


StandingRows = dict[Key, Standing]
#: What remains to be done once the rows of a list are there: what stands in tables of its own.
Finish = Callable[[Sequence[Stated], StandingRows, Ids], None]
FinishUpdate = Callable[[Sequence[Update], StandingRows, Ids], None]
#: Adds to standing rows what stands in tables of its own.
Complete = Callable[[StandingRows, Ids], None]


@dataclass(frozen=True)
class KeptList:
    """A list and the table in which it is kept.

    ``made`` are the columns that every new row gets besides its fields'.
    """

    name: str
    table: Table
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    made: Callable[[Stated], Mapping[str, Any]] = lambda _stated: {}
    complete: Complete = lambda _rows, _ids: None
    after_create: Finish | None = None
    after_update: FinishUpdate = lambda _updates, _rows, _ids: None

    @property
    def _has_public_id(self) -> bool:
        return "public_id" in self.table.c

    def standing(self, ids: Ids) -> StandingRows:
        """Every row as it stands, by key."""
        rows = self._rows(ids, self.fields)
        self.complete(rows, ids)
        return rows

    def create(self, stated: Sequence[Stated], ids: Ids) -> None:
        """Write rows that are not there."""
        if not stated:
            return
        db.session.execute(insert(self.table), [self._new(one, ids) for one in stated])
        if self.after_create is not None:
            self.after_create(stated, self._rows(ids, [one for one in self.fields if one.name in self.key]), ids)

    def update(self, updates: Sequence[Update], standing: StandingRows, ids: Ids) -> None:
        """Take over the changed fields of rows that are there."""
        same_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for one in updates:
            row = standing[one.stated.key]
            columns = self._columns({change.field: change.after for change in one.changes}, ids, row.public_id)
            if columns:
                same_columns.setdefault(tuple(sorted(columns)), []).append({"row_id": row.id, **columns})
        for names, rows in same_columns.items():
            statement = update(self.table).where(self.table.c.id == bindparam("row_id"))
            db.session.execute(statement.values({name: bindparam(name) for name in names}), rows)
        if updates:
            self.after_update(updates, standing, ids)

    def _rows(self, ids: Ids, fields: Sequence[Field]) -> StandingRows:
        """Every row by key, with these of its fields; the key's are among them."""
        names = dict.fromkeys(name for one in fields for name in one.columns)
        columns = [self.table.c.id, *(self.table.c[name] for name in names)]
        if self._has_public_id:
            columns.append(self.table.c.public_id)
        kept = [one for one in fields if one.columns]
        rows = {}
        for row in db.session.execute(select(*columns).order_by(self.table.c.id)):
            values = {one.name: one.show(row, ids) for one in kept}
            public_id = row.public_id if self._has_public_id else ""
            rows[tuple(str(values[name]) for name in self.key)] = Standing(row.id, public_id, values)
        return rows

    def _new(self, one: Stated, ids: Ids) -> dict[str, Any]:
        public_id = new_public_id() if self._has_public_id else ""
        columns = {"public_id": public_id} if public_id else {}
        return columns | dict(self.made(one)) | self._columns(one.values, ids, public_id)

    def _columns(self, values: Mapping[str, Plain], ids: Ids, public_id: str) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for one in self.fields:
            if one.name in values:
                columns.update(one.store(values[one.name], ids, public_id))
        return columns
