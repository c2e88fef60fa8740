"""An absence is reported, decided by the school, taken back; the plan and the ledger follow."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.models import LedgerEntry
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, OrgUnit, ServingSpan, Teacher, account_by_sign_in_name
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.absences.actions import (
    add_to_report,
    approve_absence,
    bar_of,
    choose_reason,
    reject_absence,
    report_absence,
    withdraw_absence,
)
from hometeach.visits.absences.models import AbsenceReport, reports_added_to
from hometeach.visits.absences.rules.states import AbsenceState, Bar, Reporter
from hometeach.visits.models import Absence
from tests import factories

TUESDAY = date(2026, 11, 24)
THURSDAY = date(2026, 11, 26)


def child_of(cast: factories.Cast) -> Child:
    return db.session.scalars(select(Child).where(Child.public_id == cast.own_child)).one()


def who(name: str) -> str:
    account = account_by_sign_in_name(name)
    assert account is not None
    return account.public_id


def report(cast: factories.Cast, day: date = TUESDAY, reason: str = "ill", by: str = "lin", **more: object) -> Absence:
    as_what = {"lin": Reporter.TEACHER, "he": Reporter.SCHOOL}.get(by, Reporter.GUARDIAN)
    actor = by if by == "wu" else who(by)
    return report_absence(child_of(cast), day, reason, by=actor, reported_as=as_what, **more)  # type: ignore[arg-type]


def plan(child: Child, day: date = TUESDAY) -> list[OccurrenceState]:
    statement = select(Occurrence.state).where(Occurrence.child_id == child.id, Occurrence.planned_on == day)
    return list(db.session.scalars(statement.order_by(Occurrence.id)))


def week(child: Child, monday: date = date(2026, 11, 23)) -> tuple[int, int, int]:
    rebuild_ledger({child.id})
    statement = select(LedgerEntry).where(
        LedgerEntry.child_id == child.id,
        LedgerEntry.period_kind == PeriodKind.WEEK,
        LedgerEntry.period_start == monday,
    )
    row = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    return row.required, row.excused, row.unaccounted


def refused(code: str, field: str | None = None) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, check=lambda error: (error.code, error.field) == (code, field))


def test_a_report_waits_and_changes_nothing_yet(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    child = child_of(cast)
    assert absence.state is AbsenceState.REPORTED
    assert (absence.reported_by, absence.reported_as) == (who("lin"), Reporter.TEACHER)
    assert absence.planned_minutes == 75
    assert plan(child) == [OccurrenceState.PLANNED]
    assert week(child) == (1, 0, 1)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert (event.action, event.about) == ("absence:report", f"child:{child.public_id}")
    assert "ill" in event.detail


@pytest.mark.parametrize(("reason", "expected"), [("ill", (1, 1, 0)), ("teacher_leave", (1, 0, 1))])
def test_an_approved_absence_cancels_the_session_and_the_ledger_follows(
    app: Flask, cast: factories.Cast, reason: str, expected: tuple[int, int, int]
) -> None:
    absence, child = report(cast, reason=reason), child_of(cast)
    approve_absence(absence, by=who("he"), is_officer=False)
    assert absence.state is AbsenceState.APPROVED
    assert (absence.decided_by, absence.decided_at is not None) == (who("he"), True)
    assert plan(child) == [OccurrenceState.CANCELLED]
    assert week(child) == expected


@pytest.mark.parametrize("way", ["reject", "withdraw"])
def test_a_session_comes_back_when_its_absence_is_rejected_or_withdrawn(
    app: Flask, cast: factories.Cast, way: str
) -> None:
    absence, child = report(cast), child_of(cast)
    approve_absence(absence, by=who("he"), is_officer=False)
    if way == "reject":
        reject_absence(absence, "证明未交", by=who("he"), is_officer=False)
        assert (absence.state, absence.refusal) == (AbsenceState.REJECTED, "证明未交")
    else:
        withdraw_absence(absence, by=who("lin"))
        assert absence.state is AbsenceState.WITHDRAWN
    assert plan(child) == [OccurrenceState.PLANNED]
    assert week(child) == (1, 0, 1)


def test_a_session_whose_time_was_taken_meanwhile_comes_back_as_clashing(app: Flask, cast: factories.Cast) -> None:
    absence, child = report(cast), child_of(cast)
    approve_absence(absence, by=who("he"), is_officer=False)
    teacher = db.session.scalars(select(Teacher).where(Teacher.code == "T1")).one()
    other = factories.make_child("C9", db.session.get_one(OrgUnit, teacher.school_id), teacher)
    slot = factories.make_slot(other, teacher)
    db.session.add(
        Occurrence(
            slot_id=slot.id,
            original_on=TUESDAY,
            planned_on=TUESDAY,
            child_id=other.id,
            teacher_id=teacher.id,
            start_minute=slot.start_minute,
            end_minute=slot.end_minute,
            state=OccurrenceState.PLANNED,
        )
    )
    db.session.flush()
    withdraw_absence(absence, by=who("lin"))
    assert plan(child) == [OccurrenceState.CLASHING]


def test_what_somebody_else_cancelled_stays_cancelled(app: Flask, cast: factories.Cast) -> None:
    child = child_of(cast)
    (occurrence,) = db.session.scalars(
        select(Occurrence).where(Occurrence.child_id == child.id, Occurrence.planned_on == TUESDAY)
    )
    occurrence.state, occurrence.change_reason = OccurrenceState.CANCELLED, "老师培训"
    absence = report(cast, knows_unplanned=True)
    approve_absence(absence, by=who("he"), is_officer=False)
    withdraw_absence(absence, by=who("lin"))
    assert plan(child) == [OccurrenceState.CANCELLED]


def test_a_day_without_a_planned_session_is_reported_only_knowingly(app: Flask, cast: factories.Cast) -> None:
    with refused("absence:unplanned", "knows_unplanned"):
        report(cast, THURSDAY)
    assert report(cast, THURSDAY, knows_unplanned=True).planned_minutes is None


@pytest.mark.parametrize(
    ("day", "reason", "code", "field"),
    [
        pytest.param(date(2026, 8, 4), "ill", "absence:no_term", "day", id="vacation"),
        pytest.param(date(2026, 9, 8), "ill", "absence:taught", "day", id="a session is recorded"),
        pytest.param(TUESDAY, "other", "absence:note_missing", "note", id="other, and nothing said"),
        pytest.param(TUESDAY, "holiday", "absence:no_reason", "reason", id="no such reason"),
    ],
)
def test_what_cannot_be_reported(
    app: Flask, cast: factories.Cast, day: date, reason: str, code: str, field: str
) -> None:
    with refused(code, field):
        report(cast, day, reason)


def test_a_second_report_of_one_day_is_told_that_the_school_knows(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    with refused("absence:reported", "day"):
        report(cast, by="wu")
    approve_absence(absence, by=who("he"), is_officer=False)
    with refused("absence:approved", "day"):
        report(cast, by="wu")


def test_a_day_that_was_rejected_or_withdrawn_can_be_reported_anew(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    reject_absence(absence, "请写明原因", by=who("he"), is_officer=False)
    again = report(cast, reason="other", note="家里办丧事", by="wu")
    assert again.id == absence.id
    assert (again.state, again.reported_by, again.refusal) == (AbsenceState.REPORTED, "wu", None)
    withdraw_absence(again, by="wu")
    assert report(cast).state is AbsenceState.REPORTED


def test_nobody_decides_what_they_reported_themselves(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast, by="he")
    with refused("absence:own_report"):
        approve_absence(absence, by=who("he"), is_officer=False)
    with refused("absence:own_report"):
        reject_absence(absence, "不行", by=who("he"), is_officer=True)
    assert absence.state is AbsenceState.REPORTED
    approve_absence(absence, by=who("bai"), is_officer=True)
    assert absence.decided_by == who("bai")


def test_the_bureau_decides_only_where_the_school_has_nobody_else(app: Flask, cast: factories.Cast) -> None:
    school = db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == cast.own_school)).one()
    factories.make_account("hua", school, Role.SCHOOL_COORDINATOR)
    absence = report(cast, by="he")
    with refused("absence:not_theirs"):
        approve_absence(absence, by=who("bai"), is_officer=True)
    approve_absence(absence, by=who("hua"), is_officer=False)
    assert absence.is_approved


@pytest.mark.parametrize("name", ["lin", "shi", "qin", "guan"])
def test_nobody_else_decides(app: Flask, cast: factories.Cast, name: str) -> None:
    absence = report(cast, by="wu")
    with refused("absence:not_theirs"):
        approve_absence(absence, by=who(name), is_officer=False)
    with refused("absence:not_theirs"):
        reject_absence(absence, "不行", by=who(name), is_officer=False)
    with refused("absence:not_yours"):
        withdraw_absence(absence, by=who(name))


def test_the_school_that_served_the_child_on_the_day_decides(app: Flask, cast: factories.Cast) -> None:
    absence, child = report(cast), child_of(cast)
    other = db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == cast.foreign_school)).one()
    (span,) = db.session.scalars(select(ServingSpan).where(ServingSpan.child_id == child.id))
    span.effective_to = date(2026, 11, 22)
    db.session.flush()
    db.session.add(ServingSpan(child_id=child.id, school_id=other.id, effective_from=date(2026, 11, 23)))
    factories.make_account("hong", other, Role.SCHOOL_COORDINATOR)
    assert bar_of(absence, by=who("he"), is_officer=False) is Bar.NOT_THEIRS
    assert bar_of(absence, by=who("hong"), is_officer=False) is None


def test_a_coordinator_who_can_no_longer_sign_in_does_not_count(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast, by="wu")
    account = db.session.scalars(select(Account).where(Account.sign_in_name == "he")).one()
    account.disabled_at = account.made_at
    db.session.flush()
    assert bar_of(absence, by=who("bai"), is_officer=True) is None


def test_a_step_that_somebody_took_before_is_told(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    approve_absence(absence, by=who("he"), is_officer=False)
    with refused("absence:approved"):
        approve_absence(absence, by=who("he"), is_officer=False)
    withdraw_absence(absence, by=who("lin"))
    for decide in (
        lambda: approve_absence(absence, by=who("he"), is_officer=False),
        lambda: reject_absence(absence, "晚了", by=who("he"), is_officer=False),
        lambda: withdraw_absence(absence, by=who("lin")),
    ):
        with refused("absence:withdrawn"):
            decide()


def test_whoever_does_not_approve_says_why(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    with refused("absence:why_missing", "why"):
        reject_absence(absence, " ", by=who("he"), is_officer=False)


# --- several reasons for one day ---


def added(absence: Absence, reason: str, by: str = "guardian:wu", note: str = "") -> AbsenceReport:
    found = add_to_report(absence, reason, by=by, reported_as=Reporter.GUARDIAN, note=note)
    assert found is not None
    db.session.flush()
    return found


def test_the_school_approves_a_reason_that_was_added_and_the_first_stands_beside_it(
    app: Flask, cast: factories.Cast
) -> None:
    absence = report(cast, reason="teacher_leave", note="培训")
    family = added(absence, "ill", note="发烧")
    choose_reason(absence, family, by=who("he"), is_officer=False)
    approve_absence(absence, by=who("he"), is_officer=False)
    assert (absence.reason_code, absence.note, absence.reported_by) == ("ill", "发烧", "guardian:wu")
    [first] = reports_added_to(absence)
    assert (first.reason_code, first.note, first.reported_by) == ("teacher_leave", "培训", who("lin"))
    assert week(child_of(cast)) == (1, 1, 0)
    logged = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "absence:choose")).one()
    assert '"before":"teacher_leave"' in logged.detail.replace(" ", "")


def test_what_is_approved_may_come_to_stand_for_another_reason_and_back_and_nothing_is_lost(
    app: Flask, cast: factories.Cast
) -> None:
    absence = report(cast, reason="ill")
    family = added(absence, "weather")
    approve_absence(absence, by=who("he"), is_officer=False)
    assert week(child_of(cast)) == (1, 1, 0)
    choose_reason(absence, family, by=who("he"), is_officer=False)
    assert week(child_of(cast)) == (1, 0, 1)
    assert absence.state is AbsenceState.APPROVED
    [first] = reports_added_to(absence)
    choose_reason(absence, first, by=who("he"), is_officer=False)
    assert (absence.reason_code, [one.reason_code for one in reports_added_to(absence)]) == ("ill", ["weather"])
    assert week(child_of(cast)) == (1, 1, 0)
    withdraw_absence(absence, by=who("he"))
    assert plan(child_of(cast)) == [OccurrenceState.PLANNED], "what it took out is found again under either reason"


def test_the_session_comes_back_also_after_the_reason_was_changed(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast, reason="ill")
    family = added(absence, "weather")
    approve_absence(absence, by=who("he"), is_officer=False)
    choose_reason(absence, family, by=who("he"), is_officer=False)
    assert plan(child_of(cast)) == [OccurrenceState.CANCELLED]
    withdraw_absence(absence, by=who("he"))
    assert plan(child_of(cast)) == [OccurrenceState.PLANNED]


def test_nobody_chooses_a_reason_of_their_own_nor_where_nothing_is_to_decide(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    own = added(absence, "weather", by=who("he"))
    with refused("absence:own_report"):
        choose_reason(absence, own, by=who("he"), is_officer=False)
    family = added(absence, "refused")
    with refused("absence:not_theirs"):
        choose_reason(absence, family, by=who("bai"), is_officer=True)
    withdraw_absence(absence, by=who("lin"))
    with refused("absence:withdrawn"):
        choose_reason(absence, family, by=who("he"), is_officer=False)


def test_what_came_by_a_list_stays_what_came_by_a_list(app: Flask, cast: factories.Cast) -> None:
    absence = report(cast)
    absence.reported_by = absence.reported_as = absence.reported_at = None
    family = added(absence, "weather")
    choose_reason(absence, family, by=who("he"), is_officer=False)
    [by_list] = reports_added_to(absence)
    assert by_list.is_by_list
    choose_reason(absence, by_list, by=who("he"), is_officer=False)
    assert (absence.reason_code, absence.reported_by, absence.reported_as) == ("ill", None, None)
