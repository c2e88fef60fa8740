"""How is told what an access review says of an account? From the plain values of its content."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.kernel.clock import Span
from hometeach.people.access import Role
from hometeach.people.reviewing.rules import Concern, Outcome
from hometeach.web.base import ROLE_NAMES
from hometeach.web.words.amounts import listed
from hometeach.web.words.audit import looked_at_words, reveal_reason_words
from hometeach.web.words.days import day_words, evidence_words, moment_words, span_words

OUTCOMES = {
    Outcome.KEEP: _l("Leave everything as it is"),
    Outcome.END_ROLE: _l("End a role with a day"),
    Outcome.LOCK: _l("Lock the account now"),
}
_CONCERNS = {
    Concern.OPEN_END: _l("a role without an end"),
    Concern.UNUSED: _l("not used for a long time"),
    Concern.BOTH_SIDES: _l("both sides of an approval"),
}
_DECIDED = {Outcome.KEEP: _l("stays as it is"), Outcome.LOCK: _l("locked")}
Values = Mapping[str, Any]


def role_line(role: Values) -> str:
    """A role with its unit and days."""
    last = date.fromisoformat(role["to"]) if role["to"] else None
    days = span_words(Span.of(date.fromisoformat(role["from"]), last))
    return _("%(role)s · %(unit)s · %(days)s", role=ROLE_NAMES[Role(role["role"])], unit=role["unit"], days=days)


def concern_words(account: Values) -> list[str]:
    """What is to be looked at in an account, the pairs of roles by name."""
    said = [str(_CONCERNS[Concern(code)]) for code in account["concerns"]]
    pairs = [listed(str(ROLE_NAMES[Role(role)]) for role in pair) for pair in account["both_sides"]]
    return [*said, *pairs]


def decision_words(decision: Values) -> str:
    """What was decided, by whom, and why."""
    outcome = Outcome(decision["outcome"])
    if outcome is Outcome.END_ROLE:
        role, last = str(ROLE_NAMES[Role(decision["role"])]), day_words(date.fromisoformat(decision["last"]))
        what = _("%(role)s at %(unit)s ends with %(last)s", role=role, unit=decision["unit"], last=last)
    else:
        what = str(_DECIDED[outcome])
    said = _("%(what)s (%(name)s, %(moment)s)", what=what, name=decision["by"], moment=moment_of(decision["at"]))
    return _("%(said)s: %(reason)s", said=said, reason=decision["reason"]) if decision["reason"] else said


def reveal_words(row: Values) -> str:
    """A masked field that was seen: when, which, and why."""
    return _(
        "%(moment)s %(what)s: %(reason)s",
        moment=evidence_words(datetime.fromisoformat(row["at"])),
        what=looked_at_words(row["what"]),
        reason=reveal_reason_words(row["reason"]),
    )


def last_sign_in_words(account: Values) -> str:
    """When somebody last signed in."""
    return moment_of(account["last_sign_in"]) if account["last_sign_in"] else _("never")


def moment_of(text: str) -> str:
    """A moment that was written down as text."""
    return moment_words(datetime.fromisoformat(text))


def reasons_needed(accounts: Sequence[Values]) -> set[str]:
    """The public ids of the accounts that cannot be kept without a reason."""
    pointed = {Concern.UNUSED.value, Concern.BOTH_SIDES.value}
    return {one["id"] for one in accounts if pointed & set(one["concerns"])}
