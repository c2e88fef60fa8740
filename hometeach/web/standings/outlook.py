"""How is told what the rule still asks of a child, and how its open periods will end?"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from hometeach.compliance.ahead import Ahead
from hometeach.compliance.rules.forecast import Outlook
from hometeach.web import words
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.terms import chosen_term
from hometeach.web.states import State


@dataclass(frozen=True)
class Told:
    """The outlook of one quota in words."""

    quota: str
    period: str
    state: State
    standing: str
    balance: str
    sentence: str


def outlook_of(child_id: int, ahead: Ahead) -> Sequence[Told]:
    """What the rule still asks of a child, the shortest period first."""
    names = PeriodNames(chosen_term(ahead.as_of).every)
    return [told(one, names) for one in ahead.outlooks(child_id)]


def told(one: Outlook, names: PeriodNames) -> Told:
    """An outlook in words."""
    state, standing = _standing(one)
    return Told(
        quota=words.quota_words(one.quota),
        period=names(one.quota.period, one.period),
        state=state,
        standing=standing,
        balance=_balance(one),
        sentence=outlook_sentence(one),
    )


def outlook_sentence(one: Outlook) -> str:
    """How the period will end: 按目前进度，到1月22日差 14 课时."""
    if one.due == 0:
        return _("Nothing more is owed.")
    if one.is_met:
        return _("All of it has been given.")
    if one.will_be_met:
        return _("If what is planned is held, it is met.")
    return _(
        "As things are planned, %(amount)s will be missing on %(day)s.",
        amount=words.amount_words(one.missing, one.quota.metric),
        day=words.day_words(one.period.last, weekday=False),
    )


def _standing(one: Outlook) -> tuple[State, str]:
    if one.due == 0:
        return State.EXCUSED, _("nothing more is owed")
    if one.is_met:
        return State.OPEN_GIVEN, _("met")
    if one.will_be_met:
        return State.OPEN, _("on course")
    return State.KNOWN_CAUSE, _("will fall short")


def _balance(one: Outlook) -> str:
    """已送 2，已排 3，应送 6."""
    return words.listed(
        (
            _("owed %(n)s", n=words.amount_words(one.required, one.quota.metric)),
            _("excused %(n)s", n=words.number(one.excused)) if one.excused else "",
            _("given %(n)s", n=words.number(one.given)),
            _("planned %(n)s", n=words.number(one.planned)) if one.planned else "",
        )
    )
