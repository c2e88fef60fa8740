"""Who changed what, in a log that can be checked?

An audit row is written in the transaction of the change itself. Each carries a
keyed hash over its own fields and the hash before it, with a key from outside
the database, and the head of the chain is kept beside it, keyed too: a changed,
deleted, inserted or exchanged row is found, and so is a cut tail. The database
itself refuses to change or delete a row (triggers in the migrations).

Opening a child's file goes to the access log, which stands outside the chain.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel import sealing
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, db

#: The hash before the first row.
GENESIS = b"\0" * 32
#: Serialises the writers of the chain on PostgreSQL; SQLite has one writer anyway.
CHAIN_LOCK = 0x484F4D45
#: The action under which a digest of the access log enters the chain.
DIGEST = "access_log:digest"
#: From a moment, up to and without another. UTC.
Between = tuple[datetime, datetime]
ALWAYS: Between = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class AuditEvent(Model):
    """One thing that somebody did. Never changed, never deleted."""

    __tablename__ = "audit_event"

    #: Counted from 1 without gaps: a gap is a deletion.
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    #: UTC, ISO 8601 to the microsecond: text, so that both engines give back the very bytes that were hashed.
    at: Mapped[str] = mapped_column(String(32))
    #: Public id of the account, or the name of the process ("import", "scheduler").
    actor: Mapped[str] = mapped_column(String(64))
    #: ``subject:action``, never renamed.
    action: Mapped[str] = mapped_column(String(64))
    #: ``kind:public id`` of what it is about.
    about: Mapped[str] = mapped_column(String(96))
    #: Canonical JSON. No personal data: codes, counts, digests, reasons.
    detail: Mapped[str] = mapped_column(Text)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (Index(None, "about"), Index(None, "action"), Index(None, "at"))


class AuditHead(Model):
    """How long the chain is and how it ends, under its own keyed hash. One row."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class AccessLog(Model):
    """Somebody opened one child's file, or revealed a masked field. Append only."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(96))
    #: What was looked at: "file", "phone", "id_number", …
    what: Mapped[str] = mapped_column(String(32))
    #: The reason given for revealing a masked field; empty for opening the file.
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index(None, "about", "at"), Index(None, "actor", "at"))


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first row at which the chain does not hold, and what is wrong there."""

    seq: int
    wrong: str


#: Made once, because making a statement costs more than executing it.
_HEADS: Any = AuditHead.__table__
_EVENTS: Any = AuditEvent.__table__
_TURN = select(func.pg_advisory_xact_lock(bindparam("key")))
_HEAD = select(_HEADS.c.length, _HEADS.c.mac).where(_HEADS.c.id == 1)
_APPEND = insert(_EVENTS)
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.id == 1)


def take_turn() -> None:
    """Wait until nobody else can write to the chain before the running transaction ends.

    Who computes something from rows that others write takes the turn first, and reads what they wrote.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(_TURN, {"key": CHAIN_LOCK})


def turn_first() -> None:
    """Take the turn before anything is looked at: of two who look and then write, the second sees what the first did.

    Where one row says who is in whose way it is held instead: see ``extensions.hold``.
    """
    db.session.flush()
    take_turn()
    db.session.expire_all()


def record(action: str, *, actor: str, about: str, detail: Mapping[str, object] | None = None) -> bytes:
    """Write an audit row into the running transaction and chain it. Gives the row's hash."""
    session = db.session
    take_turn()
    session.flush()
    connection = session.connection()
    length, last = connection.execute(_HEAD).one()
    event = AuditEvent(
        seq=length + 1,
        at=machine_now().isoformat(timespec="microseconds"),
        actor=actor,
        action=action,
        about=about,
        detail=canonical(detail or {}),
    )
    event.mac = _mac_of(event, last)
    connection.execute(_APPEND, {column.key: getattr(event, column.key) for column in _EVENTS.c})
    seal = _seal_of(event.seq, event.mac)
    connection.execute(_MOVE_HEAD, {"length": event.seq, "mac": event.mac, "seal": seal})
    return event.mac


def note_access(*, actor: str, about: str, what: str, reason: str = "") -> None:
    """Append to the access log in the running transaction."""
    db.session.add(AccessLog(at=machine_now(), actor=actor, about=about, what=what, reason=reason))


def chain_access_log() -> int:
    """Write a digest of the access log since the last one into the chain. Returns how many rows it covers."""
    last = db.session.scalar(
        select(AuditEvent.detail).where(AuditEvent.action == DIGEST).order_by(AuditEvent.seq.desc()).limit(1)
    )
    since = json.loads(last)["last"] if last else 0
    statement = select(AccessLog).where(AccessLog.id > since).order_by(AccessLog.id)
    digest, covered = hashlib.sha256(), 0
    for row in db.session.scalars(statement):
        fields = (row.id, row.at.replace(tzinfo=None).isoformat(), row.actor, row.about, row.what, row.reason)
        digest.update(json.dumps(fields, ensure_ascii=False).encode())
        since, covered = row.id, covered + 1
    if covered:
        detail = {"last": since, "rows": covered, "sha256": digest.hexdigest()}
        record(DIGEST, actor="scheduler", about="access_log:all", detail=detail)
    return covered


def head() -> tuple[int, str]:
    """The length of the chain and its last hash in hex, as reports print it."""
    length, mac = db.session.execute(select(AuditHead.length, AuditHead.mac).where(AuditHead.id == 1)).one()
    return length, mac.hex()


def verify(expected_head: str | None = None) -> Flaw | None:
    """The first flaw of the chain, or None where it holds.

    ``expected_head`` is a hash from a printed report: it must occur in the
    chain, so that a tail cut off together with its head is found as well.
    """
    last, count, head_seen = GENESIS, 0, expected_head is None
    for event in _in_order():
        count += 1
        if event.seq != count:
            return Flaw(count, "row is missing or was moved")
        if not hmac.compare_digest(event.mac, _mac_of(event, last)):
            wrong = "row was changed, or the row before it was exchanged"
            return Flaw(event.seq, wrong if count > 1 else f"{wrong}, or HOMETEACH_AUDIT_KEY is another one by now")
        last = event.mac
        head_seen = head_seen or last.hex() == expected_head
    flaw = _flaw_of_head(count, last)
    if flaw is None and not head_seen:
        flaw = Flaw(count + 1, "the printed head does not occur in the chain: its tail was cut off")
    return flaw


def events(action: str = "", *, actor: str = "", about: str = "", during: Between = ALWAYS) -> Select[AuditEvent]:
    """What was done, newest first; only what matches, where something is asked for."""
    statement = select(AuditEvent).order_by(AuditEvent.seq.desc())
    for column, wanted in ((AuditEvent.action, action), (AuditEvent.actor, actor), (AuditEvent.about, about)):
        statement = statement.where(column == wanted) if wanted else statement
    first, last = (moment.isoformat(timespec="microseconds") for moment in during)
    return statement if during == ALWAYS else statement.where(AuditEvent.at >= first, AuditEvent.at < last)


def accesses(what: str = "", *, actor: str = "", about: str = "", during: Between = ALWAYS) -> Select[AccessLog]:
    """Whose file was opened, newest first; only what matches, where something is asked for."""
    statement = select(AccessLog).order_by(AccessLog.id.desc())
    for column, wanted in ((AccessLog.what, what), (AccessLog.actor, actor), (AccessLog.about, about)):
        statement = statement.where(column == wanted) if wanted else statement
    return statement if during == ALWAYS else statement.where(AccessLog.at >= during[0], AccessLog.at < during[1])


def initial_head() -> dict[str, object]:
    """The row that an empty chain begins with; made once the keys are known."""
    return {"id": 1, "length": 0, "mac": GENESIS, "seal": _seal_of(0, GENESIS)}


def begin_chain() -> None:
    """Make the head of an empty chain, once per database."""
    if db.session.get(AuditHead, 1) is None:
        db.session.add(AuditHead(**initial_head()))
        db.session.flush()


def canonical(detail: Mapping[str, object]) -> str:
    """One spelling for one content: sorted keys, no spaces, dates and numbers as text where JSON has none."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _in_order() -> Iterator[AuditEvent]:
    statement = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=2000)
    for event in db.session.scalars(statement):
        yield event
        db.session.expunge(event)


def _flaw_of_head(count: int, last: bytes) -> Flaw | None:
    found = db.session.execute(select(AuditHead.length, AuditHead.mac, AuditHead.seal)).all()
    if len(found) != 1:
        return Flaw(count + 1, "the head of the chain is missing")
    length, mac, seal = found[0]
    if not hmac.compare_digest(seal, _seal_of(length, mac)):
        return Flaw(count + 1, "the head of the chain was changed")
    if length != count or mac != last:
        return Flaw(count + 1, "the head counts other rows: the tail was cut off or added to")
    return None


def _mac_of(event: AuditEvent, previous: bytes) -> bytes:
    fields = (str(event.seq), event.at, event.actor, event.action, event.about, event.detail)
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.digest(sealing.keys().audit, previous + body, "sha256")


def _seal_of(length: int, mac: bytes) -> bytes:
    return hmac.digest(sealing.keys().audit, b"head" + str(length).encode() + mac, "sha256")
