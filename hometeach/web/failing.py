"""What does a person read when a page cannot be given? Never a trace, always what to do next."""

import logging

from flask import Flask, g, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Bind the error pages."""
    app.register_error_handler(NotFound, lambda _error: _error_page(404))
    app.register_error_handler(Refused, _refused_page)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(CSRFError, lambda _error: _error_page(400))
    app.register_error_handler(HTTPException, lambda error: _error_page(error.code or 500))
    app.register_error_handler(Exception, _unforeseen)


def _error_page(status: int, message: str | None = None) -> tuple[str, int]:
    db.session.rollback()
    return render_template("layout/error.html", status=status, message=message, request_id=g.get("request_id")), status


def _refused_page(refused: Refused) -> tuple[str, int]:
    return _error_page(409, refused.message)


def _overtaken(error: IntegrityError) -> tuple[str, int]:
    """The database's last line: what no verb foresaw is told as what it most likely is, somebody else's doing."""
    log.error("request %s: constraint: %s", g.get("request_id"), type(error.orig).__name__)
    return _error_page(409, _("Somebody else changed the same thing at the same moment. Nothing of yours was saved."))


def _database_away(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    log.error("request %s: database: %s", g.get("request_id"), type(error.orig).__name__)
    g.person = None  # who asks stands in the database
    page, _status = _error_page(503)
    return page, 503, {"Retry-After": "5"}


def _unforeseen(error: Exception) -> tuple[str, int]:
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return _error_page(500)
