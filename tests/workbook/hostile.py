"""Files that no bureau hands in on purpose: each with the code under which it is refused."""

import io
import struct
import zipfile
from collections.abc import Callable

from tests.workbook.building import SAMPLE, repacked, with_in_sheet

#: Numbers of the sample's sheets in its container.
SCHOOLS, CALENDAR, VISITS = 1, 5, 9
END = b"</sheetData>"
MILLION = 1_000_000


def _rows(count: int, inside: str = "") -> bytes:
    return b"".join(f'<row r="{number}">{inside.format(number)}</row>'.encode() for number in range(5000, 5000 + count))


def _swap(name: str, change: Callable[[bytes], bytes]) -> bytes:
    return repacked(lambda member, content: change(content) if member.endswith(name) else content)


def _lying_size() -> bytes:
    """A member whose header says that it unpacks to little."""
    packed = bytearray(repacked(extra=[("xl/worksheets/sheet99.xml", b" " * 30_000_000)]))
    size = struct.pack("<I", 30_000_000)
    return bytes(packed.replace(size, struct.pack("<I", 1000)))


def _bomb() -> bytes:
    return repacked(extra=[("xl/media/image1.png", b"\0" * 200_000_000)])


def _many_members() -> bytes:
    return repacked(extra=[(f"xl/media/{number}.png", b"") for number in range(600)])


def _encrypted_member() -> bytes:
    packed = bytearray(repacked())
    position = packed.rfind(b"PK\x01\x02")
    while position >= 0:
        packed[position + 8] |= 1
        position = packed.rfind(b"PK\x01\x02", 0, position)
    return bytes(packed)


def _shared_text_bomb() -> bytes:
    """One long shared text in 200,000 cells."""
    text = b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>"
    rows = b"".join(
        b'<row r="%d">' % row
        + b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + n, row) for n in range(10))
        + b"</row>"
        for row in range(5000, 25_000)
    )

    def change(name: str, content: bytes) -> bytes:
        return content.replace(END, rows + END) if name.endswith("/sheet9.xml") else content

    return repacked(change, extra=[("xl/sharedStrings.xml", text)])


def _endless_number() -> bytes:
    """So much shared text that the cells which share it are counted, and a number with more digits than are read."""
    text = b"<sst><si><t>" + b"x" * 1_100_000 + b"</t></si></sst>"
    cells = b"".join(b'<c r="A%d" t="s"><v>%s</v></c>' % (row, b"9" * 5000) for row in range(5000, 5069))

    def change(name: str, content: bytes) -> bytes:
        row = b'<row r="5000">' + cells + b"</row>"
        return content.replace(END, row + END) if name.endswith("/sheet9.xml") else content

    return repacked(change, extra=[("xl/sharedStrings.xml", text)])


def _dated(number: str, shown_as: str = "yyyy-mm-dd") -> bytes:
    """The first day of the calendar as this number."""

    def change(name: str, content: bytes) -> bytes:
        if name.endswith(f"/sheet{CALENDAR}.xml"):
            return content.replace(b"<v>46083</v>", f"<v>{number}</v>".encode())
        return content.replace(b"yyyy-mm-dd", shown_as.encode()) if name.endswith("styles.xml") else content

    return repacked(change)


def _without_a_name() -> bytes:
    name = "n" * 7
    packed = repacked(extra=[(name, b"")])
    where = packed.rfind(b"PK\x01\x02", 0, packed.rfind(name.encode()))
    without = packed[: where + 28] + b"\0\0" + packed[where + 30 :].replace(name.encode(), b"", 1)
    end = without.rfind(b"PK\x05\x06")
    size = int.from_bytes(without[end + 12 : end + 16], "little") - len(name)
    return without[: end + 12] + size.to_bytes(4, "little") + without[end + 16 :]


def _twice_the_same_name() -> bytes:
    packed = io.BytesIO(repacked())
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("XL/worksheets/SHEET9.xml", b"<worksheet/>")
    return packed.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "workbook:not_a_workbook"),
    "text": ("学校代码,学校名称\n".encode, "workbook:not_a_workbook"),
    "html called xlsx": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "workbook:not_a_workbook"),
    "pdf": (lambda: b"%PDF-1.7\n" + b"0" * 1000, "workbook:not_a_workbook"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 1000, "workbook:not_a_workbook"),
    "zip of something else": (lambda: _zip({"a.txt": b"a"}), "workbook:not_a_workbook"),
    "ods": (
        lambda: _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        "workbook:not_a_workbook",
    ),
    "docx": (
        lambda: _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}),
        "workbook:not_a_workbook",
    ),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "workbook:old_format"),
    "locked": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
        "workbook:encrypted",
    ),
    "cut off": (lambda: SAMPLE.read_bytes()[:40_000], "workbook:damaged"),
    "head only": (lambda: b"PK\x03\x04", "workbook:damaged"),
    "a byte changed": (lambda: _flipped(SAMPLE.read_bytes(), 30_000), "workbook:damaged"),
    "members locked": (_encrypted_member, "workbook:damaged"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * (21 * 1024 * 1024), "workbook:too_large"),
    "bomb": (_bomb, "workbook:too_much_inside"),
    "many members": (_many_members, "workbook:too_much_inside"),
    "a size that lies": (_lying_size, "workbook:damaged"),
    "same name twice": (_twice_the_same_name, "workbook:damaged"),
    "formula": (lambda: with_in_sheet(VISITS, b"</row>", b'<c r="L1"><f>1+1</f><v>2</v></c>'), "workbook:formula"),
    "formula in another namespace": (
        lambda: with_in_sheet(
            CALENDAR, END, b'<x:row r="9"><x:c r="A9"><x:f>WEBSERVICE("http://a")</x:f></x:c></x:row>'
        ),
        "workbook:formula",
    ),
    "shared formula": (
        lambda: with_in_sheet(SCHOOLS, END, b'<row r="9"><c r="A9"><f t="shared" si="0"/><v>1</v></c></row>'),
        "workbook:formula",
    ),
    "error value": (
        lambda: with_in_sheet(SCHOOLS, END, b'<row r="9"><c r="A9" t="e"><v>#N/A</v></c></row>'),
        "workbook:error_value",
    ),
    "macros": (lambda: repacked(extra=[("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")]), "workbook:macros"),
    "macro type": (
        lambda: _swap(
            "[Content_Types].xml", lambda c: c.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
        ),
        "workbook:macros",
    ),
    "links to other files": (
        lambda: repacked(extra=[("xl/externalLinks/externalLink1.xml", b"<a/>")]),
        "workbook:links",
    ),
    "data connection": (lambda: repacked(extra=[("xl/connections.xml", b"<a/>")]), "workbook:links"),
    "embedded object": (lambda: repacked(extra=[("xl/embeddings/oleObject1.bin", b"a")]), "workbook:links"),
    "a million empty rows": (lambda: with_in_sheet(VISITS, END, _rows(MILLION)), "workbook:too_many_rows"),
    "a million styled rows": (
        lambda: with_in_sheet(VISITS, END, _rows(MILLION, '<c r="A{0}" s="1"/>')),
        "workbook:too_many_rows",
    ),
    "a million rows without numbers": (
        lambda: with_in_sheet(VISITS, END, b"<row/>" * MILLION),
        "workbook:too_many_rows",
    ),
    "one cell in the last corner": (
        lambda: with_in_sheet(SCHOOLS, END, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "workbook:too_many_rows",
    ),
    "one cell far to the right": (
        lambda: with_in_sheet(SCHOOLS, END, b'<row r="9"><c r="XFD9"><v>1</v></c></row>'),
        "workbook:too_many_columns",
    ),
    "far to the right in small letters": (
        lambda: with_in_sheet(SCHOOLS, END, b'<row r="9"><c r="xfd9"><v>1</v></c></row>'),
        "workbook:too_many_columns",
    ),
    "many cells without address": (
        lambda: with_in_sheet(SCHOOLS, END, b"<row>" + b"<c><v>1</v></c>" * 500_000 + b"</row>"),
        "workbook:damaged",
    ),
    "wide and long": (
        lambda: with_in_sheet(VISITS, END, b'<row r="99999"><c r="AZ99999"><v>1</v></c></row>'),
        "workbook:too_much_inside",
    ),
    "shared text bomb": (_shared_text_bomb, "workbook:too_much_inside"),
    "billion laughs": (
        lambda: _swap("xl/workbook.xml", lambda c: b'<!DOCTYPE a [<!ENTITY b "c">]>' + c),
        "workbook:damaged",
    ),
    "external entity": (
        lambda: _swap("/sheet1.xml", lambda c: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + c),
        "workbook:damaged",
    ),
    "utf-16 sheet": (lambda: _swap("/sheet1.xml", lambda c: c.decode().encode("utf-16")), "workbook:damaged"),
    "strange encoding": (
        lambda: _swap("/sheet1.xml", lambda c: b'<?xml version="1.0" encoding="UTF-7"?>' + c),
        "workbook:damaged",
    ),
    "an encoding that begins like one that is known": (
        lambda: _swap("xl/workbook.xml", lambda c: b'<?xml version="1.0" encoding="utf-8-xyz"?>' + c),
        "workbook:damaged",
    ),
    "an encoding far behind": (
        lambda: _swap("xl/workbook.xml", lambda c: b"<?xml version='1.0'" + b" " * 300 + b"encoding='big5'?>" + c),
        "workbook:damaged",
    ),
    "the number of a shared text without end": (_endless_number, "workbook:damaged"),
    "a date before all dates": (lambda: _dated("-1e15"), "workbook:no_date"),
    "a length of time beyond all": (lambda: _dated("1e300", "[h]:mm:ss"), "workbook:no_date"),
    "a part without a name": (_without_a_name, "workbook:damaged"),
    "a name that grows in small letters": (
        lambda: repacked(extra=[(f"xl/worksheets/{'İ' * 25_000}.xml", b"<a/>")]),
        "workbook:damaged",
    ),
    "broken xml": (lambda: _swap("/sheet1.xml", lambda c: c[: len(c) // 2]), "workbook:damaged"),
    "broken list of sheets": (lambda: _swap("xl/workbook.xml", lambda _c: b"<workbook"), "workbook:damaged"),
    "no relations": (
        lambda: repacked(lambda name, content: None if name.endswith("workbook.xml.rels") else content),
        "workbook:damaged",
    ),
}


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :]
