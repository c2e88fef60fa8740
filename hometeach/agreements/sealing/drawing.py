"""The two pictures of the evidence page: a signature as its strokes were drawn, and a seal that is drawn by us."""

from markupsafe import Markup, escape

from hometeach.agreements.signing.telling import Drawing

#: The arc, in degrees, that the school's name takes at most, and by each character.
WIDEST, BY_CHARACTER = 250.0, 30.0
STAR = "50,33 54.1,44.4 66.2,44.7 56.7,52.2 60.0,63.8 50,57 40.0,63.8 43.3,52.2 33.8,44.7 45.9,44.4"


def strokes_svg(drawing: Drawing) -> Markup:
    """The strokes as lines, in the shape of the sheet they were drawn on."""
    paths = Markup("").join(
        Markup('<path d="{}"/>').format(_path(stroke)) for stroke in drawing.strokes if len(stroke) > 1
    )
    dots = Markup("").join(
        Markup('<circle cx="{:g}" cy="{:g}" r="{:g}" fill="#1d2320"/>').format(*stroke[0], _pen(drawing))
        for stroke in drawing.strokes
        if len(stroke) == 1
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:g} {:g}"><g fill="none" stroke="#1d2320" '
        'stroke-width="{:g}" stroke-linecap="round" stroke-linejoin="round">{}</g>{}</svg>'
    ).format(drawing.width, drawing.height, _pen(drawing), paths, dots)


def seal_svg(school: str, beneath: str) -> Markup:
    """A red round seal with the school's name along its edge, and what it is beneath the star."""
    step = min(BY_CHARACTER, WIDEST / max(len(school), 1))
    first = -step * (len(school) - 1) / 2
    size = min(11.0, step * 0.42)
    around = Markup("").join(
        Markup('<text x="50" y="{:g}" transform="rotate({:.2f} 50 50)" font-size="{:g}">{}</text>').format(
            7 + size, first + at * step, size, mark
        )
        for at, mark in enumerate(school)
    )
    return Markup(  # noqa: S704 - nothing is put in but through ``format``, which escapes
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        '<g fill="#b3261e" text-anchor="middle" font-family="Noto Sans CJK SC">'
        '<circle cx="50" cy="50" r="47.5" fill="none" stroke="#b3261e" stroke-width="2"/><polygon points="'
        + STAR
        + '"/>{}'
        '<text x="50" y="80" font-size="6.5">{}</text></g></svg>'
    ).format(around, escape(beneath))


def _path(stroke: tuple[tuple[float, float], ...]) -> str:
    return "M" + " L".join(f"{across:g} {down:g}" for across, down in stroke)


def _pen(drawing: Drawing) -> float:
    return max(drawing.width / 120, 0.5)
