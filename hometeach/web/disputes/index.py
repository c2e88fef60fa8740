"""Which disputes wait for the bureau, the late ones first?"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.visits.confirming.actions import take_up
from hometeach.visits.confirming.models import Dispute, decided_disputes, is_disputed_in_a_list, open_disputes
from hometeach.visits.models import Visit
from hometeach.web.base import allowed, load_child, person
from hometeach.web.disputes import pages, told
from hometeach.web.standings.sessions import recorded_sessions, sessions_held

#: So many decided ones stand beneath, the newest first.
MOST_DECIDED = 50


@pages.get("")
@allowed(Role.BUREAU_OFFICER)
def index() -> str:
    """What waits, what the list calls disputed and nobody has taken up, and what was decided."""
    today = clock.today()
    waiting = db.session.scalars(open_disputes()).all()
    return render_template(
        "disputes/index.html",
        waiting=waiting,
        late=sum(one.due_on < today for one in waiting),
        listed=sessions_held(recorded_sessions(is_disputed_in_a_list())),
        decided=db.session.scalars(decided_disputes().limit(MOST_DECIDED)).all(),
        told=told,
    )


@pages.post("/of-visit/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def open_from_list(public_id: str) -> Response:
    """Take up a record that the bureau's own list calls disputed: its clock begins."""
    visit = db.session.scalar(select(Visit).where(Visit.public_id == public_id))
    if visit is None:
        raise NotFound
    dispute = take_up(visit, by=person().actor, on=clock.today())
    flash(_("The dispute is open. Decide it by its last day."), "done")
    return redirect(url_for(".show", public_id=dispute.public_id))


def load(public_id: str) -> Dispute:
    """The dispute of this address; opening it opens the child's file, and is logged.

    Raises: NotFound.
    """
    dispute = db.session.scalar(select(Dispute).where(Dispute.public_id == public_id))
    if dispute is None:
        raise NotFound
    load_child(dispute.child.public_id)
    return dispute
