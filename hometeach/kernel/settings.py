"""What does the bureau set, and since when?

A setting is a dated row with a source, never a constant in code. What stands
in no row falls back to :data:`DEFAULTS`, which says where the default is from.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

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
    "attempt_window_minutes": Default("15", "the window in which attempts are counted"),
    "plan_needs_centre": Default("0", "1 where the resource centre looks at a plan before the head approves it"),
    "file_expiring_days": Default("30", "days before its last one from which a paper of the file is told as expiring"),
    "late_entry_days": Default("7", "days after a visit within which it may still be written down, with a reason"),
    "code_minutes": Default("10", "how long a guardian's one-time code holds"),
    "code_tries": Default("5", "wrong entries after which a code is worth nothing"),
    "codes_per_phone": Default("5", "codes that one phone is sent in the window"),
    "code_window_minutes": Default("60", "the window in which a phone's codes are counted"),
    "codes_kept_days": Default("180", "how long the hash of a used code is kept"),
    "home_link_days": Default("30", "how long a link to the family's pages opens"),
    "confirm_link_days": Default("14", "how long a link to confirm a visit opens"),
    "dispute_days": Default("15", "days in which the bureau decides what a family disputes"),
}


def setting(name: str, on: date) -> str:
    """The value in force on a day, else the default."""
    statement = (
        select(Setting.value)
        .where(Setting.name == name, Setting.effective_from <= on)
        .order_by(Setting.effective_from.desc())
        .limit(1)
    )
    value = db.session.scalar(statement)
    return DEFAULTS[name].value if value is None else value


def whole_number(name: str, on: date) -> int:
    """The value in force on a day as a whole number."""
    return int(setting(name, on))
