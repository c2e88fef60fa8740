"""Is this a signature drawn by hand, and what does the capture without network say?

The format is described in ``docs/signatures.md``. Whole numbers only, so that
one signature has one spelling on every machine. Raises ValueError with a code.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

FORMAT = "hometeach-capture-1"
MOST_STROKES, MOST_POINTS, MOST_EDGE = 400, 20_000, 10_000
#: A hand that writes a name moves over at least this much, in thousandths of the sheet's width.
LEAST_WAY = 100
MOST_SECONDS = 24 * 3600
#: across, down (units of the canvas), milliseconds since the first point, pressure in thousandths.
Stroke = list[list[int]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Strokes on a canvas."""

    width: int
    height: int
    strokes: Sequence[Stroke]

    @property
    def canonical(self) -> str:
        """The one spelling in which they are kept."""
        return canonical({"height": self.height, "strokes": self.strokes, "width": self.width})


@dataclass(frozen=True, slots=True)
class Captured:
    """A signature that was taken without network."""

    key: str
    offer: str
    signer: str
    document_sha256: str
    drawn: Drawn
    began_at: datetime
    ended_at: datetime
    agent: str
    opened: frozenset[int]
    summary_seconds: int
    head: str


def canonical(value: Any) -> str:
    """Sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_drawn(text: str) -> Drawn:
    """The strokes that a canvas sent.

    Raises: ValueError ``strokes:unreadable``, ``strokes:too_many``, ``strokes:empty``.
    """
    return _drawn(_object(text))


def read_capture(text: str) -> Captured:
    """A capture as it comes back, with its chain checked.

    Raises: ValueError as :func:`read_drawn`, ``capture:format``, ``capture:chain``.
    """
    stated = _object(text)
    if stated.get("format") != FORMAT:
        raise ValueError("capture:format")
    try:
        captured = _captured(stated)
    except (KeyError, TypeError, AttributeError) as missing:
        raise ValueError("capture:format") from missing
    if captured.head != chain_head(captured.key, captured.document_sha256, captured.signer, captured.drawn.strokes):
        raise ValueError("capture:chain")
    return captured


def chain_head(key: str, document_sha256: str, signer: str, strokes: Sequence[Stroke]) -> str:
    """The last link of the chain over the strokes, in hex: it binds them in their order to one document and signer."""
    link = hashlib.sha256(f"{FORMAT}:{key}:{document_sha256}:{signer}".encode()).digest()
    for stroke in strokes:
        link = hashlib.sha256(link + canonical(stroke).encode()).digest()
    return link.hex()


def _captured(stated: Mapping[str, Any]) -> Captured:
    device, opened = stated["device"], stated["opened"]
    key, seconds = _text(stated["key"], 64), stated["summary_seconds"]
    if not _are_whole([*opened, seconds], 0, MOST_SECONDS):
        raise ValueError("capture:format")
    return Captured(
        key,
        _text(stated["offer"], 16),
        _text(stated["signer"], 16),
        _text(stated["document_sha256"], 64),
        _drawn(stated["drawn"]),
        _moment(device["began_at"]),
        _moment(device["ended_at"]),
        _text(device["agent"], 300),
        frozenset(opened),
        seconds,
        _text(stated["head"], 64),
    )


def _drawn(stated: Mapping[str, Any]) -> Drawn:
    width, height, strokes = (stated.get(name) for name in ("width", "height", "strokes"))
    if not _are_whole([width, height], 1, MOST_EDGE) or not isinstance(strokes, list):
        raise ValueError("strokes:unreadable")
    if len(strokes) > MOST_STROKES or sum(len(one) for one in strokes if isinstance(one, list)) > MOST_POINTS:
        raise ValueError("strokes:too_many")
    if not all(isinstance(stroke, list) and all(map(_is_point, stroke)) for stroke in strokes):
        raise ValueError("strokes:unreadable")
    drawn = Drawn(width, height, strokes)  # type: ignore[arg-type]
    if _way(drawn) * 1000 < LEAST_WAY * drawn.width:
        raise ValueError("strokes:empty")
    return drawn


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 4 and _are_whole(point, -MOST_EDGE, MOST_SECONDS * 1000)


def _are_whole(values: Sequence[Any], least: int, most: int) -> bool:
    return all(isinstance(one, int) and not isinstance(one, bool) and least <= one <= most for one in values)


def _way(drawn: Drawn) -> int:
    """How far the pen moved, in units of the canvas."""
    return sum(
        abs(after[0] - before[0]) + abs(after[1] - before[1])
        for stroke in drawn.strokes
        for before, after in pairwise(stroke)
    )


def _object(text: str) -> dict[str, Any]:
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise ValueError("strokes:unreadable") from broken
    if not isinstance(stated, dict):
        raise ValueError("strokes:unreadable")
    return stated


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("capture:format")
    value.encode()  # half a character has no spelling in UTF-8: a ValueError, too
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value, 40))
    if moment.tzinfo is None:
        raise ValueError("capture:format")
    return moment
