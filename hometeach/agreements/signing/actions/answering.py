"""What does somebody answer who was asked to sign: yes, no, or let us talk first?"""

from collections.abc import Collection
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from hometeach.agreements.offers.choices import asked_in, unanswered
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.actions.marks import Mark, Proof
from hometeach.agreements.signing.actions.writing import subject_of, tell_school, write
from hometeach.agreements.signing.facts import clauses_opened, known_of, may_sign
from hometeach.agreements.signing.models import Signature, signatures_of
from hometeach.agreements.signing.rules import (
    OPEN,
    AgreementState,
    Answer,
    Outcome,
    SigningEvent,
    answers_of,
    refusal_to_sign,
    state_of,
)
from hometeach.kernel import outbox
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.settings import whole_number
from hometeach.people.entry.guardians.actions import close_links_of


def sign(
    signer: Signer,
    mark: Mark,
    proof: Proof,
    *,
    route: SigningRoute,
    by: str,
    on: date,
    must_open: Collection[int] = (),
) -> Signature:
    """Put a signature under the unsigned document. ``by`` takes it, or signs; ``must_open``: clauses to open before.

    Raises: Refused ``sign:…``: ``over``, ``concluded``, ``no_authority``, ``signed_already``, ``taken_back``,
    ``phone_not_checked``, ``shared_phone``, ``clauses_unread``, ``not_chosen``.
    """
    offer = signer.offer
    hold(offer)
    _refuse(signer, route, must_open, on)
    _refuse_unchosen(offer, mark)
    made = _kept(signer, mark, proof, route, None if route is SigningRoute.PHONE else by)
    digest = {"route": route.value, "method": mark.method.value, "identity": proof.identity.value}
    write(
        SigningEvent.SIGNED,
        offer,
        signer,
        by=by,
        detail={**digest, **({"choices": dict(mark.choices)} if mark.choices else {})},
        told={**digest, "document_sha256": offer.document_sha256},
    )
    close_links_of(signer.guardian, subject_of(offer))
    _tell_after_signing(offer, made, on)
    return made


def refuse(signer: Signer, reason: str, *, by: str, on: date) -> date:
    """Refuse to sign, with the reason. Gives the day until which the school follows it up.

    Raises: Refused ``refuse:no_reason``, ``refuse:not_open``.
    """
    offer = signer.offer
    hold(offer)
    if not reason.strip():
        raise Refused("refuse:no_reason", _("Write why, in your own words."), "reason")
    if state_of(known_of(offer, on), on) not in OPEN:
        raise Refused("refuse:not_open", _("This agreement waits for no answer any more."))
    until = on + timedelta(days=whole_number("refusal_follow_up_days", on))
    told = {"follow_up_on": until.isoformat()}
    event = write(SigningEvent.REFUSED, offer, signer, by=by, detail={"reason": reason.strip(), **told}, told=told)
    body = _("Somebody refused to sign the agreement %(number)s. Talk with the family.", number=offer.number)
    tell_school(offer, f"offer_refused:{event.public_id}", body, on=on)
    return until


def follow_up(signer: Signer, outcome: Outcome, words: str, *, by: str, on: date) -> None:
    """Write down what came of the talk with somebody who refused.

    Raises: Refused ``follow_up:nothing_refused``, ``follow_up:no_words``, ``follow_up:not_open``.
    """
    offer = signer.offer
    hold(offer)
    facts = known_of(offer, on)
    if state_of(facts, on) not in OPEN:
        raise Refused("follow_up:not_open", _("This agreement waits for no answer any more."))
    if answers_of(facts).get(signer.id) not in (Answer.REFUSED, Answer.REFUSED_FINALLY):
        raise Refused("follow_up:nothing_refused", _("This person has not refused. There is nothing to follow up."))
    if not words.strip():
        raise Refused("follow_up:no_words", _("Write what was talked over."), "words")
    detail = {"outcome": outcome.value, "words": words.strip()}
    write(SigningEvent.FOLLOWED_UP, offer, signer, by=by, detail=detail, told={"outcome": outcome.value})


def ask_to_talk(signer: Signer, *, by: str, on: date) -> None:
    """The signer wants to talk first: it stands on the school's list of calls.

    Raises: Refused ``talk:not_open``.
    """
    offer = signer.offer
    hold(offer)
    if state_of(known_of(offer, on), on) not in OPEN:
        raise Refused("talk:not_open", _("This agreement waits for no answer any more."))
    event = write(SigningEvent.TALK_ASKED, offer, signer, by=by)
    outbox.post(
        f"talk_first:{event.public_id}",
        kind="talk_first",
        to=f"guardian:{signer.guardian.public_id}",
        channel=outbox.Channel.CALL_LIST,
        address=signer.guardian.phone or "",
        about=f"child:{offer.child.public_id}",
        body=_("Wants to talk before signing the agreement %(number)s. Ring up.", number=offer.number),
    )


def _refuse(signer: Signer, route: SigningRoute, must_open: Collection[int], on: date) -> None:
    facts = known_of(signer.offer, on)
    code = refusal_to_sign(
        state_of(facts, on),
        answers_of(facts)[signer.id],
        has_signed_before=signer.id in signatures_of(signer.offer),
        may_sign=may_sign(signer),
    )
    if code is not None:
        raise Refused(code, _why_not(code))
    if route is SigningRoute.PHONE and signer.guardian.phone_checked_at is None:
        told = _("Your phone has not been checked by the school yet. Ask the teacher, or sign on paper.")
        raise Refused("sign:phone_not_checked", told)
    if route is SigningRoute.PHONE and _has_spoken_for_another(signer):
        told = _("Somebody else of the family has signed on this phone. Sign with the teacher, or on paper.")
        raise Refused("sign:shared_phone", told)
    if set(must_open) - clauses_opened(signer.offer, signer):
        raise Refused("sign:clauses_unread", _("Open every clause that is marked before you sign."))


def _refuse_unchosen(offer: Offer, mark: Mark) -> None:
    questions = asked_in(offer.terms)
    missing = unanswered(questions, mark.choices)
    if missing is not None:
        raise Refused("sign:not_chosen", _("Choose one of what the agreement leaves to you."), missing.name.value)
    if set(mark.choices) - {one.name for one in questions}:
        raise Refused("sign:nothing_to_choose", _("This agreement leaves nothing of that kind to choose."))


def _has_spoken_for_another(signer: Signer) -> bool:
    """Whether somebody else signed on the same phone: a code tells whose phone it is, not which of two holds it."""
    phone, signed = signer.guardian.phone_index, signatures_of(signer.offer)
    return any(
        one.guardian.phone_index == phone and signed[one.id].route is SigningRoute.PHONE
        for one in signer.offer.signers
        if one.id in signed
    )


def _why_not(code: str) -> str:
    return {
        "sign:over": _("This agreement was recalled, or its days are over. Ask the school for a new one."),
        "sign:concluded": _("This agreement is concluded already. Nothing more is to be signed."),
        "sign:no_authority": _("A carer may sign only once the guardians' written authority is on file."),
        "sign:signed_already": _("This person has signed already."),
        "sign:taken_back": _("This signature was taken back. The school draws the agreement up anew."),
    }[code]


def _kept(signer: Signer, mark: Mark, proof: Proof, route: SigningRoute, taken_by: str | None) -> Signature:
    """The signature; of two at the same moment the database keeps one."""
    made = Signature(
        signer_id=signer.id,
        route=route,
        method=mark.method,
        document_sha256=signer.offer.document_sha256,
        typed_name=mark.typed_name or None,
        scan=mark.scan,
        taken_by=taken_by,
    )
    made.strokes, made.proof = mark.strokes or None, proof.canonical
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as taken:
        raise Refused("sign:signed_already", _why_not("sign:signed_already")) from taken
    return made


def _tell_after_signing(offer: Offer, made: Signature, on: date) -> None:
    state = state_of(known_of(offer, on), on)
    told = {
        AgreementState.SIGNED_BY_ALL: _("The family has signed the agreement %(number)s. Countersign it."),
        AgreementState.CONFLICT: _("The family disagrees about the agreement %(number)s. Talk with both."),
    }
    if state in told:
        tell_school(offer, f"offer_signed:{made.public_id}", told[state] % {"number": offer.number}, on=on)
