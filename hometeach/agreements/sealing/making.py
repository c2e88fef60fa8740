"""How a sealed document is made: the unsigned bytes first, untouched; the evidence after them; one signature over both.

The evidence pages come as an incremental update, so that the sealed file begins
with the very bytes that the family signed: whoever cuts them off again
(``head -c``) has the document whose SHA-256 is printed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_date, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from hometeach.agreements.sealing import container
from hometeach.agreements.sealing.keys import Certificate, SealKey, certificate_name
from hometeach.agreements.sealing.material import Material, put_into

Given = TypeVar("Given")
#: The name of the signature's field, and of our entry in the document.
FIELD, OURS = "Seal", "/HomeTeach"
BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,10}) (\d{1,10}) (\d{1,10})\]")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the sealed file says of itself where a machine reads it."""

    number: str
    initials: tuple[str, ...]
    sealed_at: datetime
    #: Of the unsigned bytes that the file begins with: how many, and their SHA-256 in hex.
    unsigned_bytes: int
    unsigned_sha256: str


def seal(
    unsigned: bytes,
    evidence: bytes,
    *,
    stated: Stated,
    key: SealKey,
    material: Material | None = None,
    token: int | None = None,
) -> bytes:
    """The sealed file at level B-B: the evidence appended to the unsigned bytes, and one signature over all of it.

    With ``material`` a timestamp makes it B-LT.
    Units: ``token`` in bytes: how long a timestamp will be, where that is known.
    """
    writer = IncrementalPdfFileWriter(BytesIO(unsigned))
    _append_pages(writer, evidence)
    writer.root[pdf_name("/PieceInfo")] = piece_of(stated)
    writer.update_root()
    if material is not None:
        put_into(writer, material)
    described = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        reason=stated.number,
        name=certificate_name(key.certificate),
    )
    out, signer = BytesIO(), PdfSigner(described, key.signer)
    in_a_thread(signer.sign_pdf, writer, bytes_reserved=container.room_for(key.chain, token), output=out)
    return out.getvalue()


def in_a_thread(work: Callable[..., Given], *arguments: Any, **named: Any) -> Given:
    """What pyHanko's work comes to: it needs an event loop of its own, and where another runs already it has none."""
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(work, *arguments, **named).result()


def container_in(sealed: bytes) -> bytes:
    """The signature container of a sealed file, DER.

    Raises: container.Malformed.
    """
    start, end = gap_in(sealed)
    digits = sealed[start + 1 : end - 1]
    try:
        read = bytes.fromhex(digits.decode("ascii"))
        size = _der_size(read)
    except (ValueError, IndexError) as broken:
        raise container.Malformed("no container") from broken
    return read[:size]


def gap_in(sealed: bytes) -> tuple[int, int]:
    """Where the container begins and where it ends, by the range of bytes that the signature states.

    Raises: container.Malformed.
    """
    found = BYTE_RANGE.findall(sealed)
    if len(found) != 1:
        raise container.Malformed("not exactly one range of bytes")
    start, end, _rest = map(int, found[0])
    return start, end


def with_timestamp(sealed: bytes, token: bytes, chain: Sequence[Certificate]) -> bytes:
    """The same file with a timestamp of its signature in the room that was kept: level B-T.

    Nothing that the signature covers changes, and no update is appended.

    Raises: container.Malformed if the token does not fit.
    """
    read = container.opened(container_in(sealed))
    made = container.made_anew(read, chain, token)
    start, end = gap_in(sealed)
    return sealed[: start + 1] + container.spelt(made, end - start - 2) + sealed[end - 1 :]


def sha256_of(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


def _append_pages(writer: IncrementalPdfFileWriter, document: bytes) -> None:
    """Append a document's pages, all imported at once: so what they share, the fonts, comes once."""
    given = PdfFileReader(BytesIO(document)).root["/Pages"]["/Kids"]
    for page in given:
        page.get_object().pop("/Parent")
    tree = writer.root["/Pages"]
    pages = ArrayObject(writer.import_object(given))  # type: ignore[call-overload]
    for page in pages:
        page.get_object()[pdf_name("/Parent")] = writer.root.raw_get("/Pages")
    tree["/Kids"].extend(pages)
    tree[pdf_name("/Count")] = NumberObject(tree["/Count"] + len(pages))
    writer.update_container(tree)
    writer.update_container(tree["/Kids"])


def piece_of(stated: Stated) -> DictionaryObject:
    """Our entry, in the place that the format keeps for an application's own data (ISO 32000-1, 14.5)."""
    private = {
        "/Number": pdf_string(stated.number),
        "/Initials": ArrayObject(pdf_string(one) for one in stated.initials),
        "/SealedAt": pdf_string(stated.sealed_at.isoformat(timespec="seconds")),
        "/UnsignedBytes": NumberObject(stated.unsigned_bytes),
        "/UnsignedSHA256": pdf_string(stated.unsigned_sha256),
    }
    ours = {"/LastModified": pdf_date(stated.sealed_at), "/Private": _dictionary(private)}
    return _dictionary({OURS: _dictionary(ours)})


def _dictionary(entries: Mapping[str, object]) -> DictionaryObject:
    return DictionaryObject({pdf_name(name): value for name, value in entries.items()})


def _der_size(der: bytes) -> int:
    first = der[1]
    if first < 0x80:
        return 2 + first
    count = first & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")
