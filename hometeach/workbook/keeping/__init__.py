"""Where each list of a workbook is kept: how it is read from its tables, and how it is written."""

from hometeach.workbook.keeping import people, teaching
from hometeach.workbook.keeping.figures import FigureList
from hometeach.workbook.keeping.table import KeptList

#: Every list by name; the names are those of ``stating.LISTS``.
KEPT: dict[str, KeptList | FigureList] = {
    kept.name: kept
    for kept in (
        people.SCHOOLS,
        people.TEACHERS,
        people.CHILDREN,
        people.GUARDIANS,
        teaching.RULES,
        teaching.CALENDAR,
        teaching.AGREEMENTS,
        teaching.SUSPENSIONS,
        teaching.SLOTS,
        teaching.VISITS,
        teaching.ABSENCES,
        FigureList(),
    )
}

__all__ = ["KEPT"]
