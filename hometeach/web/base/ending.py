"""What became of the request? Commit after success, undo after anything else, and what every answer carries."""

import gzip

from flask import current_app, g, request, session
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from hometeach.kernel import audit
from hometeach.kernel.extensions import db, reading
from hometeach.web import kept
from hometeach.web.base.loading import actor
from hometeach.web.base.once import answered_meanwhile, commit_once

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: How a form is refused: beside its fields, or because of what somebody else did.
REFUSALS = frozenset({409, 422})
#: Pages from this size on, in bytes, are sent compressed.
COMPRESSED_FROM = 65_536


def finish(response: Response) -> Response:
    """End the transaction, and say to the browser what it may do with the answer."""
    if "is_answered_from_memory" in g:
        return response
    if request.endpoint != "static":
        try:
            response = _end_transaction(response)
        except SQLAlchemyError as error:  # told like one that the view ran into
            session.pop("_flashes", None)  # what it said to have done
            response = current_app.make_response(current_app.handle_user_exception(error))
        response.headers.setdefault("Cache-Control", "no-store")
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response = _compressed(response)
    kept.keep(response)
    return response


def let_go(_error: BaseException | None) -> None:
    """The request is over: whether it only reads is said anew for the next."""
    token = g.pop("reading_token", None)
    if token is not None:
        reading.reset(token)


def _end_transaction(response: Response) -> Response:
    """Commit after success, undo after anything else; a GET then writes what it has to the access log."""
    succeeded = response.status_code < 400
    if not reading.get() and (succeeded or g.keep_write):
        response = commit_once(response)
    else:
        db.session.rollback()
        if response.status_code in REFUSALS:
            response = answered_meanwhile() or response
    if g.get("opened") and succeeded and actor():
        reading.set(False)
        for about, what, reason in g.opened:
            audit.note_access(actor=actor(), about=about, what=what, reason=reason)
        db.session.commit()
    return response


def _compressed(response: Response) -> Response:
    """The stacks of strips shrink twentyfold; a smaller page is not worth the time, nor the hint that
    its compressed length would give of what stands in it."""
    is_large = response.mimetype == "text/html" and (response.content_length or 0) > COMPRESSED_FROM
    if is_large and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(response.get_data(), compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response
