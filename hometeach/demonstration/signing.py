"""Agreements of the demonstration: one sent, one refused, one in conflict, one waiting for the school, one in force."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.actions import draw_up
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing import actions
from hometeach.agreements.signing.actions import Proof, drawn_mark, typed_mark
from hometeach.agreements.signing.actions.capturing import must_be_opened
from hometeach.agreements.signing.rules import Identity
from hometeach.agreements.templates.models import template_on
from hometeach.compliance.actions import rebuild_ledger
from hometeach.demonstration.families import the_family
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.family.actions import Described, add_guardian
from hometeach.people.models import Account, Child, Guardian, ServingSpan, account_by_sign_in_name, in_force
from hometeach.people.rules import ContactRule, Standing

#: Who does in the demonstration what the school does.
BY = "demonstration"
#: New terms begin so many days from now.
AHEAD = timedelta(days=7)
STROKES = (
    '{"height":192,"strokes":[[[30,60,0,500],[90,50,80,520],[150,58,160,500]],[[92,30,300,480],[88,110,420,500],'
    '[60,150,500,510]],[[100,80,700,500],[140,120,780,500],[170,150,860,480]]],"width":340}'
)


def seed(on: date) -> None:
    """Draw up agreements of new terms for children of Headteacher He's school, each at another step, once."""
    head = account_by_sign_in_name("he")
    if head is None or template_on(on) is None or db.session.scalar(select(Offer.id).limit(1)):
        return
    for child, step in zip(_children(head, on), (_sent, _refused, _in_conflict, _signed, _in_force), strict=False):
        step(child, head, on)


def signing_link() -> str:
    """The path of the link to sign that was sent last; empty where there is none."""
    statement = select(Message).where(Message.kind == "sign_link").order_by(Message.id.desc()).limit(1)
    message = db.session.scalar(statement)
    found = re.search(r"/family/to/[\w-]+", message.body or "") if message else None
    return found[0] if found else ""


def _children(head: Account, on: date) -> Sequence[Child]:
    """The child of the family that a visitor plays, then others of the school that have one agreement in force."""
    family = the_family(on)
    schools = [grant.unit_id for grant in head.grants]
    served = select(ServingSpan.child_id).where(ServingSpan.school_id.in_(schools), in_force(ServingSpan, on))
    agreed = select(Agreement.child_id).where(in_force(Agreement, on), Agreement.effective_to > on + 2 * AHEAD)
    reached = select(Guardian.child_id).where(
        Guardian.phone_index.is_not(None), Guardian.contact_rule == ContactRule.ANY
    )
    first = family.child_id if family else 0
    statement = select(Child).where(Child.id.in_(served), Child.id.in_(agreed), Child.id.in_(reached))
    return db.session.scalars(statement.order_by(Child.id != first, Child.code).limit(5)).all()


def _sent(child: Child, _head: Account, on: date) -> None:
    offer = _drawn_up(child, on, on + AHEAD)
    actions.send_link(
        offer.signers[0],
        address_of=lambda token: f"/family/to/{token}",
        door="/family",
        by=BY,
        on=on,
    )


def _refused(child: Child, _head: Account, on: date) -> None:
    offer = _drawn_up(child, on, on + AHEAD)
    actions.refuse(offer.signers[0], "想先看看开春能不能到学校去。", by=_actor(offer.signers[0]), on=on)


def _in_conflict(child: Child, _head: Account, on: date) -> None:
    if len(child.guardians) < 2:
        described = Described("石建国", "父亲", Standing.GUARDIAN, "", ContactRule.THROUGH_SCHOOL)
        add_guardian(child, described, by=BY)
        db.session.refresh(child)
    offer = _drawn_up(child, on, on + AHEAD)
    _sign(offer.signers[0], on)
    actions.refuse(offer.signers[1], "不同意老师到家里来。", by=_actor(offer.signers[1]), on=on)


def _signed(child: Child, _head: Account, on: date) -> None:
    offer = _drawn_up(child, on, on + AHEAD)
    _sign(offer.signers[0], on)


def _in_force(child: Child, head: Account, on: date) -> None:
    offer = _drawn_up(child, on, on)
    _sign(offer.signers[0], on, typed=True)
    actions.countersign(offer, head, office="校长", on=on)
    rebuild_ledger({child.id})


def _drawn_up(child: Child, on: date, first: date) -> Offer:
    """New terms from a day on, in place of the agreement that runs."""
    running = select(Agreement).where(Agreement.child_id == child.id, in_force(Agreement, first))
    old = db.session.scalars(running.order_by(Agreement.id)).first()
    for guardian in child.guardians:
        if guardian.phone_index is not None:
            guardian.phone_checked_at, guardian.phone_checked_by = machine_now(), BY
    return draw_up(
        child,
        effective_from=first,
        effective_to=old.effective_to if old and old.effective_to else first + timedelta(days=180),
        who_signs=WhoSigns.ANY_ONE,
        supersedes=old,
        by=BY,
        on=on,
    )


def _sign(signer: Signer, on: date, *, typed: bool = False) -> None:
    must = must_be_opened(signer.offer)
    actions.note_summary_read(signer, 75, by=_actor(signer), on=on)
    for clause in sorted(must):
        actions.note_clause_opened(signer, clause, by=_actor(signer), on=on)
    actions.sign(
        signer,
        typed_mark(signer.name, signer.name) if typed else drawn_mark(STROKES),
        Proof(Identity.CODE, machine_now(), machine_now(), "demonstration"),
        route=SigningRoute.PHONE,
        by=_actor(signer),
        on=on,
        must_open=must,
    )


def _actor(signer: Signer) -> str:
    return f"guardian:{signer.guardian.public_id}"
