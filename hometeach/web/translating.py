"""How are words found cheaply? In one catalogue, looked up once a request rather than once a word."""

from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_locale

from hometeach.kernel.extensions import babel


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


def init_app(app: Flask) -> None:
    """Give code and templates the look-ups; in templates, named places are filled in by Jinja itself."""
    babel.domain_instance = MESSAGES
    app.jinja_env.install_gettext_callables(_one, _one_or_many, newstyle=True)  # type: ignore[attr-defined]


def _one(message: str) -> str:
    return MESSAGES.get_translations().ugettext(message)


def _one_or_many(singular: str, plural: str, number: int) -> str:
    return MESSAGES.get_translations().ungettext(singular, plural, number)
