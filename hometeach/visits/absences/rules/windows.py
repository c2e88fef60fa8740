"""On which days can a missed lesson be made up?"""

from datetime import date, timedelta

from hometeach.kernel.clock import Span, days_of
from hometeach.schedule.rules import MAKE_UP_DAYS_BEFORE, Calendar, RuleBook, make_up_window


def days_for_make_up(missed_on: date, *, book: RuleBook, calendar: Calendar, since: date = date.min) -> list[date]:
    """The days from ``since`` on, on which a make-up would be credited to the missed date, in order.

    A day qualifies in the missed date's own term, from 7 days before it, for
    as long as the rule in force *on that day* allows.

    Source: the delivery rule's ``make_up_days``, of the make-up's own date.
    """
    term = calendar.term_of(missed_on)
    if term is None:
        return []
    first = max(since, term.span.first, missed_on - timedelta(days=MAKE_UP_DAYS_BEFORE))
    last = min(term.span.last, missed_on + timedelta(days=book.longest_make_up_days))
    return [day for day in days_of(Span(first, last)) if _is_within(day, missed_on, book)]


def _is_within(day: date, missed_on: date, book: RuleBook) -> bool:
    rule = book.on(day)
    return rule is not None and day in make_up_window(missed_on, rule)
