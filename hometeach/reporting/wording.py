"""How are a figure, its period and its name said, in the report's language?

A report is set tight, as bureaus print it: 约52万元, 2242多人, 5%—10%.
"""

from collections.abc import Iterable
from datetime import date
from functools import reduce

from babel.dates import format_skeleton
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.compliance.rules import Cause
from hometeach.kernel.clock import Span
from hometeach.programmes import dictionary
from hometeach.programmes.rules import Figure, FigurePeriod, Indicator, Qualifier, Source, ValueType, unfixed
from hometeach.schedule.rules import Metric, PeriodKind

MISSING = _l("not reported")
SOURCES = {
    Source.DERIVED: _l("from the ledger"),
    Source.ENTERED: _l("reported"),
    Source.IMPORTED: _l("other system"),
    Source.COMPUTED: _l("worked out"),
}
CAUSES = {
    Cause.NOTHING: _l("nobody accounts for it"),
    Cause.CALENDAR: _l("fell on days without teaching, not moved"),
    Cause.INVALID: _l("somebody came, but it does not count"),
    Cause.MAKE_UP: _l("can still be made up"),
}
PERIOD_KINDS = {
    PeriodKind.WEEK: _l("each week"),
    PeriodKind.FORTNIGHT: _l("each fortnight"),
    PeriodKind.MONTH: _l("each month"),
    PeriodKind.TERM: _l("each term"),
    PeriodKind.SCHOOL_YEAR: _l("each school year"),
}
UNITS = {
    Metric.SESSIONS: _l("sessions"),
    Metric.CLASS_HOURS: _l("class hours"),
    Metric.MINUTES: _l("minutes"),
}
METRICS = {
    Metric.SESSIONS: _l("number of sessions"),
    Metric.CLASS_HOURS: _l("class hours"),
    Metric.MINUTES: _l("minutes"),
}


def is_chinese() -> bool:
    """Whether the report is written in Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def name_of(indicator: Indicator) -> str:
    """What the indicator is called."""
    return indicator.zh if is_chinese() else indicator.en


def note_of(indicator: Indicator) -> str:
    """How the indicator is defined; empty where its name says it."""
    return indicator.note_zh if is_chinese() else indicator.note_en


def unit_of(indicator: Indicator) -> str:
    """The indicator's unit."""
    return indicator.unit if is_chinese() else dictionary.units().get(indicator.unit, indicator.unit)


def amount_words(parts: int, indicator: Indicator) -> str:
    """An amount without its unit; a percentage with its decimals, anything else as it was given."""
    number = unfixed(parts)
    if indicator.value_type is ValueType.PERCENT:
        return f"{number:.{indicator.decimals}f}"
    return f"{number:f}"


def value_words(indicator: Indicator, figure: Figure | None) -> str:
    """A figure without its unit: 约52, 2242多, 5—10; empty where it is missing."""
    if figure is None or figure.low is None:
        return figure.text if figure else ""
    low = amount_words(figure.low, indicator)
    if figure.high is not None and figure.high != figure.low:
        return f"{low}—{amount_words(figure.high, indicator)}"
    return _QUALIFIED[figure.qualifier](low)


def figure_words(indicator: Indicator, figure: Figure | None) -> str:
    """A figure with its unit as it stands in a sentence: 约52万元, 2242多人, 5%—10%."""
    if figure is None or figure.low is None:
        return (figure.text if figure else "") or str(MISSING)
    unit = unit_of(indicator)
    if unit == "%":
        ends = [figure.low] if figure.high in (None, figure.low) else [figure.low, figure.high]
        said = "—".join(f"{amount_words(end, indicator)}%" for end in ends if end is not None)
        return _QUALIFIED[figure.qualifier](said)
    return _("%(number)s %(unit)s", number=value_words(indicator, figure), unit=unit)


def percent_words(value: float | None) -> str:
    """A percentage to one decimal; said to be missing where it is."""
    return str(MISSING) if value is None else f"{value:.1f}%"


def day_words(day: date) -> str:
    """A day with its year: 2026年11月23日."""
    return format_date(day, "long")


def month_words(day: date) -> str:
    """A month with its year: 2026年10月."""
    return format_skeleton("yMMMM", day, locale=get_locale())


def week_words(week: Span) -> str:
    """A week by its first and last day, without the year: 3月2日—3月8日."""
    first, last = (format_skeleton("MMMd", day, locale=get_locale()) for day in (week.first, week.last))
    return _("%(first)s to %(last)s", first=first, last=last)


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other, as the language sets them."""
    return ("" if is_chinese() else " ").join(parts)


def span_words(span: Span) -> str:
    """From one day to another."""
    return _("%(first)s to %(last)s", first=day_words(span.first), last=day_words(span.last))


def figure_period(kind: FigurePeriod, span: Span) -> str:
    """The time that a figure speaks of: 2026年, 截至2026年10月31日, 2021年1月—2026年10月."""
    if kind is FigurePeriod.YEAR:
        return _("year %(year)s", year=span.last.year)
    if kind is FigurePeriod.SCHOOL_YEAR:
        return _("school year %(first)s/%(last)s", first=span.first.year, last=span.last.year)
    if kind is FigurePeriod.AS_OF:
        return _("on %(day)s", day=day_words(span.last))
    if kind is FigurePeriod.EVENT and span.first == span.last:
        return day_words(span.last)
    if kind is FigurePeriod.MONTH:
        return month_words(span.first)
    if kind is FigurePeriod.RANGE:
        return _("%(first)s to %(last)s", first=month_words(span.first), last=month_words(span.last))
    return span_words(span)


def unit_words(quota: tuple[PeriodKind, Metric] | None) -> str:
    """In what a quota's amounts are told: 次, 课时, 分钟."""
    return str(UNITS[quota[1] if quota else Metric.SESSIONS])


def quota_name(kind: PeriodKind, metric: Metric) -> str:
    """A quota by its period and what it counts: 每周次数."""
    return _("%(period)s: %(metric)s", period=str(PERIOD_KINDS[kind]), metric=str(METRICS[metric]))


def listed(names: Iterable[str]) -> str:
    """Names one after the other."""
    given = list(names)
    return reduce(lambda one, other: _("%(one)s, %(other)s", one=one, other=other), given) if given else ""


def told_apart(parts: Iterable[str]) -> str:
    """Parts of a line that hold commas of their own."""
    given = list(parts)
    return reduce(lambda one, other: _("%(one)s; %(other)s", one=one, other=other), given) if given else ""


_QUALIFIED = {
    Qualifier.EXACT: lambda number: number,
    Qualifier.APPROX: lambda number: _("about %(number)s", number=number),
    Qualifier.MORE_THAN: lambda number: _("over %(number)s", number=number),
}
