"""A case is moved by the person who may, once, with its audit row; nobody else, and not twice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from hometeach.agreements.models import Agreement
from hometeach.cases.actions import Intake, move_case, moving, register_child
from hometeach.cases.file.models import FileItem
from hometeach.cases.models import Case, CaseMove, Placement, Suspension, case_of
from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import PlanStatus
from hometeach.cases.rules import Acting, CaseStatus, Event, Given, Mover, Need, PlacementForm
from hometeach.compliance.casework import carry_out
from hometeach.compliance.models import LedgerEntry
from hometeach.compliance.settling import above_for, call_reviews, settle_case, settle_cases
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message
from hometeach.people.access import Role
from hometeach.people.consents.actions import Taken, answer_purposes, publish_notice
from hometeach.people.consents.default import proposed
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose
from hometeach.people.models import Child, Guardian, OrgUnit, ServingSpan
from hometeach.people.rules import DisabilityType, FamilyCategory, Sex, UnitKind
from hometeach.schedule.planning.publishing import publish
from hometeach.schedule.rules import Term
from hometeach.workbook.keeping.cases import adopt_cases
from tests import factories

TODAY = date(2026, 11, 23)
OFFICER, HEAD = Acting("bai", frozenset({Mover.OFFICER})), Acting("he", frozenset({Mover.COORDINATOR, Mover.HEAD}))
TEACHER, CENTRE = Acting("lin", frozenset({Mover.TEACHER})), Acting("te", frozenset({Mover.CENTRE}))
GUARDIAN, STRANGER = Acting("guardian:wu", frozenset({Mover.GUARDIAN})), Acting("shi", frozenset())
WRITTEN = Given(done_on=TODAY, words="写下来的话")


@dataclass
class County:
    """A bureau with an officer, a school, and a child with two guardians."""

    school: OrgUnit
    other: OrgUnit
    child: Child
    officer: str

    @property
    def case(self) -> Case:
        case = case_of(self.child.id)
        assert case is not None
        return case


def paper_in_file(child: Child, *codes: str) -> None:
    """These forms lie in the child's file on paper."""
    papers = [FileItem(child_id=child.id, code=one, dated_on=TODAY, made_by="吴父", entered_by="he") for one in codes]
    db.session.add_all(papers)


@pytest.fixture
def county(app: Flask) -> County:
    with committed():
        bureau, school, other = factories.make_unit("J00", UnitKind.BUREAU), *map(factories.make_unit, ("S1", "S2"))
        lin = factories.make_teacher("T1", school)
        child = factories.make_child("C1", school, lin)
        db.session.add(Guardian(child_id=child.id, name="吴父", relation="父亲"))
        factories.make_rule()
        factories.make_term()
        factories.make_slot(child, lin)
        paper_in_file(child, "F06")
        bai = factories.make_account("bai", bureau, Role.BUREAU_OFFICER)
    return County(school, other, child, bai.public_id)


def stands(county: County, status: CaseStatus) -> None:
    """Put the case somewhere without a move, as an import does."""
    with committed():
        db.session.execute(sa.update(Case).values(status=status))
    db.session.expire_all()


def move(county: County, event: Event, acting: Acting, given: Given = WRITTEN, **more: object) -> CaseMove:
    with committed():
        return carry_out(county.case, event, given, acting=acting, on=TODAY, **more)  # type: ignore[arg-type]


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as told:
        act()
    db.session.rollback()
    return told.value


def audited(county: County) -> list[tuple[str, str]]:
    statement = sa.select(AuditEvent.action, AuditEvent.actor).where(
        AuditEvent.about == f"child:{county.child.public_id}"
    )
    return [tuple(row) for row in db.session.execute(statement.order_by(AuditEvent.seq))]


def inbox() -> list[str]:
    statement = sa.select(Message.kind).where(Message.channel == Channel.INBOX).order_by(Message.id)
    return list(db.session.scalars(statement))


def placed(county: County) -> Given:
    return Given(
        done_on=TODAY, words="癫痫频发", decision_no="X教安〔2026〕3号", school_id=county.school.id, roll="stays"
    )


def ticked(*needs: Need, **values: object) -> Given:
    return Given(**{"done_on": TODAY, "ticked": frozenset(needs), **values})  # type: ignore[arg-type]


def test_a_whole_life_from_the_list_to_the_end(county: County) -> None:
    stands(county, CaseStatus.REGISTERED)
    with committed():
        factories.make_agreement(county.child)
        db.session.execute(sa.update(Case).values(status=CaseStatus.REGISTERED))
    opinion = replace(WRITTEN, code=PlacementForm.HOME)
    graduated = Given(done_on=TODAY, code="graduated")
    life: list[tuple[Event, Acting, Given, CaseStatus]] = [
        (Event.BEGIN_CHECK, HEAD, ticked(Need.NOT_A_DUPLICATE), CaseStatus.VERIFYING),
        (Event.RECORD_HOME_CHECK, TEACHER, WRITTEN, CaseStatus.VERIFYING),
        (Event.COMMISSION_ASSESSMENT, OFFICER, ticked(Need.GUARDIAN_INFORMED), CaseStatus.ASSESSING),
        (Event.RECORD_ASSESSMENT, OFFICER, WRITTEN, CaseStatus.ASSESSING),
        (Event.RECORD_OPINION, OFFICER, opinion, CaseStatus.PLACEMENT_PENDING),
        (Event.PLACE_HOME, OFFICER, placed(county), CaseStatus.PLACED_HOME),
        #: With an agreement in force already, planning begins by itself.
        (Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ), CaseStatus.PLANNING),
    ]
    for event, acting, given, status in life:
        move(county, event, acting, given)
        assert county.case.status is status, event
    stands(county, CaseStatus.REVIEW_DUE)
    for event, acting, given, status in (
        (Event.WRITE_REVIEW, TEACHER, replace(WRITTEN, code="end"), CaseStatus.REVIEW_DUE),
        (Event.SIGN_REVIEW, CENTRE, Given(TODAY), CaseStatus.REVIEW_DUE),
        (Event.ASK_CLOSING, HEAD, graduated, CaseStatus.CLOSING),
        (Event.CLOSE, OFFICER, ticked(Need.ROLL_DONE, Need.FILE_SEEN), CaseStatus.CLOSED),
        (Event.REOPEN, OFFICER, WRITTEN, CaseStatus.REGISTERED),
    ):
        move(county, event, acting, given)
        assert county.case.status is status, event
    events = db.session.scalars(sa.select(CaseMove.event).order_by(CaseMove.number)).all()
    done = [f"case:{event}" for event in events]
    assert [action for action, _by in audited(county) if action.startswith("case:")] == done
    closing = db.session.scalars(sa.select(CaseMove).where(CaseMove.event == Event.CLOSE)).one()
    assert closing.code == "graduated"


def test_a_move_keeps_who_as_whom_when_and_why_and_seals_the_words(county: County) -> None:
    stands(county, CaseStatus.VERIFYING)
    made = move(county, Event.RECORD_HOME_CHECK, TEACHER)
    assert (made.actor, made.acted_as, made.done_on, made.number) == ("lin", Mover.TEACHER, TODAY, 1)
    assert made.words == "写下来的话"
    assert "写下来".encode() not in (made.words_sealed or b"")
    assert ("case:record_home_check", "lin") in audited(county)
    detail = db.session.scalars(sa.select(AuditEvent.detail).where(AuditEvent.action == "case:record_home_check")).one()
    assert "写下来" not in detail


@pytest.mark.parametrize("acting", [TEACHER, HEAD, STRANGER], ids=["teacher", "head", "stranger"])
def test_only_the_bureau_places(county: County, acting: Acting) -> None:
    stands(county, CaseStatus.PLACEMENT_PENDING)
    assert refused(lambda: move(county, Event.PLACE_HOME, acting, placed(county))).code == "case:not_yours"
    assert county.case.status is CaseStatus.PLACEMENT_PENDING
    assert audited(county) == []


def test_a_missing_fact_is_named_beside_its_question(county: County) -> None:
    stands(county, CaseStatus.PLACEMENT_PENDING)
    told = refused(lambda: move(county, Event.PLACE_HOME, OFFICER, replace(placed(county), decision_no="")))
    assert (told.code, told.field) == ("case:decision_no", "decision_no")


def test_a_day_to_come_is_not_written_down_as_past(county: County) -> None:
    stands(county, CaseStatus.VERIFYING)
    tomorrow = replace(WRITTEN, done_on=TODAY + timedelta(days=1))
    told = refused(lambda: move(county, Event.RECORD_HOME_CHECK, TEACHER, tomorrow))
    assert (told.code, told.field) == ("case:in_future", "done_on")


def test_the_decision_gives_the_child_its_school_from_its_first_day(county: County) -> None:
    stands(county, CaseStatus.PLACEMENT_PENDING)
    start = date(2026, 12, 1)
    given = replace(placed(county), school_id=county.other.id, done_on=start)
    move(county, Event.PLACE_HOME, OFFICER, given)
    spans = db.session.execute(
        sa.select(ServingSpan.school_id, ServingSpan.effective_from, ServingSpan.effective_to).order_by(
            ServingSpan.effective_from
        )
    ).all()
    assert spans == [
        (county.school.id, date(2020, 1, 1), date(2026, 11, 30)),
        (county.other.id, start, None),
    ]
    placement = db.session.scalars(sa.select(Placement)).one()
    assert (placement.form, placement.starts_on) == (PlacementForm.HOME, start)
    assert county.case.placed_on == start


def pause(days: int, first: date = TODAY) -> Given:
    return Given(done_on=first, code="hospital", until_on=first + timedelta(days=days))


def owed_after(county: County, day: date) -> int:
    statement = sa.select(sa.func.sum(LedgerEntry.required)).where(LedgerEntry.period_start >= day)
    return db.session.scalar(statement) or 0


def test_a_suspension_takes_off_what_is_owed_and_the_return_puts_it_back(county: County) -> None:
    with committed():
        factories.make_agreement(county.child)
    move(county, Event.CALL_REVIEW, OFFICER)
    stands(county, CaseStatus.ACTIVE)
    before = owed_after(county, TODAY)
    move(county, Event.ASK_SUSPENSION, TEACHER, pause(21))
    assert owed_after(county, TODAY) == before
    move(county, Event.SUSPEND, HEAD)
    span = db.session.scalars(sa.select(Suspension)).one()
    assert (span.effective_from, span.effective_to, span.reason) == (TODAY, date(2026, 12, 13), "hospital")
    assert owed_after(county, TODAY) == before - 3
    move(county, Event.ASK_RETURN, TEACHER, Given(done_on=date(2026, 11, 30)))
    move(county, Event.CONFIRM_RETURN, HEAD)
    assert db.session.scalars(sa.select(Suspension.effective_to)).one() == date(2026, 11, 29)
    assert owed_after(county, TODAY) == before - 1
    assert county.case.status is CaseStatus.ACTIVE


def test_a_longer_suspension_is_the_bureaus_and_the_bureau_is_told(county: County) -> None:
    move(county, Event.ASK_SUSPENSION, TEACHER, pause(31))
    assert inbox() == ["case:ask_suspension"]
    assert refused(lambda: move(county, Event.SUSPEND, HEAD)).code == "case:within_schools_days"
    move(county, Event.SUSPEND, OFFICER)
    assert county.case.status is CaseStatus.SUSPENDED


def test_days_in_instalments_are_counted_together(county: County) -> None:
    move(county, Event.ASK_SUSPENSION, TEACHER, pause(20))
    assert inbox() == []
    move(county, Event.SUSPEND, HEAD)
    move(county, Event.ASK_SUSPENSION, TEACHER, pause(20, date(2026, 12, 13)))
    assert refused(lambda: move(county, Event.SUSPEND, HEAD)).code == "case:within_schools_days"
    move(county, Event.SUSPEND, OFFICER)
    assert db.session.scalars(sa.select(Suspension.effective_to)).one() == date(2027, 1, 1)


def test_nobody_grants_what_they_asked_themselves(county: County) -> None:
    move(county, Event.ASK_SUSPENSION, HEAD, pause(5))
    assert refused(lambda: move(county, Event.SUSPEND, HEAD)).code == "case:both_sides"
    move(county, Event.DECLINE_SUSPENSION, OFFICER)
    assert refused(lambda: move(county, Event.SUSPEND, OFFICER)).code == "case:not_asked"
    assert county.case.status is CaseStatus.ACTIVE


def wish(county: County) -> Given:
    return ticked(Need.FAMILYS_WISH, guardian=county.child.guardians[0].public_id)


def test_a_withdrawal_ends_the_agreement_tells_the_bureau_and_is_taken_back_whole(county: County) -> None:
    with committed():
        agreement = factories.make_agreement(county.child)
    move(county, Event.WITHDRAW, HEAD, wish(county))
    assert county.case.status is CaseStatus.PLACEMENT_PENDING
    assert db.session.get_one(Agreement, agreement.id).effective_to == TODAY
    assert inbox() == ["case:withdraw"]
    called = db.session.scalars(sa.select(Message.recipient).where(Message.channel == Channel.CALL_LIST)).all()
    assert called == [f"guardian:{county.child.guardians[1].public_id}"]
    move(county, Event.TAKE_BACK, HEAD)
    assert county.case.status is CaseStatus.ACTIVE
    assert db.session.get_one(Agreement, agreement.id).effective_to == factories.TERM_TO


def test_after_a_day_a_withdrawal_stands(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    move(county, Event.WITHDRAW, HEAD, wish(county))
    later = moving.machine_now() + timedelta(hours=25)
    monkeypatch.setattr(moving, "machine_now", lambda: later)
    assert refused(lambda: move(county, Event.TAKE_BACK, HEAD)).code == "case:within_a_day"


def test_a_strangers_name_is_no_guardians_wish(county: County) -> None:
    told = refused(lambda: move(county, Event.WITHDRAW, HEAD, ticked(Need.FAMILYS_WISH, guardian="AAAAAAAAAAAA")))
    assert (told.code, told.field) == ("case:familys_wish", "guardian")


def test_a_refusal_takes_three_days_of_trying_and_goes_to_the_bureau(county: County) -> None:
    stands(county, CaseStatus.AGREEMENT_PENDING)
    move(county, Event.RECORD_ATTEMPT, TEACHER, replace(WRITTEN, done_on=date(2026, 11, 20)))
    move(county, Event.RECORD_ATTEMPT, TEACHER, replace(WRITTEN, done_on=date(2026, 11, 20)))
    move(county, Event.RECORD_ATTEMPT, HEAD, replace(WRITTEN, done_on=date(2026, 11, 21)))
    assert refused(lambda: move(county, Event.RECORD_REFUSAL, HEAD)).code == "case:three_attempts"
    move(county, Event.RECORD_ATTEMPT, HEAD)
    move(county, Event.RECORD_REFUSAL, HEAD)
    assert county.case.status is CaseStatus.REFUSED
    assert inbox() == ["case:record_refusal"]


def test_a_dispute_has_a_clock_and_is_decided_on_the_committees_word(county: County) -> None:
    stands(county, CaseStatus.PLACED_HOME)
    raised = move(county, Event.RAISE_DISPUTE, GUARDIAN)
    assert raised.until_on == date(2026, 12, 23)
    assert refused(lambda: move(county, Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ))).code == (
        "case:no_open_dispute"
    )
    assert refused(lambda: move(county, Event.UPHOLD_PLACEMENT, OFFICER)).code == "case:second_opinion"
    move(county, Event.RECORD_SECOND_OPINION, OFFICER, replace(WRITTEN, code=PlacementForm.MAINSTREAM))
    move(county, Event.CHANGE_PLACEMENT, OFFICER)
    assert county.case.status is CaseStatus.PLACEMENT_PENDING


def test_a_scan_is_kept_sealed_with_its_move_and_another_file_is_not(county: County) -> None:
    stands(county, CaseStatus.VERIFYING)
    made = move(county, Event.RECORD_HOME_CHECK, TEACHER, paper=b"%PDF-1.7 scanned")
    assert made.file is not None
    assert (made.file.kind, made.file.content) == ("application/pdf", b"%PDF-1.7 scanned")
    for content, code in ((b"MZ\x90\x00", "paper:wrong_kind"), (b"%PDF-" + b"0" * 10_000_000, "paper:too_large")):
        told = refused(lambda content=content: move(county, Event.RECORD_HOME_CHECK, TEACHER, paper=content))
        assert (told.code, told.field) == (code, "paper")


def test_who_saw_an_older_state_is_told_what_happened_meanwhile(county: County) -> None:
    stands(county, CaseStatus.VERIFYING)
    move(county, Event.RECORD_HOME_CHECK, TEACHER, seen=0)
    told = refused(lambda: move(county, Event.RECORD_HOME_CHECK, HEAD, seen=0))
    assert told.code == "case:moved_meanwhile"
    assert county.case.moved == 1


def test_of_two_who_move_a_case_at_once_one_does(county: County, bare_app: Flask) -> None:
    stands(county, CaseStatus.REGISTERED)
    child_id, outcomes, together = county.child.id, [], Barrier(2)
    db.session.remove()

    def begin(actor: str) -> None:
        with bare_app.app_context():
            together.wait()
            try:
                with committed():
                    case = case_of(child_id)
                    assert case is not None
                    acting = Acting(actor, frozenset({Mover.OFFICER}))
                    given = ticked(Need.NOT_A_DUPLICATE)
                    move_case(case, Event.BEGIN_CHECK, given, acting=acting, on=TODAY, seen=0)
                outcomes.append("moved")
            except Refused as told:
                outcomes.append(told.code)
            finally:
                db.session.remove()

    movers = [Thread(target=begin, args=(actor,)) for actor in ("bai", "min")]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()
    assert sorted(outcomes) == ["case:moved_meanwhile", "moved"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseMove)) == 1


@pytest.mark.parametrize("statement", ["UPDATE case_move SET actor = 'x'", "DELETE FROM case_move"])
def test_what_happened_to_a_case_never_changes(county: County, statement: str) -> None:
    stands(county, CaseStatus.VERIFYING)
    move(county, Event.RECORD_HOME_CHECK, TEACHER)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))


def test_a_case_from_the_lists_is_taken_over_once_its_agreement_is_in_force(county: County) -> None:
    stands(county, CaseStatus.AGREEMENT_PENDING)
    with committed():
        assert not settle_case(county.child.id, TODAY)
        factories.make_agreement(county.child)
        assert settle_case(county.child.id, TODAY)
    assert county.case.status is CaseStatus.ACTIVE
    assert audited(county) == [("case:adopt", "application")]


def test_a_case_made_here_is_planned_before_it_is_taught(county: County) -> None:
    stands(county, CaseStatus.PLACED_HOME)
    move(county, Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ))
    assert county.case.status is CaseStatus.AGREEMENT_PENDING
    with committed():
        factories.make_agreement(county.child)
        assert settle_cases(TODAY) == 1
    assert county.case.status is CaseStatus.PLANNING
    with committed():
        assert settle_cases(TODAY) == 0


def test_an_import_does_not_leap_over_the_planning_of_a_case_made_here(county: County) -> None:
    stands(county, CaseStatus.PLACED_HOME)
    move(county, Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ))
    with committed():
        factories.make_agreement(county.child)
        adopt_cases(None, TODAY)
    db.session.expire_all()
    assert county.case.status is CaseStatus.AGREEMENT_PENDING


def test_agreement_plan_and_schedule_together_begin_the_teaching(county: County) -> None:
    stands(county, CaseStatus.PLACED_HOME)
    with committed():
        factories.make_agreement(county.child)
    move(county, Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ))
    term = Term("2026-2027学年第一学期", Span(factories.TERM_FROM, factories.TERM_TO))
    with committed():
        publish(county.school, term, by="he")
        assert not settle_case(county.child.id, TODAY)
        plan = {"term": term.name, "effective_from": factories.TERM_FROM, "effective_to": factories.TERM_TO}
        db.session.add(Plan(child_id=county.child.id, version=1, status=PlanStatus.APPROVED, **plan))
        db.session.flush()
        assert settle_case(county.child.id, TODAY)
    assert county.case.status is CaseStatus.ACTIVE
    assert audited(county)[-1] == ("case:activate", "application")


def test_the_end_of_a_term_makes_running_cases_due_for_review_once(county: County) -> None:
    term, after = Term("上学期", Span(factories.TERM_FROM, factories.TERM_TO)), date(2027, 1, 25)
    with committed():
        assert settle_cases(date(2027, 3, 1)) == 0
        assert settle_cases(after) == 1
        assert call_reviews(term, after) == 0
    assert county.case.status is CaseStatus.REVIEW_DUE
    stands(county, CaseStatus.ACTIVE)
    with committed():
        assert settle_cases(after + timedelta(days=1)) == 0


def intake(county: County, **values: object) -> Intake:
    asked = {
        "name": "新新",
        "sex": Sex.FEMALE,
        "born_on": date(2017, 3, 2),
        "id_number": "",
        "disability_type": DisabilityType.INTELLECTUAL,
        "disability_level": 2,
        "family_category": FamilyCategory.NONE,
        "school_id": county.school.id,
        "source": "federation_list",
        "guardian": "新父",
        "relation": "父亲",
        "phone": "13812345679",
        "township": "月山镇",
        "visit_address": "大塘村1组",
        "cannot_attend_reason": "行动不便",
    }
    return Intake(**{**asked, **values})  # type: ignore[arg-type]


def register(county: County, **values: object) -> Child:
    with committed():
        return register_child(intake(county, **values), acting=HEAD, on=TODAY)


def test_a_child_is_registered_with_its_guardian_its_school_and_its_case(county: County) -> None:
    child = register(county)
    case = case_of(child.id)
    assert case is not None
    assert (child.code, case.status, case.moved) == ("HT0001", CaseStatus.REGISTERED, 1)
    assert [one.name for one in child.guardians] == ["新父"]
    assert register(county, name="又新").code == "HT0002"
    made = db.session.scalars(sa.select(CaseMove).where(CaseMove.case_id == case.id)).one()
    assert (made.event, made.source, made.code) == (Event.REGISTER, None, "federation_list")
    actions = sa.select(AuditEvent.action).where(AuditEvent.about == f"child:{child.public_id}")
    assert db.session.scalars(actions).all() == ["case:register"]


ID_NUMBER = "430000201703020029"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"born_on": TODAY}, "child:birth", "born_on"),
        ({"phone": "12345"}, "child:phone", "phone"),
        ({"id_number": "430000201803020029"}, "child:id_number", "id_number"),
        ({"source": ""}, "case:source", "source"),
        ({"name": "孩子C1", "born_on": date(2015, 6, 1)}, "case:not_a_duplicate", "is_another"),
    ],
)
def test_an_intake_that_does_not_fit_is_refused(
    county: County, values: dict[str, object], code: str, field: str
) -> None:
    told = refused(lambda: register(county, **values))
    assert (told.code, told.field) == (code, field)


def test_a_known_id_number_is_refused_without_saying_whose_it_is(county: County) -> None:
    register(county, id_number=ID_NUMBER)
    told = refused(lambda: register(county, name="别人", id_number=ID_NUMBER))
    assert (told.code, told.field) == ("case:known", "id_number")
    assert "新新" not in told.message
    assert "HT0001" not in told.message


def test_a_namesake_is_registered_once_somebody_compared(county: County) -> None:
    child = register(county, name="孩子C1", born_on=date(2015, 6, 1), is_another=True)
    assert child.code == "HT0001"


def test_a_stranger_registers_nobody(county: County) -> None:
    def by_stranger() -> object:
        return register_child(intake(county), acting=STRANGER, on=TODAY)

    assert refused(by_stranger).code == "case:not_yours"


# --- what the file knows of what is ticked ---


def taken_out(county: County) -> None:
    """The family's answer to the notice lies in the file no longer."""
    with committed():
        db.session.execute(sa.update(FileItem).values(taken_out_by="he", taken_out_at=factories.machine_now()))


def answered(county: County, answer: Answer) -> None:
    """The family says yes or no to photos, under a notice in force."""
    words = proposed()
    with committed():
        notice = publish_notice(
            words.pop("text"),
            words.pop("child_rules"),
            {Purpose(name): text for name, text in words.items()},
            effective_from=TODAY,
            source="test",
            by="bai",
        )
        taken = Taken(TODAY, notice, ConsentRoute.OWN_PHONE)
        answer_purposes(county.child.guardians[0], {Purpose.PHOTOS: answer}, taken, by="guardian:wu")


@pytest.mark.parametrize("answer", [Answer.GIVEN, Answer.REFUSED])
def test_no_agreement_is_proposed_before_the_family_has_answered_the_notice_either_way(
    county: County, answer: Answer
) -> None:
    stands(county, CaseStatus.PLACED_HOME)
    taken_out(county)
    told = refused(lambda: move(county, Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ)))
    assert (told.code, told.field) == ("case:family_answered", "notice_read")
    answered(county, answer)
    move(county, Event.PROPOSE_AGREEMENT, HEAD, ticked(Need.NOTICE_READ))
    assert county.case.status is CaseStatus.AGREEMENT_PENDING


def registered_here(county: County) -> None:
    """A case of which the school asks that it be closed, and which did not come with the bureau's lists."""
    with committed():
        case = county.case
        case.moved = 1
        values = {"case_id": case.id, "actor": "he", "acted_as": Mover.COORDINATOR, "at": factories.machine_now()}
        begun = CaseMove(number=1, event=Event.REGISTER, target=CaseStatus.REGISTERED, done_on=TODAY, **values)
        db.session.add(begun)
    stands(county, CaseStatus.SUSPENDED)
    move(county, Event.ASK_CLOSING, HEAD, Given(done_on=TODAY, code="graduated"))


def test_a_case_made_here_is_closed_once_nothing_is_missing_in_its_file(county: County) -> None:
    registered_here(county)
    close = ticked(Need.ROLL_DONE, Need.FILE_SEEN)
    told = refused(lambda: move(county, Event.CLOSE, OFFICER, close))
    assert (told.code, told.field) == ("case:file_complete", "file_seen")
    missing = above_for(Event.CLOSE, county.child.id, TODAY).file_missing
    assert {"F02", "F03", "F14"} <= set(missing)
    with committed():
        paper_in_file(county.child, *missing)
    move(county, Event.CLOSE, OFFICER, close)
    assert county.case.status is CaseStatus.CLOSED


def test_what_ran_out_was_there_and_keeps_no_case_from_being_closed(county: County) -> None:
    registered_here(county)
    with committed():
        agreement = factories.make_agreement(county.child)
        agreement.effective_to = TODAY - timedelta(days=1)
        paper_in_file(county.child, *above_for(Event.CLOSE, county.child.id, TODAY).file_missing)
        db.session.execute(sa.delete(FileItem).where(FileItem.code == "F05"))
    assert "F05" not in above_for(Event.CLOSE, county.child.id, TODAY).file_missing
    move(county, Event.CLOSE, OFFICER, ticked(Need.ROLL_DONE, Need.FILE_SEEN))
    assert county.case.status is CaseStatus.CLOSED


def test_what_the_file_of_a_case_from_the_lists_lacks_is_no_bar(county: County) -> None:
    stands(county, CaseStatus.SUSPENDED)
    move(county, Event.ASK_CLOSING, HEAD, Given(done_on=TODAY, code="graduated"))
    assert above_for(Event.CLOSE, county.child.id, TODAY).file_missing
    assert refused(lambda: move(county, Event.CLOSE, OFFICER, ticked(Need.ROLL_DONE))).code == "case:file_seen"
    move(county, Event.CLOSE, OFFICER, ticked(Need.ROLL_DONE, Need.FILE_SEEN))
    assert county.case.status is CaseStatus.CLOSED
