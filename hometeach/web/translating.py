"""How does a template find its words? In one catalogue, looked up once a request rather than once a word."""

from flask import Flask, g
from flask_babel import get_translations


def init_app(app: Flask) -> None:
    """Give the templates the two look-ups, with named places filled in by Jinja itself."""
    app.jinja_env.install_gettext_callables(_one, _one_or_many, newstyle=True)  # type: ignore[attr-defined]


def _one(message: str) -> str:
    return _catalogue().ugettext(message)


def _one_or_many(singular: str, plural: str, number: int) -> str:
    return _catalogue().ungettext(singular, plural, number)


def _catalogue():
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue
