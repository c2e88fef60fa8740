"""What is told of a signed agreement, as the evidence page prints it and a lawyer reads it?

Values only: names as they were copied when the agreement was drawn up, numbers
already masked. The page is drawn from this and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.rules import Method, SigningEvent

#: A point of a stroke: across, down.
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A signature drawn by hand: its strokes on a sheet of this width and height, in the units of its points."""

    width: float
    height: float
    strokes: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One signature of the family: who, how identity was proved, and what was put under the document."""

    name: str
    #: In words, as copied into the agreement.
    relation: str
    #: Masked, empty where none is known.
    phone: str
    id_number: str
    route: SigningRoute
    method: Method
    signed_at: datetime
    #: Of the unsigned document that this signature is bound to, in hex.
    document_sha256: str
    #: How identity was proved, in words.
    identity: str
    code_sent_at: datetime | None = None
    code_entered_at: datetime | None = None
    #: What the browser called itself, and from which network address.
    device: str = ""
    address: str = ""
    drawing: Drawing | None = None
    typed_name: str = ""
    #: Of the paper as it came back, in hex; empty for every other route.
    scan_sha256: str = ""
    witnesses: tuple[str, ...] = ()
    #: Who of the staff took it, by name; empty for the guardian's own phone.
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event, in the order in which it was written."""

    event: SigningEvent
    at: datetime
    #: Who did it, in words.
    by: str
    #: About which of those who are asked; empty for the agreement as a whole.
    about: str = ""
    #: What else is known of it: reasons, dates, seconds of reading.
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CountersignedBy:
    """The school's countersignature, as printed."""

    name: str
    office: str
    at: datetime
    document_sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is told of one agreement that the family signed and the school countersigned."""

    number: str
    school: str
    #: Of the unsigned document, in hex.
    document_sha256: str
    #: Code and version of the wording, and of the delivery rule that was in force.
    template: str
    rule: str
    signed: tuple[SignedBy, ...]
    #: Who was asked and did not have to sign any more: name and relation.
    not_signed: tuple[tuple[str, str], ...]
    events: tuple[Happened, ...]
    countersigned: CountersignedBy
