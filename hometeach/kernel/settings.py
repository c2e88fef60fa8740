"""What does the bureau set, and since when?

A setting is a dated row with a source, never a constant in code. What stands
in no row falls back to :data:`DEFAULTS`, which says where the default is from.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Date, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import Model, db


class Setting(Model):
    """One value from one day on."""

    __tablename__ = "setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date] = mapped_column(Date)
    #: The document, or the person's decision, that it rests on.
    source: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("name", "effective_from"),)


@dataclass(frozen=True, slots=True)
class Default:
    """What holds while the bureau has set nothing."""

    value: str
    source: str


DEFAULTS: dict[str, Default] = {
    "bureau_name": Default("X市教育局", "the bureau's report, preamble"),
    "small_cell_below": Default(
        "3", "Statistics Law art. 28; counts below this are suppressed in what leaves the bureau"
    ),
    "attempts_per_account": Default("5", "sign-in attempts in the window before an account waits"),
    "attempts_per_address": Default("30", "sign-in attempts in the window before an address waits"),
    "checks_per_address": Default("30", "sealed documents that one address may check in the window"),
    "attempt_window_minutes": Default("15", "the window in which attempts are counted"),
    "access_review_days": Default(
        "365", "PIPL art. 54, Minors Network Protection Regulation art. 37: who may see what is reviewed every year"
    ),
    "account_unused_days": Default("90", "days without a sign-in after which an account is pointed at in the review"),
    "plan_needs_centre": Default("0", "1 where the resource centre looks at a plan before the head approves it"),
    "file_expiring_days": Default("30", "days before its last one from which a paper of the file is told as expiring"),
    "make_up_hours": Default("08:00-18:00", "the working day within which times for make-ups are offered"),
    "make_up_closing_days": Default("3", "days before its last day from which a make-up is told as closing soon"),
    "late_entry_days": Default("7", "days after a visit within which it may still be written down, with a reason"),
    "finding_days_teacher": Default("7", "days in which a teacher acts on a finding"),
    "finding_days_school": Default("14", "days in which a school acts on a finding"),
    "finding_days_bureau": Default("30", "days in which the bureau acts on a finding"),
    "finding_back_days": Default("365", "days back within which sessions and periods are looked at for findings"),
    "finding_unconfirmed_days": Default("7", "days after which a session that nobody confirmed is a finding"),
    "finding_same_times": Default("5", "sessions in a row with the same times to the minute that are a finding"),
    "finding_copied_characters": Default("12", "characters from which equal words of two imported records tell"),
    "finding_untaught_weeks": Default("4", "school weeks without a counted session after which a child is not taught"),
    "record_check_days": Default("365", "Minors Protection Law art. 62: yearly check of those who work with children"),
    "quiet_from_hour": Default("21", "from this hour on nobody is disturbed, Asia/Shanghai; codes excepted"),
    "quiet_until_hour": Default("8", "until this hour nobody is disturbed"),
    "staff_reminder_hour": Default("8", "the hour of the day's reminders to staff who chose none"),
    "family_reminder_hour": Default("17", "the hour of the day's reminders to families"),
    "staff_channels": Default("inbox email sms", "by what ways staff may choose to be reminded"),
    "ladder_visit_tomorrow": Default("teacher-1 guardian-1", "who is reminded of a visit, days from its own day"),
    "ladder_record_missing": Default("teacher+1 teacher+2 school+3 bureau+7", "days from the visit without a record"),
    "ladder_confirmation_missing": Default("guardian+3 school+6", "days from the visit that nobody confirmed"),
    "ladder_quota_unplanned": Default("teacher+0 school+1", "days from the Monday of the week"),
    "ladder_quota_not_met": Default("teacher+3 school+4", "days from the Monday of the week"),
    "ladder_make_up_closing": Default("teacher-5 teacher-2 school-2", "days from the last day of the make-up"),
    "ladder_agreement_unsigned": Default("school+0 school+7 bureau+14", "days from the first day without agreement"),
    "ladder_signature_missing": Default("guardian+2 guardian+5 school+7", "days from the day it was asked for"),
    "ladder_agreement_expiring": Default("school-30 school-7 bureau-3", "days from the agreement's last day"),
    "ladder_plan_review": Default("teacher-14 teacher-3 school+1 bureau+14", "days from the plan's last day"),
    "ladder_term_review": Default("teacher+1 teacher+7 school+10 bureau+21", "days from the day the review fell due"),
    "ladder_return_from_suspension": Default("teacher-3 school-3", "days from the first day of teaching again"),
    "ladder_record_check": Default("school-30 school-7 bureau+1", "days from a year after the last check"),
    "ladder_weekly_digest": Default("school+0 bureau+0", "days from the Monday after the week"),
    "seal_without_timestamp": Default("1", "0 where a document without an authority's timestamp is not sealed yet"),
    "code_minutes": Default("10", "how long a guardian's one-time code holds"),
    "code_tries": Default("5", "wrong entries after which a code is worth nothing"),
    "codes_per_phone": Default("5", "codes that one phone is sent in the window"),
    "code_window_minutes": Default("60", "the window in which a phone's codes are counted"),
    "wrong_codes_per_phone": Default(
        "5", "wrong entries in the window after which a phone, or a signing link, is shut"
    ),
    "codes_kept_days": Default("180", "how long the hash of a used code is kept"),
    "change_notice_days": Default(
        "1", "days before a lesson by which either side says that it has to move, as agreements print it"
    ),
    "home_link_days": Default("30", "how long a link to the family's pages opens"),
    "refusal_follow_up_days": Default("7", "days in which a school talks with a family that refused an agreement"),
    "sign_link_hours": Default("24", "how long a link to sign an agreement opens"),
    "agreement_expiring_days": Default("30", "days before its last one from which an agreement is told as expiring"),
    "scan_megabytes": Default("10", "the largest scan of a signed paper that is taken"),
    "confirm_link_days": Default("14", "how long a link to confirm a visit opens"),
    "dispute_days": Default("15", "days in which the bureau decides what a family disputes"),
    "suspension_days_by_school": Default("30", "days for which a principal may suspend a case; the bureau beyond"),
    "placement_dispute_days": Default("30", "days in which the bureau decides on a disputed placement (REPD art. 21)"),
    "review_called_days": Default("14", "days after a term's end on which running cases still become due for review"),
    "paper_megabytes": Default("10", "the largest scan that is kept with a move of a case"),
    "photo_megabytes": Default("15", "the largest photo of a lesson that is taken; it is kept smaller"),
    "photos_per_visit": Default("6", "photos that one visit keeps"),
}


_RUNG = r"(teacher|guardian|school|bureau)[+-]\d{1,3}"
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
#: How values are written that are no whole numbers.
_SHAPES = {
    "bureau_name": r"\S.{0,79}",
    "make_up_hours": f"{_HOUR}-{_HOUR}",
    "staff_channels": r"(inbox|email|sms)( (inbox|email|sms))*",
}


#: Asked by table, because every page asks.
_SETTINGS: Any = Setting.__table__
#: Made once for the same reason.
_LATEST = (
    select(_SETTINGS.c.value)
    .where(_SETTINGS.c.name == bindparam("name"), _SETTINGS.c.effective_from <= bindparam("day"))
    .order_by(_SETTINGS.c.effective_from.desc())
    .limit(1)
)


def setting(name: str, on: date) -> str:
    """The value in force on a day, else the default."""
    db.session.flush()  # what is asked by table does not see to it
    value = db.session.connection().scalar(_LATEST, {"name": name, "day": on})
    return DEFAULTS[name].value if value is None else value


def whole_number(name: str, on: date) -> int:
    """The value in force on a day as a whole number."""
    return int(setting(name, on))


def history(name: str) -> list[Setting]:
    """The values that one name was ever set to, the latest first."""
    return [row for row in ever_set() if row.name == name]


def ever_set() -> list[Setting]:
    """The values that were ever set, the latest first: a bureau sets a handful."""
    return list(db.session.scalars(select(Setting).order_by(Setting.effective_from.desc(), Setting.name)))


def in_force(on: date) -> dict[str, Setting]:
    """The rows that hold on a day, by name; a name without one has its default."""
    return {row.name: row for row in reversed(ever_set()) if row.effective_from <= on}


def write_setting(name: str, value: str, *, first: date, source: str, today: date, by: str) -> None:
    """Set a value from a day on; what held before that day stays what it was.

    Raises: Refused ``setting:shape``, ``setting:past``, ``setting:set_already``.
    """
    audit.turn_first()
    refuse_value(name, value, first=first, today=today)
    before = setting(name, first)
    db.session.add(Setting(name=name, value=value, effective_from=first, source=source))
    db.session.flush()
    audit.record(
        "setting:write", actor=by, about=f"setting:{name}", detail={"before": before, "after": value, "from": first}
    )


def refuse_value(name: str, value: str, *, first: date, today: date) -> None:
    """Refuse what cannot be read, what would change what held, and a day that has its value.

    Raises: Refused, as :func:`write_setting` says.
    """
    if not re.fullmatch(_shape_of(name), value):
        told = _("This cannot be read. Write it like %(example)s.", example=DEFAULTS[name].value)
        raise Refused("setting:shape", told, field="value")
    if first < today:
        raise Refused(
            "setting:past", _("What held is not changed afterwards. Choose today or a later day."), field="first"
        )
    if any(row.effective_from == first for row in history(name)):
        raise Refused("setting:set_already", _("It is set for that day already. Choose another day."), field="first")


def _shape_of(name: str) -> str:
    if name.startswith("ladder_"):
        return f"{_RUNG}( {_RUNG})*"
    if name.endswith("_hour"):
        return "[01]?[0-9]|2[0-3]"
    return _SHAPES.get(name, r"[0-9]{1,4}")
