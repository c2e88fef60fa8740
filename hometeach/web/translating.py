"""How are words found cheaply? In one catalogue, looked up once a request; for templates as HTML that is made once."""

from functools import cache
from typing import Any

from babel import Locale
from flask import Flask, g
from flask_babel import Domain, get_locale
from markupsafe import Markup

from hometeach.kernel.extensions import babel
from hometeach.web.base import chosen_locale


class OneLookUp(Domain):
    """The messages, for code and templates alike. A page says some hundred of them in one language."""

    def get_translations(self) -> Any:
        """The catalogue of the language that is spoken now, found anew only where the language has changed."""
        spoken = g.get("_flask_babel")
        locale = getattr(spoken, "babel_locale", None)
        kept = getattr(spoken, "hometeach_catalogue", None)
        if locale is not None and kept is not None and kept[0] is locale:
            return kept[1]
        found = super().get_translations()
        if spoken is not None:
            spoken.hometeach_catalogue = (get_locale(), found)
        return found


#: For the whole process, as the catalogues are.
MESSAGES = OneLookUp()


class Said(dict[str, Markup]):
    """The messages of one catalogue as HTML, each made when it is said first: of those without places to fill in."""

    def __init__(self, catalogue: Any):
        self._catalogue = catalogue

    def __missing__(self, message: str) -> Markup:
        said = self[message] = _html(self._catalogue.ugettext(message)) % {}
        return said


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


def spoken_locale() -> Locale:
    """The reader's language, as Babel takes it without reading its name anew."""
    return _locale(chosen_locale())


def init_app(app: Flask) -> None:
    """Give code and templates the look-ups. All of the application's templates are HTML; what fills a place is escaped.

    Like Jinja's "newstyle" callables, without the calls that those make for each word.
    """
    babel.domain_instance = MESSAGES
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update({"_": _one, "gettext": _one, "ngettext": _one_or_many})


def _one(message: str, **places: Any) -> Markup:
    catalogue = MESSAGES.get_translations()
    if places:
        return _html(catalogue.ugettext(message)) % places
    said: Said | None = getattr(catalogue, "hometeach_said", None)
    if said is None:
        said = catalogue.hometeach_said = Said(catalogue)
    return said[message]


def _one_or_many(singular: str, plural: str, number: int, **places: Any) -> Markup:
    said = MESSAGES.get_translations().ungettext(singular, plural, number)
    return _html(said) % {"num": number, **places}


def _html(message: str) -> Markup:
    return Markup(message)  # noqa: S704 - from our own catalogue; what fills its places is escaped
