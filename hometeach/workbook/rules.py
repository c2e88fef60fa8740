"""Do the rows of a workbook fit together?

Pure. Each check looks at what could be read, and yields every fault that it
finds; a value that is already faulty is passed over, so that one slip of the pen
is one message.

Source: the delivery rule's own conditions (two rules of one scope never begin on
one day; rows of one rule agree); GB 11643-1999 for ID numbers.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from stdnum.cn import ric

from hometeach.kernel.clock import Span
from hometeach.people.rules import Sex
from hometeach.programmes.rules import Fault as FigureFault
from hometeach.programmes.rules import Figure, FigurePeriod, Indicator, faults_of
from hometeach.schedule.rules import RuleScope
from hometeach.workbook.faults import Fault, FaultKind
from hometeach.workbook.layout import QUOTA_FIELDS, SHEETS, SheetLayout
from hometeach.workbook.reading import Reading, ReadSheet, Record

#: How a figure for the whole county is marked; else it is a school's code or name.
WHOLE_COUNTY = frozenset({"全市", "全县", "全区", "全州", "全旗"})
#: Fields that begin and end a stretch of days or hours, by list.
SPANS: dict[str, tuple[str, str]] = {
    "rules": ("effective_from", "effective_to"),
    "calendar": ("effective_from", "effective_to"),
    "agreements": ("effective_from", "effective_to"),
    "suspensions": ("effective_from", "effective_to"),
    "slots": ("effective_from", "effective_to"),
    "figures": ("first", "last"),
}
HOURS: dict[str, tuple[str, str]] = {
    "slots": ("start_minute", "end_minute"),
    "visits": ("arrived_second", "left_second"),
}
#: In which list the code of a rule's scope stands.
SCOPE_LISTS = {RuleScope.SCHOOL.value: "schools", RuleScope.CHILD.value: "children"}
SCHOOL_YEAR = re.compile(r"(\d{4})-(\d{4})学年")
#: Faults of figures that are said of another cell than the value's.
FIGURE_FAULTS: dict[FigureFault, tuple[str, FaultKind]] = {
    FigureFault.DERIVED: ("code", FaultKind.INDICATOR_DERIVED),
    FigureFault.NOT_WHOLE: ("low", FaultKind.FIGURE_NOT_WHOLE),
    FigureFault.NEGATIVE: ("low", FaultKind.FIGURE_NEGATIVE),
    FigureFault.RANGE_REVERSED: ("high", FaultKind.RANGE_REVERSED),
    FigureFault.NOT_ONE_DAY: ("last", FaultKind.NOT_ONE_DAY),
}


def check(reading: Reading, indicators: Iterable[Indicator]) -> list[Fault]:
    """Every fault that only several cells together show. ``indicators`` is the dictionary in use."""
    known = list(indicators)
    faults = [fault for one in _CHECKS for fault in one(reading)]
    return faults + list(_figures(reading, known))


def _keys(reading: Reading) -> Iterator[Fault]:
    """Two rows with one key."""
    for layout in SHEETS:
        if not layout.grouped:
            yield from _keys_of(reading.sheets[layout.name])


def _keys_of(sheet: ReadSheet) -> Iterator[Fault]:
    layout, firsts = sheet.layout, dict[tuple[object, ...], int]()
    heads = "、".join(layout.column(name).head for name in layout.key)
    for record in sheet.records:
        key = tuple(record[name] for name in layout.key)
        if None in key:
            continue
        first = firsts.setdefault(key, record.row)
        if first != record.row:
            yield sheet.fault(record, layout.key[0], FaultKind.KEY_TWICE, row=str(first), heads=heads)


def _references(reading: Reading) -> Iterator[Fault]:
    """Codes of schools, teachers and children that are in no list."""
    by_sheet = {layout.sheet: layout for layout in SHEETS}
    targets = {column.refers for layout in SHEETS for column in layout.columns if column.refers}
    for target in sorted(targets):
        yield from _references_to(by_sheet[target], reading)


def _references_to(layout: SheetLayout, reading: Reading) -> Iterator[Fault]:
    listed = reading.sheets[layout.name]
    if not (listed.is_there and listed.has(layout.key[0])):
        return
    known = {record[layout.key[0]] for record in listed.records}
    unknown = [(sheet, record, name, code) for sheet, record, name, code in _uses(layout, reading) if code not in known]
    excused = _taken_to_be_unread(listed, [code for *_, code in unknown])
    for sheet, record, name, code in unknown:
        if code not in excused:
            facts = {"shown": code, "sheet": layout.sheet, "head": layout.column(layout.key[0]).head}
            yield sheet.fault(record, name, FaultKind.UNKNOWN_REFERENCE, **facts)


def _uses(layout: SheetLayout, reading: Reading) -> Iterator[tuple[ReadSheet, Record, str, str]]:
    """Where the keys of a list are used: (sheet, record, field, code)."""
    for sheet in reading.sheets.values():
        for column in sheet.layout.columns:
            if column.refers == layout.sheet:
                for record in sheet.records:
                    value = record[column.name]
                    for code in value if isinstance(value, tuple) else (value,):
                        if code is not None:
                            yield sheet, record, column.name, str(code)
    rules = reading.sheets["rules"]
    for record in rules.records:
        if SCOPE_LISTS.get(str(record["scope"])) == layout.name and record["scope_key"]:
            yield rules, record, "scope_key", str(record["scope_key"])


def _taken_to_be_unread(listed: ReadSheet, unknown: Sequence[str]) -> set[str]:
    """The unknown codes that are taken for the rows whose own code is missing or another's: those most often used.

    The row is already faulty; to say the same of each of its uses would bury the rest.
    """
    codes = [record[listed.layout.key[0]] for record in listed.records]
    unread = len(codes) - len(set(codes) - {None})
    return {code for code, uses in Counter(unknown).most_common(unread) if uses > 1}


def _spans(reading: Reading) -> Iterator[Fault]:
    """Days that end before they begin."""
    for name, (first, last) in SPANS.items():
        sheet = reading.sheets[name]
        for record in sheet.records:
            begins, ends = record[first], record[last]
            if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
                facts = {"shown": ends.isoformat(), "first": begins.isoformat()}
                yield sheet.fault(record, last, FaultKind.SPAN_REVERSED, **facts)


def _hours(reading: Reading) -> Iterator[Fault]:
    """Lessons that end before they begin, or last no time."""
    for name, (first, last) in HOURS.items():
        sheet = reading.sheets[name]
        for record in sheet.records:
            begins, ends = record[first], record[last]
            if isinstance(begins, int) and isinstance(ends, int) and ends <= begins:
                yield sheet.fault(record, last, FaultKind.TIMES_REVERSED)


def _id_numbers(reading: Reading) -> Iterator[Fault]:
    """ID numbers that say another birth date or sex than their row, or that stand twice."""
    sheet, firsts = reading.sheets["children"], dict[str, Record]()
    for record in sheet.records:
        number = record["id_number"]
        if not isinstance(number, str):
            continue
        first = firsts.setdefault(number, record)
        if first["code"] != record["code"]:
            yield sheet.fault(record, "id_number", FaultKind.ID_TWICE, row=str(first.row))
        elif isinstance(record["born_on"], date) and record["born_on"] != ric.get_birth_date(number):
            yield sheet.fault(record, "id_number", FaultKind.ID_BIRTH_DATE)
        elif record["sex"] is not None and record["sex"] is not (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE):
            yield sheet.fault(record, "id_number", FaultKind.ID_SEX)


def _guardians(reading: Reading) -> Iterator[Fault]:
    """A guardian's phone or relation without a name, a name without the relation."""
    sheet = reading.sheets["children"]
    for record in sheet.records:
        if not {"guardian_name", "guardian_relation", "guardian_phone"} <= record.values.keys():
            continue
        named = record["guardian_name"] is not None
        if named and record["guardian_relation"] is None:
            yield sheet.fault(record, "guardian_relation", FaultKind.GUARDIAN_INCOMPLETE)
        if not named and (record["guardian_relation"] or record["guardian_phone"]):
            yield sheet.fault(record, "guardian_name", FaultKind.GUARDIAN_INCOMPLETE)


def _rules(reading: Reading) -> Iterator[Fault]:
    """Rows of one rule that disagree or repeat a quota; two rules of one scope that begin on one day."""
    sheet = reading.sheets["rules"]
    by_code: defaultdict[object, list[Record]] = defaultdict(list)
    begun: dict[tuple[object, ...], str] = {}
    for record in sheet.records:
        if record["code"] is not None:
            by_code[record["code"]].append(record)
    for code, records in by_code.items():
        yield from _disagreements(sheet, records)
        yield from _repeated_quotas(sheet, records)
        start = tuple(records[0][name] for name in ("scope", "scope_key", "effective_from"))
        if None not in start and begun.setdefault(start, str(code)) != code:
            yield sheet.fault(records[0], "effective_from", FaultKind.RULE_SAME_DAY, other=begun[start])


def _disagreements(sheet: ReadSheet, records: Sequence[Record]) -> Iterator[Fault]:
    for column in sheet.layout.columns:
        if column.name in QUOTA_FIELDS:
            continue
        readable = [record for record in records if column.name in record.values]
        usual = Counter(record[column.name] for record in readable).most_common(1)
        for record in readable:
            if record[column.name] != usual[0][0]:
                like = next(other for other in readable if other[column.name] == usual[0][0])
                yield sheet.fault(record, column.name, FaultKind.RULE_DISAGREES, row=str(like.row))


def _repeated_quotas(sheet: ReadSheet, records: Sequence[Record]) -> Iterator[Fault]:
    firsts: dict[tuple[object, ...], int] = {}
    for record in records:
        quota = tuple(record[name] for name in QUOTA_FIELDS)
        if None not in quota and firsts.setdefault(quota, record.row) != record.row:
            yield sheet.fault(record, "minimum", FaultKind.QUOTA_TWICE, row=str(firsts[quota]))


def _rule_scopes(reading: Reading) -> Iterator[Fault]:
    """A rule for one school or child without its code, or a rule for all with one."""
    sheet = reading.sheets["rules"]
    for record in sheet.records:
        if "scope" not in record.values or "scope_key" not in record.values:
            continue
        if record["scope"] is RuleScope.BUREAU and record["scope_key"]:
            yield sheet.fault(record, "scope_key", FaultKind.SCOPE_KEY_SPARE, shown=str(record["scope_key"]))
        if record["scope"] is not RuleScope.BUREAU and not record["scope_key"]:
            yield sheet.fault(record, "scope_key", FaultKind.SCOPE_KEY_BLANK)


def _term_names(reading: Reading) -> Iterator[Fault]:
    """A term whose name does not begin with its school year."""
    sheet = reading.sheets["calendar"]
    for record in sheet.records:
        if record["kind"] == "term" and "name" in record.values:
            found = SCHOOL_YEAR.match(str(record["name"]))
            if not found or int(found.group(2)) != int(found.group(1)) + 1:
                yield sheet.fault(record, "name", FaultKind.TERM_NAME, shown=str(record["name"]))


def _calendar_days(reading: Reading) -> Iterator[Fault]:
    """Terms that share days; days that are a holiday and a shifted working day at once."""
    sheet = reading.sheets["calendar"]
    spans: defaultdict[object, list[tuple[Span, Record]]] = defaultdict(list)
    for record in sheet.records:
        first, last = record["effective_from"], record["effective_to"]
        if isinstance(first, date) and isinstance(last, date) and first <= last:
            spans[record["kind"]].append((Span(first, last), record))
    terms = sorted(spans["term"], key=lambda item: (item[0], item[1].row))
    for (before, earlier), (after, later) in pairwise(terms):
        if before.meets(after):
            yield sheet.fault(later, "effective_from", FaultKind.TERMS_OVERLAP, row=str(earlier.row))
    for on, shifted in spans["shifted"]:
        for off, holiday in spans["holiday"]:
            if on.meets(off):
                yield sheet.fault(shifted, "effective_from", FaultKind.OFF_AND_ON, row=str(holiday.row))


def _figures(reading: Reading, indicators: Sequence[Indicator]) -> Iterator[Fault]:
    """Figures that no entry of the dictionary takes, or that cannot stand."""
    sheet, schools = reading.sheets["figures"], reading.sheets["schools"]
    units = {record[name] for record in schools.records for name in ("code", "name")} | WHOLE_COUNTY
    for record in sheet.records:
        if record["unit"] is not None and record["unit"] not in units and schools.is_there:
            yield sheet.fault(record, "unit", FaultKind.UNIT_UNKNOWN, shown=str(record["unit"]))
        figure = figure_of(record)
        if record["code"] is not None and figure is not None:
            for name, kind in _faults_of_figure(figure, indicators):
                yield sheet.fault(record, name, kind, shown=figure.code)


def _faults_of_figure(figure: Figure, indicators: Sequence[Indicator]) -> list[tuple[str, FaultKind]]:
    """(field, fault) of a figure by the dictionary's entry on the last day of its period."""
    entries = [one for one in indicators if one.code == figure.code and figure.period.last in one.span]
    if not entries:
        return [("code", FaultKind.INDICATOR_UNKNOWN)]
    return [FIGURE_FAULTS[fault] for fault in faults_of(entries[0], figure) if fault in FIGURE_FAULTS]


def figure_of(record: Record) -> Figure | None:
    """The figure that a row of the sheet means; None where its dates cannot be read."""
    first, last, low, high = record["first"], record["last"], record["low"], record["high"]
    if not (isinstance(first, date) and isinstance(last, date) and isinstance(record["period_kind"], FigurePeriod)):
        return None
    return Figure(
        code=str(record["code"]),
        unit=str(record["unit"]),
        period_kind=record["period_kind"],
        period=Span(first, last),
        low=low if isinstance(low, int) else None,
        high=high if isinstance(high, int) else None,
    )


_CHECKS: tuple[Callable[[Reading], Iterator[Fault]], ...] = (
    _keys,
    _references,
    _spans,
    _hours,
    _id_numbers,
    _guardians,
    _rules,
    _rule_scopes,
    _term_names,
    _calendar_days,
)
