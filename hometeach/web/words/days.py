"""How is a day, a span or a moment said?

11月23日 周一 and Mon 23 November: the year is left out where it is this one,
that is the year of ``clock.today()``.
"""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.kernel import clock
from hometeach.kernel.clock import LAST_DAY, Span
from hometeach.schedule.rules import PeriodKind

_MONTHS = (
    _l("January"),
    _l("February"),
    _l("March"),
    _l("April"),
    _l("May"),
    _l("June"),
    _l("July"),
    _l("August"),
    _l("September"),
    _l("October"),
    _l("November"),
    _l("December"),
)
_SHORT_MONTHS = (
    _l("Jan"),
    _l("Feb"),
    _l("Mar"),
    _l("Apr"),
    _l("May"),
    _l("Jun"),
    _l("Jul"),
    _l("Aug"),
    _l("Sep"),
    _l("Oct"),
    _l("Nov"),
    _l("Dec"),
)
_WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))


def month_name(day: date) -> str:
    """The month alone: 11月, November."""
    return str(_MONTHS[day.month - 1])


def short_month_name(day: date) -> str:
    """The month where there is little room: 11月, Nov."""
    return str(_SHORT_MONTHS[day.month - 1])


def weekday_name(day: date) -> str:
    """The day of the week alone: 周一, Mon."""
    return str(_WEEKDAYS[day.weekday()])


def day_words(day: date, *, weekday: bool = True) -> str:
    """A day: 11月23日 周一, with the year when it is not this one."""
    return _day_words(day, weekday, clock.today().year, get_locale())


@lru_cache(maxsize=4096)
def _day_words(day: date, weekday: bool, _this_year: int, _locale: Locale | None) -> str:
    """Kept, because lists say the same few days over and over, and each takes four messages."""
    plain = _plain_day(day)
    return _("%(weekday)s %(day)s", weekday=weekday_name(day), day=plain) if weekday else plain


def span_words(span: Span) -> str:
    """Days from the first to the last: 11月16–22日, 11月30日–12月6日, 9月1日起."""
    first, last = span.first, span.last
    if last == LAST_DAY:
        return _("from %(day)s", day=_plain_day(first))
    if first == last:
        return _plain_day(first)
    if (first.year, first.month) == (last.year, last.month):
        days = _("%(first)s–%(last)s %(month)s", first=first.day, last=last.day, month=month_name(first))
        return _with_year(days, first)
    if first.year == last.year:
        return _with_year(f"{_month_and_day(first)}–{_month_and_day(last)}", first)
    return f"{_dated(_month_and_day(first), first)}–{_dated(_month_and_day(last), last)}"


def week_words(number: int | None, span: Span) -> str:
    """A school week: 第12周（11月16–22日）. Without a number, its days alone."""
    days = span_words(span)
    return _("Week %(number)s (%(days)s)", number=number, days=days) if number else days


def period_words(kind: PeriodKind, span: Span, *, number: int | None = None, name: str = "") -> str:
    """A period of any kind. ``number`` is the school week's; ``name`` the term's or school year's."""
    if kind is PeriodKind.WEEK:
        return week_words(number, span)
    if kind is PeriodKind.FORTNIGHT:
        return _("Fortnight %(days)s", days=span_words(span))
    if kind is PeriodKind.MONTH:
        return _dated(month_name(span.first), span.first)
    return name or span_words(span)


def clock_words(seconds: int) -> str:
    """Seconds after midnight as a time: 14:05."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def hours_words(arrived: int, left: int) -> str:
    """From one time to another, in seconds after midnight: 14:05–15:03."""
    return f"{clock_words(arrived)}–{clock_words(left)}"


def moment_words(moment: datetime) -> str:
    """A moment on the clock in Shanghai: 11月23日 周一 14:05."""
    here = clock.local(moment)
    return _("%(day)s, %(time)s", day=day_words(here.date()), time=f"{here:%H:%M}")


def evidence_words(moment: datetime) -> str:
    """A moment as evidence, to the second and with its offset: 2026-11-23 14:05:12 +08:00."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M:%S} +08:00"


def _plain_day(day: date) -> str:
    return _with_year(_month_and_day(day), day)


def _month_and_day(day: date) -> str:
    return _("%(day)s %(month)s", day=day.day, month=month_name(day))


def _with_year(days: str, day: date) -> str:
    return days if day.year == clock.today().year else _dated(days, day)


def _dated(days: str, day: date) -> str:
    return _("%(days)s %(year)s", days=days, year=day.year)
