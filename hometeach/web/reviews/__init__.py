"""The yearly access review: opened, decided account by account, signed, printed."""

from flask import Blueprint

from hometeach.people.access import Role

pages = Blueprint("reviews", __name__, url_prefix="/access-reviews")
#: An officer decides about administrators, who do not decide about themselves.
REVIEWERS = (Role.ADMINISTRATOR, Role.BUREAU_OFFICER)

from hometeach.web.reviews import deciding, index, show  # noqa: E402, F401 - each hangs its views on ``pages``
