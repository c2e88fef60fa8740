"""A span's compliance as a spreadsheet, to be worked on: one sheet each by school, by teacher and by child.

Every text is written as text, whatever it begins with. A rate of nothing is an
empty cell, never 0.
"""

from collections.abc import Sequence
from io import BytesIO

from flask_babel import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from hometeach.web import words
from hometeach.web.compliance.figures import Figures, Share
from hometeach.web.compliance.standing import Group, Level, Standing
from hometeach.web.states import State

#: Where the table begins, under the title.
FIRST_ROW = 3
#: Units: characters.
WIDE, NARROW = 18, 11


def compliance_xlsx(standing: Standing) -> bytes:
    """The bytes of an xlsx file. It names children: for use inside the bureau."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    names = {Level.SCHOOL: _("By school"), Level.TEACHER: _("By teacher"), Level.CHILD: _("By child")}
    writer = _Writer(book, standing)
    for level, name in names.items():
        writer.sheet(name, level)
    book.close()
    return out.getvalue()


class _Writer:
    """Writes the sheets of one span."""

    def __init__(self, book: Workbook, standing: Standing):
        self._book, self._standing = book, standing
        base = {"font_name": "Microsoft YaHei", "font_size": 10}
        self._text = book.add_format(base | {"num_format": "@"})
        self._number = book.add_format(base | {"num_format": "#,##0"})
        self._percent = book.add_format(base | {"num_format": "0.0"})
        self._head = book.add_format(base | {"bold": True, "bottom": 1, "text_wrap": True})
        self._title = book.add_format(base | {"bold": True, "font_size": 14})

    def sheet(self, name: str, level: Level) -> None:
        """One sheet: a line for each school, teacher or child, and all of them at the foot."""
        sheet = self._book.add_worksheet(name)
        who = _WHO[level]()
        sheet.set_column(0, len(who) - 1, WIDE)
        sheet.set_column(len(who), len(who) + len(_heads()) - 1, NARROW)
        sheet.write_string(0, 0, _("Compliance: %(span)s", span=self._standing.chosen.name), self._title)
        as_of = words.day_words(self._standing.chosen.within.as_of)
        sheet.write_string(1, 0, _("As of %(day)s. It names children: for use inside the bureau.", day=as_of))
        for column, head in enumerate([*who, *_heads()]):
            sheet.write_string(FIRST_ROW, column, head, self._head)
        sheet.freeze_panes(FIRST_ROW + 1, 1)
        groups = self._standing.groups(level)
        for row, group in enumerate(groups, start=FIRST_ROW + 1):
            self._line(sheet, row, _who(group, level), group.figures)
        self._line(
            sheet,
            FIRST_ROW + 1 + len(groups),
            [_("Together"), *[""] * (len(who) - 1)],
            self._standing.total,
        )

    def _line(self, sheet: Worksheet, row: int, who: Sequence[str], figures: Figures) -> None:
        for column, text in enumerate(who):
            sheet.write_string(row, column, text, self._text)
        for column, value in enumerate(_values(figures), start=len(who)):
            if value is not None:
                sheet.write_number(row, column, value, self._percent if isinstance(value, float) else self._number)


_WHO = {
    Level.SCHOOL: lambda: [_("School")],
    Level.TEACHER: lambda: [_("School"), _("Teacher")],
    Level.CHILD: lambda: [_("School"), _("Teacher"), _("Child"), _("Number")],
}


def _who(group: Group, level: Level) -> list[str]:
    child = group.example
    parts = [child.school or _("no school"), child.teacher or _("no teacher"), child.name, child.code]
    return parts[: len(_WHO[level]())]


def _heads() -> list[str]:
    return [
        _("Children"),
        _("Child-periods owed"),
        _("Periods met"),
        _("Made up"),
        _("Excused"),
        _("Short, cause known"),
        _("Nobody accounts for"),
        _("Not over yet"),
        _("Sessions counted"),
        _("Minutes"),
        _("Number of weeks met"),
        _("of weeks judged"),
        _("Weeks met, per cent"),
        _("Sessions given"),
        _("of sessions owed"),
        _("Rate of sessions, per cent"),
    ]


def _values(figures: Figures) -> list[int | float | None]:
    states = figures.states
    return [
        figures.children,
        figures.owed,
        states[State.MET],
        states[State.MADE_UP],
        states[State.EXCUSED],
        states[State.KNOWN_CAUSE],
        states[State.UNACCOUNTED],
        states[State.OPEN] + states[State.OPEN_GIVEN],
        figures.sessions,
        figures.minutes,
        *_share(figures.met),
        *_share(figures.given),
    ]


def _share(share: Share) -> list[int | float | None]:
    return [share.part, share.whole, share.percent] if share.whole else [None, None, None]
