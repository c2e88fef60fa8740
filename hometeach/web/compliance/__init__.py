"""How much of what was owed was given: a week, a month or a term, by bureau, school, teacher and child."""

from flask import Blueprint

pages = Blueprint("compliance", __name__, url_prefix="/compliance")

from hometeach.web.compliance import show  # noqa: E402, F401 - it hangs its views on ``pages``
