"""Absences of the demonstration: three wait for the school, one was not approved, one asks for a make-up soon."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.ahead import Ahead
from hometeach.compliance.rules.debts import Debt
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import (
    Account,
    Child,
    Guardian,
    ResponsibleSpan,
    RoleGrant,
    ServingSpan,
    account_by_sign_in_name,
    in_force,
)
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.absences.actions import approve_absence, reject_absence, report_absence
from hometeach.visits.absences.rules.states import Reporter
from hometeach.visits.models import Absence

#: Which of the sessions to come are reported: reason, who reports, in whose words.
WAITING = (
    ("ill", Reporter.TEACHER, "奶奶来电话，孩子发烧，卫生院让在家休息。"),
    ("family_away", Reporter.GUARDIAN, "去县城复查，当天回不来。"),
    ("weather", Reporter.TEACHER, "进村的路塌方，正在抢修。"),
)
REJECTED = ("refused", Reporter.TEACHER, "家长说那天忙。", "家长只是改时间，请改到本周另一天上课，不算缺课。")


def seed(on: date) -> None:
    """Report, reject and approve, once."""
    lin, he = account_by_sign_in_name("lin"), account_by_sign_in_name("he")
    if lin is None or he is None or db.session.scalar(select(Absence.id).where(Absence.reported_at.is_not(None))):
        return
    children = _children_of(lin, on)
    coming = _sessions_to_come(children, on)
    for reason, reporter, words in WAITING:
        _report(coming, lin, reason, reporter, words)
    reason, reporter, words, why = REJECTED
    rejected = _report(coming, lin, reason, reporter, words)
    if rejected is not None:
        reject_absence(rejected, why, by=he.public_id, is_officer=False)
    served = _children_served_by(he, on)
    _ask_for_a_make_up(served, he, on)
    rebuild_ledger({child.id for child in (*children, *served)})


def _children_of(lin: Account, on: date) -> Sequence[Child]:
    answered = select(ResponsibleSpan.child_id).where(
        ResponsibleSpan.teacher_id == lin.teacher_id, in_force(ResponsibleSpan, on)
    )
    return db.session.scalars(select(Child).where(Child.id.in_(answered)).order_by(Child.code)).all()


def _children_served_by(he: Account, on: date) -> Sequence[Child]:
    schools = select(RoleGrant.unit_id).where(RoleGrant.account_id == he.id)
    served = select(ServingSpan.child_id).where(ServingSpan.school_id.in_(schools), in_force(ServingSpan, on))
    return db.session.scalars(select(Child).where(Child.id.in_(served)).order_by(Child.code)).all()


def _sessions_to_come(children: Sequence[Child], on: date) -> Iterator[tuple[Child, date]]:
    """The children's planned sessions from the day after on, each child once before any comes again."""
    by_id = {child.id: child for child in children}
    statement = (
        select(Occurrence.child_id, Occurrence.planned_on)
        .where(
            Occurrence.child_id.in_(by_id),
            Occurrence.planned_on.between(on + timedelta(days=2), on + timedelta(days=21)),
            Occurrence.state == OccurrenceState.PLANNED,
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    for child_id, day in db.session.execute(statement).all():
        yield by_id[child_id], day


def _report(
    coming: Iterator[tuple[Child, date]], lin: Account, reason: str, reporter: Reporter, words: str
) -> Absence | None:
    """Report the next session to come; None where none is left."""
    for child, day in coming:
        by = _family_of(child) if reporter is Reporter.GUARDIAN else lin.public_id
        return report_absence(child, day, reason, by=by, reported_as=reporter, note=words)
    return None


def _family_of(child: Child) -> str:
    """The child's first guardian, as the audit log names one."""
    statement = select(Guardian.public_id).where(Guardian.child_id == child.id).order_by(Guardian.id)
    return f"guardian:{db.session.scalars(statement).first()}"


def _ask_for_a_make_up(children: Sequence[Child], he: Account, on: date) -> None:
    """Give the most pressing shortfall of these children a reason that asks for a make-up."""
    ahead = Ahead({child.id for child in children}, on)
    debts = [(debt, child) for child in children for debt in ahead.debts(child.id) if not debt.is_absence]
    for debt, child in sorted(debts, key=lambda one: (one[0].until, one[1].code)):
        absence = _excuse(debt, child)
        if absence is not None:
            approve_absence(absence, by=he.public_id, is_officer=False)
            return


def _excuse(debt: Debt, child: Child) -> Absence | None:
    try:
        return report_absence(
            child,
            debt.missed_on,
            "weather",
            by=_family_of(child),
            reported_as=Reporter.GUARDIAN,
            note="那天下大雨，桥淹了，老师过不来。",
            knows_unplanned=True,
        )
    except Refused:
        return None
