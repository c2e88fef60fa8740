"""On what terms documents are sealed, and what comes of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hometeach.agreements.sealing.keys import SealKey, Trust
from hometeach.agreements.sealing.rules import Level
from hometeach.agreements.sealing.timestamps import Authority, Failure


@dataclass(frozen=True)
class Terms:
    """With what, and on what terms, documents are sealed."""

    key: SealKey
    #: Read anew each time: the key's own chain is among it once the key was loaded.
    trust: Callable[[], Trust]
    authorities: tuple[Authority, ...]
    #: How long each authority may take.
    seconds: float
    #: Whether level B-B suffices where no authority gives a timestamp.
    suffices_without: bool
    #: Where anybody may ask by the printed code.
    address: str
    #: The last timestamp of each authority that this process saw, by its address: its chain, and how long it is.
    seen: dict[str, bytes] = field(default_factory=dict)

    def longest_seen(self) -> int | None:
        """How long the timestamps of these authorities are, in bytes; None where one was not seen yet."""
        lengths = [len(self.seen[one.url]) for one in self.authorities if one.url in self.seen]
        return max(lengths) if lengths and len(lengths) == len(self.authorities) else None


@dataclass(frozen=True)
class Made:
    """A sealed document that was verified."""

    content: bytes
    code: str
    level: Level
    algorithm: str
    certificate_sha256: str
    authority: str
    sealed_at: datetime
    failures: tuple[Failure, ...]

    @property
    def sha256(self) -> str:
        """Of the sealed bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()
