"""How does a value of a list stand in a column, and back?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from hometeach.kernel import sealing
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, Teacher, the_bureau
from hometeach.workbook.comparing import Plain
from hometeach.workbook.stating import BUREAU


@dataclass
class Ids:
    """Ids by code, of what lists refer to; read again after such a list was written. ``by`` is who imports."""

    by: str = "import"
    schools: dict[str, int] = field(default_factory=dict)
    teachers: dict[str, int] = field(default_factory=dict)
    children: dict[str, int] = field(default_factory=dict)
    #: The other way round.
    school_codes: dict[int, str] = field(default_factory=dict)
    teacher_codes: dict[int, str] = field(default_factory=dict)
    child_codes: dict[int, str] = field(default_factory=dict)

    def read(self) -> None:
        """Read them from the database."""
        for model, ids, codes in (
            (OrgUnit, self.schools, self.school_codes),
            (Teacher, self.teachers, self.teacher_codes),
            (Child, self.children, self.child_codes),
        ):
            for row_id, code in db.session.execute(select(model.id, model.code)):
                ids[code], codes[row_id] = row_id, code
        if bureau := the_bureau():
            self.schools[BUREAU], self.school_codes[bureau.id] = bureau.id, BUREAU


#: To columns: the value, what ids there are, the row's public id.
Store = Callable[[Any, Ids, str], Mapping[str, Any]]
#: From the row, as it was selected.
Show = Callable[[Any, Ids], Plain]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a list: the columns it is kept in, how it gets there and back."""

    name: str
    columns: tuple[str, ...]
    store: Store
    show: Show


def same(name: str, column: str | None = None) -> Field:
    """Kept as it is."""
    kept = column or name
    return Field(name, (kept,), lambda value, _ids, _row: {kept: value}, lambda row, _ids: getattr(row, kept))


def day(name: str, column: str | None = None) -> Field:
    """A date."""
    kept = column or name
    return Field(
        name,
        (kept,),
        lambda value, _ids, _row: {kept: date.fromisoformat(value) if value else None},
        lambda row, _ids: getattr(row, kept).isoformat() if getattr(row, kept) else None,
    )


def code(name: str, codes: type[StrEnum], column: str | None = None) -> Field:
    """One of an enumeration."""
    kept = column or name
    return Field(
        name,
        (kept,),
        lambda value, _ids, _row: {kept: codes(value)},
        lambda row, _ids: getattr(row, kept).value,
    )


def joined(name: str, column: str | None = None) -> Field:
    """Several codes, sorted, with commas between them."""
    kept = column or name
    return Field(
        name,
        (kept,),
        lambda value, _ids, _row: {kept: ",".join(value)},
        lambda row, _ids: [part for part in getattr(row, kept).split(",") if part],
    )


def refers(name: str, to: str, column: str) -> Field:
    """The code of a school, teacher or child, kept as its id. ``to`` is one of "school", "teacher", "child"."""
    by_code, by_id = {"child": "children"}.get(to, f"{to}s"), f"{to}_codes"
    return Field(
        name,
        (column,),
        lambda value, ids, _row: {column: None if value is None else getattr(ids, by_code)[value]},
        lambda row, ids: getattr(ids, by_id).get(getattr(row, column)),
    )


def sealed(name: str, table: str, index: Callable[[str], bytes] | None = None) -> Field:
    """A value that is encrypted for its row, with a blind index where it is looked up by."""
    column, index_column = f"{name}_sealed", f"{name}_index"

    def store(value: str | None, _ids: Ids, row: str) -> Mapping[str, Any]:
        envelope = None if value is None else sealing.seal(value, table=table, column=column, row=row)
        found_by = {index_column: None if value is None else index(value)} if index else {}
        return {column: envelope, **found_by}

    def show(row: Any, _ids: Ids) -> Plain:
        envelope = getattr(row, column)
        return None if envelope is None else sealing.unseal(envelope, table=table, column=column, row=row.public_id)

    return Field(name, (column,), store, show)


def elsewhere(name: str) -> Field:
    """Kept in a table of its own; whoever keeps the list sees to it."""
    return Field(name, (), lambda _value, _ids, _row: {}, lambda _row, _ids: None)
