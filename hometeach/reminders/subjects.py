"""Which rows are those of some subjects, named as a matter names them: ``kind:public id``? None: of all."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select, true

from hometeach.people.models import Child

Subjects = Collection[str] | None


def named_in(subjects: Subjects, kind: str, column: Any) -> ColumnElement[bool]:
    """The rows of one kind whose public id, in this column, is named."""
    if subjects is None:
        return true()
    return column.in_([name.partition(":")[2] for name in subjects if name.startswith(f"{kind}:")])


def children_of(subjects: Subjects, column: Any) -> ColumnElement[bool]:
    """The rows of the children that are named; the column holds a child's id."""
    if subjects is None:
        return true()
    return column.in_(select(Child.id).where(named_in(subjects, "child", Child.public_id)))
