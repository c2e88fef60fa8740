"""What does a person read when a page cannot be given? Never a trace, always what to do next."""

import logging
from http import HTTPStatus

from flask import Flask, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

from hometeach.kernel.errors import Gone, NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.entry.interrupted import Fields, without_secrets, words_in

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Bind the error pages."""
    app.register_error_handler(NotFound, lambda _error: _error_page(404, in_vain=True))
    app.register_error_handler(Refused, _refused_page)
    app.register_error_handler(OperationalError, _database_away)
    for lost in (IntegrityError, StaleDataError, ObjectDeletedError, Gone):
        app.register_error_handler(lost, _overtaken)
    app.register_error_handler(CSRFError, lambda _error: _error_page(400))
    app.register_error_handler(HTTPException, _foreseen)
    app.register_error_handler(Exception, _unforeseen)


def _error_page(status: int, message: str | None = None, *, in_vain: bool = False) -> tuple[str, int]:
    """The page; ``in_vain``: nothing was made of what was sent, so it is shown."""
    db.session.rollback()
    sent = _sent() if in_vain and request.endpoint else []
    again = sent if status in (409, 503) and _is_whole(sent) else []
    told = {"status": status, "message": message, "words": words_in(sent), "again": again}
    return render_template("layout/error.html", request_id=g.get("request_id"), **told), status


def _sent() -> Fields:
    """What a form brought, without what is nobody's to read again."""
    return without_secrets(list(request.form.items(multi=True))) if request.method == "POST" else []


def _is_whole(sent: Fields) -> bool:
    """Whether it can be sent once more from here: nothing is left out, and what was done is not done twice."""
    left_out = len(list(request.form.items(multi=True))) - len(sent) - ("csrf_token" in request.form)
    return not left_out and not any(request.files.values()) and bool(request.form.get("once"))


def _foreseen(error: HTTPException) -> tuple[str, int]:
    return _error_page(error.code or 500, in_vain=error.code == HTTPStatus.NOT_FOUND)


def _refused_page(refused: Refused) -> tuple[str, int]:
    return _error_page(409, refused.message)


def _overtaken(error: Exception) -> tuple[str, int]:
    """The database's last line: what no verb foresaw is told as what it most likely is, somebody else's doing."""
    log.error("request %s: overtaken: %s", g.get("request_id"), type(getattr(error, "orig", error)).__name__)
    told = _("Somebody else changed the same thing at the same moment.")
    return _error_page(409, told, in_vain=True)


def _database_away(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    log.error("request %s: database: %s", g.get("request_id"), type(error.orig).__name__)
    g.person = None  # who asks stands in the database
    page, _status = _error_page(503, in_vain=True)
    return page, 503, {"Retry-After": "5"}


def _unforeseen(error: Exception) -> tuple[str, int]:
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return _error_page(500, in_vain=True)
