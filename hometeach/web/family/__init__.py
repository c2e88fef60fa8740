"""The family's own pages: by a code to the phone on record, in large type, with no navigation to learn."""

from flask import Blueprint

pages = Blueprint("family", __name__, url_prefix="/family")

from hometeach.web.family import (  # noqa: E402 - each hangs its views on ``pages``
    absence,  # noqa: F401
    agreements,  # noqa: F401
    child,  # noqa: F401
    consents,  # noqa: F401
    door,  # noqa: F401
    leaving,  # noqa: F401
    plan,  # noqa: F401
    signing,  # noqa: F401
    tell,  # noqa: F401
    visit,  # noqa: F401
    who,  # noqa: F401
)
