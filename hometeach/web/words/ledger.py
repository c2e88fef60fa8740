"""How is a ledger row told to people: what was owed and why, how it stands, and why something is missing?

Everything here takes plain numbers, so that a row just computed and a row that
was stored are told in the same words.
"""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.schedule.rules import Metric, PartialPeriod, PeriodKind, Quota
from hometeach.web.words.amounts import amount_words, listed, number, quota_words

_ROW_VERDICTS = {
    RowVerdict.OPEN: _l("not over yet"),
    RowVerdict.EXEMPT: _l("nothing to give"),
    RowVerdict.MET: _l("met"),
    RowVerdict.SHORT: _l("short"),
}
_CAUSES = {
    Cause.MAKE_UP: _l("can still be made up"),
    Cause.INVALID: _l("somebody came, but it does not count"),
    Cause.CALENDAR: _l("fell on days without teaching, not moved"),
    Cause.NOTHING: _l("nobody accounts for it"),
}
#: What a week or a fortnight is divided by, however many of its days are taught.
_NOMINAL = {PeriodKind.WEEK: 5, PeriodKind.FORTNIGHT: 10}


def row_verdict_words(verdict: RowVerdict) -> str:
    """How a row stands: 达标, 欠送."""
    return str(_ROW_VERDICTS[verdict])


def cause_words(cause: Cause) -> str:
    """Why something is missing: 无人交代, 待补送, 来过但不计入, 逢假未补."""
    return str(_CAUSES[cause])


def cause_sentences(causes: Mapping[Cause, int], metric: Metric) -> list[str]:
    """Each cause with what it explains, in the order in which the causes are asked: 待补送 1 次."""
    return [
        _("%(cause)s: %(amount)s", cause=cause_words(cause), amount=amount_words(causes[cause], metric))
        for cause in Cause
        if causes.get(cause)
    ]


def owed_sentence(quota: Quota, partial: PartialPeriod, *, teaching: int, active: int, required: int) -> str:
    """Why so much is owed: 应送 1 次：5 个教学日中在册 3 天，1 × 3 ÷ 5 = 0.6，四舍五入为 1.

    Units: ``teaching`` and ``active`` in days; ``required`` in the quota's metric.
    """
    amount = amount_words(required, quota.metric)
    return _("%(amount)s owed: %(reason)s", amount=amount, reason=_reason(quota, partial, teaching, active, required))


def _reason(quota: Quota, partial: PartialPeriod, teaching: int, active: int, required: int) -> str:
    if teaching == 0:
        return _("no day of this period is taught")
    if active == 0:
        return _("the child was enrolled on no teaching day of this period")
    if partial is PartialPeriod.PRORATE:
        return _prorated(quota, teaching, active, required)
    if partial is PartialPeriod.FULL:
        return _("%(quota)s, in full as soon as one teaching day is enrolled", quota=quota_words(quota))
    if required:
        return _("%(quota)s, and the whole period was enrolled", quota=quota_words(quota))
    return listed((_days(teaching, active), _("not a whole period, of which this rule asks nothing")))


def _prorated(quota: Quota, teaching: int, active: int, required: int) -> str:
    nominal = _NOMINAL.get(quota.period, teaching)
    if active >= nominal:
        return listed((quota_words(quota), _days(teaching, active)))
    share = quota.minimum * active / nominal
    sum_ = f"{number(quota.minimum)} × {active} ÷ {nominal} = {_decimal(share)}"
    rounded = "" if share == required else _("rounded to %(amount)s", amount=number(required))
    divided = _("a whole one has %(days)s", days=nominal) if nominal != teaching else ""
    return listed((_days(teaching, active), divided, sum_, rounded))


def _days(teaching: int, active: int) -> str:
    return ngettext(
        "enrolled on %(active)s of %(num)s teaching day",
        "enrolled on %(active)s of %(num)s teaching days",
        teaching,
        active=active,
    )


def _decimal(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def balance_sentence(
    metric: Metric, *, required: int, delivered: int, made_up: int, excused: int, unaccounted: int, surplus: int
) -> str:
    """The row's sum: 应送 2 − 已送 1 − 补送 0 − 免计 0 = 还缺 1 次."""
    terms = [
        _("owed %(n)s", n=number(required)),
        _("given %(n)s", n=number(delivered)),
        _("made up %(n)s", n=number(made_up)),
        _("excused %(n)s", n=number(excused)),
    ]
    rest = _("nothing missing")
    if surplus:
        rest = _("%(amount)s beyond what was owed", amount=amount_words(surplus, metric))
    elif unaccounted:
        rest = _("%(amount)s missing", amount=amount_words(unaccounted, metric))
    return f"{' − '.join(terms)} = {rest}"


def spoken_row(
    period: str,
    standing: str,
    metric: Metric = Metric.SESSIONS,
    *,
    required: int,
    delivered: int,
    made_up: int = 0,
    excused: int = 0,
    causes: Mapping[Cause, int] | None = None,
) -> str:
    """A row for the ear: 第12周，应送 1，已送 1，达标. What is zero and not asked for is left out."""
    parts = [
        _("owed %(n)s", n=_short(required, metric)),
        _("given %(n)s", n=_short(delivered, metric)),
        _("made up %(n)s", n=_short(made_up, metric)) if made_up else "",
        _("excused %(n)s", n=_short(excused, metric)) if excused else "",
        *(
            _("%(cause)s %(n)s", cause=cause_words(cause), n=_short(amount, metric))
            for cause, amount in (causes or {}).items()
            if amount
        ),
        standing if not causes else "",
    ]
    return listed((period, *parts))


def _short(value: int, metric: Metric) -> str:
    """Sessions are counted without their unit: in a strip it goes without saying."""
    return number(value) if metric is Metric.SESSIONS else amount_words(value, metric)
