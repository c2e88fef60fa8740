"""Is this file an agreement as it was sealed here, to the last bit? Asked of the file alone, without a database.

Strict on purpose: there is one way in which a sealed file is made, and whatever
is not made that way is refused with the first reason that is found. No update
after the seal is accepted, not even a harmless one.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hometeach.agreements.sealing.keys import Trust
from hometeach.agreements.sealing.rules import Level
from hometeach.agreements.sealing.verifying.bytewise import (
    LONGEST,
    check_digest,
    check_ends,
    check_range,
    check_room,
    check_signature,
    check_spelling,
)
from hometeach.agreements.sealing.verifying.lasting import check_material
from hometeach.agreements.sealing.verifying.reading import Reading, Refuse
from hometeach.agreements.sealing.verifying.structure import (
    check_certification,
    check_contents,
    check_fields,
    check_revisions,
    check_statement,
)
from hometeach.agreements.sealing.verifying.timely import check_timestamp, check_validity
from hometeach.kernel.clock import machine_now

__all__ = ["CHECKS", "LONGEST", "Check", "Verdict", "verify"]

Check = Callable[[Reading], None]

#: All that must hold, the cheap ones first; each refuses with its own reasons.
CHECKS: tuple[Check, ...] = (
    check_ends,
    check_range,
    check_room,
    check_digest,
    check_signature,
    check_spelling,
    check_revisions,
    check_certification,
    check_fields,
    check_contents,
    check_statement,
    check_validity,
    check_timestamp,
    check_material,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the file is found to be. Of a file that does not hold nothing is told but why."""

    valid: bool
    #: ``valid``, or the first thing that does not hold.
    reason: str
    #: Of the bytes that were looked at, in hex.
    sha256: str
    number: str = ""
    initials: tuple[str, ...] = ()
    #: By the clock of the machine that sealed it.
    sealed_at: datetime | None = None
    #: By a timestamp authority; None at B-B.
    timestamp: datetime | None = None
    authority: str = ""
    level: Level | None = None
    unsigned_sha256: str = ""


def verify(content: bytes, trust: Trust, *, now: datetime | None = None, checks: Sequence[Check] = CHECKS) -> Verdict:
    """Whether a file is an agreement sealed by one of the believed certificates, unchanged.

    Never raises: whatever is handed in, there is a verdict.
    """
    digest = hashlib.sha256(content).hexdigest()
    reading = Reading(content, trust, now or machine_now())
    try:
        for check in checks:
            check(reading)
        stated = reading.stated
    except Refuse as refused:
        return Verdict(False, refused.reason, digest)
    except Exception:  # whatever else may come of bytes that anybody may hand in
        return Verdict(False, "malformed", digest)
    return Verdict(
        valid=True,
        reason="valid",
        sha256=digest,
        number=stated.number,
        initials=stated.initials,
        sealed_at=stated.sealed_at,
        timestamp=reading.timestamp,
        authority=reading.authority,
        level=reading.level,
        unsigned_sha256=stated.unsigned_sha256,
    )
