"""How small is a printed document? Before it is written: small fonts, and nothing said twice.

What is drawn stays drawn, and every character can be read. Each step leaves
alone what is built in another way than it knows.

Source: ISO 32000-1, 8.10 (form XObjects), 9.7.4.3 (widths of CIDFonts), 9.10.3 (ToUnicode).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from hometeach.kernel import typefaces

#: A path of so many segments or more that stands on two pages is written once.
LONG = 50
SEGMENT = re.compile(rb"[-\d. ]+ [mlch]")
PAINTS = (b"B", b"B*", b"S", b"f", b"f*")
#: No pen is wider, in the units of its drawing.
PEN = 10.0
#: A line of a map from glyphs to characters.
MAPPED = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")


def slim(pdf: Any) -> None:
    """All of it, on a document that WeasyPrint has made and not yet written."""
    for one in list(pdf.objects):
        extra = getattr(one, "extra", {})
        if extra.get("Subtype") == "/OpenType":
            _embed_what_is_drawn(one, extra)
        elif isinstance(one, dict) and one.get("Subtype") == "/CIDFontType0":
            _widths_by_default(one)
        elif getattr(one, "stream", None) and one.stream[0] == b"/CIDInit /ProcSet findresource begin":
            one.stream = _in_order(one.stream)
    _share_paths(pdf)


def _embed_what_is_drawn(one: Any, extra: dict[str, Any]) -> None:
    """Embed of a font what is drawn and nothing else; one that is built another way stays as it is."""
    try:
        one.stream = [typefaces.compact(one.stream[0])]
    except typefaces.Unreadable:
        return
    extra["Subtype"] = "/CIDFontType0C"


def _widths_by_default(font: Any) -> None:
    """Leave out the widths of one em: they are what holds where nothing is said."""
    listed = list(font["W"])
    kept: list[Any] = []
    for first, widths in zip(listed[::2], listed[1::2], strict=True):
        for place, width in enumerate(widths, start=first):
            if round(width) != 1000:
                kept += [place, type(font["W"])([width])]
    font["W"] = type(font["W"])(kept)


def _in_order(lines: list[bytes]) -> list[bytes]:
    """A map from glyphs to characters in the order of the glyphs: what is near is alike, and packs well."""
    mapped = sorted(found[0] for line in lines if (found := MAPPED.fullmatch(line)))
    rest = iter(mapped)
    return [next(rest) if MAPPED.fullmatch(line) else line for line in lines]


def _share_paths(pdf: Any) -> None:
    """Write a path that stands on several pages, a code in a corner, once, and let each page refer to it."""
    import pydyf

    pages = [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
    found: dict[tuple[bytes, ...], list[tuple[Any, int]]] = defaultdict(list)
    for page in pages:
        for begins, path in _paths(_referred(pdf, page["Contents"]).stream):
            found[path].append((page, begins))
    for number, (path, places) in enumerate(one for one in found.items() if len(one[1]) > 1):
        left, top, right, bottom = _box(path)
        extra = {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array([left, top, right, bottom])}
        shared = pydyf.Stream(list(path), extra, compress=True)
        pdf.add_object(shared)
        for page, begins in reversed(places):
            resources = _referred(pdf, page["Resources"])
            resources["XObject"][f"Shared{number}"] = shared.reference
            stream = _referred(pdf, page["Contents"]).stream
            stream[begins : begins + len(path)] = [f"/Shared{number} Do".encode()]


def _paths(stream: list[Any]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Each long path with the operator that paints it, and where it begins."""
    begins = 0
    for at, line in enumerate(stream):
        if isinstance(line, bytes) and SEGMENT.fullmatch(line):
            continue
        if at - begins >= LONG and line in PAINTS:
            yield begins, tuple(stream[begins : at + 1])
        begins = at + 1


def _box(path: tuple[bytes, ...]) -> tuple[float, float, float, float]:
    """What a path with its pen covers, amply."""
    points = [[float(one) for one in line.split()[:-1]] for line in path[:-1]]
    across = [one for point in points for one in point[::2]]
    down = [one for point in points for one in point[1::2]]
    return min(across) - PEN, min(down) - PEN, max(across) + PEN, max(down) + PEN


def _referred(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
