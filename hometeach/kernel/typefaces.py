"""How small is a font that is embedded? Only the glyphs that are drawn, and nothing that a printer does not read.

WeasyPrint keeps the numbers of the glyphs, and with them a row for each of the
65,535 that are not there: of 250 KB two thirds are such rows. Glyphs of a
CID-keyed font are found by name, so that the rows can go and the text stays as
it is.

Source: Adobe Technical Notes 5176 (the Compact Font Format) and 5177; ISO
32000-1, 9.9 (``FontFile3``, ``CIDFontType0C``).
"""

import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import sub

from hometeach.kernel.outlines import coarse

#: Operators of the dictionaries, as they are encoded.
CHARSET, CHAR_STRINGS, PRIVATE, SUBRS = b"\x0f", b"\x11", b"\x12", b"\x13"
ROS, FD_ARRAY, FD_SELECT = b"\x0c\x1e", b"\x0c\x24", b"\x0c\x25"
#: A glyph that was taken out is no longer than this: an operator that ends it, or nothing at all.
TAKEN_OUT = 1


class Unreadable(ValueError):  # noqa: N818 - a state of the font
    """The font is built in a way that is not read here: it is embedded as it is."""


@dataclass(frozen=True, slots=True)
class Index:
    """A list of byte strings, each cut out when it is asked for: a font has 65,535, and a document draws hundreds."""

    content: bytes
    base: int
    #: From the base on: where each begins, and at last where the list ends.
    bounds: Sequence[int]

    def __getitem__(self, at: int) -> bytes:
        return self.content[self.base + self.bounds[at] : self.base + self.bounds[at + 1]]

    @property
    def ends(self) -> int:
        """Where the list ends."""
        return self.base + self.bounds[-1]

    @property
    def lengths(self) -> list[int]:
        """Of each, in bytes."""
        return list(map(sub, self.bounds[1:], self.bounds))

    @property
    def items(self) -> list[bytes]:
        """All of them."""
        return [self[at] for at in range(len(self.bounds) - 1)]


Dictionary = dict[bytes, bytes]


def compact(font: bytes, kept: Collection[int] = ()) -> bytes:
    """The outlines of an OpenType font with only the glyphs that draw something, and those in ``kept``.

    Shape: a bare CFF table. The names of the glyphs (CIDs) stay as they were.
    Raises: Unreadable where it is no CID-keyed CFF without subroutines.
    """
    try:
        return _compact(_table(font, b"CFF "), kept)
    except (struct.error, IndexError, KeyError, ValueError) as broken:
        raise Unreadable from broken


def _compact(cff: bytes, kept: Collection[int]) -> bytes:
    names = _index(cff, cff[2])
    tops = _index(cff, names.ends)
    strings = _index(cff, tops.ends)
    subrs = _index(cff, strings.ends)
    top = _dictionary(tops[0])
    if ROS not in top or subrs.lengths:
        raise Unreadable
    glyphs = _index(cff, _offset(top[CHAR_STRINGS]))
    lengths = glyphs.lengths
    left = {gid for gid, length in enumerate(lengths) if length > TAKEN_OUT}
    drawn = sorted(left | ({0, *kept} & set(range(len(lengths)))))
    cids = _cids(cff, _offset(top[CHARSET]), len(lengths))
    fonts = _fonts_of(cff, _offset(top[FD_SELECT]), len(lengths))
    used = sorted({fonts[gid] for gid in drawn})
    parts = [_dictionary(_index(cff, _offset(top[FD_ARRAY]))[one]) for one in used]
    return _written(
        begin=b"\x01\x00\x04\x04" + _packed(names.items),
        top=top,
        strings=_packed(strings.items) + _packed([]),
        charset=b"\0" + struct.pack(f">{len(drawn) - 1}H", *(cids[gid] for gid in drawn[1:])),
        select=_select([used.index(fonts[gid]) for gid in drawn]),
        glyphs=_packed([coarse(glyphs[gid]) for gid in drawn]),
        parts=[(one, _private_of(cff, one)) for one in parts],
    )


def _written(
    *,
    begin: bytes,
    top: Dictionary,
    strings: bytes,
    charset: bytes,
    select: bytes,
    glyphs: bytes,
    parts: Sequence[tuple[Dictionary, bytes]],
) -> bytes:
    """All of it one after the other; offsets have five bytes, so that their size is known before they are."""
    places, at = {}, len(begin) + len(_packed([_encoded(top, {})])) + len(strings)
    for operator, content in ((CHARSET, charset), (FD_SELECT, select), (CHAR_STRINGS, glyphs)):
        places[operator], at = _number(at), at + len(content)
    places[FD_ARRAY] = _number(at)
    at += len(_packed([_encoded(one, {}) for one, _private in parts]))
    fonts = []
    for one, private in parts:
        fonts.append(_encoded(one, {PRIVATE: _number(len(private)) + _number(at)}))
        at += len(private)
    privates = [private for _one, private in parts]
    return b"".join(
        [begin, _packed([_encoded(top, places)]), strings, charset, select, glyphs, _packed(fonts), *privates]
    )


def _table(font: bytes, name: bytes) -> bytes:
    """A table of the font file."""
    (count,) = struct.unpack_from(">H", font, 4)
    for place in range(12, 12 + 16 * count, 16):
        tag, _checksum, offset, length = struct.unpack_from(">4sIII", font, place)
        if tag == name:
            return font[offset : offset + length]
    raise Unreadable


def _index(cff: bytes, at: int) -> Index:
    (count,) = struct.unpack_from(">H", cff, at)
    if not count:
        return Index(cff, at + 2, [0])
    size, first = cff[at + 2], at + 3
    base = first + (count + 1) * size - 1
    # All offsets at once, widened to four bytes: one by one they would take longer than the rest of the document.
    wide = bytearray(4 * (count + 1))
    for byte in range(size):
        wide[4 - size + byte :: 4] = cff[first + byte : base + 1 : size]
    return Index(cff, base, struct.unpack(f">{count + 1}I", wide))


def _packed(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    ends = [1]
    for item in items:
        ends.append(ends[-1] + len(item))
    size = (ends[-1].bit_length() + 7) // 8
    offsets = b"".join(one.to_bytes(size, "big") for one in ends)
    return struct.pack(">HB", len(items), size) + offsets + b"".join(items)


def _dictionary(content: bytes) -> Dictionary:
    """Each operator with its operands, as they are encoded."""
    found, at, begins = {}, 0, 0
    while at < len(content):
        first = content[at]
        if first <= 21:
            length = 2 if first == 12 else 1
            found[content[at : at + length]] = content[begins:at]
            begins = at = at + length
        else:
            at += _operand_length(content, at)
    return found


def _operand_length(content: bytes, at: int) -> int:
    first = content[at]
    if first == 30:  # a decimal number ends with a nibble of ones
        end = at + 1
        while content[end] & 0x0F != 0x0F and content[end] >> 4 != 0x0F:
            end += 1
        return end + 1 - at
    return {28: 3, 29: 5}.get(first, 1 if first <= 246 else 2)


def _encoded(found: Dictionary, placed: Dictionary) -> bytes:
    """A dictionary with its offsets placed anew; those that are not known yet take their room."""
    room = {operator: _number(0) for operator in (CHARSET, FD_SELECT, CHAR_STRINGS, FD_ARRAY)}
    room[PRIVATE] = _number(0) + _number(0)
    return b"".join(
        placed.get(operator, room.get(operator, operands)) + operator for operator, operands in found.items()
    )


def _number(value: int) -> bytes:
    return b"\x1d" + struct.pack(">i", value)


def _numbers(operands: bytes) -> list[int]:
    found, at = [], 0
    while at < len(operands):
        first, length = operands[at], _operand_length(operands, at)
        if first in (28, 29):
            found.append(int.from_bytes(operands[at + 1 : at + length], "big", signed=True))
        elif first <= 246:
            found.append(first - 139)
        elif first <= 250:
            found.append((first - 247) * 256 + operands[at + 1] + 108)
        else:
            found.append(-(first - 251) * 256 - operands[at + 1] - 108)
        at += length
    return found


def _offset(operands: bytes) -> int:
    return _numbers(operands)[0]


def _private_of(cff: bytes, part: Dictionary) -> bytes:
    size, offset = _numbers(part[PRIVATE])
    private = cff[offset : offset + size]
    if SUBRS in _dictionary(private):
        raise Unreadable
    return private


def _cids(cff: bytes, at: int, count: int) -> list[int]:
    """The name of each glyph."""
    kind, at, cids = cff[at], at + 1, [0]
    if kind == 0:
        return [0, *struct.unpack_from(f">{count - 1}H", cff, at)]
    while len(cids) < count:
        first, left = struct.unpack_from(">HB" if kind == 1 else ">HH", cff, at)
        cids += range(first, first + left + 1)
        at += 3 if kind == 1 else 4
    return cids


def _fonts_of(cff: bytes, at: int, count: int) -> Sequence[int]:
    """To which part of the font each glyph belongs."""
    if cff[at] == 0:
        return cff[at + 1 : at + 1 + count]
    (ranges,) = struct.unpack_from(">H", cff, at + 1)
    found: list[int] = []
    for place in range(at + 3, at + 3 + 3 * ranges, 3):
        first, part, after = struct.unpack_from(">HBH", cff, place)
        found += [part] * (after - first)
    return found


def _select(parts: Iterable[int]) -> bytes:
    """The same for the glyphs that are left, as ranges."""
    ranges, at = [], 0
    for part, some in groupby(parts):
        ranges.append(struct.pack(">HB", at, part))
        at += len(list(some))
    return b"\x03" + struct.pack(">H", len(ranges)) + b"".join(ranges) + struct.pack(">H", at)
