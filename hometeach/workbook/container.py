"""Is this file an Excel workbook, and which of its parts may be unpacked?

The container is measured before anything is unpacked: what kind of file it is,
how many members it has, what they unpack to, and whether any of them has no
business in a list (macros, links to other files).

Source: ``docs/decisions/0006-spreadsheet-reader.md``.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

from flask_babel import gettext as _

from hometeach.kernel.errors import Refused

MEGABYTE = 1024 * 1024
#: As large as an upload may be (``MAX_CONTENT_LENGTH``): some 250,000 visits.
MAX_FILE_BYTES = 20 * MEGABYTE
#: A county's workbook has about 30 members.
MAX_MEMBERS = 500
#: No part of a workbook has a longer name; in small letters a strange one can grow.
LONGEST_NAME = 255
#: 12,000 visits unpack to 8 MB. Twice this is held in memory while it is checked.
MAX_UNPACKED_BYTES = 64 * MEGABYTE
#: Real sheets shrink to a tenth or a thirtieth; a bomb to a thousandth.
MAX_RATIO = 200
#: Below this size a high ratio harms nobody: short sheets repeat themselves.
RATIO_MATTERS_FROM = 4 * MEGABYTE

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Stands, in the container's own spelling, in every workbook that is locked with a password.
ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_PART = "xl/workbook.xml"
RELATIONS_PART = "xl/_rels/workbook.xml.rels"
STRINGS_PART = "xl/sharedstrings.xml"
#: The parts that the reader is given, besides the sheets; all names in lower case.
PARTS = frozenset({"[content_types].xml", "_rels/.rels", WORKBOOK_PART, RELATIONS_PART, STRINGS_PART, "xl/styles.xml"})
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
#: Folders and files whose presence alone is a reason to refuse, and why.
FOREIGN_PARTS = (
    (re.compile(r"xl/(vbaproject\.bin|macrosheets/.*)|customui/.*"), "macros"),
    (re.compile(r"xl/(externallinks|connections|querytables|activex|embeddings|ctrlprops)[./].*"), "links"),
)

#: What the standard library raises over broken archives, found by breaking many.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def unpack(content: bytes) -> dict[str, bytes]:
    """The members that are read, unpacked, by name in lower case.

    Raises: Refused (``workbook:…``) if it is no workbook, broken, or one that is not to be unpacked.
    """
    if len(content) > MAX_FILE_BYTES:
        raise too_large(len(content))
    _refuse_other_kinds(content)
    try:
        return _parts_of(content)
    except BROKEN_ZIP as broken:
        raise damaged() from broken


def _parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        _refuse_bomb(members, len(content))
        names = [member.filename.lower() for member in members]
        if len(set(names)) < len(names) or any(len(name) > LONGEST_NAME for name in names):
            raise damaged()
        if WORKBOOK_PART not in names:
            raise Refused(
                "workbook:not_a_workbook",
                _("This file holds no worksheets. Save the lists as an Excel workbook (.xlsx) and try again."),
            )
        refuse_foreign(names)
        return {
            name: _unpacked(archive, member)
            for name, member in zip(names, members, strict=True)
            if name in PARTS or SHEET_PART.fullmatch(name)
        }


def _refuse_other_kinds(content: bytes) -> None:
    """Say what it is instead, where that can be told from its first bytes."""
    if content.startswith(OLE_MARK):
        if ENCRYPTED_MARK in content:
            raise Refused(
                "workbook:encrypted",
                _("The workbook is locked with a password. Open it, take the password off, save it, and try again."),
            )
        raise Refused(
            "workbook:old_format",
            _("This is the old .xls format. Open it, save it as an Excel workbook (.xlsx), and try again."),
        )
    if not content.startswith(ZIP_MARK):
        raise Refused(
            "workbook:not_a_workbook",
            _("This is no Excel workbook (.xlsx). Save the lists as .xlsx in the spreadsheet program and try again."),
        )


def _refuse_bomb(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    swollen = unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * size
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or swollen:
        raise too_much_inside()


def refuse_foreign(names: Iterable[str]) -> None:
    """Refuse a workbook that has a part which no list needs.

    Raises: Refused (``workbook:macros``, ``workbook:links``).
    """
    found = {why for name in names for pattern, why in FOREIGN_PARTS if pattern.fullmatch(name)}
    if "macros" in found:
        raise Refused(
            "workbook:macros",
            _("The workbook holds macros. Save it as an Excel workbook without macros (.xlsx) and try again."),
        )
    if "links" in found:
        raise Refused(
            "workbook:links",
            _(
                "The workbook takes data from other files or programs. Paste the lists as values into a new workbook "
                "and try again."
            ),
        )


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & 1 or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged()
    return archive.read(member)


def too_large(size: int) -> Refused:
    """The refusal of a file of so many bytes."""
    return Refused(
        "workbook:too_large",
        _(
            "The file is %(size)s MB; at most %(limit)s MB are taken in. Leave out pictures and sheets that do not "
            "belong to the lists.",
            size=f"{size / MEGABYTE:.1f}",
            limit=str(MAX_FILE_BYTES // MEGABYTE),
        ),
    )


def too_much_inside() -> Refused:
    """The refusal of a file that unpacks to more than lists can hold."""
    return Refused(
        "workbook:too_much_inside",
        _(
            "The file unpacks to more than a county's lists can hold. Copy the lists into a new workbook, "
            "without pictures and empty rows, and try again."
        ),
    )


def damaged() -> Refused:
    """The refusal of a file that cannot be read through."""
    return Refused(
        "workbook:damaged",
        _("The workbook is damaged. Open it in the spreadsheet program, save it anew as .xlsx, and try again."),
    )
