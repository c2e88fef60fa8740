"""Was the machine's clock set? Then nothing but codes is sent until somebody says that it is right."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Index, Integer, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel.clock import ClockWatch, aware, machine_now
from hometeach.kernel.delivering import MessageAttempt
from hometeach.kernel.extensions import Model, db
from hometeach.kernel.jobs import committed

#: By more than this the clock does not drift: it was set.
DRIFT = timedelta(seconds=60)

log = logging.getLogger(__name__)


class ClockJump(Model):
    """The machine's clock was set: nothing but codes is sent until somebody says that it is right."""

    __tablename__ = "clock_jump"

    id: Mapped[int] = mapped_column(primary_key=True)
    noticed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: By how much; negative where it was set back.
    seconds: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The account that said so, or ``scheduler`` where the clock was put back by itself.
    ended_by: Mapped[str] = mapped_column(String(64), default="")

    __table_args__ = (Index(None, "ended_at"),)


def open_jump() -> ClockJump | None:
    """The setting of the clock that nobody has looked at yet."""
    return db.session.scalar(
        select(ClockJump).where(ClockJump.ended_at.is_(None)).order_by(ClockJump.id.desc()).limit(1)
    )


def trust_the_clock(*, by: str) -> int:
    """Say that the clock is right as it stands. Returns how many jumps were open."""
    ended = db.session.scalars(
        update(ClockJump)
        .where(ClockJump.ended_at.is_(None))
        .values(ended_at=machine_now(), ended_by=by)
        .returning(ClockJump.id)
    )
    return len(ended.all())


class ClockGuard:
    """Writes it down when the clock was set, and says whether it can be gone by. One for each process."""

    def __init__(self, watch: ClockWatch | None = None):
        self._watch = watch or ClockWatch()
        self._noticed: int | None = None
        self._is_new = True

    @property
    def has_jumped(self) -> bool:
        """Whether the clock runs apart from the one that only counts. Asks no database."""
        return abs(self._watch.jump) > DRIFT

    def is_doubted(self) -> bool:
        """Whether the clock was set and nobody has said that it is right. Commits what it notices."""
        with committed():
            if self._is_new:
                self._is_new = False
                self._compare_with_the_past()
            self._follow(self._watch.jump)
            return open_jump() is not None

    def _compare_with_the_past(self) -> None:
        """A process that starts before its predecessor's last attempt starts by a clock that was set back."""
        last = db.session.scalar(select(MessageAttempt.at).order_by(MessageAttempt.id.desc()).limit(1))
        if last is not None and machine_now() < aware(last) - DRIFT:
            self._watch.suspect(machine_now() - aware(last))

    def _follow(self, jump: timedelta) -> None:
        row = db.session.get(ClockJump, self._noticed) if self._noticed is not None else None
        if row is not None and row.ended_at is not None:
            self._watch.trust()
            self._noticed = None
        elif row is not None and abs(jump) <= DRIFT:
            row.ended_at, row.ended_by = machine_now(), "scheduler"
            self._noticed = None
        elif row is None and abs(jump) > DRIFT:
            row = ClockJump(noticed_at=machine_now(), seconds=int(jump.total_seconds()), ended_by="")
            db.session.add(row)
            db.session.flush()
            self._noticed = row.id
            log.error("the clock was set by %s s; messages wait until somebody says that it is right", row.seconds)
