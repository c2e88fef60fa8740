"""Which records of a week has the school checked, and which wished changes wait for a second person?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.clock import Span, week_of
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child
from hometeach.visits.correcting.actions import decide, verify
from hometeach.visits.correcting.models import CorrectionRequest, verified_among
from hometeach.visits.correcting.rules import RequestState
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import VisitDetail, facts_of
from hometeach.visits.recording.rules import VisitFacts
from hometeach.web.base import allowed, person, sees_child
from hometeach.web.forms import Form
from hometeach.web.recording.subject import day_asked
from hometeach.web.standings.sessions import Held, recorded_sessions, sessions_held
from hometeach.web.verification import pages
from hometeach.web.visits.told import Difference, differences, name_of

DECIDERS = frozenset({Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER})


@dataclass(frozen=True)
class Line:
    """One record of the week."""

    held: Held
    is_late: bool
    #: Who checked it; empty while nobody has.
    checked_by: str


@dataclass(frozen=True)
class Wish:
    """A change that waits for a second person."""

    request: CorrectionRequest
    held: Held
    asked_by: str
    differences: Sequence[Difference]


class AnswerForm(Form):
    """The answer to a wished change."""

    answer = StringField(validators=[Length(max=300)])


@pages.get("")
@allowed(*DECIDERS)
def show() -> str:
    """The records of a week, and what waits."""
    week = week_of(day_asked())
    lines = _lines(week)
    return render_template(
        "verification/show.html",
        week=week,
        lines=lines,
        unchecked=[line for line in lines if not line.checked_by],
        wishes=_wishes(),
        before=(week.first - timedelta(days=7)).isoformat(),
        after=(week.first + timedelta(days=7)).isoformat() if week.last < clock.today() else "",
        may_check=Role.SCHOOL_COORDINATOR in person().roles,
        form=Form(),
    )


@pages.post("/check")
@allowed(Role.SCHOOL_COORDINATOR)
def check() -> Response:
    """Check one record, or every record of the week that is not checked yet."""
    week, one = week_of(day_asked()), request.form.get("visit", "")
    wanted = Visit.public_id == one if one else Visit.held_on.between(week.first, week.last)
    statement = (
        select(Visit)
        .join(Child, Child.id == Visit.child_id)
        .where(wanted, Visit.is_void.is_(False), sees_child())
        .order_by(Visit.held_on, Visit.id)
    )
    count = verify(list(db.session.scalars(statement)), by=person().actor)
    flash(ngettext("%(num)s record is checked.", "%(num)s records are checked.", count), "done")
    return redirect(url_for(".show", day=week.first))


@pages.post("/decide")
@allowed(*DECIDERS)
def answer() -> Response:
    """Approve or refuse a wished change."""
    form = AnswerForm()
    wish = db.session.scalar(
        select(CorrectionRequest)
        .join(Visit, Visit.id == CorrectionRequest.visit_id)
        .join(Child, Child.id == Visit.child_id)
        .where(CorrectionRequest.public_id == request.form.get("request", ""), sees_child())
    )
    if wish is None or not form.validate():
        raise Refused("correction:decided", _("Somebody has decided on this already. Load the page again."))
    approves = request.form.get("do") == "approve"
    decide(wish, approve=approves, answer=form.answer.data or "", by=person().actor)
    visit = db.session.get_one(Visit, wish.visit_id)
    if approves:
        rebuild_ledger({visit.child_id}, on=visit.held_on)
    flash(_("The record is changed.") if approves else _("The change is refused; the record stands."), "done")
    return redirect(url_for("visits.show", public_id=visit.public_id))


def _lines(week: Span) -> list[Line]:
    held = sessions_held(
        recorded_sessions(Visit.held_on.between(week.first, week.last), Visit.is_void.is_(False), sees_child())
    )
    ids = [one.recorded.id for one in held]
    checked = verified_among(ids)
    late = set(
        db.session.scalars(
            select(VisitDetail.visit_id).where(VisitDetail.visit_id.in_(ids), VisitDetail.is_late.is_(True))
        )
    )
    return [
        Line(
            one,
            one.recorded.id in late,
            name_of(checked[one.recorded.id].verified_by) if one.recorded.id in checked else "",
        )
        for one in held
    ]


def _wishes() -> list[Wish]:
    """Wishes about records that the person sees; own ones stand too, and say who may decide."""
    found = db.session.execute(
        select(CorrectionRequest, Visit)
        .join(Visit, Visit.id == CorrectionRequest.visit_id)
        .join(Child, Child.id == Visit.child_id)
        .where(CorrectionRequest.state == RequestState.WAITING, sees_child())
        .order_by(CorrectionRequest.asked_at, CorrectionRequest.id)
    ).all()
    return [
        Wish(
            wish,
            sessions_held(recorded_sessions(Visit.id == visit.id))[0],
            name_of(wish.asked_by),
            differences(facts_of(visit), VisitFacts.from_text(wish.wanted)) if wish.wanted else [],
        )
        for wish, visit in found
    ]
