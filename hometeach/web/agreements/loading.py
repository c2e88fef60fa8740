"""The offer of an address, and who of the family it is about, for those who see the child."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import defer, selectinload

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.sealing.models import Seal
from hometeach.agreements.signing.facts import contact_of, facts_of, known_of, may_sign
from hometeach.agreements.signing.models import countersignature_of
from hometeach.agreements.signing.rules import OPEN, AgreementState, Answer, Contact, answers_of, state_of
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit
from hometeach.web.agreements.choosing import Difference, differences_in
from hometeach.web.base import load_child, person


@dataclass(frozen=True)
class AskedOne:
    """One who is asked to sign, as the school sees it."""

    signer: Signer
    answer: Answer
    contact: Contact
    may_sign: bool

    @property
    def can_sign_now(self) -> bool:
        """Whether a signature of this person can be taken."""
        return self.may_sign and self.answer is not Answer.SIGNED


@dataclass(frozen=True)
class Opened:
    """An offer with all that its pages ask."""

    offer: Offer
    child: Child
    state: AgreementState
    asked: tuple[AskedOne, ...]
    seal: Seal | None
    is_countersigned: bool
    #: In what those who signed chose differently.
    differences: Sequence[Difference] = ()

    @property
    def is_open(self) -> bool:
        """Whether anybody can still be asked."""
        return self.state in OPEN


@dataclass(frozen=True)
class Line:
    """One agreement in a list."""

    offer: Offer
    child: Child
    school: str
    state: AgreementState
    #: Who has not signed: name and answer.
    missing: Sequence[tuple[str, Answer]]


@dataclass(frozen=True)
class WaitingLine:
    """An agreement that waits beside another one for the same days."""

    public_id: str
    number: str
    span: Span
    state: AgreementState
    #: Whether the person coordinates its school, and so can recall it.
    may_recall: bool


def waiting_lines(offers: Sequence[Offer]) -> list[WaitingLine]:
    """These offers, as another one's page names them."""
    today = clock.today()
    known = facts_of(offers, today)
    return [
        WaitingLine(one.public_id, one.number, one.span, state_of(known[one.id], today), is_coordinator_of(one))
        for one in offers
    ]


def lines_of(which: ColumnElement[bool]) -> list[Line]:
    """The agreements of some children, by school and child, the newest first. ``which``: a condition on ``Child``."""
    today = clock.today()
    statement = select(Offer, Child, OrgUnit.name).join(Child, Child.id == Offer.child_id)
    statement = statement.join(OrgUnit, OrgUnit.id == Offer.school_id).where(which)
    statement = statement.options(defer(Offer.facts_sealed), selectinload(Offer.signers).joinedload(Signer.guardian))
    rows = db.session.execute(statement.order_by(OrgUnit.code, Child.code, Offer.id.desc())).all()
    sealed = set(db.session.scalars(select(Seal.offer_id).where(Seal.offer_id.in_([row[0].id for row in rows]))))
    known = facts_of([offer for offer, _child, _name in rows], today, sealed=sealed)
    lines = []
    for offer, child, school in rows:
        answers = answers_of(known[offer.id])
        missing = [(one.name, answers[one.id]) for one in offer.signers if answers[one.id] is not Answer.SIGNED]
        lines.append(Line(offer, child, school, state_of(known[offer.id], today), missing))
    return lines


def load_offer(public_id: str) -> Opened:
    """The offer of this address, if the person sees its child; opening it is logged.

    Raises: NotFound, alike for foreign and absent.
    """
    offer = db.session.scalar(select(Offer).where(Offer.public_id == public_id))
    if offer is None:
        raise NotFound
    child, today = load_child(offer.child.public_id), clock.today()
    seal = db.session.scalar(select(Seal).where(Seal.offer_id == offer.id))
    facts = known_of(offer, today, is_sealed=seal is not None)
    answers = answers_of(facts)
    asked = tuple(AskedOne(one, answers[one.id], contact_of(one.guardian), may_sign(one)) for one in offer.signers)
    is_countersigned = countersignature_of(offer) is not None
    return Opened(offer, child, state_of(facts, today), asked, seal, is_countersigned, differences_in(offer, facts))


def chosen(opened: Opened) -> AskedOne:
    """About whom the address or the form is; the first who can still sign where it says nothing.

    Raises: Refused ``signer:nobody``.
    """
    wanted = request.values.get("signer", "")
    for one in opened.asked:
        if one.signer.public_id == wanted or (not wanted and one.can_sign_now):
            return one
    raise Refused("signer:nobody", _("Nobody of the family can sign this agreement now. Look at it again."))


def is_coordinator_of(offer: Offer) -> bool:
    """Whether the person coordinates the school that offers the agreement."""
    return any(one.role is Role.SCHOOL_COORDINATOR and one.unit_id == offer.school_id for one in person().grants)
