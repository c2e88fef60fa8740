"""Write down where a school or the bureau is, and where it is called: agreements print both."""

import re

from flask_babel import gettext as _

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import OrgUnit

#: Figures, with what people put between them, and an extension.
_PHONE = re.compile(r"\+?\d[\d\- ()（）]{4,30}(?:转\d{1,8})?", re.ASCII)


def write_contact(unit: OrgUnit, *, address: str, phone: str, by: str) -> None:
    """Write down address and telephone of a unit; agreements that are drawn up already keep what they say.

    Raises: Refused ``contact:no_phone_number``.
    """
    if not _PHONE.fullmatch(phone):
        raise Refused(
            "contact:no_phone_number",
            _("This is no telephone number. Write it like 0743-8123456, or 0743-8123456转12."),
            field="phone",
        )
    unit.address, unit.phone = address or None, phone
    db.session.flush()
    audit.record("unit:contact", actor=by, about=f"unit:{unit.public_id}", detail={"address": bool(address)})
