"""Whose signature under an agreement is waited for, and since when?

One matter for each who was asked and has not answered, on the day of the last
asking: so it climbs anew when the school asks again. It ends with a signature,
a refusal, a recall, another agreement in its place, or the family's leaving.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import defer, selectinload

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.signing.facts import contact_of, detail_of, facts_of, may_sign
from hometeach.agreements.signing.models import Countersignature, OfferEvent, events_of
from hometeach.agreements.signing.rules import (
    AgreementState,
    Answer,
    Contact,
    Outcome,
    SigningEvent,
    answers_of,
    state_of,
)
from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.kernel.clock import aware, local
from hometeach.kernel.extensions import db
from hometeach.reminders.people import NOBODY, People, Told
from hometeach.reminders.rules import Kind, Matter, Side
from hometeach.reminders.subjects import Subjects, children_of

#: In these the family's answer is waited for. Where it disagrees or has refused, the school talks with it first.
WAITED_FOR = frozenset(
    {
        AgreementState.NOT_SENT,
        AgreementState.PHONE_NOT_CHECKED,
        AgreementState.NO_WAY_TO_REACH,
        AgreementState.SENT,
        AgreementState.OPENED,
        AgreementState.SIGNED_BY_SOME,
    }
)
#: Cases in which an agreement is asked for: a family that has left is not.
ASKED_IN = (
    CaseStatus.PLACED_HOME,
    CaseStatus.AGREEMENT_PENDING,
    CaseStatus.PLANNING,
    CaseStatus.ACTIVE,
    CaseStatus.SUSPENDED,
    CaseStatus.REVIEW_DUE,
)
#: By these somebody was asked, or has at least had it before their eyes.
_MET = (SigningEvent.OPENED, SigningEvent.SUMMARY_READ, SigningEvent.CLAUSE_OPENED)


def signatures_missing(on: date, people: People, subjects: Subjects) -> Iterator[Matter]:
    """Each of the family who was asked to sign an agreement that is still open, and has not answered."""
    offers = [one for one in _offers(on, subjects) if one.child_id in people.children]
    known, events = facts_of(offers, on), events_of([one.id for one in offers])
    for offer in offers:
        if state_of(known[offer.id], on) not in WAITED_FOR:
            continue
        answers = answers_of(known[offer.id])
        for signer in offer.signers:
            asked_on, wants_to_talk = _asking(one for one in events if one.signer_id == signer.id)
            if asked_on is not None and answers[signer.id] is Answer.NONE:
                told = _told(signer, people.about_child(offer.child_id), wants_to_talk)
                subject = f"child:{people.children[offer.child_id].public_id}"
                occurrence = f"{asked_on} {signer.public_id}"
                yield Matter(Kind.SIGNATURE_MISSING, subject, asked_on, occurrence, told, until=offer.effective_to)


def signer_of(occurrence: str) -> str:
    """The public id of the one whose signature such a matter is about."""
    return occurrence.partition(" ")[2]


def _offers(on: date, subjects: Subjects) -> Sequence[Offer]:
    """Agreements whose days are not over, not concluded, of children whose case asks for one."""
    statement = (
        select(Offer)
        .join(Case, Case.child_id == Offer.child_id)
        .where(
            Offer.effective_to >= on,
            Offer.id.not_in(select(Countersignature.offer_id)),
            Case.status.in_(ASKED_IN),
            children_of(subjects, Offer.child_id),
        )
        .options(defer(Offer.facts_sealed), selectinload(Offer.signers).joinedload(Signer.guardian))
        .order_by(Offer.id)
    )
    return db.session.scalars(statement).all()


def _asking(events: Iterable[OfferEvent]) -> tuple[date | None, bool]:
    """On which day somebody was last asked, and whether they wanted to talk first since."""
    asked_on, wants_to_talk = None, False
    for event in events:
        day = local(aware(event.at)).date()
        again = event.event is SigningEvent.FOLLOWED_UP and detail_of(event).get("outcome") == Outcome.WILL_SIGN
        if event.event is SigningEvent.SENT or again:
            asked_on, wants_to_talk = day, False
        elif event.event in _MET:
            asked_on = asked_on or day
        elif event.event is SigningEvent.TALK_ASKED:
            asked_on, wants_to_talk = asked_on or day, True
    return asked_on, wants_to_talk


def _told(signer: Signer, around: Told, wants_to_talk: bool) -> Told:
    """The signer alone of the family, and only who can sign of their own accord and waits for nobody's call."""
    name, contact = f"guardian:{signer.guardian.public_id}", contact_of(signer.guardian)
    is_told = name in around[Side.GUARDIAN] and contact is not Contact.UNCHECKED and may_sign(signer)
    return {**around, Side.GUARDIAN: (name,) if is_told and not wants_to_talk else NOBODY}
