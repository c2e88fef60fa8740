"""Write down that a paper was seen on which nothing was found of a teacher."""

from datetime import date

from flask_babel import gettext as _

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Account, Teacher
from hometeach.people.record_checks.models import RecordCheck
from hometeach.people.record_checks.rules import is_overdue


def note_record_check(teacher: Teacher, checked_on: date, paper: str, *, today: date, by: Account) -> RecordCheck:
    """Write down the day of a paper and who saw it; findings and reminders count from that day.

    Raises: Refused ``record_check:…``, at the form's field.
    Source: Minors Protection Law art. 62: a yearly look for violent and sexual offences.
    """
    if by.teacher_id == teacher.id:
        raise Refused(
            "record_check:own", _("Somebody else looks at your own paper: the head of the school, or the bureau.")
        )
    if checked_on > today:
        raise Refused("record_check:ahead", _("This day has not come yet. Enter the day on the paper."), "checked_on")
    if teacher.record_checked_on is not None and checked_on < teacher.record_checked_on:
        message = _("A later check is on file already. Enter the day on the newest paper.")
        raise Refused("record_check:older", message, "checked_on")
    check = RecordCheck(
        teacher_id=teacher.id, checked_on=checked_on, paper=paper.strip(), seen_by=by.public_id, seen_at=machine_now()
    )
    detail = {"before": teacher.record_checked_on, "after": checked_on}
    db.session.add(check)
    teacher.record_checked_on = checked_on
    db.session.flush()
    audit.record("record_check:note", actor=by.public_id, about=f"teacher:{teacher.public_id}", detail=detail)
    return check


def refuse_overdue_check(teacher_id: int, on: date, field: str) -> None:
    """Refuse to have a teacher sent to a child from a day on by which the yearly check has run out.

    Raises: Refused ``record_check:overdue`` at the form's field.
    """
    teacher = db.session.get_one(Teacher, teacher_id)
    if is_overdue(teacher.record_checked_on, on, every_days=whole_number("record_check_days", on)):
        message = _(
            "The yearly check of %(teacher)s's record has run out. Note the new paper on the teacher's page, "
            "or choose somebody else.",
            teacher=teacher.name,
        )
        raise Refused("record_check:overdue", message, field)
