"""The report of a year as a spreadsheet: the totals, each area, the account of home teaching, the definitions.

Every text is written as text, whatever it begins with: nothing that a list
brought in can become a formula. Numbers are numbers; a missing one is an empty
cell with a word beside it, never 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from hometeach.compliance.rules import Cause
from hometeach.programmes.rules import Indicator, Qualifier, ValueType, unfixed
from hometeach.reporting import wording
from hometeach.reporting.report import AreaPart, FigureLine, YearReport
from hometeach.reporting.rollups import Balance

#: A cell that begins with one of these would be run as a formula by somebody who retypes it; it is marked as text.
DANGEROUS = tuple("=+-@\t\r＝＋－＠")
#: Excel's own limit for the name of a sheet.
LONGEST_SHEET_NAME = 31


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its head and its width in characters."""

    head: str
    width: int


def report_xlsx(report: YearReport, *, mark: str = "") -> bytes:
    """The report as the bytes of an xlsx file, without personal data."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _title(report), "author": report.bureau})
    pages = _Pages(book, report, mark)
    pages.totals()
    for area in report.areas:
        pages.area(area)
    pages.account()
    pages.schools()
    pages.weeks()
    pages.definitions()
    pages.checks()
    book.close()
    return out.getvalue()


class _Pages:
    """Writes the sheets of one report."""

    def __init__(self, book: Workbook, report: YearReport, mark: str):
        self._book, self._report, self._mark = book, report, mark
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self._text = book.add_format(base | {"text_wrap": True, "num_format": "@"})
        self._guarded = book.add_format(base | {"text_wrap": True, "num_format": "@", "quote_prefix": True})
        self._head = book.add_format(base | {"bold": True, "bottom": 1, "text_wrap": True})
        self._title = book.add_format(base | {"bold": True, "font_size": 14})
        self._numbers: dict[str, Any] = {}
        self._base = base

    def totals(self) -> None:
        """Every figure of every area in one list."""
        columns = [Column(_("Area"), 18), *self._figure_columns()]
        sheet = self._sheet(_("Totals"), columns)
        rows = [(area, line) for area in self._report.areas for line in area.lines]
        for row, (area, line) in enumerate(rows, start=4):
            self._write(sheet, row, 0, area.name)
            self._figure(sheet, row, 1, line)

    def area(self, area: AreaPart) -> None:
        """The figures of one area with their definitions."""
        columns = [*self._figure_columns(), Column(_("Definition"), 60)]
        sheet = self._sheet(f"{area.number} {area.name}", columns)
        for row, line in enumerate(area.lines, start=4):
            self._figure(sheet, row, 0, line)
            self._write(sheet, row, len(columns) - 1, wording.note_of(line.indicator))

    def account(self) -> None:
        """The year's account of home teaching, quota by quota."""
        columns = [Column(_("Quota"), 16), *self._balance_columns(), Column(_("Still open"), 10)]
        sheet = self._sheet(_("Year's account"), columns)
        for row, quota in enumerate(self._report.home.quotas, start=4):
            self._write(sheet, row, 0, quota.name)
            self._balance(sheet, row, 1, quota.balance)
            self._write(sheet, row, len(columns) - 1, quota.open_rows)

    def schools(self) -> None:
        """The account by school; a count of children that could point at one is left out."""
        columns = [
            Column(_("School"), 24),
            Column(_("Number of children"), 10),
            Column(_("Sessions counted"), 10),
            Column(_("Class hours"), 10),
            Column(_("Make-ups"), 10),
            Column(_("Teachers"), 10),
            *self._balance_columns(),
        ]
        sheet = self._sheet(_("By school"), columns)
        few = _("under %(number)s", number=self._report.small_below)
        for row, school in enumerate(self._report.home.schools, start=4):
            sums = school.taught
            children = few if school.children is None else school.children
            lead = (school.name, children, sums.counted, sums.class_hours, sums.make_ups, sums.teachers)
            for column, value in enumerate(lead):
                self._write(sheet, row, column, value)
            self._balance(sheet, row, len(lead), school.balance)

    def weeks(self) -> None:
        """The account by week."""
        columns = [Column(_("Week from"), 12), Column(_("to"), 12), *self._balance_columns()]
        sheet = self._sheet(_("By week"), columns)
        home = self._report.home
        over = [(week, one) for week, one in zip(home.weeks, home.by_week, strict=True) if one is not None]
        for row, (week, one) in enumerate(over, start=4):
            self._write(sheet, row, 0, week.first.isoformat())
            self._write(sheet, row, 1, week.last.isoformat())
            self._balance(sheet, row, 2, one)

    def definitions(self) -> None:
        """What each figure means, and where it comes from."""
        columns = [
            Column(_("Code"), 9),
            Column(_("Indicator"), 34),
            Column(_("Unit"), 10),
            Column(_("Source"), 14),
            Column(_("Definition"), 90),
        ]
        sheet = self._sheet(_("Definitions"), columns)
        for row, line in enumerate(self._report.lines.values(), start=4):
            one = line.indicator
            cells = (one.code, wording.name_of(one), wording.unit_of(one), str(wording.SOURCES[one.source]))
            for column, value in enumerate((*cells, wording.note_of(one))):
                self._write(sheet, row, column, value)

    def checks(self) -> None:
        """What the figures rest on, so that they can be checked."""
        report = self._report
        sheet = self._sheet(_("Checks"), [Column(_("Figure checked"), 30), Column(_("Value"), 70)])
        rows: tuple[tuple[str, str | int], ...] = (
            (_("Rows behind this report"), report.row_count),
            (_("Digest of those rows"), report.digest),
            (_("Audit log, rows"), report.audit_length),
            (_("Audit log, head"), report.audit_head),
        )
        for row, cells in enumerate(rows, start=4):
            for column, value in enumerate(cells):
                self._write(sheet, row, column, value)

    def _sheet(self, name: str, columns: Sequence[Column]) -> Worksheet:
        """A sheet with its title, its date, frozen heads, and the width of each column."""
        sheet = self._book.add_worksheet(name[:LONGEST_SHEET_NAME])
        sheet.write_string(0, 0, f"{_title(self._report)} · {name}", self._title)
        dated = _("As of %(day)s", day=wording.day_words(self._report.as_of))
        sheet.write_string(1, 0, " · ".join(part for part in (self._report.bureau, dated, self._mark) if part))
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(3, number, column.head, self._head)
        sheet.freeze_panes(4, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
        return sheet

    def _figure_columns(self) -> list[Column]:
        heads = ((_("Code"), 9), (_("Indicator"), 34), (_("Value"), 14), (_("Upper end"), 10), (_("Qualifier"), 10))
        more = ((_("Unit"), 10), (_("Time"), 30), (_("Source"), 18), (_("Missing"), 10))
        return [Column(head, width) for head, width in (*heads, *more)]

    def _figure(self, sheet: Worksheet, row: int, column: int, line: FigureLine) -> None:
        indicator, figure = line.indicator, line.figure
        low, high = (None, None) if figure is None else (figure.low, figure.high)
        cells: tuple[str | int | None, ...] = (indicator.code, wording.name_of(indicator))
        for place, value in enumerate(cells):
            self._write(sheet, row, column + place, value)
        self._amount(sheet, row, column + 2, low, indicator)
        self._amount(sheet, row, column + 3, high, indicator)
        qualifier = "" if figure is None else _qualifier(figure.qualifier)
        missing = str(wording.MISSING) if line.is_missing else ""
        tail = (qualifier, wording.unit_of(indicator), line.period, line.source, missing)
        for place, value in enumerate(tail, start=4):
            self._write(sheet, row, column + place, value)

    def _balance_columns(self) -> list[Column]:
        heads = [_("Owed"), _("Given"), _("Made up"), _("Excused"), _("Short")]
        heads += [str(words) for words in wording.CAUSES.values()]
        return [Column(head, 10) for head in (*heads, _("Surplus"), _("Rate"))]

    def _balance(self, sheet: Worksheet, row: int, column: int, one: Balance) -> None:
        numbers = [one.required, one.delivered, one.made_up, one.excused, one.unaccounted]
        numbers += [one.cause(cause) for cause in wording.CAUSES]
        for place, value in enumerate([*numbers, one.surplus]):
            self._write(sheet, row, column + place, value if one.rows else None)
        if one.rate is None:
            self._write(sheet, row, column + len(Cause) + 6, str(wording.MISSING))
        else:
            sheet.write_number(row, column + len(Cause) + 6, one.rate, self._number('0.0"%"'))

    def _amount(self, sheet: Worksheet, row: int, column: int, parts: int | None, indicator: Indicator) -> None:
        if parts is None:
            return
        number = unfixed(parts)
        decimals = max(-int(number.as_tuple().exponent), 0)
        if indicator.value_type is ValueType.PERCENT:
            decimals = max(decimals, indicator.decimals)
        sheet.write_number(row, column, float(number), self._number("0" + ("." + "0" * decimals if decimals else "")))

    def _number(self, pattern: str) -> Any:
        if pattern not in self._numbers:
            self._numbers[pattern] = self._book.add_format(self._base | {"num_format": pattern})
        return self._numbers[pattern]

    def _write(self, sheet: Worksheet, row: int, column: int, value: str | int | None) -> None:
        if isinstance(value, int):
            sheet.write_number(row, column, value, self._number("0"))
        elif value:
            sheet.write_string(row, column, value, self._guarded if value.startswith(DANGEROUS) else self._text)


def _title(report: YearReport) -> str:
    return _("Report of %(year)s on education relief and home teaching", year=report.year)


def _qualifier(qualifier: Qualifier) -> str:
    words: Iterable[tuple[Qualifier, str]] = ((Qualifier.APPROX, _("about")), (Qualifier.MORE_THAN, _("over")))
    return dict(words).get(qualifier, "")
