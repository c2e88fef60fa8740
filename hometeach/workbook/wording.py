"""How is a fault told, so that whoever keeps the lists can mend it?

Two halves each: what is wrong, and what would be right.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.workbook.faults import Fault, FaultKind, Note, NoteKind, Place

_WRONG = {
    FaultKind.SHEET_MISSING: _l("the sheet is missing"),
    FaultKind.SHEET_EMPTY: _l("the sheet has headings and no rows"),
    FaultKind.HEADS_MISSING: _l("the first row holds none of the headings"),
    FaultKind.COLUMN_MISSING: _l("the column is missing"),
    FaultKind.COLUMN_TWICE: _l("the heading stands twice"),
    FaultKind.BLANK: _l("the cell is blank"),
    FaultKind.TOO_LONG: _l("the text has %(length)s characters"),
    FaultKind.BAD_CODE: _l("“%(shown)s” is no code"),
    FaultKind.DIGITS_LOST: _l("the cell holds a number, and its last digits are lost"),
    FaultKind.CODE_TWICE: _l("“%(shown)s” stands twice in the cell"),
    FaultKind.NOT_A_DATE: _l("“%(shown)s” is no date"),
    FaultKind.FAR_DATE: _l("the date %(shown)s cannot be meant"),
    FaultKind.NOT_A_TIME: _l("“%(shown)s” is no time of day"),
    FaultKind.NOT_WHOLE: _l("“%(shown)s” is no whole number"),
    FaultKind.NOT_A_NUMBER: _l("“%(shown)s” is no number"),
    FaultKind.TOO_PRECISE: _l("“%(shown)s” has more than four decimals"),
    FaultKind.OUT_OF_BOUNDS: _l("%(shown)s is out of range"),
    FaultKind.UNKNOWN_CHOICE: _l("“%(shown)s” is not one of the words for this column"),
    FaultKind.BAD_PHONE: _l("this is no mobile number"),
    FaultKind.ID_LENGTH: _l("the ID number has %(length)s characters, or one that is no digit"),
    FaultKind.ID_CHECK_DIGIT: _l("the ID number does not agree with its own check digit"),
    FaultKind.ID_PARTS: _l("the ID number holds a place or a birth date that does not exist"),
    FaultKind.KEY_TWICE: _l("the same %(heads)s stand in row %(row)s already"),
    FaultKind.UNKNOWN_REFERENCE: _l("“%(shown)s” is not in sheet “%(sheet)s”"),
    FaultKind.SPAN_REVERSED: _l("the end %(shown)s lies before the beginning %(first)s"),
    FaultKind.TIMES_REVERSED: _l("the end is not after the beginning"),
    FaultKind.ID_BIRTH_DATE: _l("the ID number holds another birth date than the row"),
    FaultKind.ID_SEX: _l("the ID number says another sex than the row"),
    FaultKind.ID_TWICE: _l("the ID number stands in row %(row)s already, for another child"),
    FaultKind.GUARDIAN_INCOMPLETE: _l("the guardian is named in part only"),
    FaultKind.RULE_DISAGREES: _l("the rows of one rule disagree here; row %(row)s says otherwise"),
    FaultKind.RULE_SAME_DAY: _l("rule %(other)s has the same scope and begins on the same day"),
    FaultKind.QUOTA_TWICE: _l("row %(row)s asks for the same already"),
    FaultKind.SCOPE_KEY_BLANK: _l("a rule for one school or child says not which"),
    FaultKind.SCOPE_KEY_SPARE: _l("the rule is for the whole county, and “%(shown)s” stands here"),
    FaultKind.TERM_NAME: _l("the name “%(shown)s” does not begin with the school year"),
    FaultKind.TERMS_OVERLAP: _l("the term shares days with the one in row %(row)s"),
    FaultKind.OFF_AND_ON: _l("a day is shifted to work here and a holiday in row %(row)s"),
    FaultKind.INDICATOR_UNKNOWN: _l("the dictionary has no indicator %(shown)s for that time"),
    FaultKind.INDICATOR_DERIVED: _l("%(shown)s is worked out from the ledger of home teaching"),
    FaultKind.UNIT_UNKNOWN: _l("“%(shown)s” is no unit"),
    FaultKind.FIGURE_NOT_WHOLE: _l("%(shown)s counts whole ones, and the value has decimals"),
    FaultKind.FIGURE_NEGATIVE: _l("%(shown)s is below zero"),
    FaultKind.RANGE_REVERSED: _l("the upper end is below the lower one"),
    FaultKind.NOT_ONE_DAY: _l("a figure of one day has two dates"),
    FaultKind.RULE_STANDS: _l("rule %(other)s stands already, with the same scope and the same first day"),
    FaultKind.ID_STANDS: _l("the ID number stands already, for child %(other)s"),
    FaultKind.TERM_STANDS: _l("the term shares days with “%(other)s”, which stands already"),
    FaultKind.OFF_AND_ON_STANDS: _l("“%(other)s”, which stands already, says the opposite of these days"),
}
_REMEDY = {
    FaultKind.SHEET_MISSING: _l("add it under this very name, with its headings in the first row"),
    FaultKind.SHEET_EMPTY: _l("write at least one row below the headings"),
    FaultKind.HEADS_MISSING: _l("write the headings into row 1, without a title above them"),
    FaultKind.COLUMN_MISSING: _l("add the column with this very heading"),
    FaultKind.COLUMN_TWICE: _l("delete one of the two columns"),
    FaultKind.BLANK: _l("fill it in; it is needed"),
    FaultKind.TOO_LONG: _l("at most %(longest)s characters"),
    FaultKind.BAD_CODE: _l("letters and digits, without spaces"),
    FaultKind.DIGITS_LOST: _l("format the column as text and type the number again"),
    FaultKind.CODE_TWICE: _l("name each one once"),
    FaultKind.NOT_A_DATE: _l("a day that exists, such as 2026-09-01"),
    FaultKind.FAR_DATE: _l("check the year; where there is no end yet, leave the cell blank"),
    FaultKind.NOT_A_TIME: _l("hours and minutes, such as 15:30"),
    FaultKind.NOT_WHOLE: _l("digits only, such as 60"),
    FaultKind.NOT_A_NUMBER: _l("a number only, without its unit"),
    FaultKind.TOO_PRECISE: _l("at most four decimals"),
    FaultKind.OUT_OF_BOUNDS: _l("from %(low)s to %(high)s"),
    FaultKind.UNKNOWN_CHOICE: _l("one of: %(allowed)s"),
    FaultKind.BAD_PHONE: _l("11 digits beginning with 1"),
    FaultKind.ID_LENGTH: _l("18 characters: digits, the last perhaps X"),
    FaultKind.ID_CHECK_DIGIT: _l("compare it with the card; a digit is wrong"),
    FaultKind.ID_PARTS: _l("compare the first 14 digits with the card"),
    FaultKind.KEY_TWICE: _l("keep one of the two rows, or correct it"),
    FaultKind.UNKNOWN_REFERENCE: _l("a %(head)s that is listed there, or add the row there"),
    FaultKind.SPAN_REVERSED: _l("correct one of the two dates"),
    FaultKind.TIMES_REVERSED: _l("correct one of the two times; a lesson does not cross midnight"),
    FaultKind.ID_BIRTH_DATE: _l("compare both with the card"),
    FaultKind.ID_SEX: _l("compare both with the card"),
    FaultKind.ID_TWICE: _l("compare both children's cards"),
    FaultKind.GUARDIAN_INCOMPLETE: _l("fill in both the name and the relation, or leave all of it blank"),
    FaultKind.RULE_DISAGREES: _l("the rows of one rule may differ only in 周期, 计量 and 最低数"),
    FaultKind.RULE_SAME_DAY: _l("let the older one end, and the newer one begin on another day"),
    FaultKind.QUOTA_TWICE: _l("delete one of the two rows"),
    FaultKind.SCOPE_KEY_BLANK: _l("write the code of the school or child"),
    FaultKind.SCOPE_KEY_SPARE: _l("leave it blank, or change the scope to 学校 or 学生"),
    FaultKind.TERM_NAME: _l("such as 2026-2027学年第一学期"),
    FaultKind.TERMS_OVERLAP: _l("let one end before the other begins"),
    FaultKind.OFF_AND_ON: _l("keep one of the two"),
    FaultKind.INDICATOR_UNKNOWN: _l("check the code and the dates"),
    FaultKind.INDICATOR_DERIVED: _l("delete the row; correct the records of home teaching instead"),
    FaultKind.UNIT_UNKNOWN: _l("全市, or the code or name of a listed school"),
    FaultKind.FIGURE_NOT_WHOLE: _l("a figure without decimals"),
    FaultKind.FIGURE_NEGATIVE: _l("check the sign"),
    FaultKind.RANGE_REVERSED: _l("exchange the two values"),
    FaultKind.NOT_ONE_DAY: _l("write the same date twice"),
    FaultKind.RULE_STANDS: _l("use the code of the rule that stands, or let this one begin on another day"),
    FaultKind.ID_STANDS: _l("use the code under which the child stands"),
    FaultKind.TERM_STANDS: _l("change the term that stands in the calendar first, or correct the dates"),
    FaultKind.OFF_AND_ON_STANDS: _l("change what stands in the calendar first, or delete the row"),
}
#: The lists as a page names them; ``stating.LISTS`` gives the order.
_LISTS = {
    "schools": _l("Schools"),
    "teachers": _l("Teachers"),
    "children": _l("Children"),
    "guardians": _l("Guardians"),
    "rules": _l("Delivery rules"),
    "calendar": _l("School calendar"),
    "agreements": _l("Agreements"),
    "suspensions": _l("Suspensions"),
    "slots": _l("Weekly hours"),
    "visits": _l("Visits"),
    "absences": _l("Absences"),
    "figures": _l("Figures of the eight areas"),
}
_NOTES = {
    NoteKind.SHEET_NOT_READ: _l("the sheet is not one of the lists and is not taken in"),
    NoteKind.COLUMN_NOT_READ: _l("the column is not asked for and is not taken in"),
    NoteKind.SHEET_ABSENT: _l("the sheet is not there; nothing of it changes"),
}


def wrong(fault: Fault) -> str:
    """What is wrong."""
    return str(_WRONG[fault.kind]) % fault.facts


def remedy(fault: Fault) -> str:
    """What would be right."""
    return str(_REMEDY[fault.kind]) % fault.facts


def where(place: Place) -> str:
    """The place in words: sheet, row, column with its letter."""
    facts = {"sheet": place.sheet, "row": place.row, "letter": place.letter, "head": place.head}
    if place.letter:
        return _("Sheet “%(sheet)s”, row %(row)s, column %(letter)s “%(head)s”", **facts)
    if place.head:
        return _("Sheet “%(sheet)s”, row %(row)s, column “%(head)s”", **facts)
    return _("Sheet “%(sheet)s”, row %(row)s", **facts) if place.row else _("Sheet “%(sheet)s”", **facts)


def line(fault: Fault) -> str:
    """The fault in one line."""
    return _(
        "%(where)s: %(wrong)s. What would be right: %(remedy)s.",
        where=where(fault.place),
        wrong=wrong(fault),
        remedy=remedy(fault),
    )


def note_line(note: Note) -> str:
    """The note in one line."""
    return _("%(where)s: %(what)s.", where=where(note.place), what=str(_NOTES[note.kind]))


def list_name(name: str) -> str:
    """A list as a page names it."""
    return str(_LISTS[name])


def summary(told: Mapping[str, Any], *, dry: bool) -> list[str]:
    """One list's changes as lines: the counts, then every conflict and what is missing.

    ``told`` is what ``telling.tell_list`` gives. The values of a conflict stay
    on the page: a terminal is no place for them.
    """
    facts = {"name": list_name(told["name"]), **told["counts"]}
    counts = (
        _("%(name)s: would create %(created)s, update %(updated)s; unchanged %(unchanged)s", **facts)
        if dry
        else _("%(name)s: created %(created)s, updated %(updated)s; unchanged %(unchanged)s", **facts)
    )
    conflicts = [
        _(
            "“%(sheet)s” row %(row)s, %(key)s, %(head)s: changed in the app as well; the app's value stays",
            sheet=told["sheet"],
            **{name: item[name] for name in ("row", "key", "head")},
        )
        for item in told["conflicts"]
    ]
    missing = [_("%(key)s is no longer in the workbook; it is kept", key=key) for key in told["missing"]]
    return [counts, *(f"  {detail}" for detail in [*conflicts, *missing])]
