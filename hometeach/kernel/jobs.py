"""Work that takes time: asked for on a page, worked by the scheduler's process, seen while it runs.

With ``web/base`` the only place that commits. A job is claimed with a lease
and a fence, so that one that died is taken up again and its late answer is
refused; what it does to the database is one transaction of its own.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Index, Integer, LargeBinary, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hometeach.kernel import sealing
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import INSERTS, Model, coded, db, reading
from hometeach.kernel.files import new_public_id

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
#: After this long without a heartbeat the scheduler is called late.
LATE_AFTER = timedelta(seconds=120)

log = logging.getLogger(__name__)


class JobState(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Model):
    """One piece of long work."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    #: JSON of ids and dates; never a person's data.
    arguments: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[JobState] = mapped_column(coded(JobState))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fence: Mapped[int] = mapped_column(Integer, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: JSON, sealed: what came of it may name people.
    outcome_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index(None, "state", "id"),)

    @property
    def outcome(self) -> Any:
        """What came of the job, None while it has not ended."""
        if self.outcome_sealed is None:
            return None
        return json.loads(sealing.unseal(self.outcome_sealed, table="job", column="outcome_sealed", row=self.public_id))

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in (JobState.WAITING, JobState.RUNNING)


class Heartbeat(Model):
    """When a process of this name last said that it lives."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass
class Progress:
    """How far a job has come. Told to the page between transactions, never from inside one.

    A job reads and checks before it writes; only that part reports, because a
    second writer would wait for the first on SQLite.
    """

    job_id: int
    fence: int

    def tell(self, done: int, total: int) -> None:
        """Say ``done`` of ``total``; nothing happens while the job itself is writing."""
        if not reading.get():
            return
        token = reading.set(False)
        try:
            with Session(db.engine) as session, session.begin():
                session.execute(
                    update(Job)
                    .where(Job.id == self.job_id, Job.fence == self.fence)
                    .values(done=done, total=total, lease_until=machine_now() + LEASE)
                )
        finally:
            reading.reset(token)


@dataclass(frozen=True)
class _Claim:
    job_id: int
    public_id: str
    fence: int


class _Overtaken(Exception):  # noqa: N818 - a state of the world
    """The job was cancelled, or its lease ran out and another took it up."""


Work = Callable[[Mapping[str, Any], Progress], Any]


@contextmanager
def committed() -> Iterator[None]:
    """Run a block as one transaction: committed at its end, undone if it raises."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def only_reading() -> Iterator[None]:
    """Run a block that writes nothing and therefore waits for nobody; any open transaction ends before it."""
    db.session.rollback()
    token = reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading.reset(token)


def ask(kind: str, arguments: Mapping[str, Any], *, by: str) -> Job:
    """Ask for a job in the running transaction."""
    job = Job(
        public_id=new_public_id(),
        kind=kind,
        arguments=json.dumps(arguments, sort_keys=True),
        asked_by=by,
        asked_at=machine_now(),
        state=JobState.WAITING,
        done=0,
        total=0,
        attempts=0,
        fence=0,
    )
    db.session.add(job)
    return job


def newest(kind: str, *, most: int = 1) -> list[Job]:
    """The last jobs of a kind that were asked for, the newest first."""
    return list(db.session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(most)))


def job_of(kind: str, public_id: str) -> Job | None:
    """The job of this kind with this name, if there is one."""
    return db.session.scalar(select(Job).where(Job.kind == kind, Job.public_id == public_id))


def cancel(job: Job) -> None:
    """Withdraw a job that has not ended; one that runs is refused when it answers."""
    db.session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state.in_([JobState.WAITING, JobState.RUNNING]))
        .values(state=JobState.CANCELLED, fence=Job.fence + 1, ended_at=machine_now())
    )


def work_next(works: Mapping[str, Work]) -> bool:
    """Claim one waiting job and do it. Returns whether there was one."""
    claimed = _claim(works)
    if claimed is None:
        return False
    job_id, public_id, kind, arguments, fence = claimed
    _attempt(works[kind], json.loads(arguments), _Claim(job_id, public_id, fence))
    return True


def beat(name: str) -> None:
    """Say that this process lives."""
    row = INSERTS[db.session.get_bind().dialect.name](Heartbeat).values(name=name, at=machine_now())
    with committed():  # written over in one statement, for two processes may begin at the same moment
        db.session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"at": row.excluded.at}))


def is_late(name: str) -> bool:
    """Whether the process has not said for too long that it lives."""
    at = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
    if at is None:
        return True
    return machine_now() - aware(at) > LATE_AFTER


def _claim(works: Mapping[str, Work]) -> tuple[int, str, str, str, int] | None:
    now = machine_now()
    free = or_(Job.state == JobState.WAITING, (Job.state == JobState.RUNNING) & (Job.lease_until < now))
    with committed():
        _park_hopeless(now)
        row = db.session.execute(
            select(Job.id, Job.public_id, Job.kind, Job.arguments, Job.fence)
            .where(free, Job.kind.in_(list(works)))
            .order_by(Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        db.session.execute(
            update(Job)
            .where(Job.id == row.id)
            .values(state=JobState.RUNNING, lease_until=now + LEASE, fence=row.fence + 1, attempts=Job.attempts + 1)
        )
    return row.id, row.public_id, row.kind, row.arguments, row.fence + 1


def _park_hopeless(now: datetime) -> None:
    db.session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING, Job.lease_until < now, Job.attempts >= MOST_ATTEMPTS)
        .values(state=JobState.FAILED, ended_at=now)
    )


def _attempt(work: Work, arguments: Mapping[str, Any], claim: _Claim) -> None:
    """Do the work and settle it in one transaction; whatever goes wrong is this job's alone."""
    try:
        with committed():
            _settle(claim, JobState.DONE, work(arguments, Progress(claim.job_id, claim.fence)))
    except Refused as refused:
        with committed():
            _settle(claim, JobState.REFUSED, {"code": refused.code, "message": refused.message})
    except _Overtaken:
        log.warning("job %s was cancelled or taken over; what it did is undone", claim.job_id)
    except Exception:
        log.exception("job %s failed", claim.job_id)
        with committed():
            _settle(claim, JobState.FAILED, None)


def _settle(claim: _Claim, state: JobState, outcome: Any) -> None:
    text = json.dumps(outcome, ensure_ascii=False, default=str)
    sealed = sealing.seal(text, table="job", column="outcome_sealed", row=claim.public_id)
    settled = db.session.scalar(
        update(Job)
        .where(Job.id == claim.job_id, Job.fence == claim.fence)
        .values(state=state, outcome_sealed=sealed, ended_at=machine_now(), lease_until=None)
        .returning(Job.id)
    )
    if state is JobState.DONE and settled is None:
        raise _Overtaken
