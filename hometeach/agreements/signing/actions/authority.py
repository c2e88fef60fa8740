"""Record the paper by which the guardians let a carer sign for the child."""

from datetime import date

from flask_babel import gettext as _

from hometeach.agreements.signing.models import SigningAuthority
from hometeach.agreements.signing.scans import kept_scan
from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Guardian
from hometeach.people.rules import Standing


def record_authority(guardian: Guardian, paper: bytes, words: str, *, by: str, on: date) -> SigningAuthority:
    """Keep the paper; from now on this carer may sign.

    Raises: Refused ``authority:no_carer``, ``authority:not_entrusted``, ``authority:no_words``, ``scan:…``.
    """
    if guardian.standing is not Standing.CARER:
        raise Refused("authority:no_carer", _("A guardian signs without authority from anybody."))
    if not guardian.entrusted_by:
        raise Refused("authority:not_entrusted", _("Write down first by which paper the child is entrusted."))
    if not words.strip():
        raise Refused("authority:no_words", _("Write who gave the authority, when, and for what."), "words")
    scan = kept_scan(paper, on)
    db.session.flush()
    made = SigningAuthority(guardian_id=guardian.id, paper_id=scan.id, words=words.strip(), by=by)
    db.session.add(made)
    db.session.flush()
    detail = {"guardian": guardian.public_id, "paper_sha256": scan.sha256}
    audit.record("guardian:authority", actor=by, about=f"child:{guardian.child.public_id}", detail=detail)
    return made
