"""How is a change of the calendar told as days?"""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from hometeach.kernel.clock import Span
from hometeach.schedule.calendar.rules import Entry
from hometeach.schedule.rules import Calendar
from hometeach.web import words
from hometeach.web.calendar.months import KIND_WORDS
from hometeach.web.trials import Change


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


def entry_words(entry: Entry | None) -> str:
    """The name of an entry and its days; empty for none."""
    return "" if entry is None else words.listed((entry.name, words.span_words(entry.span)))


def _taught(calendar: Calendar, span: Span | None) -> str:
    days = calendar.teaching_days(span) if span else 0
    return ngettext("%(num)s day", "%(num)s days", days)
