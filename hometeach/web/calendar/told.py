"""How is a change of the calendar told: as days, as what is owed, child by child?"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.compliance.trial import Balances
from hometeach.kernel.clock import Span
from hometeach.schedule.calendar.rules import Entry
from hometeach.schedule.rules import Calendar, PeriodKind
from hometeach.web import words
from hometeach.web.calendar.months import KIND_WORDS

_OWED = {
    PeriodKind.WEEK: _l("owed by week"),
    PeriodKind.FORTNIGHT: _l("owed by fortnight"),
    PeriodKind.MONTH: _l("owed by month"),
    PeriodKind.TERM: _l("owed by term"),
    PeriodKind.SCHOOL_YEAR: _l("owed by school year"),
}
#: Of periods that are over.
_MISSING = {
    PeriodKind.WEEK: _l("nobody accounts for, by week"),
    PeriodKind.FORTNIGHT: _l("nobody accounts for, by fortnight"),
    PeriodKind.MONTH: _l("nobody accounts for, by month"),
    PeriodKind.TERM: _l("nobody accounts for, by term"),
    PeriodKind.SCHOOL_YEAR: _l("nobody accounts for, by school year"),
}


@dataclass(frozen=True)
class Change:
    """A row of a before-and-after table."""

    what: str
    field: str
    before: str
    after: str


def day_changes(old: Calendar, new: Calendar, before: Entry | None, after: Entry | None) -> Iterator[Change]:
    """The entry itself, and the teaching days of the school years that it touches."""
    entry = after or before
    if entry is None:
        return
    yield Change(entry.name, str(KIND_WORDS[entry.kind]), entry_words(before), entry_words(after))
    touched = [one.span for one in (before, after) if one]
    for name in dict.fromkeys((*old.school_years, *new.school_years)):
        spans = old.school_years.get(name), new.school_years.get(name)
        if any(span and span.meets(days) for span in spans for days in touched):
            counts = [_taught(calendar, span) for calendar, span in zip((old, new), spans, strict=True)]
            yield Change(name, _("Teaching days"), *counts)


def balance_changes(balances: Balances) -> Iterator[Change]:
    """What is owed and what nobody accounts for, period by period, where it comes out otherwise."""
    for (period, metric), both in balances.items():
        before, after = both.before, both.after
        for label, old, new in (
            (_OWED[period], before.required, after.required),
            (_MISSING[period], before.unaccounted, after.unaccounted),
        ):
            if old != new:
                amounts = words.amount_words(old, metric), words.amount_words(new, metric)
                yield Change(_("All children"), str(label), *amounts)


def entry_words(entry: Entry | None) -> str:
    """The name of an entry and its days; empty for none."""
    return "" if entry is None else words.listed((entry.name, words.span_words(entry.span)))


def _taught(calendar: Calendar, span: Span | None) -> str:
    days = calendar.teaching_days(span) if span else 0
    return ngettext("%(num)s day", "%(num)s days", days)
