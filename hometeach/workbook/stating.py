"""What does a workbook state, thing by thing?

Pure. A row of 学生 tells of a child and of a guardian; several rows of 送教规则
tell of one rule. Each thing has a key by which it is known again in the next
workbook: the lists' own codes, or, where a sheet has none, what tells two rows
apart.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hometeach.workbook.comparing import Key, Plain, Stated, plain
from hometeach.workbook.layout import (
    ABSENCES,
    AGREEMENTS,
    CALENDAR,
    CHILDREN,
    FIGURES,
    QUOTA_FIELDS,
    RULES,
    SCHOOLS,
    SLOTS,
    SUSPENSIONS,
    TEACHERS,
    VISITS,
    SheetLayout,
)
from hometeach.workbook.reading import Reading, ReadSheet, Record
from hometeach.workbook.rules import WHOLE_COUNTY

#: Fields of the sheet 学生 that tell of the guardian, and what they are called there.
GUARDIAN_FIELDS = {"guardian_name": "name", "guardian_relation": "relation", "guardian_phone": "phone"}
#: How the bureau itself is named as the unit of a figure; no school's code.
BUREAU = "全市"


@dataclass(frozen=True, slots=True)
class BureauList:
    """A list of things: the sheet that states it, and how they are read off it."""

    name: str
    layout: SheetLayout
    state: Callable[[ReadSheet, Reading], Iterator[Stated]]
    #: Field of the sheet by field of the thing, where they differ.
    heads: tuple[tuple[str, str], ...] = ()

    def head_of(self, name: str) -> str:
        """The heading under which a field stands in the sheet."""
        in_sheet = dict(self.heads).get(name, name)
        return "、".join(self.layout.column(part).head for part in in_sheet.split())

    def unstated(self, sheet: ReadSheet) -> frozenset[str]:
        """The fields whose column this workbook lacks."""
        names = {column.name: column.name for column in self.layout.columns} | dict(self.heads)
        return frozenset(name for name, in_sheet in names.items() if not all(map(sheet.has, in_sheet.split())))


def _plainly(layout: SheetLayout, without: frozenset[str] = frozenset()) -> Callable[..., Iterator[Stated]]:
    """One thing for each row, but for some fields."""

    def state(sheet: ReadSheet, _reading: Reading) -> Iterator[Stated]:
        for record in sheet.records:
            values = {name: plain(value) for name, value in record.values.items() if name not in without}
            yield Stated(key_of(record, layout.key), record.row, values)

    return state


def key_of(record: Record, names: tuple[str, ...]) -> Key:
    """The texts by which the row is known again."""
    return tuple(str(plain(record[name])) for name in names)


def _guardians(sheet: ReadSheet, _reading: Reading) -> Iterator[Stated]:
    for record in sheet.records:
        if record["guardian_name"] is not None:
            values = {short: plain(record[name]) for name, short in GUARDIAN_FIELDS.items()}
            yield Stated(
                key_of(record, ("code", "guardian_name")), record.row, {"child": plain(record["code"]), **values}
            )


def _rules(sheet: ReadSheet, _reading: Reading) -> Iterator[Stated]:
    rules: dict[Key, Stated] = {}
    for record in sheet.records:
        values = {name: plain(value) for name, value in record.values.items() if name not in QUOTA_FIELDS}
        key = key_of(record, sheet.layout.key)
        rule = rules.setdefault(key, Stated(key, record.row, {**values, "quotas": []}))
        quotas: Plain = rule.values["quotas"]
        if isinstance(quotas, list):
            quotas.append([plain(record[name]) for name in QUOTA_FIELDS])
    yield from rules.values()


def _figures(sheet: ReadSheet, reading: Reading) -> Iterator[Stated]:
    codes = {record["name"]: str(record["code"]) for record in reading.sheets["schools"].records}
    for record in sheet.records:
        unit = BUREAU if record["unit"] in WHOLE_COUNTY else codes.get(record["unit"], str(record["unit"]))
        values = {name: plain(value) for name, value in record.values.items()} | {"unit": unit}
        yield Stated(tuple(str(values[name]) for name in sheet.layout.key), record.row, values)


#: Every list in the order in which it can be written: what others refer to comes first.
LISTS: tuple[BureauList, ...] = (
    BureauList("schools", SCHOOLS, _plainly(SCHOOLS)),
    BureauList("teachers", TEACHERS, _plainly(TEACHERS)),
    BureauList("children", CHILDREN, _plainly(CHILDREN, frozenset(GUARDIAN_FIELDS))),
    BureauList(
        "guardians",
        CHILDREN,
        _guardians,
        (("child", "code"), *((short, name) for name, short in GUARDIAN_FIELDS.items())),
    ),
    BureauList("rules", RULES, _rules, (("quotas", " ".join(QUOTA_FIELDS)),)),
    BureauList("calendar", CALENDAR, _plainly(CALENDAR)),
    BureauList("agreements", AGREEMENTS, _plainly(AGREEMENTS)),
    BureauList("suspensions", SUSPENSIONS, _plainly(SUSPENSIONS)),
    BureauList("slots", SLOTS, _plainly(SLOTS)),
    BureauList("visits", VISITS, _plainly(VISITS)),
    BureauList("absences", ABSENCES, _plainly(ABSENCES)),
    BureauList("figures", FIGURES, _figures),
)


def state_lists(reading: Reading) -> dict[str, list[Stated]]:
    """Everything that the workbook states, by list; a list whose sheet is not there is not there."""
    return {
        one.name: list(one.state(sheet, reading))
        for one in LISTS
        if (sheet := reading.sheets[one.layout.name]).is_there
    }
