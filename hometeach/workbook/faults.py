"""What can be wrong in a workbook, and where? Facts only; the words are in ``wording``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What is wrong."""

    # the sheet as a whole
    SHEET_MISSING = "sheet_missing"
    SHEET_EMPTY = "sheet_empty"
    HEADS_MISSING = "heads_missing"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    # one cell
    BLANK = "blank"
    TOO_LONG = "too_long"
    BAD_CODE = "bad_code"
    DIGITS_LOST = "digits_lost"
    CODE_TWICE = "code_twice"
    NOT_A_DATE = "not_a_date"
    FAR_DATE = "far_date"
    NOT_A_TIME = "not_a_time"
    NOT_WHOLE = "not_whole"
    NOT_A_NUMBER = "not_a_number"
    TOO_PRECISE = "too_precise"
    OUT_OF_BOUNDS = "out_of_bounds"
    UNKNOWN_CHOICE = "unknown_choice"
    BAD_PHONE = "bad_phone"
    ID_LENGTH = "id_length"
    ID_CHECK_DIGIT = "id_check_digit"
    ID_PARTS = "id_parts"
    # several cells or rows
    KEY_TWICE = "key_twice"
    UNKNOWN_REFERENCE = "unknown_reference"
    SPAN_REVERSED = "span_reversed"
    TIMES_REVERSED = "times_reversed"
    ID_BIRTH_DATE = "id_birth_date"
    ID_SEX = "id_sex"
    ID_TWICE = "id_twice"
    GUARDIAN_INCOMPLETE = "guardian_incomplete"
    RULE_DISAGREES = "rule_disagrees"
    RULE_SAME_DAY = "rule_same_day"
    QUOTA_TWICE = "quota_twice"
    SCOPE_KEY_BLANK = "scope_key_blank"
    SCOPE_KEY_SPARE = "scope_key_spare"
    TERM_NAME = "term_name"
    TERMS_OVERLAP = "terms_overlap"
    OFF_AND_ON = "off_and_on"
    INDICATOR_UNKNOWN = "indicator_unknown"
    INDICATOR_DERIVED = "indicator_derived"
    UNIT_UNKNOWN = "unit_unknown"
    FIGURE_NOT_WHOLE = "figure_not_whole"
    FIGURE_NEGATIVE = "figure_negative"
    RANGE_REVERSED = "range_reversed"
    NOT_ONE_DAY = "not_one_day"
    # beside what stands already
    RULE_STANDS = "rule_stands"
    ID_STANDS = "id_stands"
    TERM_STANDS = "term_stands"
    OFF_AND_ON_STANDS = "off_and_on_stands"


class NoteKind(StrEnum):
    """What is worth saying, though nothing is refused for it."""

    SHEET_NOT_READ = "sheet_not_read"
    COLUMN_NOT_READ = "column_not_read"
    SHEET_ABSENT = "sheet_absent"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a value, wherever it stands. ``facts`` fill the words in."""

    kind: FaultKind
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where: the sheet, its row as the spreadsheet counts it, the heading and letter of the column."""

    sheet: str
    row: int | None = None
    head: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, at its place. A workbook with any is not applied."""

    place: Place
    kind: FaultKind
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing worth saying, at its place."""

    place: Place
    kind: NoteKind


def in_reading_order(faults: list[Fault], sheets: list[str]) -> list[Fault]:
    """The faults as somebody would come to them: by sheet, row and column; a place that is faulty twice, once."""
    order = {sheet: number for number, sheet in enumerate(sheets)}
    firsts: dict[tuple[str, int | None, str], Fault] = {}
    for fault in faults:
        firsts.setdefault((fault.place.sheet, fault.place.row, fault.place.head), fault)

    def by_place(fault: Fault) -> tuple[int, int, int, str]:
        place = fault.place
        return order.get(place.sheet, len(order)), place.row or 0, len(place.letter), place.letter

    return sorted(firsts.values(), key=by_place)
