"""The week: planned sessions, weekly hours, who stands in, what is published, and a private feed."""

from flask import Blueprint

from hometeach.people.access import Role

#: Those who plan.
PLANNERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR)

pages = Blueprint("schedule", __name__, url_prefix="/schedule")
#: Named by a child, by a weekly hour, by a planned session, by a stand-in, by a published version, by a random word.
of_child = Blueprint("new_hour", __name__, url_prefix="/new-hour")
hours = Blueprint("hours", __name__, url_prefix="/hours")
planned = Blueprint("planned", __name__, url_prefix="/planned-sessions")
standing_in = Blueprint("stand_ins", __name__, url_prefix="/stand-ins")
versions = Blueprint("versions", __name__, url_prefix="/schedule-versions")
feeds = Blueprint("feeds", __name__, url_prefix="/calendar-feed")
BLUEPRINTS = (pages, of_child, hours, planned, standing_in, versions, feeds)

from hometeach.web.schedule import (  # noqa: E402, F401 - they hang their views on them
    clashing,
    feed,
    hour,
    index,
    publish,
    schools,
    session,
    stand_in,
)
