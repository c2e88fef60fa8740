"""Take a signed paper: scanned or photographed, with the code of this very version on it."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from hometeach.agreements.offers.models import Signer
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.actions.answering import sign
from hometeach.agreements.signing.actions.marks import Mark, Proof
from hometeach.agreements.signing.models import Signature
from hometeach.agreements.signing.rules import Identity, Method
from hometeach.agreements.signing.scans import kept_scan, refuse_other_version
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db


def take_paper(
    signer: Signer,
    content: bytes,
    *,
    seen: str,
    witnesses: tuple[str, str] = ("", ""),
    by_finger: bool = False,
    choices: Mapping[str, str] | None = None,
    by: str,
    on: date,
) -> Signature:
    """The signature on a paper. ``seen``: by which document it was known who signed; ``choices``: what is ticked on it.

    Raises: Refused ``paper:witnesses``, ``scan:…``, and as :func:`sign`.
    """
    named = tuple(name.strip() for name in witnesses if name.strip())
    if by_finger and (len(named) < 2 or named[0] == named[1]):
        told = _("A fingerprint needs two witnesses. Write both their names.")
        raise Refused("paper:witnesses", told, "witness_two" if named else "witness_one")
    scan = kept_scan(content, on)
    refuse_other_version(scan, signer.offer)
    db.session.flush()
    return sign(
        signer,
        Mark(Method.FINGERPRINT if by_finger else Method.PAPER, scan=scan, choices=choices or {}),
        Proof(Identity.DOCUMENT, document=seen.strip(), witnesses=named),
        route=SigningRoute.PAPER,
        by=by,
        on=on,
    )
