"""The school's part: countersign, which brings the agreement into force; recall; and note how an agreement ended."""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.signing.actions.writing import subject_of, tell_school, write
from hometeach.agreements.signing.facts import standing_of
from hometeach.agreements.signing.models import Countersignature, countersignature_of, offer_of, signatures_of
from hometeach.agreements.signing.rules import CONCLUDED, ENDED, OPEN, AgreementState, SigningEvent
from hometeach.kernel import audit
from hometeach.kernel.clock import aware, local
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.people.entry.guardians.actions import close_links, tell
from hometeach.people.models import Account


def countersign(offer: Offer, account: Account, *, office: str, on: date) -> Agreement:
    """Sign for the school. The agreement is in force within its dates from this moment on.

    What it replaces ends on the day before its first one. Asked afterwards by the page:
    ``compliance.actions.settle_case``.

    Raises: Refused ``countersign:own``, ``countersign:done``, ``countersign:overlaps``,
    ``countersign:<state>``.
    """
    hold(offer)
    audit.take_turn()
    _refuse(offer, account, on)
    agreement = _agreed(offer)
    made = Countersignature(
        offer_id=offer.id,
        agreement_id=agreement.id,
        by=account.public_id,
        name=account.name,
        office=office,
        document_sha256=offer.document_sha256,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as taken:
        raise _done() from taken
    digest = {"agreement": agreement.public_id, "document_sha256": offer.document_sha256}
    write(SigningEvent.COUNTERSIGNED, offer, None, by=account.public_id, detail=digest, told=digest)
    _replace_old(offer, account.public_id)
    close_links(subject_of(offer))
    _tell_family(offer)
    return agreement


def recall(offer: Offer, reason: str, *, by: str, on: date) -> None:
    """Void an offer that was not concluded: nobody can sign it any more.

    Raises: Refused ``recall:no_reason``, ``recall:not_open``.
    """
    hold(offer)
    if not reason.strip():
        raise Refused("recall:no_reason", _("Write why it is recalled."), "reason")
    if standing_of(offer, on) not in OPEN:
        raise Refused("recall:not_open", _("Only an agreement that was not concluded yet can be recalled."))
    write(SigningEvent.RECALLED, offer, None, by=by, detail={"reason": reason.strip()})
    close_links(subject_of(offer))


def note_end(agreement: Agreement, event: SigningEvent, *, by: str, on: date) -> None:
    """Note on the offer behind an agreement that the case ended it, or that the withdrawal was taken back."""
    offer = offer_of(agreement.id)
    if offer is None:
        return
    row = write(event, offer, None, by=by, told={"agreement": agreement.public_id})
    if event is SigningEvent.WITHDRAWN:
        body = _("The family has left the agreement %(number)s. The bureau has been told.", number=offer.number)
        tell_school(offer, f"offer_left:{row.public_id}", body, on=on)


def _refuse(offer: Offer, account: Account, on: date) -> None:
    if countersignature_of(offer) is not None:
        raise _done()
    state = standing_of(offer, on)
    if state is not AgreementState.SIGNED_BY_ALL:
        told = _("It cannot be countersigned as it stands. Look at it again.")
        if state is AgreementState.CONFLICT:
            told = _("The family disagrees. Talk with both before you countersign, or draw up an agreement anew.")
        elif state is AgreementState.WITHDRAWN:
            told = _("The family has left since it signed. Talk with it, and draw the agreement up anew.")
        elif state in ENDED | CONCLUDED:
            told = _("It was recalled or ended meanwhile. Look at it again.")
        raise Refused(f"countersign:{state}", told)
    if offer.drawn_up_by == account.public_id:
        raise Refused("countersign:own", _("You drew this agreement up. Somebody else of the school countersigns it."))
    if other := _in_the_way(offer):
        told = _("Agreement %(number)s of this child holds on some of these days. Recall this one.", number=other)
        raise Refused("countersign:overlaps", told)


def _in_the_way(offer: Offer) -> str:
    """The number of another agreement that was concluded meanwhile for some of its days; empty where none was."""
    others = select(Agreement).where(Agreement.child_id == offer.child_id).order_by(Agreement.id)
    met = (one for one in db.session.scalars(others) if one.id != offer.supersedes_id and one.span.meets(offer.span))
    return next((one.number for one in met), "")


def _agreed(offer: Offer) -> Agreement:
    signed = list(signatures_of(offer).values())
    agreement = Agreement(
        child_id=offer.child_id,
        number=offer.number,
        effective_from=offer.effective_from,
        effective_to=offer.effective_to,
        route=signed[-1].route,
        signed_on=max(local(aware(one.signed_at)).date() for one in signed),
    )
    try:
        with db.session.begin_nested():
            db.session.add(agreement)
    except IntegrityError as taken:
        raise _done() from taken
    return agreement


def _replace_old(offer: Offer, by: str) -> None:
    """Let the agreement whose terms this one changes end on the day before."""
    old = db.session.get(Agreement, offer.supersedes_id) if offer.supersedes_id else None
    if old is None:
        return
    last = offer.effective_from - timedelta(days=1)
    if old.effective_to is None or old.effective_to > last:
        old.effective_to = max(last, old.effective_from)
        db.session.flush()
        detail = {"agreement": old.public_id, "until": old.effective_to}
        audit.record("agreement:last_day", actor=by, about=f"child:{offer.child.public_id}", detail=detail)
    before = offer_of(old.id)
    if before is not None:
        detail = {"from": offer.effective_from.isoformat(), "number": offer.number}
        write(SigningEvent.SUPERSEDED, before, None, by=by, detail=detail, told=detail)
        close_links(subject_of(before))


def _tell_family(offer: Offer) -> None:
    body = _("The school has countersigned the agreement %(number)s. You find it on your page.", number=offer.number)
    for signer in offer.signers:
        tell(signer.guardian, key=f"countersigned:{signer.public_id}", kind="agreement_moved", body=body)


def _done() -> Refused:
    return Refused("countersign:done", _("Somebody else of the school countersigned it a moment ago."))
