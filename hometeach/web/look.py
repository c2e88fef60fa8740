"""What may every template call? Words as filters, the strip's marks, and the addresses of our own files.

A file's address carries its hash, so that browsers may keep it for a year and
still never show yesterday's.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request, session, url_for
from flask_wtf.csrf import generate_csrf

from hometeach.web import states, words
from hometeach.web.base import chosen_locale

#: In the order of the cascade's layers.
STYLESHEETS = (
    "tokens",
    "base",
    "layout",
    "components",
    "tables",
    "forms",
    "strip",
    "pages",
    "visits",
    "office",
    "schedule",
    "figures",
    "plans",
    "family",
    "messages",
)

FILTERS: dict[str, Callable[..., str]] = {
    "day": words.day_words,
    "span": words.span_words,
    "moment": words.moment_words,
    "evidence": words.evidence_words,
    "clock": words.clock_words,
    "listed": words.listed,
    "enumerated": words.enumerated,
    "number": words.number,
    "percent": words.percent_words,
    "state_words": states.state_words,
}


def init_app(app: Flask) -> None:
    """Give the filters and globals to the application's templates."""
    asset = _addresses(app)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=asset,
        stylesheets=[asset(f"css/{name}.css") for name in STYLESHEETS],
        MARKS=states.MARKS,
        gap=sentence_gap,
        url_for=address,
        csrf_token=csrf_token,
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(days=365)


def address(endpoint: str, **parts: Any) -> str:
    """As ``flask.url_for``; an address without parts, which stands on many pages, is made once."""
    if parts or endpoint.startswith(".") or not request:
        return url_for(endpoint, **parts)
    return _fixed_address(endpoint, request.script_root)


@lru_cache(maxsize=1024)
def _fixed_address(endpoint: str, _root: str) -> str:
    return url_for(endpoint)


def csrf_token() -> str:
    """The token against forged forms, signed once for each sign-in rather than on each page: it has no end of its own,
    only the session's."""
    known = session.get("csrf_token")
    return _signed_token(known) if known else generate_csrf()


@lru_cache(maxsize=4096)
def _signed_token(_known: str) -> str:
    return generate_csrf()


def sentence_gap() -> str:
    """What stands between two sentences: nothing in Chinese, whose full stop brings its own room."""
    return "" if chosen_locale().startswith("zh") else " "


def _addresses(app: Flask) -> Callable[[str], str]:
    root = Path(app.static_folder or "")
    known: dict[str, str] = {}

    def asset(name: str) -> str:
        """The address of a file under ``static/``, with its hash."""
        if name not in known or app.debug:
            digest = sha256((root / name).read_bytes()).hexdigest()[:12]
            known[name] = f"{app.static_url_path}/{name}?v={digest}"
        return known[name]

    return asset
