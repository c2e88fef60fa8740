"""Which rules can stand in one book?"""

from dataclasses import replace
from datetime import date

import pytest

from hometeach.kernel.clock import Span
from hometeach.schedule.rulebook.rules import Misfit, misfit_of, with_end
from hometeach.schedule.rules import DeliveryRule, Metric, Mode, PeriodKind, Quota, RuleScope

WEEKLY = Quota(PeriodKind.WEEK, Metric.SESSIONS, 1)
OLD = DeliveryRule("OLD", Span.of(date(2026, 2, 1), None), min_minutes=60, quotas=(WEEKLY,))
NEW = replace(OLD, code="NEW", span=Span.of(date(2026, 12, 1), None))
FOR_A_CHILD = replace(NEW, scope=RuleScope.CHILD, scope_key="C1")


@pytest.mark.parametrize(
    ("rule", "misfit"),
    [
        pytest.param(NEW, None, id="another from another day on"),
        pytest.param(replace(NEW, code="OLD"), Misfit.CODE_TAKEN, id="the code of another"),
        pytest.param(replace(NEW, span=OLD.span), Misfit.SAME_BEGINNING, id="two of one scope from one day"),
        pytest.param(replace(FOR_A_CHILD, span=OLD.span), None, id="two of different scope from one day"),
        pytest.param(replace(FOR_A_CHILD, scope_key="C9"), Misfit.FOR_NOBODY, id="for a child that is not there"),
        pytest.param(replace(FOR_A_CHILD, scope_key=""), Misfit.FOR_NOBODY, id="for a child not named"),
        pytest.param(
            replace(NEW, span=Span(date(2026, 12, 2), date(2026, 12, 1))), Misfit.REVERSED, id="ends before it begins"
        ),
        pytest.param(replace(NEW, span=Span(date(2026, 12, 1), date(2026, 12, 1))), None, id="one day long"),
        pytest.param(replace(NEW, quotas=()), Misfit.ASKS_NOTHING, id="asks nothing"),
        pytest.param(
            replace(NEW, quotas=(WEEKLY, replace(WEEKLY, minimum=2))), Misfit.ASKED_TWICE, id="asks one thing twice"
        ),
        pytest.param(
            replace(NEW, quotas=(WEEKLY, replace(WEEKLY, metric=Metric.MINUTES))), None, id="asks two things of a week"
        ),
        pytest.param(replace(NEW, modes=frozenset()), Misfit.COUNTS_NOTHING, id="counts nothing"),
        pytest.param(replace(NEW, remote_cap=3), Misfit.CAP_WITHOUT_REMOTE, id="caps what does not count"),
        pytest.param(replace(NEW, remote_cap=3, modes=frozenset(Mode)), None, id="caps what counts"),
    ],
)
def test_what_can_stand_beside_the_rule_in_force(rule, misfit):
    assert misfit_of(rule, [OLD], ["C1"]) is misfit


def test_an_end_changes_no_number():
    ended = with_end([OLD, NEW], "OLD", date(2026, 11, 30))
    assert ended == [replace(OLD, span=Span(date(2026, 2, 1), date(2026, 11, 30))), NEW]
