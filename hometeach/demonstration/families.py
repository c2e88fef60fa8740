"""What the families of the demonstration have said: some lessons as written, one disputed, one old dispute decided."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.extensions import db
from hometeach.people.models import Guardian, ResponsibleSpan, account_by_sign_in_name, in_force
from hometeach.people.rules import ContactRule
from hometeach.visits.confirming.actions import Said, answer_visit
from hometeach.visits.confirming.models import Dispute, VisitConfirmation
from hometeach.visits.confirming.rules import Answer
from hometeach.visits.models import Visit
from hometeach.visits.rules import Confirmation

#: Which of the newest unconfirmed lessons get which answer; the first is left for the visitor to answer.
ANSWERS = (
    None,
    Said(Answer.SHORTER, minutes=30, words="老师那天来了，说下午还有会，半个来小时就走了。"),
    Said(Answer.AS_WRITTEN),
)


def seed(on: date) -> None:
    """Let the family of the first child answer for its newest lessons, once."""
    guardian = the_family(on)
    if guardian is None or db.session.scalar(select(VisitConfirmation.id).limit(1)):
        return
    for visit, said in zip(_newest(guardian.child_id, on), ANSWERS, strict=False):
        if said is None:
            visit.confirmation = Confirmation.UNCONFIRMED
        else:
            answer_visit(visit, guardian, said, on=on)
    rebuild_ledger({guardian.child_id})


def the_family(on: date) -> Guardian | None:
    """Whom a visitor plays: of Teacher Lin's children, the guardian of the one with most lessons who can be reached."""
    account = account_by_sign_in_name("lin")
    lessons = select(Visit.child_id, func.count().label("lessons")).group_by(Visit.child_id).subquery()
    statement = (
        select(Guardian)
        .join(lessons, lessons.c.child_id == Guardian.child_id)
        .where(Guardian.phone_index.is_not(None), Guardian.contact_rule != ContactRule.NEVER)
        .order_by(lessons.c.lessons.desc(), Guardian.id)
    )
    if account is not None:
        answered = select(ResponsibleSpan.child_id).where(
            ResponsibleSpan.teacher_id == account.teacher_id, in_force(ResponsibleSpan, on)
        )
        statement = statement.where(Guardian.child_id.in_(answered))
    return db.session.scalars(statement).first()


def _newest(child_id: int, on: date) -> Sequence[Visit]:
    """The newest lessons of the child that nobody disputes."""
    disputed = select(Dispute.visit_id).where(Dispute.visit_id.is_not(None))
    statement = (
        select(Visit)
        .where(
            Visit.child_id == child_id,
            Visit.held_on <= on,
            Visit.is_void.is_(False),
            Visit.confirmation != Confirmation.DISPUTED,
            Visit.id.not_in(disputed),
        )
        .order_by(Visit.held_on.desc(), Visit.id.desc())
        .limit(len(ANSWERS))
    )
    return db.session.scalars(statement).all()
