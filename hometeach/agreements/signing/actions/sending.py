"""Ask somebody to sign: by a link to the phone, or by one that is shown to be scanned."""

import secrets
from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.signing.actions.writing import subject_of, write
from hometeach.agreements.signing.facts import contact_of, standing_of
from hometeach.agreements.signing.rules import OPEN, Contact, SigningEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import hold
from hometeach.people.entry.guardians.actions import issue_link, tell, way_to
from hometeach.people.entry.guardians.rules import LinkPurpose, Reach


def send_link(signer: Signer, *, address_of: Callable[[str], str], door: str, by: str, on: date) -> Reach:
    """Send a link to sign, or put the call on the school's list. An older link of the same signer opens no more.

    ``address_of`` makes the address of a token; ``door`` is the address that needs none.

    Raises: Refused ``offer:not_open``, ``send:phone_not_checked``, ``guardian:never``.
    """
    offer = _held(signer, on)
    guardian, reach = signer.guardian, way_to(signer.guardian)
    if reach is Reach.NOT_AT_ALL:
        raise Refused("guardian:never", _("This person must not be contacted. Choose somebody else of the family."))
    if contact_of(guardian) is Contact.UNCHECKED:
        raise _unchecked()
    if reach is Reach.MESSAGE:
        token = issue_link(guardian, LinkPurpose.SIGN, on=on, subject=subject_of(offer))
        body = _("An agreement on home teaching waits for your word. Read it here: %(a)s", a=address_of(token))
    else:
        body = _("Ring up about an agreement that waits to be signed. It can be read at %(a)s.", a=door)
    tell(guardian, key=f"sign_link:{signer.public_id}:{secrets.token_hex(6)}", kind="sign_link", body=body)
    write(SigningEvent.SENT, offer, signer, by=by, detail={"way": reach.value}, told={"way": reach.value})
    return reach


def hand_over(signer: Signer, *, by: str, on: date) -> str:
    """A link that is shown, to be scanned with the signer's own phone; the code goes to that phone. Gives its token.

    Raises: Refused ``offer:not_open``, ``send:phone_not_checked``.
    """
    offer = _held(signer, on)
    if signer.guardian.phone_index is None or signer.guardian.phone_checked_at is None:
        raise _unchecked()
    token = issue_link(signer.guardian, LinkPurpose.SIGN, on=on, subject=subject_of(offer))
    write(SigningEvent.SENT, offer, signer, by=by, detail={"way": "shown"}, told={"way": "shown"})
    return token


def _held(signer: Signer, on: date) -> Offer:
    offer = signer.offer
    hold(offer)
    if standing_of(offer, on) not in OPEN:
        raise Refused("offer:not_open", _("Nobody is asked to sign this agreement any more. Look at it again."))
    return offer


def _unchecked() -> Refused:
    return Refused(
        "send:phone_not_checked",
        _("Nobody of the school has seen this phone in the person's hand yet. Check it first, or sign another way."),
    )
