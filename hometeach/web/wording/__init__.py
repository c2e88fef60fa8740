"""The wording of the agreement: its versions, a draft clause by clause, a trial print, publishing, two side by side."""

from flask import Blueprint

from hometeach.people.access import Role

pages = Blueprint("wording", __name__, url_prefix="/wording")

#: Who reads what the bureau offers to families.
READERS = (Role.BUREAU_OFFICER, Role.AUDITOR)

from hometeach.web.wording import (  # noqa: E402, F401 - they hang views
    clause,
    compare,
    discard,
    head,
    index,
    publish,
    show,
)
