"""The same agreement as Typst sets it: the words, headings, tables and boxes of the HTML in Typst's own language."""

import re
from html.parser import HTMLParser
from pathlib import Path

from hometeach.kernel import documents

HEAD = """#set page(paper: "a4", margin: (top: 27mm, right: 24mm, bottom: 20mm, left: 22mm), header: [{head}],
  footer: context [#counter(page).display("1 / 1", both: true)])
#set text(font: "{font}", size: 10.5pt, lang: "zh")
#set par(leading: 0.85em, justify: true)
#set table(stroke: 0.3pt, inset: 5pt)
#show heading: set text(weight: "regular")
"""
HEADINGS = {"h1": "=", "h2": "==", "h3": "==="}
#: What stands in the margin of each page.
MARGIN = re.compile(r"page-|code")
#: What Typst reads as more than a character.
MARKS = re.compile(r"([\\#*_`$<>@=~/\[\]])")


class Source(HTMLParser):
    """Reads the HTML of a document and writes the source."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self._words: list[str] = []
        self._cells: list[str] | None = None
        self._rows: list[list[str]] = []
        self._left_out = 0
        self._boxed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a row or a cell."""
        kind = dict(attrs).get("class") or ""
        if self._left_out or tag in ("head", "svg") or (tag == "div" and MARGIN.match(kind)):
            self._left_out += tag not in ("br", "meta", "link", "path")
        elif tag == "table":
            self._rows = []
        elif tag == "tr":
            self._cells = []
        elif tag in (*HEADINGS, "p", "td", "th", "caption"):
            self._words, self._boxed = [], "limits" in kind

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._left_out:
            self._left_out -= 1
        elif tag in HEADINGS:
            self.written.append(f"{HEADINGS[tag]} {self._told()}")
        elif tag in ("p", "caption"):
            told = self._told()
            self.written.append(f"#rect(stroke: 0.8pt, width: 100%)[#underline[{told}]]" if self._boxed else told)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(self._told())
        elif tag == "tr" and self._cells is not None:
            self._rows.append(self._cells)
        elif tag == "table":
            self.written.append(self._table())

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._left_out:
            self._words.append(data)

    def _told(self) -> str:
        return MARKS.sub(r"\\\1", "".join(self._words).strip())

    def _table(self) -> str:
        columns = max(map(len, self._rows), default=1)
        cells = [cell for row in self._rows for cell in row + [""] * (columns - len(row))]
        return f"#table(columns: {columns}, " + ", ".join(f"[{cell}]" for cell in cells) + ")"


def typst_source(html: str) -> bytes:
    """A document's HTML in Typst's language."""
    source = Source()
    source.feed(html)
    title = re.search(r"<h1>(.*?)</h1>", html)
    head = HEAD.format(head=title[1] if title else "", font=documents.FONT)
    return (head + "\n\n".join(source.written)).encode()


def fonts() -> list[str]:
    """The folder in which the printing font lies."""
    found = documents.font_file()
    return [str(Path(found[0]).parent)] if found else []
