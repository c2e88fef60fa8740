"""The teacher's sessions in a calendar programme: an address that only its owner knows."""

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Teacher
from hometeach.schedule.planning.feeds import calendar_feed, feed_of, issue_feed, revoke_feed, teacher_of
from hometeach.web import words
from hometeach.web.base import allowed, open_to_all, person
from hometeach.web.schedule import feeds, pages


@pages.get("/feed")
@allowed(Role.TEACHER)
def feed() -> str:
    """Whether there is an address, since when, and what can be done."""
    return _shown(_me())


@pages.post("/feed")
@allowed(Role.TEACHER)
def issue() -> str:
    """Make a new address and show it once; the one before no longer works."""
    teacher = _me()
    token = issue_feed(teacher, by=person().actor)
    return _shown(teacher, url_for("feeds.read", token=token, _external=True))


@pages.post("/feed/stop")
@allowed(Role.TEACHER)
def stop() -> str:
    """Make the address useless."""
    teacher = _me()
    revoke_feed(teacher, by=person().actor)
    return _shown(teacher)


@feeds.get("/<token>.ics")
@open_to_all("a calendar programme cannot sign in: the random word in the address is the key, and no name is told")
def read(token: str) -> Response:
    """The sessions of the teacher whose word this is."""
    teacher_id = teacher_of(token, clock.today())
    if teacher_id is None:
        raise NotFound
    return Response(calendar_feed(teacher_id, clock.today()), mimetype="text/calendar")


def _me() -> Teacher:
    teacher_id = person().scope.teacher_id
    if teacher_id is None:
        raise NotFound
    return db.session.get_one(Teacher, teacher_id)


def _shown(teacher: Teacher, address: str = "") -> str:
    live = feed_of(teacher.id)
    since = words.moment_words(live.made_at) if live else _("none yet")
    return render_template("schedule/feed.html", address=address, is_live=live is not None, since=since)
