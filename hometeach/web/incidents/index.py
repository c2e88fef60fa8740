"""Which incidents may the person read, those that are not closed first?"""

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hometeach.kernel.extensions import db
from hometeach.visits.incidents.models import Incident
from hometeach.visits.incidents.rules import IncidentState
from hometeach.web.base import allowed
from hometeach.web.incidents import pages, told
from hometeach.web.incidents.told import STAFF, sees_incident

#: So many stand on the page; those that are not closed come first.
MOST = 200


@pages.get("")
@allowed(*STAFF)
def index() -> str:
    """The incidents of whoever may read them: a teacher's own reports, the head's school, the bureau's all."""
    found = db.session.scalars(
        select(Incident)
        .options(selectinload(Incident.entries))
        .where(sees_incident())
        .order_by(Incident.state == IncidentState.CLOSED, Incident.happened_on.desc(), Incident.id.desc())
        .limit(MOST)
    ).all()
    running = [one for one in found if one.state is not IncidentState.CLOSED]
    return render_template(
        "incidents/index.html",
        found=found,
        running=len(running),
        untold=sum(bool(one.still_to_tell) for one in running),
        told=told,
    )
