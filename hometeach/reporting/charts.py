"""The report's pictures, as SVG that WeasyPrint sets in the document's own font.

Drawn on the server by matplotlib, without a screen. Each series has a hatch as
well as a colour and is named beside its first bar, so that a black-and-white
copy reads the same; the sentence above and the table behind belong to the page.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import Any

from hometeach.kernel.documents import FONT, font_file

INK, PAPER, LINE = "#1D2320", "#FFFFFF", "#9A968C"
#: Inches of an A4 page's text, and of one row of a chart that lies on its side.
WIDTH, ROW = 6.7, 0.26
#: So many characters of names go beside one another over a picture.
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: its name, its values in order, and how it looks in ink and in colour."""

    name: str
    values: Sequence[int]
    fill: str
    hatch: str = ""
    hatch_colour: str = INK

    @property
    def number_colour(self) -> str:
        """In which a number on it can be read."""
        red, green, blue = (int(self.fill[place : place + 2], 16) for place in (1, 3, 5))
        return INK if self.hatch or 299 * red + 587 * green + 114 * blue > 128_000 else PAPER


def columns(labels: Sequence[str], groups: Sequence[tuple[str, int]], series: Sequence[Series]) -> str:
    """Stacked columns, one for each label; ``groups`` name runs of them underneath (the months).

    A run of a single column has no room for its name and goes without.
    """
    with _axes(2.5, "columns") as (figure, axes):
        base = [0] * len(labels)
        for one in series:
            axes.bar(range(len(labels)), one.values, bottom=base, width=0.78, **_look(one))
            base = [below + value for below, value in zip(base, one.values, strict=True)]
        axes.set_xlim(-0.7, len(labels) - 0.3)
        axes.set_ylim(0, max(base, default=0) * 1.04 or 1)
        axes.set_xticks(range(len(labels)), labels)
        axes.tick_params(axis="both", length=0, labelsize=7.5)
        axes.yaxis.grid(True, color=LINE, linewidth=0.3)
        axes.set_axisbelow(True)
        _name_groups(axes, groups)
        _key(axes, series)
        return _svg(figure, "columns")


def bars(labels: Sequence[str], series: Sequence[Series]) -> str:
    """Stacked bars, one for each label from the top, each part with its number in it."""
    with _axes(0.55 + ROW * len(labels), "bars") as (figure, axes):
        start = [0] * len(labels)
        longest = max((sum(values) for values in zip(*(one.values for one in series), strict=True)), default=0)
        for one in series:
            drawn = axes.barh(range(len(labels)), one.values, left=start, height=0.66, **_look(one))
            _number(axes, drawn, one, longest)
            start = [before + value for before, value in zip(start, one.values, strict=True)]
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", length=0, labelsize=8.5)
        axes.set_xticks([])
        axes.set_xlim(0, longest * 1.02 or 1)
        axes.set_ylim(len(labels) - 0.45, -0.55)
        axes.spines["bottom"].set_visible(False)
        _key(axes, series)
        return _svg(figure, "bars")


@contextmanager
def _axes(height: float, name: str) -> Iterator[tuple[Any, Any]]:
    import matplotlib as mpl  # 60 MB and half a second that a web page never needs
    from matplotlib.figure import Figure

    _know_the_font()
    looks: Any = {
        "font.family": [FONT],
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "hatch.linewidth": 0.5,
        "axes.edgecolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
    with mpl.rc_context(looks):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_linewidth(0.6)
        yield figure, axes


@cache
def _know_the_font() -> None:
    """Tell matplotlib of the face that fontconfig gives: of a collection it would only know the first one."""
    from matplotlib import font_manager

    file = font_file()
    if file is not None:
        font_manager.fontManager.ttflist.append(font_manager.FontEntry(fname=file[0], name=FONT))


def _look(series: Series) -> dict[str, Any]:
    return {
        "facecolor": series.fill,
        "hatch": series.hatch,
        "hatchcolor": series.hatch_colour,
        "edgecolor": INK,
        "linewidth": 0.4,
        "label": series.name,
    }


def _name_groups(axes: Any, groups: Sequence[tuple[str, int]]) -> None:
    start = 0
    for name, length in groups:
        left = start - 0.5
        if length > 1:
            place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
            axes.annotate(name, (left + length / 2, 0), (0, -19), ha="center", va="top", fontsize=8, **place)
        if start:
            axes.axvline(left, 0, 1, color=LINE, linewidth=0.5, zorder=0)
        start += length


def _number(axes: Any, drawn: Any, series: Series, longest: int) -> None:
    """Write each value in its part, where the part is wide enough to hold it."""
    for bar, value in zip(drawn, series.values, strict=True):
        if value * 45 >= longest * len(str(value)) > 0:
            axes.text(
                bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2, str(value),
                ha="center", va="center", fontsize=8,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8} if series.hatch else None,
                color=series.number_colour,
            )  # fmt: skip


def _key(axes: Any, series: Sequence[Series]) -> None:
    """Name the series over the picture, in two lines where one would be too long."""
    fits = sum(len(one.name) for one in series) <= LONGEST_KEY
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=len(series) if fits else 2, frameon=False, fontsize=8.5,
        handlelength=1.6, handleheight=1.0, columnspacing=1.6, borderaxespad=0.2,
    )  # fmt: skip


def _svg(figure: Any, name: str) -> str:
    """The picture without XML head and group names, so that several can stand in one page; the same bytes each time.

    Looks become attributes: a style in each of hundreds of parts would be read as the page's own.
    """
    out = StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", out.getvalue(), flags=re.S)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), text)
    return text[text.index("<svg") :].replace("<svg ", f'<svg class="chart {name}" ', 1)


def _attributes(style: str) -> str:
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return "".join(f' {name.strip()}="{value.strip()}"' for name, _colon, value in pairs)
