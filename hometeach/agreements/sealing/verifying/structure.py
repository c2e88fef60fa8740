"""What must hold of the document: two revisions, one certification, one field, pages that only show."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject

from hometeach.agreements.sealing.making import FIELD
from hometeach.agreements.sealing.material import STORE
from hometeach.agreements.sealing.verifying.reading import Reading, must, understood

#: What the catalogue of a sealed agreement may hold.
CATALOGUE = frozenset(
    {"/Type", "/Pages", "/AcroForm", "/Perms", "/PieceInfo", "/Metadata", "/Extensions", "/Lang", "/Outlines"}
    | {"/ViewerPreferences", "/MarkInfo", "/StructTreeRoot", "/Version", "/PageMode", "/Names", "/OutputIntents", STORE}
)
#: What a page may hold; actions (``/AA``) are not among it.
PAGE = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/Contents", "/Resources", "/Annots"}
    | {"/Group", "/Tabs", "/StructParents", "/Rotate"}
)
NUMBER = re.compile(r"[A-Z]{1,8}-\d{4}-\d{1,9}")


def check_revisions(reading: Reading) -> None:
    """The document as the family signed it, and ours upon it; not encrypted."""
    must(understood("malformed", lambda: reading.pdf.xrefs.total_revisions) == 2, "revisions")
    must(not reading.pdf.encrypted, "encrypted")


def check_certification(reading: Reading) -> None:
    """The signature certifies the document and allows no change."""
    must(set(understood("certification", lambda: reading.root["/Perms"])) == {"/DocMDP"}, "certification")
    must(understood("certification", lambda: _terms(reading.signature)) == (1, "/ETSI.CAdES.detached"), "certification")


def check_fields(reading: Reading) -> None:
    """The one field of the form is the seal."""
    form = understood("fields", lambda: reading.root["/AcroForm"])
    must(set(form) <= {"/Fields", "/SigFlags", "/DR", "/DA"}, "fields")
    fields = understood("fields", lambda: [one.get_object() for one in form["/Fields"]])
    must(len(fields) == 1, "fields")
    must(understood("fields", lambda: _is_ours(fields[0], reading.signature)), "fields")


def check_contents(reading: Reading) -> None:
    """Nothing in the document acts, and nothing lies over its pages."""
    must(set(reading.root) <= CATALOGUE, "contents")
    must(understood("contents", lambda: set(_entry(reading.root, "/Names", {}))) <= {"/Dests"}, "contents")
    must(understood("contents", lambda: all(_only_shows(page) for page in _pages(reading.root["/Pages"]))), "contents")


def check_statement(reading: Reading) -> None:
    """What the file says of itself is true of it: the number, and the unsigned bytes that it begins with."""
    stated = reading.stated
    must(NUMBER.fullmatch(stated.number), "statement")
    must(understood("statement", lambda: str(reading.signature["/Reason"])) == stated.number, "statement")
    unsigned = reading.content[: stated.unsigned_bytes]
    must(unsigned.rstrip().endswith(b"%%EOF"), "statement")
    must(hashlib.sha256(unsigned).hexdigest() == stated.unsigned_sha256, "statement")


def _entry(of: DictionaryObject, name: str, otherwise: Any) -> Any:
    """An entry, followed to where it stands (``get`` does not follow)."""
    return of[name] if name in of else otherwise  # noqa: SIM401


def _terms(signature: DictionaryObject) -> tuple[int, str]:
    (reference,) = signature["/Reference"]
    reference = reference.get_object()
    must(reference["/TransformMethod"] == "/DocMDP", "certification")
    return int(reference["/TransformParams"]["/P"]), str(signature["/SubFilter"])


def _is_ours(field: DictionaryObject, signature: DictionaryObject) -> bool:
    is_seal = (str(field["/T"]), str(field["/FT"])) == (FIELD, "/Sig")
    shows_nothing = all(int(edge) == 0 for edge in field["/Rect"]) and "/AA" not in field and "/A" not in field
    return is_seal and shows_nothing and field["/V"].container_ref == signature.container_ref


def _pages(node: DictionaryObject) -> Iterator[DictionaryObject]:
    for kid in node["/Kids"]:
        page = kid.get_object()
        if page["/Type"] == "/Pages":
            yield from _pages(page)
        else:
            yield page


def _only_shows(page: DictionaryObject) -> bool:
    annotations = [one.get_object() for one in _entry(page, "/Annots", ())]
    return set(page) <= PAGE and all(_is_seal_or_link(one) for one in annotations)


def _is_seal_or_link(annotation: DictionaryObject) -> bool:
    if annotation["/Subtype"] == "/Widget":
        return str(annotation["/T"]) == FIELD
    return annotation["/Subtype"] == "/Link" and "/A" not in annotation and "/AA" not in annotation
