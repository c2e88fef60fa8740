"""A teacher's planned sessions as a private calendar feed: where and when, never who.

The address holds a random word of which only the hash is kept. It can be
revoked and made anew; a calendar programme that asks with an old one finds nothing.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from icalendar import Calendar, Event
from sqlalchemy import select, update

from hometeach.kernel import audit
from hometeach.kernel.clock import SHANGHAI, machine_now
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, Child, RoleGrant, Teacher, in_force
from hometeach.schedule.models import CalendarFeed, Occurrence, OccurrenceState

BEHIND, AHEAD = timedelta(days=14), timedelta(days=180)


def issue_feed(teacher: Teacher, *, by: str) -> str:
    """Make a new address for a teacher's feed; the one before no longer works. Returns its random word, once."""
    revoke_feed(teacher, by=by)
    token = secrets.token_urlsafe(24)
    db.session.add(CalendarFeed(teacher_id=teacher.id, token_hash=_hash(token), made_at=machine_now()))
    audit.record("calendar_feed:issue", actor=by, about=f"teacher:{teacher.public_id}")
    return token


def revoke_feed(teacher: Teacher, *, by: str) -> None:
    """Make the address of a teacher's feed useless; nothing where there is none."""
    if feed_of(teacher.id) is None:
        return
    live = update(CalendarFeed).where(CalendarFeed.teacher_id == teacher.id, CalendarFeed.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=machine_now()))
    audit.record("calendar_feed:revoke", actor=by, about=f"teacher:{teacher.public_id}")


def feed_of(teacher_id: int) -> CalendarFeed | None:
    """The feed of a teacher that works now."""
    statement = select(CalendarFeed).where(CalendarFeed.teacher_id == teacher_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalars(statement.order_by(CalendarFeed.id.desc())).first()


def teacher_of(token: str, on: date) -> int | None:
    """The id of the teacher whose feed this word opens, as long as the account holds and teaches that day."""
    teaches = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.teacher_id == CalendarFeed.teacher_id, Account.disabled_at.is_(None))
        .where(RoleGrant.role == Role.TEACHER, in_force(RoleGrant, on))
    )
    statement = select(CalendarFeed.teacher_id)
    is_open = (CalendarFeed.token_hash == _hash(token), CalendarFeed.revoked_at.is_(None), teaches.exists())
    return db.session.scalar(statement.where(*is_open))


def calendar_feed(teacher_id: int, today: date) -> bytes:
    """The planned sessions of a teacher in iCalendar: the township and the time.

    Source: RFC 5545; the UID is made of the series and the original date, so
    that a moved session stays the same entry, and the SEQUENCE counts its changes.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//HomeTeach//schedule//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Home teaching"))
    statement = (
        select(Occurrence, Child.township)
        .join(Child, Child.id == Occurrence.child_id)
        .where(
            Occurrence.teacher_id == teacher_id,
            Occurrence.planned_on.between(today - BEHIND, today + AHEAD),
            Occurrence.state != OccurrenceState.CLASHING,
        )
        .order_by(Occurrence.planned_on, Occurrence.start_minute, Occurrence.id)
    )
    stamp = machine_now()
    for occurrence, township in db.session.execute(statement):
        calendar.add_component(_event(occurrence, township or "", stamp))
    feed: bytes = calendar.to_ical()
    return feed


def _event(occurrence: Occurrence, township: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{occurrence.series}-{occurrence.original_on:%Y%m%d}@hometeach")
    event.add("sequence", occurrence.version - 1)
    event.add("dtstamp", stamp)
    event.add("dtstart", _moment(occurrence.planned_on, occurrence.start_minute))
    event.add("dtend", _moment(occurrence.planned_on, occurrence.end_minute))
    event.add("summary", " · ".join(filter(None, (_("Home teaching"), township))))
    event.add("status", "CANCELLED" if occurrence.state is OccurrenceState.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event


def _moment(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(minutes=minute)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
