"""How is a number said, with its unit and with what is uncertain about it?"""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.schedule.rules import Metric, PeriodKind, Quota

#: What stands where a figure is missing. Missing is never zero.
NOT_REPORTED = _l("Not reported")

EACH = {
    PeriodKind.WEEK: _l("each week"),
    PeriodKind.FORTNIGHT: _l("each fortnight"),
    PeriodKind.MONTH: _l("each month"),
    PeriodKind.TERM: _l("each term"),
    PeriodKind.SCHOOL_YEAR: _l("each school year"),
}
METRIC_WORDS = {
    Metric.SESSIONS: _l("sessions"),
    Metric.CLASS_HOURS: _l("class hours"),
    Metric.MINUTES: _l("minutes"),
}


def number(value: int | float | Decimal | None) -> str:
    """A number with its thousands apart: 1,102. A whole number has no decimals; nothing is said to be missing."""
    if value is None:
        return str(NOT_REPORTED)
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,}"


def percent_words(value: float | None) -> str:
    """A percentage to one decimal: 79.2%."""
    return str(NOT_REPORTED) if value is None else f"{value:.1f}%"


def amount_words(value: int, metric: Metric) -> str:
    """So many sessions, class hours or minutes: 1 次, 3 课时, 58 分钟."""
    return _AMOUNTS[metric](value)


def quota_words(quota: Quota) -> str:
    """What a quota asks: 每周 1 次."""
    return _("%(amount)s %(each)s", amount=amount_words(quota.minimum, quota.metric), each=str(EACH[quota.period]))


def qualified(value: str, qualifier: str) -> str:
    """A figure with what the source said of it: 约 230, 3,000 多."""
    if qualifier == "约":
        return _("about %(value)s", value=value)
    if qualifier == "多":
        return _("over %(value)s", value=value)
    return value


def listed(parts: Iterable[str]) -> str:
    """Parts of a sentence, one after the other; empty ones are left out."""
    said = [str(part) for part in parts if part]
    return reduce(lambda first, second: _("%(first)s, %(second)s", first=first, second=second), said) if said else ""


def enumerated(names: Iterable[str]) -> str:
    """Names of one kind side by side, empty ones left out: 入户、社区."""
    given = [str(name) for name in names if name]
    return (
        reduce(lambda first, second: _("%(first)s and %(second)s", first=first, second=second), given) if given else ""
    )


def _sessions(value: int) -> str:
    return ngettext("%(n)s session", "%(n)s sessions", value, n=number(value))


def _class_hours(value: int) -> str:
    return ngettext("%(n)s class hour", "%(n)s class hours", value, n=number(value))


def _minutes(value: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", value, n=number(value))


_AMOUNTS = {Metric.SESSIONS: _sessions, Metric.CLASS_HOURS: _class_hours, Metric.MINUTES: _minutes}
