"""Is this file a workbook that can be read safely, and which cells are in it?

The file is a stranger's. Everything is measured before anything is built: the
container (``container``), how far its sheets reach, how much text they repeat,
and whether formulas or error values stand where figures should. Only the parts
that were looked at are handed on to the reader.

Source: ``docs/decisions/0006-spreadsheet-reader.md``.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from hometeach.kernel.errors import Refused
from hometeach.workbook.cells import Cell
from hometeach.workbook.container import (
    MAX_FILE_BYTES,
    MEGABYTE,
    RELATIONS_PART,
    SHEET_PART,
    STRINGS_PART,
    WORKBOOK_PART,
    damaged,
    refuse_foreign,
    too_large,
    too_much_inside,
    unpack,
)

#: The reader holds a sheet as a full rectangle: rows have at most five digits, columns end at AZ.
MAX_ROWS = 99_999
MAX_COLUMN = "AZ"
#: In all sheets that are read, blank ones inside the rectangles included.
MAX_CELLS = 4_000_000
#: A workbook of any size numbers its shared texts with fewer digits.
MOST_DIGITS = 12
#: A text that many cells share is copied into each: so much of it in one sheet at most.
MAX_SHARED_TEXT_BYTES = 64 * MEGABYTE

_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_DECLARATION = re.compile(
    rb"(?:\xef\xbb\xbf)*<\?xml[^>]*encoding\s*=\s*[\"'](?!(?:utf-8|us-ascii)[\"'])", re.IGNORECASE
)
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
_ERROR = re.compile(rb"<(?:[^\s<>/:]+:)?c\s[^>]*\bt\s*=\s*[\"']e[\"'][^>]*>")
_FAR_ROW = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]*0*[1-9]\d{5,}[\"']")
_FAR_COLUMN = re.compile(rb"\br\s*=\s*[\"'](?:[A-Za-z]{3,}|[B-Zb-z][A-Za-z])\d")
#: A cell without an address: the reader would count along, as far as it goes.
_UNPLACED = re.compile(rb"<(?:[^\s<>/:]+:)?c(?=[\s/>])(?![^>]*\sr\s*=)")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]+\d+)[\"']")
_ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row[\s/>]")
_SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^>]*>\s*<(?:[^\s<>/:]+:)?v>\s*(\d+)")
_SHARED_MARK = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
_STRING_ITEM = re.compile(rb"<(?:[^\s<>/:]+:)?si[\s/>]")


@dataclass(frozen=True, slots=True)
class OpenedWorkbook:
    """The cells of the sheets that were asked for, from the first row and column on; what else there is; the hash."""

    sheets: dict[str, list[list[Cell]]]
    other_sheets: tuple[str, ...]
    sha256: str


def open_workbook(source: bytes | Path, wanted: Collection[str]) -> OpenedWorkbook:
    """The cells of the wanted sheets of a workbook.

    Raises: Refused (``workbook:…``) if it is none, or one that cannot be read safely.
    """
    content = source if isinstance(source, bytes) else _content_of(source)
    try:
        sheets, others = _sheets_of(_checked(unpack(content)), wanted)
    except (ElementTree.ParseError, CalamineError) as broken:
        raise damaged() from broken
    return OpenedWorkbook(sheets, others, hashlib.sha256(content).hexdigest())


def _content_of(path: Path) -> bytes:
    if not path.is_file():
        raise Refused(
            "workbook:not_found",
            _("There is no file at %(path)s. Check the path and the name of the file.", path=str(path)),
        )
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise too_large(size)
    return path.read_bytes()


def _checked(parts: dict[str, bytes]) -> bytes:
    """The same parts, once nothing in them is a reason to refuse, packed anew for the reader.

    Packing them anew makes sure that what is read is what was looked at: two
    programs can disagree about one archive.
    """
    for content in parts.values():
        _refuse_strange_xml(content)
    if b"macroEnabled" in parts.get("[content_types].xml", b""):
        refuse_foreign(["xl/vbaproject.bin"])
    names = dict(_sheet_names(parts))
    lengths = _lengths_of_shared_texts(parts.get(STRINGS_PART, b""))
    for part, content in parts.items():
        if SHEET_PART.fullmatch(part):
            _refuse_sheet(names.get(part, part.rpartition("/")[2]), content, lengths)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for part in list(parts):
            archive.writestr(part, parts.pop(part))
    return packed.getvalue()


def _refuse_strange_xml(content: bytes) -> None:
    """Nothing but plain UTF-8 can be searched for what does not belong; entities can blow up."""
    head = content[:200]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head or _DECLARATION.match(content):
        raise damaged()
    if _ENTITY.search(content):
        raise damaged()


def _sheet_names(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """(part, name) of each sheet."""
    targets = {
        relation.get("Id"): (relation.get("Target") or "").lstrip("/")
        for relation in ElementTree.fromstring(parts.get(RELATIONS_PART, b"<none/>"))  # noqa: S314 - no entities in it
    }
    for element in ElementTree.fromstring(parts[WORKBOOK_PART]).iter():  # noqa: S314 - no entities in it
        if element.tag.endswith("}sheet"):
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(relation, "").lower()
            yield target if target.startswith("xl/") else f"xl/{target}", element.get("name") or ""


def _refuse_sheet(name: str, content: bytes, lengths: list[int]) -> None:
    if found := _FORMULA.search(content):
        raise Refused(
            "workbook:formula",
            _(
                "Sheet “%(sheet)s”, cell %(cell)s: a formula. Copy the sheet and paste it as values, so that only "
                "what is seen is taken in, and try again.",
                sheet=name,
                cell=_last_reference(content[max(0, found.start() - 2000) : found.start()]),
            ),
        )
    if found := _ERROR.search(content):
        raise Refused(
            "workbook:error_value",
            _(
                "Sheet “%(sheet)s”, cell %(cell)s: an error value such as #N/A. Write what it should be, or clear "
                "the cell, and try again.",
                sheet=name,
                cell=_last_reference(found.group()),
            ),
        )
    if _FAR_ROW.search(content) or sum(1 for _row in _ROW.finditer(content)) > MAX_ROWS:
        raise Refused(
            "workbook:too_many_rows",
            _(
                "Sheet “%(sheet)s” has rows beyond row %(rows)s. Delete the empty rows below the last entry "
                "(select them, delete the rows), save, and try again.",
                sheet=name,
                rows=f"{MAX_ROWS:,}",
            ),
        )
    if _UNPLACED.search(content):
        raise damaged()
    if _FAR_COLUMN.search(content):
        raise Refused(
            "workbook:too_many_columns",
            _(
                "Sheet “%(sheet)s” has cells beyond column %(column)s. Delete the columns to the right of the list, "
                "save, and try again.",
                sheet=name,
                column=MAX_COLUMN,
            ),
        )
    if _shared_text(content, lengths) > MAX_SHARED_TEXT_BYTES:
        raise Refused(
            "workbook:too_much_inside",
            _("Sheet “%(sheet)s” repeats a very long text in many cells. Shorten it and try again.", sheet=name),
        )


def _last_reference(content: bytes) -> str:
    """The cell whose reference stands last."""
    found = _REFERENCE.findall(content)
    return found[-1].decode() if found else "?"


def _lengths_of_shared_texts(strings: bytes) -> list[int]:
    """How many bytes each shared text takes at most, by its number."""
    starts = [found.start() for found in _STRING_ITEM.finditer(strings)]
    return [after - before for before, after in pairwise([*starts, len(strings)])]


def _shared_text(content: bytes, lengths: list[int]) -> int:
    """How many bytes the shared texts take once each cell has its own copy; counted only if it might be too much."""
    if not lengths:
        return 0
    most = max(lengths) * sum(1 for _cell in _SHARED_MARK.finditer(content))
    if most <= MAX_SHARED_TEXT_BYTES:
        return most
    numbers = [found.group(1) for found in _SHARED.finditer(content)]
    if any(len(number) > MOST_DIGITS for number in numbers):
        raise damaged()
    return sum(lengths[number] for number in map(int, numbers) if number < len(lengths))


def _sheets_of(packed: bytes, wanted: Collection[str]) -> tuple[dict[str, list[list[Cell]]], tuple[str, ...]]:
    sheets: dict[str, list[list[Cell]]] = {}
    cells = 0
    with CalamineWorkbook.from_filelike(io.BytesIO(packed)) as workbook:
        for name in workbook.sheet_names:
            if (known := name.strip()) not in wanted or known in sheets:
                continue
            sheet = workbook.get_sheet_by_name(name)
            cells += sheet.total_height * sheet.total_width
            if cells > MAX_CELLS:
                raise too_much_inside()
            sheets[known] = _cells_of(sheet, known)
        others = tuple(name for name in workbook.sheet_names if name.strip() not in wanted)
    return sheets, others


def _cells_of(sheet: CalamineSheet, name: str) -> list[list[Cell]]:
    """The cells of a sheet; what cannot be one of them is a number that is to be a date, and lies beyond all dates.

    The reader is written in Rust: where it did not foresee one it panics, and that is no Exception.
    """
    try:
        cells: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    except BaseException as broken:
        if not (isinstance(broken, OverflowError | ValueError) or type(broken).__name__ == "PanicException"):
            raise
        raise Refused(
            "workbook:no_date",
            _(
                "Sheet “%(sheet)s” has a cell that is to show a date or a length of time, and holds a number that is "
                "none (the spreadsheet program shows ####). Write what it should be, and try again.",
                sheet=name,
            ),
        ) from broken
    return cells
