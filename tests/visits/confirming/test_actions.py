"""A family's answer becomes a dispute, the bureau decides it, and the verdict and the ledger follow."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.models import LedgerEntry, SessionVerdict
from hometeach.kernel import sealing
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.entry.guardians.actions import link_of
from hometeach.people.models import Child, Guardian, phone_index
from hometeach.visits.confirming.actions import (
    Call,
    Said,
    answer_by_telephone,
    answer_visit,
    ask_families,
    ask_family,
    complain,
    decide,
    take_up,
)
from hometeach.visits.confirming.models import Dispute, TelephoneAnswer, VisitConfirmation, count_open, dispute_about
from hometeach.visits.confirming.rules import Answer, DisputeKind, DisputeState, Route
from hometeach.visits.correcting.models import versions_of
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import VisitDetail
from hometeach.visits.recording.rules import TimeEntry
from hometeach.visits.rules import Confirmation, Verdict
from tests import factories

TODAY = date(2026, 11, 23)
HELD_ON = date(2026, 11, 17)
NOBODY_CAME = Said(Answer.DID_NOT_COME, words="那天没有人来")


@pytest.fixture
def child(app: Flask) -> Child:
    """A child taught on Tuesdays by one teacher, with an agreement, a rule and a term."""
    app.config["SMS_URL"] = "http://127.0.0.1:9/"
    school = factories.make_unit("S1")
    teacher = factories.make_teacher("T1", school)
    child = factories.make_child("C1", school, teacher)
    factories.make_rule()
    factories.make_term()
    factories.make_agreement(child)
    factories.make_slot(child, teacher)
    factories.make_visit(child, teacher, on=HELD_ON, minutes=75, confirmation=Confirmation.UNCONFIRMED)
    rebuild_ledger()
    return child


@pytest.fixture
def visit(child: Child) -> Visit:
    """The one lesson, of 75 minutes."""
    return db.session.scalars(sa.select(Visit)).one()


@pytest.fixture
def wu(child: Child) -> Guardian:
    """Grandmother Wu."""
    return child.guardians[0]


def another(child: Child) -> Guardian:
    """Somebody else of the family."""
    guardian = Guardian(
        child_id=child.id, name="吴爸爸", relation="父亲", phone="13500000000", phone_index=phone_index("13500000000")
    )
    db.session.add(guardian)
    db.session.flush()
    return guardian


def record_here(visit: Visit) -> None:
    """Let the record have been made here, and not by a list."""
    db.session.add(
        VisitDetail(
            visit_id=visit.id,
            recorded_by="lin",
            is_late=False,
            arrived_entry=TimeEntry.BACK_ENTERED,
            left_entry=TimeEntry.BACK_ENTERED,
            has_incident=False,
            written="{}",
            receipt_code="",
        )
    )
    db.session.flush()


def say(visit: Visit, guardian: Guardian, said: Said) -> None:
    answer_visit(visit, guardian, said, on=TODAY)
    rebuild_ledger({visit.child_id})


def end(visit: Visit, outcome: DisputeState, **more: int) -> Dispute:
    dispute = dispute_about(visit)
    assert dispute is not None
    decide(dispute, outcome, "我们打电话问过了。", by="officer", **more)
    rebuild_ledger({visit.child_id})
    return dispute


def verdict(visit: Visit) -> Verdict | None:
    return db.session.scalar(sa.select(SessionVerdict.verdict).where(SessionVerdict.visit_id == visit.id))


def delivered(visit: Visit) -> int | None:
    return db.session.scalar(
        sa.select(LedgerEntry.delivered).where(
            LedgerEntry.child_id == visit.child_id, LedgerEntry.period_start == date(2026, 11, 16)
        )
    )


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refused) as told:
        refused()
    return told.value.code


def test_as_written_confirms_the_record_and_opens_nothing(visit: Visit, wu: Guardian) -> None:
    say(visit, wu, Said(Answer.AS_WRITTEN, route=Route.LINK))
    assert visit.confirmation is Confirmation.CONFIRMED
    assert dispute_about(visit) is None
    answer = db.session.scalars(sa.select(VisitConfirmation)).one()
    assert (answer.route, answer.arrived_second, answer.left_second) == (
        Route.LINK,
        visit.arrived_second,
        visit.left_second,
    )


def test_nobody_came_opens_a_dispute_with_a_last_day_and_the_lesson_counts_no_more(visit: Visit, wu: Guardian) -> None:
    assert delivered(visit) == 1
    say(visit, wu, NOBODY_CAME)
    dispute = dispute_about(visit)
    assert dispute is not None
    assert dispute.state is DisputeState.OPEN
    assert dispute.due_on == TODAY + timedelta(days=15)
    assert dispute.words == "那天没有人来"
    assert verdict(visit) is Verdict.DISPUTED
    assert delivered(visit) == 0
    assert count_open() == 1
    assert count_open(due_before=dispute.due_on) == 0
    assert count_open(due_before=dispute.due_on + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("outcome", "stands", "expected", "given"),
    [
        pytest.param(DisputeState.REJECTED, Confirmation.CONFIRMED, Verdict.COUNTED, 1, id="rejected"),
        pytest.param(DisputeState.UPHELD, Confirmation.DISPUTED, Verdict.DISPUTED, 0, id="upheld"),
    ],
)
def test_the_outcome_changes_the_verdict_and_the_ledger(
    visit: Visit, wu: Guardian, outcome: DisputeState, stands: Confirmation, expected: Verdict, given: int
) -> None:
    say(visit, wu, NOBODY_CAME)
    end(visit, outcome)
    assert visit.confirmation is stands
    assert verdict(visit) is expected
    assert delivered(visit) == given
    assert code_of(lambda: say(visit, wu, Said(Answer.AS_WRITTEN))) == "visit:decided"


def test_a_corrected_record_is_judged_anew_keeps_its_old_version_and_asks_the_family_again(
    visit: Visit, wu: Guardian
) -> None:
    say(visit, wu, Said(Answer.SHORTER, minutes=40))
    end(visit, DisputeState.CORRECTED, left=visit.arrived_second + 40 * 60)
    assert visit.left_second - visit.arrived_second == 40 * 60
    assert len(versions_of(visit.id)) == 1
    assert visit.confirmation is Confirmation.UNCONFIRMED
    assert verdict(visit) is Verdict.TOO_SHORT
    assert delivered(visit) == 0
    say(visit, wu, Said(Answer.AS_WRITTEN))
    assert visit.confirmation is Confirmation.CONFIRMED


def test_corrected_asks_for_the_time_or_for_a_record_that_was_put_right(visit: Visit, wu: Guardian) -> None:
    say(visit, wu, Said(Answer.SHORTER, minutes=40))
    assert code_of(lambda: end(visit, DisputeState.CORRECTED)) == "dispute:not_corrected"
    assert code_of(lambda: end(visit, DisputeState.CORRECTED, left=visit.arrived_second)) == "visit:times"
    assert dispute_about(visit).state is DisputeState.OPEN  # type: ignore[union-attr]


def test_who_said_it_may_take_it_back_and_nobody_else_can(visit: Visit, child: Child, wu: Guardian) -> None:
    father = another(child)
    say(visit, wu, NOBODY_CAME)
    say(visit, father, Said(Answer.AS_WRITTEN))
    assert visit.confirmation is Confirmation.DISPUTED
    say(visit, wu, Said(Answer.AS_WRITTEN))
    assert visit.confirmation is Confirmation.CONFIRMED
    assert dispute_about(visit).state is DisputeState.WITHDRAWN  # type: ignore[union-attr]


def test_two_of_a_family_open_one_dispute_and_both_answers_stand(visit: Visit, child: Child, wu: Guardian) -> None:
    say(visit, wu, Said(Answer.SHORTER, minutes=30))
    say(visit, another(child), NOBODY_CAME)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(VisitConfirmation)) == 2


def test_the_database_holds_one_open_dispute_for_a_record(visit: Visit, wu: Guardian) -> None:
    say(visit, wu, NOBODY_CAME)
    assert code_of(lambda: take_up(visit, by="officer", on=TODAY)) == "dispute:open_already"


@pytest.mark.parametrize(
    "statement", ["UPDATE visit_confirmation SET answer = 'as_written'", "DELETE FROM visit_confirmation"]
)
def test_an_answer_is_never_changed_or_taken_out(visit: Visit, wu: Guardian, statement: str) -> None:
    say(visit, wu, NOBODY_CAME)
    with pytest.raises(DBAPIError):
        db.session.execute(sa.text(statement))


@pytest.mark.parametrize("minutes", [None, 0, 75, 90])
def test_shorter_means_shorter_than_what_is_written(visit: Visit, wu: Guardian, minutes: int | None) -> None:
    assert code_of(lambda: say(visit, wu, Said(Answer.SHORTER, minutes=minutes))) == "visit:not_shorter"


def test_a_withdrawn_record_and_one_to_come_ask_for_no_answer(visit: Visit, wu: Guardian) -> None:
    assert code_of(lambda: answer_visit(visit, wu, NOBODY_CAME, on=HELD_ON - timedelta(days=1))) == "visit:to_come"
    visit.is_void, visit.void_reason = True, "写错了"
    assert code_of(lambda: say(visit, wu, NOBODY_CAME)) == "visit:void"


def test_a_dispute_of_the_bureaus_own_list_is_taken_up_and_rejected(visit: Visit) -> None:
    visit.confirmation = Confirmation.DISPUTED
    dispute = take_up(visit, by="officer", on=TODAY)
    assert (dispute.kind, dispute.guardian_id) == (DisputeKind.FROM_LIST, None)
    end(visit, DisputeState.REJECTED)
    assert visit.confirmation is Confirmation.CONFIRMED
    assert code_of(lambda: take_up(visit, by="officer", on=TODAY)) == "dispute:not_disputed"


@pytest.mark.parametrize(
    ("outcome", "reason", "code"),
    [
        (DisputeState.WITHDRAWN, "理由", "dispute:no_outcome"),
        (DisputeState.REJECTED, "  ", "dispute:no_reason"),
    ],
)
def test_a_decision_has_an_outcome_and_a_reason(
    visit: Visit, wu: Guardian, outcome: DisputeState, reason: str, code: str
) -> None:
    say(visit, wu, NOBODY_CAME)
    assert code_of(lambda: decide(dispute_about(visit), outcome, reason, by="officer")) == code


def test_what_is_decided_is_not_decided_again(visit: Visit, wu: Guardian) -> None:
    say(visit, wu, NOBODY_CAME)
    dispute = end(visit, DisputeState.REJECTED)
    assert code_of(lambda: decide(dispute, DisputeState.UPHELD, "理由", by="officer")) == "dispute:decided"


def test_a_family_writes_to_the_bureau_and_not_without_end(child: Child, wu: Guardian) -> None:
    for _n in range(3):
        complain(child, wu, "作业太难了", on=TODAY)
    assert code_of(lambda: complain(child, wu, "作业太难了", on=TODAY)) == "dispute:too_many"
    assert code_of(lambda: complain(child, wu, "  ", on=TODAY)) == "dispute:no_words"


def test_a_complaint_has_no_record_to_correct(child: Child, wu: Guardian) -> None:
    dispute = complain(child, wu, "作业太难了", on=TODAY)
    refused = code_of(lambda: decide(dispute, DisputeState.CORRECTED, "理由", by="officer"))
    assert refused == "dispute:nothing_to_correct"


def test_the_words_of_the_family_stand_in_no_audit_row_and_are_sealed(visit: Visit, wu: Guardian) -> None:
    say(visit, wu, NOBODY_CAME)
    end(visit, DisputeState.REJECTED)
    events = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert [event.action for event in events] == ["visit:answer", "dispute:open", "dispute:decide"]
    assert all("没有人来" not in event.detail and "打电话" not in event.detail for event in events)
    kept = db.session.execute(sa.text("SELECT words_sealed, reason_sealed FROM dispute")).one()
    assert all("没有人来".encode() not in bytes(one) for one in kept)
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(bytes(kept[0]), table="dispute", column="words_sealed", row="elsewhere")


def test_the_family_is_told_of_the_outcome_without_a_name(visit: Visit, child: Child, wu: Guardian) -> None:
    say(visit, wu, NOBODY_CAME)
    end(visit, DisputeState.UPHELD)
    message = db.session.scalars(sa.select(Message)).one()
    assert (message.kind, message.recipient) == ("dispute_decided", f"guardian:{wu.public_id}")
    assert child.name not in message.body


def test_each_of_the_family_gets_a_link_to_a_record_made_here_once(visit: Visit, child: Child) -> None:
    another(child)

    def ask() -> int:
        return ask_families(TODAY, address_of=lambda token: f"https://here/{token}")

    assert ask() == 0, "what came by a list asks for nothing"
    record_here(visit)
    assert ask() == 2
    assert ask() == 0
    messages = db.session.scalars(sa.select(Message)).all()
    assert all(child.name not in message.body and "https://here/" in message.body for message in messages)
    links = [link_of(message.body.rpartition("/")[2]) for message in messages]
    assert [link.subject for link in links if link] == [f"visit:{visit.public_id}"] * 2


def test_where_nothing_can_be_sent_no_family_is_asked(app: Flask, visit: Visit) -> None:
    record_here(visit)
    app.config["SMS_URL"] = ""
    assert ask_families(TODAY, address_of=str) == 0
    assert ask_family(visit, address_of=str, on=TODAY) == 0


# --- what the family said on the telephone ---


def rung_up(by: str = "he", teacher_id: int | None = None) -> Call:
    return Call(machine_now(), by, teacher_id)


def by_telephone(answer: Answer, words: str = "", minutes: int | None = None) -> Said:
    return Said(answer, minutes, words, Route.STAFF_CALL)


def test_an_answer_on_the_telephone_stays_marked_with_who_took_it_down(visit: Visit, wu: Guardian) -> None:
    answer = answer_by_telephone(visit, wu, by_telephone(Answer.AS_WRITTEN), rung_up(), on=TODAY)
    assert visit.confirmation is Confirmation.CONFIRMED
    assert answer.route is Route.STAFF_CALL
    assert answer.telephone is not None
    assert (answer.telephone.taken_by, answer.telephone.relation) == ("he", "祖母")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(sa.update(TelephoneAnswer).values(taken_by="lin"))


def test_another_answer_on_the_telephone_opens_a_dispute_that_the_family_can_take_back(
    visit: Visit, wu: Guardian
) -> None:
    answer_by_telephone(visit, wu, by_telephone(Answer.DID_NOT_COME, "没来"), rung_up(), on=TODAY)
    dispute = dispute_about(visit)
    assert dispute is not None
    assert (dispute.state, dispute.guardian_id) == (DisputeState.OPEN, wu.id)
    logged = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "dispute:open")).one()
    assert logged.actor == "he"
    answer_visit(visit, wu, Said(Answer.AS_WRITTEN), on=TODAY)
    assert dispute.state is DisputeState.WITHDRAWN


def test_the_family_may_say_otherwise_on_its_own_page(visit: Visit, wu: Guardian) -> None:
    answer_by_telephone(visit, wu, by_telephone(Answer.AS_WRITTEN), rung_up(), on=TODAY)
    answer_visit(visit, wu, NOBODY_CAME, on=TODAY)
    assert visit.confirmation is Confirmation.DISPUTED


def test_who_was_there_or_wrote_the_record_takes_nothing_down(visit: Visit, wu: Guardian) -> None:
    teacher_id = db.session.scalars(sa.select(VisitTeacher.teacher_id)).one()
    with pytest.raises(Refused) as there:
        answer_by_telephone(visit, wu, by_telephone(Answer.AS_WRITTEN), rung_up("lin", teacher_id), on=TODAY)
    assert there.value.code == "visit:was_there"
    detail = VisitDetail(visit_id=visit.id, recorded_by="he", is_late=False, has_incident=False, receipt_code="x")
    detail.arrived_entry = detail.left_entry = TimeEntry.BACK_ENTERED
    detail.written = "{}"
    db.session.add(detail)
    db.session.flush()
    with pytest.raises(Refused) as wrote:
        answer_by_telephone(visit, wu, by_telephone(Answer.AS_WRITTEN), rung_up(), on=TODAY)
    assert wrote.value.code == "visit:wrote_it"


def test_nobody_speaks_for_a_family_that_has_spoken(visit: Visit, wu: Guardian) -> None:
    answer_visit(visit, wu, NOBODY_CAME, on=TODAY)
    with pytest.raises(Refused) as refused:
        answer_by_telephone(visit, wu, by_telephone(Answer.AS_WRITTEN), rung_up(), on=TODAY)
    assert refused.value.code == "visit:answered_themselves"
    assert visit.confirmation is Confirmation.DISPUTED


def test_nobody_rang_up_before_the_record_was_written_or_in_the_future(visit: Visit, wu: Guardian) -> None:
    for moment in (machine_now() - timedelta(days=1), machine_now() + timedelta(hours=1)):
        with pytest.raises(Refused) as refused:
            answer_by_telephone(visit, wu, by_telephone(Answer.AS_WRITTEN), Call(moment, "he"), on=TODAY)
        assert refused.value.code == "visit:called_later"
