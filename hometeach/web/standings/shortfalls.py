"""What is missing, why, who must act, and until when can it still be put right?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hometeach.compliance.models import LedgerEntry
from hometeach.compliance.rules import Cause
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.schedule.models import SlotRow
from hometeach.schedule.rules import DeliveryRule, Slot, Term, make_up_window
from hometeach.web import words
from hometeach.web.standings.ledger import Row, ledger_rows
from hometeach.web.standings.listed import Listed


@dataclass(frozen=True)
class Shortfall:
    """A row of which something is missing. ``until`` is the last day on which a make-up can still be held."""

    child: Listed
    row: Row
    causes: Mapping[Cause, int]
    until: date | None

    @property
    def worst(self) -> Cause:
        """The cause that asks for most: nothing at all, where a part of it has none."""
        return max(self.causes, key=tuple(Cause).index)

    @property
    def is_nothing(self) -> bool:
        """Whether nobody accounts for a part of it."""
        return Cause.NOTHING in self.causes

    @property
    def advice(self) -> str:
        """What to do next."""
        return advice(self.worst, self.until)


@dataclass(frozen=True)
class Desk:
    """All that is on one person's desk: a teacher of a school, or nobody yet."""

    school: str
    teacher: str
    teacher_key: str
    shortfalls: Sequence[Shortfall]


def short_rows(as_of: date, *conditions: ColumnElement[bool]) -> list[Row]:
    """Rows of periods that are over and of which something is missing."""
    return ledger_rows(LedgerEntry.period_end < as_of, LedgerEntry.unaccounted > 0, *conditions)


def shortfalls_of(
    rows: Iterable[Row],
    children: Mapping[int, Listed],
    *,
    slots: Mapping[int, Sequence[Slot]],
    rules: Mapping[str, DeliveryRule],
    terms: Sequence[Term],
    as_of: date,
) -> list[Shortfall]:
    """These rows as shortfalls: by who must act, then by child, the latest period first."""
    found = [
        Shortfall(
            children[row.child_id],
            row,
            row.causes(as_of),
            last_day(row, slots.get(row.child_id, ()), rules.get(row.rule_code), terms, as_of),
        )
        for row in rows
        if row.child_id in children
    ]
    return sorted(
        found,
        key=lambda one: (*one.child.who_acts, one.child.code, -one.row.first.toordinal(), one.row.quota_no),
    )


def last_day(
    row: Row, slots: Sequence[Slot], rule: DeliveryRule | None, terms: Sequence[Term], as_of: date
) -> date | None:
    """The last day on which something missing of the row can still be made up, None where it is past.

    For an absence that asks for a make-up its own last day; else counted from
    the last day of the period on which the child had a slot, or from its end.
    """
    asked = [one.until for one in row.pending if one.until >= as_of]
    if asked:
        return min(asked)
    if rule is None:
        return None
    slot_days = [day for slot in slots for day in slot.days(row.period)]
    missed_on = max(slot_days, default=row.last)
    term = next((term for term in terms if missed_on in term.span), None)
    if term is None:
        return None
    until = min(make_up_window(missed_on, rule).last, term.span.last)
    return until if until >= as_of else None


def slots_of(*conditions: ColumnElement[bool]) -> dict[int, list[Slot]]:
    """The weekly slots of the children of whom the conditions hold."""
    found: defaultdict[int, list[Slot]] = defaultdict(list)
    statement = (
        select(
            SlotRow.child_id,
            SlotRow.weekday,
            SlotRow.start_minute,
            SlotRow.end_minute,
            SlotRow.effective_from,
            SlotRow.effective_to,
        )
        .join(Child, Child.id == SlotRow.child_id)
        .where(*conditions)
        .order_by(SlotRow.child_id, SlotRow.weekday, SlotRow.start_minute, SlotRow.id)
    )
    for child, weekday, start, end, first, last in db.session.execute(statement):
        found[child].append(Slot(weekday, start, end, Span.of(first, last)))
    return found


def desks(shortfalls: Iterable[Shortfall]) -> list[Desk]:
    """Sorted shortfalls, apart by who must act."""
    return [
        Desk(
            school=some[0].child.school or _("no school serves these children"),
            teacher=some[0].child.teacher or _("no teacher answers for these children"),
            teacher_key=some[0].child.teacher_key or "",
            shortfalls=some,
        )
        for _who, found in groupby(shortfalls, key=lambda one: one.child.who_acts)
        for some in [list(found)]
    ]


def advice(cause: Cause, until: date | None) -> str:
    """What to do next about something that is missing, and by when."""
    if until is None:
        return _LATE[cause]()
    return _IN_TIME[cause](words.day_words(until))


_IN_TIME = {
    Cause.MAKE_UP: lambda day: _("Make it up by %(day)s", day=day),
    Cause.INVALID: lambda day: _("See why it does not count; make it up by %(day)s", day=day),
    Cause.CALENDAR: lambda day: _("Find another day by %(day)s", day=day),
    Cause.NOTHING: lambda day: _("Record what was taught, or make it up by %(day)s", day=day),
}
_LATE = {
    Cause.MAKE_UP: lambda: _("The time for a make-up is over; keep the reason on file"),
    Cause.INVALID: lambda: _("See why it does not count; the time for a make-up is over"),
    Cause.CALENDAR: lambda: _("The time for another day is over; keep the reason on file"),
    Cause.NOTHING: lambda: _("Record what was taught, or say why not; the time for a make-up is over"),
}
