"""Bytes that people hand in or take away, kept sealed with their hash and kind."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import DateTime, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel import sealing
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, db


class StoredFile(Model):
    """One file, sealed to its own row."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    #: A media type out of a short list, never the one that the sender claims.
    kind: Mapped[str] = mapped_column(String(96))
    #: Bytes.
    size: Mapped[int] = mapped_column(Integer)
    #: Of the bytes before sealing.
    sha256: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def content(self) -> bytes:
        """The bytes as they came.

        Raises: sealing.SealBroken if the row was altered.
        """
        return sealing.unseal_bytes(self.sealed, table="stored_file", column="sealed", row=self.public_id)


def keep(content: bytes, kind: str) -> StoredFile:
    """Keep bytes in the running transaction."""
    public_id = new_public_id()
    file = StoredFile(
        public_id=public_id,
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        kept_at=machine_now(),
        sealed=sealing.seal_bytes(content, table="stored_file", column="sealed", row=public_id),
    )
    db.session.add(file)
    return file


def new_public_id() -> str:
    """A random name for an address: 72 bits, URL-safe, telling nothing."""
    return secrets.token_urlsafe(9)


def wipe(file: StoredFile) -> None:
    """Let the bytes go and keep what proves them: kind, size, hash, day."""
    file.sealed = sealing.seal_bytes(b"", table="stored_file", column="sealed", row=file.public_id)
