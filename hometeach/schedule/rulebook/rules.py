"""Which delivery rules can stand in one book, one beside the other?

A rule that was in force is never rewritten: sessions were judged by it. Another
takes over from a day on, or it ends.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from hometeach.kernel.clock import Span
from hometeach.schedule.rules import DeliveryRule, Mode, RuleScope


class Misfit(StrEnum):
    """Why a rule cannot stand."""

    CODE_TAKEN = "code_taken"
    SAME_BEGINNING = "same_beginning"
    REVERSED = "reversed"
    ASKS_NOTHING = "asks_nothing"
    ASKED_TWICE = "asked_twice"
    COUNTS_NOTHING = "counts_nothing"
    CAP_WITHOUT_REMOTE = "cap_without_remote"
    FOR_NOBODY = "for_nobody"


def misfit_of(rule: DeliveryRule, others: Sequence[DeliveryRule], known: Sequence[str]) -> Misfit | None:
    """Why a rule cannot stand beside the others; None where it can.

    ``known`` are the codes of the schools and children for whom a rule may be.
    """
    asked = [(quota.period, quota.metric) for quota in rule.quotas]
    beginnings = {(other.scope, other.scope_key, other.span.first) for other in others}
    faults = (
        (Misfit.CODE_TAKEN, rule.code in {other.code for other in others}),
        (Misfit.FOR_NOBODY, rule.scope is not RuleScope.BUREAU and rule.scope_key not in known),
        (Misfit.SAME_BEGINNING, (rule.scope, rule.scope_key, rule.span.first) in beginnings),
        (Misfit.REVERSED, rule.span.last < rule.span.first),
        (Misfit.ASKS_NOTHING, not rule.quotas),
        (Misfit.ASKED_TWICE, len(set(asked)) < len(asked)),
        (Misfit.COUNTS_NOTHING, not rule.modes),
        (Misfit.CAP_WITHOUT_REMOTE, rule.remote_cap is not None and Mode.REMOTE not in rule.modes),
    )
    return next((fault for fault, applies in faults if applies), None)


def with_end(rules: Sequence[DeliveryRule], code: str, last: date | None) -> list[DeliveryRule]:
    """The book with the rule of this code ending on a day, or open again."""
    return [replace(rule, span=Span.of(rule.span.first, last)) if rule.code == code else rule for rule in rules]
