"""A day that is reported already: what the first report says, and what somebody adds to it. Nothing typed is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import select

from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Child
from hometeach.visits.absences.models import BY_LIST, absence_of, reports_added_to
from hometeach.visits.absences.rules.states import IS_REPORTED, AbsenceState
from hometeach.visits.models import Absence, ExcuseReason
from hometeach.web import words
from hometeach.web.absences import told
from hometeach.web.words.coded import named

#: The button that adds to the report that was shown, and the field that says which one it was.
ADD, SEEN = "add", "seen"


@dataclass(frozen=True)
class Reported:
    """One report of a day, ready to be read."""

    reason: str
    note: str
    #: As what it was reported, by whom and when; empty for one that came by a list.
    by: str


@dataclass(frozen=True)
class First:
    """The report that stands already, and whether the one who asks made it and may still write it otherwise."""

    public_id: str
    missed_on: date
    report: Reported
    added: list[Reported]
    is_own: bool


def reported_already(child: Child, day: date | None) -> Absence | None:
    """What was reported for this day and stands."""
    found = absence_of(child.id, day) if day is not None else None
    return found if found is not None and found.state in IS_REPORTED else None


def adds_to(absence: Absence) -> bool:
    """Whether the form was sent to add to this very report, after it was shown."""
    return request.form.get("do") == ADD and request.form.get(SEEN) == absence.public_id


def first_of(absence: Absence, actor: str, *, by_name: bool) -> First:
    """The report as it stands. ``by_name``: whether the reader may know who of the staff made it."""
    return First(
        absence.public_id,
        absence.missed_on,
        _told(absence, by_name),
        added_to(absence, by_name=by_name),
        is_own=absence.reported_by == actor and absence.state is AbsenceState.REPORTED,
    )


def added_to(absence: Absence, *, by_name: bool = True) -> list[Reported]:
    """What others said of the same day."""
    return [_told(one, by_name) for one in reports_added_to(absence)]


def _told(one: Any, by_name: bool) -> Reported:
    reason = db.session.get_one(ExcuseReason, one.reason_code)
    return Reported(named(reason), one.note or "", words.listed(list(_by(one, by_name))))


def _by(one: Any, by_name: bool) -> Iterable[str]:
    if one.reported_by == BY_LIST or one.reported_as is None or one.reported_at is None:
        return
    yield str(told.REPORTER_WORDS[one.reported_as])
    name = db.session.scalar(select(Account.name).where(Account.public_id == one.reported_by)) if by_name else None
    if name:
        yield name
    yield words.moment_words(one.reported_at)
