"""Write delivery rules into the bureau's book.

What a rule does to the ledger is ``compliance``'s work: whoever calls these
verbs has it computed again in the same transaction.
"""

import hashlib
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.kernel import audit
from hometeach.kernel.clock import LAST_DAY
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit
from hometeach.schedule.models import QuotaRow, RuleRow, all_rules
from hometeach.schedule.rulebook.rules import Misfit, misfit_of
from hometeach.schedule.rules import DeliveryRule

#: (the form's field, what to say).
_WHY_NOT = {
    Misfit.CODE_TAKEN: ("code", _l("Another rule has this code already. Choose another one.")),
    Misfit.FOR_NOBODY: (
        "scope_key",
        _l("No school or child has this code. Check it in the lists."),
    ),
    Misfit.SAME_BEGINNING: (
        "first",
        _l("Another rule for the same begins on that day. Choose another day, or end that one."),
    ),
    Misfit.REVERSED: ("last", _l("The last day lies before the first. Exchange the two.")),
    Misfit.ASKS_NOTHING: ("quotas", _l("Say at least once how much is owed in which period.")),
    Misfit.ASKED_TWICE: ("quotas", _l("The same period and measure are asked twice. Keep one of them.")),
    Misfit.COUNTS_NOTHING: ("modes", _l("Choose at least one way of teaching that counts.")),
    Misfit.CAP_WITHOUT_REMOTE: (
        "remote_cap",
        _l("Remote sessions do not count under this rule: choose them above, or leave this empty."),
    ),
}


def write_rule(rule: DeliveryRule, *, by: str) -> RuleRow:
    """Write a rule into the book.

    Raises: Refused ``rule:…`` where it cannot stand beside the others.
    """
    refuse_misfit(rule)
    row = RuleRow(
        code=rule.code,
        title=rule.title,
        document_no=rule.document_no,
        issuer=rule.issuer,
        source_text=rule.source_text,
        scope=rule.scope,
        scope_key=rule.scope_key,
        effective_from=rule.span.first,
        effective_to=_stored(rule.span.last),
        min_minutes=rule.min_minutes,
        minutes_per_class_hour=rule.minutes_per_class_hour,
        min_teachers=rule.min_teachers,
        modes=",".join(sorted(rule.modes)),
        remote_cap=rule.remote_cap,
        max_per_day=rule.max_per_day,
        confirmation_required=rule.confirmation_required,
        make_up_days=rule.make_up_days,
        partial_period=rule.partial_period,
    )
    row.quotas = [
        QuotaRow(position=place, period=quota.period, metric=quota.metric, minimum=quota.minimum)
        for place, quota in enumerate(rule.quotas)
    ]
    db.session.add(row)
    db.session.flush()
    audit.record("rule:write", actor=by, about=f"rule:{row.public_id}", detail=_told(rule))
    return row


def end_rule(row: RuleRow, last: date | None, *, by: str) -> None:
    """Let a rule end on a day, or leave it open; its numbers stay what they were.

    Raises: Refused ``rule:reversed``.
    """
    refuse_reversed(row, last)
    detail = {"code": row.code, "before": row.effective_to, "after": last}
    row.effective_to = last
    db.session.flush()
    audit.record("rule:end", actor=by, about=f"rule:{row.public_id}", detail=detail)


def refuse_reversed(row: RuleRow, last: date | None) -> None:
    """Refuse an end that lies before the beginning.

    Raises: Refused ``rule:reversed``.
    """
    if last is not None and last < row.effective_from:
        field, why = _WHY_NOT[Misfit.REVERSED]
        raise Refused("rule:reversed", str(why), field=field)


def refuse_misfit(rule: DeliveryRule) -> None:
    """Refuse a rule that cannot stand in the book.

    Raises: Refused ``rule:…``, at the form's field.
    """
    known = [*db.session.scalars(select(OrgUnit.code)), *db.session.scalars(select(Child.code))]
    misfit = misfit_of(rule, all_rules(), known)
    if misfit is not None:
        field, why = _WHY_NOT[misfit]
        raise Refused(f"rule:{misfit.value}", str(why), field=field)


def refuse_moved(seen: str) -> None:
    """Refuse where the book is another by now than the one that somebody looked at.

    Raises: Refused ``rule:moved``.
    """
    audit.turn_first()
    if book_state() != seen:
        raise Refused(
            "rule:moved",
            _("Somebody changed the rules since you looked at them. Nothing is changed: look once more."),
        )


def book_state() -> str:
    """Names exactly the rules that stand now."""
    return hashlib.sha256(repr(all_rules()).encode()).hexdigest()


def _stored(last: date) -> date | None:
    return None if last == LAST_DAY else last


def _told(rule: DeliveryRule) -> dict[str, object]:
    quotas = [f"{quota.period}/{quota.metric}/{quota.minimum}" for quota in rule.quotas]
    return {"code": rule.code, "scope": rule.scope.value, "from": rule.span.first, "quotas": quotas}
