"""What is read of a file while it is verified, each thing once, when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any, TypeVar

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from hometeach.agreements.sealing import container, foreign, making
from hometeach.agreements.sealing.keys import Certificate, Trust
from hometeach.agreements.sealing.making import Stated
from hometeach.agreements.sealing.material import Material, material_in
from hometeach.agreements.sealing.rules import Level

Found = TypeVar("Found")
#: What reading somebody else's bytes may raise.
BROKEN = (PdfError, *foreign.BROKEN)


class Refuse(Exception):  # noqa: N818 - a verdict, not an error
    """The file does not hold; ``reason`` is a code."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass
class Reading:
    """One file under verification."""

    content: bytes
    trust: Trust
    now: datetime
    timestamp: datetime | None = field(default=None, init=False)
    authority: str = field(default="", init=False)
    #: Whether the file itself proves its certificates good.
    lasting: bool = field(default=False, init=False)

    @cached_property
    def gap(self) -> tuple[int, int]:
        """Where the container begins and ends, its angle brackets among it."""
        return understood("range", lambda: making.gap_in(self.content))

    @cached_property
    def rest(self) -> int:
        """How many bytes after the container the signature says that it covers."""
        found = understood("range", lambda: making.BYTE_RANGE.findall(self.content)[0])
        return int(found[2])

    @cached_property
    def der(self) -> bytes:
        """The container."""
        return understood("container", lambda: making.container_in(self.content))

    @cached_property
    def container(self) -> container.Container:
        """The container taken apart."""
        return understood("container", lambda: container.opened(self.der))

    @cached_property
    def chain(self) -> tuple[Certificate, ...]:
        """The believed chain whose certificate the container names."""
        named = self.container.certificate_digest
        for chain in self.trust.chains:
            if chain[0].sha256 == named:
                return chain
        raise Refuse("certificate")

    @cached_property
    def pdf(self) -> PdfFileReader:
        """The file as a document."""
        return understood("malformed", lambda: PdfFileReader(BytesIO(self.content), strict=True))

    @cached_property
    def root(self) -> DictionaryObject:
        """The document's catalogue."""
        root: DictionaryObject = understood("malformed", lambda: self.pdf.root)
        return root

    @cached_property
    def signature(self) -> DictionaryObject:
        """The signature that the catalogue names as its certification."""
        found: DictionaryObject = understood("certification", lambda: self.root["/Perms"]["/DocMDP"])
        return found

    @cached_property
    def material(self) -> Material | None:
        """What stands in the file to check its certificates by; None where it has no store for it."""
        return understood("material", lambda: material_in(self.root))

    @cached_property
    def stated(self) -> Stated:
        """What the file says of itself."""
        return understood("statement", lambda: _stated(self.root))

    @property
    def level(self) -> Level:
        """The level that was found: what is said of a file is never more."""
        if self.lasting:
            return Level.B_LT
        return Level.B_T if self.timestamp else Level.B_B


def understood(reason: str, read: Callable[[], Found]) -> Found:
    """What is read; where it cannot be read the file is refused for this reason."""
    try:
        return read()
    except BROKEN as broken:
        raise Refuse(reason) from broken


def must(holds: Any, reason: str) -> None:
    """Refuse for this reason where something does not hold."""
    if not holds:
        raise Refuse(reason)


def _stated(root: DictionaryObject) -> Stated:
    private = root["/PieceInfo"][making.OURS]["/Private"]
    return Stated(
        number=str(private["/Number"]),
        initials=tuple(str(one) for one in private["/Initials"]),
        sealed_at=datetime.fromisoformat(str(private["/SealedAt"])),
        unsigned_bytes=int(private["/UnsignedBytes"]),
        unsigned_sha256=str(private["/UnsignedSHA256"]),
    )
