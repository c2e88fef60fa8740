"""What a check or an import found, made ready for its page."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from hometeach.web import words
from hometeach.workbook import wording
from hometeach.workbook.faults import Fault
from hometeach.workbook.telling import fault_from_json

#: So many faults stand on the page; the file has all of them.
MOST_FAULTS = 200


@dataclass(frozen=True)
class Change:
    """A row of a before-and-after table."""

    what: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ListTold:
    """One list: its counts, and the first things of each kind of change."""

    name: str
    sheet: str
    counts: Mapping[str, int]
    created: list[str]
    changes: list[Change]
    conflicts: list[Change]
    missing: list[str]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell beside the counts."""
        return not (self.created or self.changes or self.conflicts or self.missing)


def lists_told(lists: Iterable[Mapping[str, Any]]) -> list[ListTold]:
    """The lists of an outcome."""
    return [
        ListTold(
            wording.list_name(one["name"]),
            one["sheet"],
            one["counts"],
            created=[item["key"] for item in one["created"]],
            changes=[
                Change(_keyed(item), change["head"], change["before"], change["after"])
                for item in one["updated"]
                for change in item["fields"]
            ],
            conflicts=[Change(_keyed(item), item["head"], item["app"], item["workbook"]) for item in one["conflicts"]],
            missing=one["missing"],
        )
        for one in lists
    ]


def counted(lists: Iterable[ListTold]) -> dict[str, int]:
    """How many of each kind over all lists."""
    sums: dict[str, int] = {}
    for one in lists:
        for kind, count in one.counts.items():
            sums[kind] = sums.get(kind, 0) + count
    return sums


def faults_of(outcome: Mapping[str, Any]) -> list[Fault]:
    """The faults of an outcome."""
    return [fault_from_json(kept) for kept in outcome["faults"]]


def fault_rows(faults: Iterable[Fault]) -> list[tuple[str, str, str]]:
    """Each fault in words: where, what is wrong, what would be right."""
    return [(wording.where(fault.place), wording.wrong(fault), wording.remedy(fault)) for fault in faults]


def faults_as_xlsx(faults: Iterable[Fault]) -> bytes:
    """The faults as a workbook, to be worked off one by one. Every cell is text: nothing in it is calculated."""
    file = io.BytesIO()
    heads = (_("Sheet"), _("Row"), _("Column"), _("Heading"), _("What is wrong"), _("What would be right"))
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
        sheet.set_column(4, 5, 48, book.add_format({"text_wrap": True}))
        sheet.freeze_panes(1, 0)
        for number, fault in enumerate(faults, start=1):
            place = fault.place
            cells = (place.sheet, str(place.row or ""), place.letter, place.head)
            sheet.write_row(number, 0, (*cells, wording.wrong(fault), wording.remedy(fault)))
    return file.getvalue()


def _keyed(item: Mapping[str, Any]) -> str:
    return words.listed((item["key"], _("row %(row)s", row=item["row"])))
