"""What was saved, when, under which code, and what comes next. Shown only for what is saved."""

from flask import redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.visits.models import Visit, is_held
from hometeach.visits.recording.models import detail_of
from hometeach.web import words
from hometeach.web.base import allowed, person
from hometeach.web.standings.sessions import recorded_sessions, sessions_held
from hometeach.web.visits import pages
from hometeach.web.visits.loading import load_visit


@pages.get("/<public_id>/receipt")
@allowed(*FILE_READERS)
def receipt(public_id: str) -> str | Response:
    """The receipt of a record made in the app; one that came by a list has none, and is shown itself."""
    visit, child = load_visit(public_id)
    detail = detail_of(visit.id)
    if detail is None or not detail.receipt_code:
        return redirect(url_for(".show", public_id=visit.public_id))
    return render_template(
        "visits/receipt.html",
        visit=visit,
        child=child,
        detail=detail,
        held=sessions_held(recorded_sessions(Visit.id == visit.id))[0],
        next_visit=_next_visit(visit),
    )


def _next_visit(visit: Visit) -> str:
    """The teacher's next planned session, of whatever child that the teacher visits; empty where none is planned."""
    statement = (
        select(Occurrence.planned_on, Occurrence.start_minute, Child.name)
        .join(Child, Child.id == Occurrence.child_id)
        .where(
            Occurrence.teacher_id == person().scope.teacher_id,
            Occurrence.state == OccurrenceState.PLANNED,
            ~is_held(Occurrence.id),
            (Occurrence.planned_on > visit.held_on)
            | ((Occurrence.planned_on == visit.held_on) & (Occurrence.start_minute * 60 >= visit.left_second)),
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
        .limit(1)
    )
    found = db.session.execute(statement).first()
    return f"{words.day_words(found[0])} {words.clock_words(found[1] * 60)} {found[2]}" if found else ""
