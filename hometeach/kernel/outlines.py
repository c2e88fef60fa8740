"""How exactly is a glyph drawn? As exactly as anybody can see, and no more: what is finer takes room in each document.

Points are set on a grid of so many thousandths of the font's size. None is moved by more than half of that: in a
heading of 22 points by 0.02 mm, half a dot of a printer with 600 dots to the inch; in the text by half of that. The
operators stay as they are, and so do the widths.

Source: Adobe Technical Note 5177, Type 2 charstrings.
"""

from collections.abc import Iterator
from functools import lru_cache

#: In thousandths of the font's size.
GRID = 5
MOVE_BOTH, MOVE_ACROSS, MOVE_UP, END = 21, 22, 4, 14
#: Operators whose operands are pairs, across and up.
PAIRS = (5, 8, 24, 25)
ACROSS_FIRST, UP_FIRST = (6, 31), (7, 30)
LINES, FLAT, STEEP = (6, 7), 27, 26


class Unknown(ValueError):  # noqa: N818 - a state of the glyph
    """The glyph has something in it that is not read here."""


@lru_cache(maxsize=16_384)
def coarse(glyph: bytes) -> bytes:
    """A glyph with its points on the grid; as it is where it has hints, subroutines or anything else."""
    try:
        return b"".join(_on_grid(glyph))
    except (Unknown, IndexError):
        return glyph


def _on_grid(glyph: bytes) -> Iterator[bytes]:
    exact, drawn = [0, 0], [0, 0]
    for operator, operands in _steps(glyph):
        axes = _axes(operator, len(operands))
        width, moves = operands[: len(operands) - len(axes)], operands[len(operands) - len(axes) :]
        yield from map(_encoded, width)
        for axis, move in zip(axes, moves, strict=True):
            exact[axis] += move
            on = round(exact[axis] / GRID) * GRID
            yield _encoded(on - drawn[axis])
            drawn[axis] = on
        yield bytes([operator])


def _steps(glyph: bytes) -> Iterator[tuple[int, list[int]]]:
    """Each operator with its operands."""
    at, operands = 0, list[int]()
    while at < len(glyph):
        first = glyph[at]
        if first == 28:
            operands.append(int.from_bytes(glyph[at + 1 : at + 3], "big", signed=True))
            at += 3
        elif first == 255:
            raise Unknown
        elif first >= 247:
            more = (first - 247) * 256 + glyph[at + 1] if first <= 250 else (first - 251) * 256 + glyph[at + 1]
            operands.append(more + 108 if first <= 250 else -more - 108)
            at += 2
        elif first >= 32:
            operands.append(first - 139)
            at += 1
        else:
            yield first, operands
            at, operands = at + 1, []
    if operands:
        raise Unknown


def _axes(operator: int, count: int) -> list[int]:
    """Along which axis each operand moves: 0 across, 1 up. An operand more, at the very beginning, is the width."""
    if operator in (MOVE_BOTH, MOVE_ACROSS, MOVE_UP, END):
        return {MOVE_BOTH: [0, 1], MOVE_ACROSS: [0], MOVE_UP: [1], END: []}[operator]
    if operator in PAIRS:
        return [0, 1] * (count // 2)
    if operator in (FLAT, STEEP):
        along, other = (0, 1) if operator == FLAT else (1, 0)
        return [other] * (count % 4) + [along, 0, 1, along] * (count // 4)
    if operator in LINES:
        return [(place + (operator in UP_FIRST)) % 2 for place in range(count)]
    if operator in (*ACROSS_FIRST, *UP_FIRST):
        return _of_curves(count, begins=0 if operator in ACROSS_FIRST else 1)
    raise Unknown


def _of_curves(count: int, *, begins: int) -> list[int]:
    """Curves that begin along one axis and end along the other, in turn; the last may end askew."""
    axes, along = list[int](), begins
    for _curve in range(count // 4):
        axes += [along, 0, 1, 1 - along]
        along = 1 - along
    return axes + ([1 - along] if count % 4 else [])


def _encoded(value: int) -> bytes:
    if -107 <= value <= 107:
        return bytes([value + 139])
    if 108 <= value <= 1131:
        return bytes([247 + (value - 108 >> 8), value - 108 & 255])
    if -1131 <= value <= -108:
        return bytes([251 + (-value - 108 >> 8), -value - 108 & 255])
    return b"\x1c" + value.to_bytes(2, "big", signed=True)
