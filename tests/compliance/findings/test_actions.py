"""Findings out of a real database; explanations by the right and the wrong persons."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.findings import actions
from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.models import (
    FindingExplanation,
    Position,
    explanations_of,
    positions_of,
    standings_of,
)
from hometeach.compliance.findings.rules import Finding, Kind, Standing
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.visits.models import Visit
from hometeach.visits.rules import Confirmation
from tests import factories

TODAY = date(2026, 11, 23)


@pytest.fixture
def child(app, cast) -> Child:
    return db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()


def of(child: Child, kind: Kind) -> list[Finding]:
    return [one for one in findings_on(TODAY) if one.child_id == child.id and one.kind is kind]


def standing(finding: Finding) -> Standing:
    return standings_of([finding])[finding.key]


def test_two_runs_over_the_same_database_give_the_same_findings(child: Child) -> None:
    first, second = findings_on(TODAY), findings_on(TODAY)
    assert [(one.key, one.digest, one.due_on) for one in first] == [(one.key, one.digest, one.due_on) for one in second]
    assert {Kind.SHORT, Kind.UNACCOUNTED, Kind.NOT_TAUGHT, Kind.MISSING_ITEM, Kind.RECORD_CHECK} <= {
        one.kind for one in first
    }


def test_a_record_that_is_put_right_clears_its_finding_by_itself(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    visit = db.session.scalars(sa.select(Visit).where(Visit.public_id == finding.visits[0])).one()
    visit.left_second = visit.arrived_second + 60 * 60
    db.session.flush()
    rebuild_ledger({child.id})
    assert of(child, Kind.SHORT) == []


def test_a_week_that_is_made_good_clears_its_finding(child: Child) -> None:
    before = of(child, Kind.UNACCOUNTED)
    lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
    factories.make_visit(child, lin, on=date(2026, 11, 17))
    rebuild_ledger({child.id})
    after = of(child, Kind.UNACCOUNTED)
    assert {one.key for one in before} - {one.key for one in after} == {before[-1].key}
    assert of(child, Kind.NOT_TAUGHT) == []


def test_equal_words_in_imported_records_are_found_unless_they_are_few(child: Child) -> None:
    lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
    for day, text in (
        (10, "今天学会了自己用勺子吃完一碗饭"),
        (17, "今天学会了自己用勺子吃完一碗饭"),
        (12, "语言训练"),
        (19, "语言训练"),
    ):
        factories.make_visit(child, lin, on=date(2026, 11, day), content=text, confirmation=Confirmation.CONFIRMED)
    rebuild_ledger({child.id})
    (finding,) = of(child, Kind.COPIED_TEXT)
    assert finding.facts["records"] == 2


def test_a_teacher_in_two_homes_is_found(child: Child, cast) -> None:
    lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
    other = db.session.scalars(sa.select(Child).where(Child.public_id == cast.foreign_child)).one()
    factories.make_visit(child, lin, on=date(2026, 11, 17), start=900)
    factories.make_visit(other, lin, on=date(2026, 11, 17), start=930)
    rebuild_ledger()
    (finding,) = [one for one in findings_on(TODAY) if one.kind is Kind.TWO_PLACES]
    assert finding.facts["minutes"] == 45


def test_an_explanation_closes_a_finding_once_somebody_else_accepts_it(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    actions.explain(finding, "孩子当天发热，提前结束。", by="lin")
    assert standing(finding) is Standing.WAITING
    actions.decide(explanations_of(finding.key)[0], finding, is_accepted=True, reason="有校医记录。", by="bai")
    assert standing(finding) is Standing.EXPLAINED
    told = db.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.about == f"child:{child.public_id}").order_by(AuditEvent.seq)
    ).all()
    assert list(told)[-2:] == ["finding:explain", "finding:accept"]


def test_nobody_accepts_an_own_explanation(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    actions.explain(finding, "孩子当天发热。", by="lin")
    with pytest.raises(Refused) as refused:
        actions.decide(explanations_of(finding.key)[0], finding, is_accepted=True, reason="可以。", by="lin")
    assert refused.value.code == "finding:own"
    assert standing(finding) is Standing.WAITING


def test_a_rejected_explanation_leaves_it_open_and_it_can_be_explained_again(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    actions.explain(finding, "路远。", by="lin")
    actions.decide(explanations_of(finding.key)[0], finding, is_accepted=False, reason="路上时间不计。", by="bai")
    assert standing(finding) is Standing.OPEN
    actions.explain(finding, "孩子当天发热。", by="lin")
    assert standing(finding) is Standing.WAITING


def test_what_is_explained_or_decided_is_not_so_twice(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    actions.explain(finding, "孩子当天发热。", by="lin")
    with pytest.raises(Refused) as twice:
        actions.explain(finding, "又一次。", by="he")
    assert twice.value.code == "finding:explained"
    actions.decide(explanations_of(finding.key)[0], finding, is_accepted=False, reason="不足。", by="bai")
    with pytest.raises(Refused) as decided:
        actions.decide(explanations_of(finding.key)[0], finding, is_accepted=True, reason="可以。", by="qin")
    assert decided.value.code == "finding:decided"


def test_other_facts_open_an_explained_finding_again(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    actions.explain(finding, "孩子当天发热。", by="lin")
    actions.decide(explanations_of(finding.key)[0], finding, is_accepted=True, reason="可以。", by="bai")
    visit = db.session.scalars(sa.select(Visit).where(Visit.public_id == finding.visits[0])).one()
    visit.left_second -= 600
    db.session.flush()
    rebuild_ledger({child.id})
    (changed,) = of(child, Kind.SHORT)
    assert changed.key == finding.key
    assert standing(changed) is Standing.OPEN
    with pytest.raises(Refused) as refused:
        actions.decide(
            explanations_of(finding.key)[0]._replace(decision=None), changed, is_accepted=True, reason="x", by="qin"
        )
    assert refused.value.code == "finding:changed"


def test_an_explanation_is_never_changed(child: Child) -> None:
    (finding,) = of(child, Kind.SHORT)
    actions.explain(finding, "孩子当天发热。", by="lin")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(sa.update(FindingExplanation).values(explained_by="he"))


def test_a_child_whose_weeks_without_a_lesson_were_explained_is_found_anew_only_after_as_many_more(
    child: Child,
) -> None:
    (finding,) = of(child, Kind.NOT_TAUGHT)
    actions.explain(finding, "孩子随父母外出治病。", by="lin")
    actions.decide(explanations_of(finding.key)[0], finding, is_accepted=True, reason="有病历。", by="bai")
    positions = []
    for weeks in (1, finding.step - 1, finding.step):
        (later,) = [one for one in findings_on(TODAY + timedelta(weeks=weeks)) if one.key == finding.key]
        positions.append(positions_of([later])[later.key])
    assert positions == [
        Position(Standing.EXPLAINED, 1),
        Position(Standing.EXPLAINED, finding.step - 1),
        Position(Standing.OPEN, finding.step),
    ]
