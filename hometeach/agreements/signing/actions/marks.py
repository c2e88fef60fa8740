"""What somebody puts under an agreement, and by what it is known who it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from hometeach.agreements.signing.rules import Identity, Method
from hometeach.agreements.signing.rules.strokes import read_drawn
from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.files import StoredFile

MOST_NAME = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature in its own form: strokes (canonical JSON), a typed name, or a paper."""

    method: Method
    strokes: str = ""
    typed_name: str = ""
    scan: StoredFile | None = None
    #: What the signer chose of what was asked beside, by name.
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """How identity was proved, and from where the signature came."""

    identity: Identity
    code_sent_at: datetime | None = None
    code_entered_at: datetime | None = None
    #: What the browser called itself, and the network address.
    device: str = ""
    address: str = ""
    #: Which identity document, and whose eyes saw it.
    document: str = ""
    witnesses: tuple[str, ...] = ()
    #: SHA-256 of a capture taken without network, in hex, and its device's clock.
    capture_sha256: str = ""
    device_clock: str = ""

    @property
    def canonical(self) -> str:
        """As it is kept: only what is there."""
        told = {
            "identity": self.identity.value,
            "code_sent_at": _moment(self.code_sent_at),
            "code_entered_at": _moment(self.code_entered_at),
            "device": self.device[:300],
            "address": self.address,
            "document": self.document,
            "witnesses": list(self.witnesses),
            "capture_sha256": self.capture_sha256,
            "device_clock": self.device_clock,
        }
        return audit.canonical({name: value for name, value in told.items() if value})


def drawn_mark(text: str, choices: Mapping[str, str] | None = None) -> Mark:
    """A signature drawn by hand.

    Raises: Refused ``strokes:…``.
    """
    try:
        drawn = read_drawn(text)
    except ValueError as refused:
        told = {
            "strokes:empty": _("Nothing is drawn yet. Sign in the box, or type your name."),
            "strokes:too_many": _("This signature has too many strokes. Clear it and sign again."),
        }
        told_by_default = _("The signature did not arrive whole. Sign again, or type your name.")
        raise Refused(str(refused), told.get(str(refused), told_by_default), "strokes") from refused
    return Mark(Method.DRAWN, strokes=drawn.canonical, choices=choices or {})


def typed_mark(name: str, expected: str, choices: Mapping[str, str] | None = None) -> Mark:
    """A name typed instead of a signature: the signer's own, as it stands in the agreement.

    Raises: Refused ``sign:other_name``.
    """
    plain = "".join(name.split())
    if plain != "".join(expected.split()) or len(plain) > MOST_NAME:
        raise Refused(
            "sign:other_name",
            _("Type the name as it stands in the agreement: %(name)s.", name=expected),
            "typed_name",
        )
    return Mark(Method.TYPED, typed_name=expected, choices=choices or {})


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
