"""Does the process live, and is everything there that it needs?"""

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text

from hometeach.kernel import documents, jobs, sealing
from hometeach.kernel.extensions import db
from hometeach.web.base import open_to_all

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@open_to_all("a supervisor asks whether the process lives")
def alive() -> Response:
    """The process lives."""
    return current_app.response_class("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@open_to_all("a supervisor asks what is late; it tells no figure and no name")
def ready() -> Response:
    """Each thing the service needs: ``ok`` or ``late``. A late scheduler is an alarm, not an outage."""
    db.session.execute(text("SELECT 1"))
    found = {
        "database": "ok",
        "scheduler": "late" if jobs.is_late("scheduler") else "ok",
        "font": "ok" if documents.has_every_glyph() else "late",
        "keys": "ok" if sealing.keys() else "late",
    }
    return jsonify(found)
