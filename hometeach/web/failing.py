"""What does a person read when a page cannot be given? Never a trace, always what to do next."""

import logging

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
    app.register_error_handler(NotFound, lambda _error: _error_page(404))
    app.register_error_handler(Refused, _refused_page)
    app.register_error_handler(OperationalError, _database_away)
    for lost in (IntegrityError, StaleDataError, ObjectDeletedError, Gone):
        app.register_error_handler(lost, _overtaken)
    app.register_error_handler(CSRFError, lambda _error: _error_page(400))
    app.register_error_handler(HTTPException, lambda error: _error_page(error.code or 500))
    app.register_error_handler(Exception, _unforeseen)


def _error_page(status: int, message: str | None = None, *, again: Fields = ()) -> tuple[str, int]:
    """The page; ``again`` is what may be sent once more, and would come out otherwise."""
    db.session.rollback()
    told = {"status": status, "message": message, "again": again, "request_id": g.get("request_id")}
    return render_template("layout/error.html", words=words_in(again or _typed_in_vain(status)), **told), status


def _sent() -> Fields:
    """What a form brought, without what is nobody's to read again."""
    return without_secrets(list(request.form.items(multi=True))) if request.method == "POST" else []


def _typed_in_vain(status: int) -> Fields:
    """What was sent to a page that is no more, or that failed; not of a request that is none of ours."""
    return _sent() if status in (404, 500) and request.endpoint else []


def _refused_page(refused: Refused) -> tuple[str, int]:
    return _error_page(409, refused.message)


def _overtaken(error: Exception) -> tuple[str, int]:
    """The database's last line: what no verb foresaw is told as what it most likely is, somebody else's doing."""
    log.error("request %s: overtaken: %s", g.get("request_id"), type(getattr(error, "orig", error)).__name__)
    told = _("Somebody else changed the same thing at the same moment.")
    return _error_page(409, told, again=_sent())


def _database_away(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    log.error("request %s: database: %s", g.get("request_id"), type(error.orig).__name__)
    g.person = None  # who asks stands in the database
    page, _status = _error_page(503, again=_sent())
    return page, 503, {"Retry-After": "5"}


def _unforeseen(error: Exception) -> tuple[str, int]:
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return _error_page(500)
