"""What is needed to check certificates years later: the certificates, and what their issuers said of them at the time.

It stands in the document security store (DSS) of the file, in the same revision
as the seal: so the signature covers it, and there is no update after the seal.

Source: ISO 32000-2, 12.8.4.3; ETSI EN 319 142-1, 5.4.2. Entries by signature
(VRI) are not made: the signature's bytes are not known while it is made.
"""

from dataclasses import dataclass
from io import BytesIO

from asn1crypto import crl, ocsp
from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.validation.dss import DocumentSecurityStore

from hometeach.agreements.sealing.keys import Certificate

STORE = "/DSS"
#: What the store holds, and nothing else.
KINDS = {"/Certs": "certificates", "/OCSPs": "answers", "/CRLs": "lists"}


@dataclass(frozen=True)
class Material:
    """Certificates, answers about single certificates (OCSP, DER), and lists of revoked ones (CRL, DER)."""

    certificates: tuple[Certificate, ...] = ()
    answers: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()

    def __add__(self, other: "Material") -> "Material":
        """Both, each thing once."""
        return Material(
            tuple({one.dump(): one for one in (*self.certificates, *other.certificates)}.values()),
            tuple(dict.fromkeys((*self.answers, *other.answers))),
            tuple(dict.fromkeys((*self.lists, *other.lists))),
        )


def put_into(writer: BasePdfFileWriter, material: Material) -> None:
    """Put the store into the revision that is being written."""
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=material.certificates,
        ocsps=[ocsp.OCSPResponse.load(one) for one in material.answers],
        crls=[crl.CertificateList.load(one) for one in material.lists],
    )
    writer.register_extension(ESIC_EXTENSION_1)


def material_in(root: DictionaryObject) -> Material | None:
    """What stands in a document; None where it has no store.

    Raises: ValueError where the store holds something else.
    """
    if STORE not in root:
        return None
    store = root[STORE]
    if not set(store) <= set(KINDS):
        raise ValueError("the store holds something else")
    found = {name: tuple(_content(one) for one in store[kind]) for kind, name in KINDS.items() if kind in store}
    certificates = tuple(Certificate.load(one, strict=True) for one in found.get("certificates", ()))
    return Material(certificates, found.get("answers", ()), found.get("lists", ()))


def material_of(content: bytes) -> Material | None:
    """The same of a file that was verified."""
    return material_in(PdfFileReader(BytesIO(content)).root)


def _content(reference: object) -> bytes:
    stream = reference.get_object()  # type: ignore[attr-defined]
    if not isinstance(stream, StreamObject):
        raise ValueError("the store holds something else")
    content: bytes = stream.data
    return content
