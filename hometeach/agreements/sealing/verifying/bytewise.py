"""What must hold of the bytes: the signature covers all of them but its own container, which has one spelling."""

import hashlib
import re

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from hometeach.agreements.sealing import container
from hometeach.agreements.sealing.keys import with_small_s
from hometeach.agreements.sealing.signed import check_signed
from hometeach.agreements.sealing.verifying.reading import Reading, Refuse, must, understood

#: Longer than this no agreement is, in bytes.
LONGEST = 20 * 1024 * 1024
HEAD = re.compile(rb"%PDF-1\.[4-7]\n")
TAIL = re.compile(rb"startxref\n\d{1,10}\n%%EOF\n?\Z")


def check_ends(reading: Reading) -> None:
    """The file begins with the head of a PDF and ends with its tail; nothing stands before or after."""
    must(len(reading.content) <= LONGEST, "too_large")
    must(HEAD.match(reading.content), "not_a_pdf")
    must(TAIL.search(reading.content[-40:]), "end")


def check_range(reading: Reading) -> None:
    """There is one signature in the file, and it covers all of it but the container."""
    content = reading.content
    must(content.count(b"/ByteRange") == 1, "signatures")
    start, end = reading.gap
    must(content[start : start + 1] == b"<" and content[end - 1 : end] == b">", "range")
    must(0 < end - start <= container.LARGEST + 2, "range")
    must(reading.rest == len(content) - end, "not_whole")


def check_room(reading: Reading) -> None:
    """The room is filled in one way: capital hex digits, then zeros to its end."""
    start, end = reading.gap
    spelt = understood("container", lambda: container.spelt(reading.der, end - start - 2))
    must(spelt == reading.content[start + 1 : end - 1], "room")


def check_spelling(reading: Reading) -> None:
    """Made anew of what is signed in it and of what is believed, the container is the one in the file."""
    read = reading.container
    made = understood("spelling", lambda: container.made_anew(read, reading.chain, read.token))
    must(made == reading.der, "spelling")
    curve = reading.chain[0].public_key
    if curve.algorithm == "ec":
        small = understood("spelling", lambda: with_small_s(read.signature, curve.curve[1]))
        must(small == read.signature, "spelling")


def check_digest(reading: Reading) -> None:
    """The bytes that the range names are those that were sealed."""
    start, end = reading.gap
    digest = hashlib.sha256(reading.content[:start])
    digest.update(reading.content[end : end + reading.rest])
    must(digest.digest() == reading.container.document_digest, "altered")


def check_signature(reading: Reading) -> None:
    """The signature was made with the key of a certificate of the bureau's, of today or of before."""
    read = reading.container
    try:
        check_signed(reading.chain[0], read.signature, read.signed, hashes.SHA256())
    except UnsupportedAlgorithm as other:
        raise Refuse("certificate") from other
    except InvalidSignature as forged:
        raise Refuse("signature") from forged
