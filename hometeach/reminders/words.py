"""In what words is somebody reminded?

Templates under ``templates/messages/``, one for each kind, in the recipient's
language. They are given numbers, days and times and nothing else: a message can
lie open on a table, so it names no child and nothing of what a child has.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path

from babel.dates import format_skeleton
from flask import current_app
from flask_babel import force_locale, get_locale, get_translations
from flask_babel import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hometeach.reminders.rules import Kind, Matter, Side

#: A matter, and on which side the person stands who is told of it.
Told = tuple[Matter, Side]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "messages"
#: All that a template is given.
GIVEN = frozenset({"n", "side", "day", "time", "amount", "least", "lines", "address"})


def said(told: Sequence[Told], *, language: str | None, path: str) -> tuple[str, str]:
    """Subject and body of one message that carries these matters, each told to somebody of its side."""
    with force_locale(language or current_app.config["BABEL_DEFAULT_LOCALE"]):
        lines = [_line(kind, some) for kind, some in _by_kind(told)]
        subject = _rendered("subject", n=len(told))
        return subject, _rendered("whole", lines=lines, address=_address(path))


def to_open(*, language: str | None) -> tuple[str, str]:
    """Subject and body of a word that something waits in the inbox, and nothing more."""
    with force_locale(language or current_app.config["BABEL_DEFAULT_LOCALE"]):
        body = _("Please open HomeTeach now: something stands there for you.")
        return _("HomeTeach: please open it"), f"{body} {_address('/messages/inbox')}".rstrip()


def _by_kind(told: Sequence[Told]) -> Iterator[tuple[Kind, list[Told]]]:
    ranked = sorted(told, key=lambda item: _rank(item[0]))
    for kind, some in groupby(ranked, key=lambda item: item[0].kind):
        yield kind, list(some)


def _rank(matter: Matter) -> tuple[int, date, int, str]:
    """The kinds in their order, and of each the one that comes first at its head."""
    return (list(Kind).index(matter.kind), _day_told(matter), matter.start_minute or 0, matter.occurrence)


def _line(kind: Kind, some: Sequence[Told]) -> str:
    first, side = some[0]
    return _rendered(
        kind.value,
        n=len(some),
        side=side.value,
        day=_day_words(_day_told(first)),
        time=_time_words(first.start_minute),
        amount=first.amount,
        least=first.least,
    )


def _day_told(matter: Matter) -> date:
    """The day that a template names: by when, where there is such a day, else the matter's own."""
    is_by = matter.kind in (Kind.QUOTA_UNPLANNED, Kind.QUOTA_NOT_MET) and matter.until is not None
    return matter.until if is_by and matter.until is not None else matter.day


def _day_words(day: date) -> str:
    return format_skeleton("MMMEd", day, locale=str(get_locale()))


def _time_words(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60}:{minute % 60:02d}"


def _address(path: str) -> str:
    base: str = current_app.config["PUBLIC_URL"]
    return f"{base}{path}" if base else ""


def _rendered(name: str, **facts: object) -> str:
    return environment().get_template(f"{name}.txt").render(facts).strip()


@cache
def environment() -> Environment:
    """An environment of its own: no request, no application's globals, and plain text."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, extensions=["jinja2.ext.i18n"])  # noqa: S701
    made.install_gettext_callables(_one, _one_or_many, newstyle=True)  # type: ignore[attr-defined]
    return made


def _one(message: str) -> str:
    return str(get_translations().ugettext(message))


def _one_or_many(singular: str, plural: str, number: int) -> str:
    return str(get_translations().ungettext(singular, plural, number))
