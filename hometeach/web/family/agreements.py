"""What does a family agree to? First the page in plain words, then the marked clauses one by one, then its word.

What stands on the page next follows from what was read before; looking at it
changes nothing. The three answers have the same weight, and none is chosen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from hometeach.agreements.offers.documents import ReadClause, as_read, summary_of
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.sealing.models import Seal
from hometeach.agreements.signing import actions
from hometeach.agreements.signing.facts import clauses_opened, facts_of, has_read_summary, known_of
from hometeach.agreements.signing.rules import (
    CONCLUDED,
    OPEN,
    AgreementState,
    Answer,
    answers_of,
    differences,
    state_of,
)
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.entry.guardians.actions import Opened
from hometeach.people.models import Child
from hometeach.web.base import family, for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.family import pages
from hometeach.web.family.doors import doors_of
from hometeach.web.forms import Form
from hometeach.web.words import agreements as said

MOST_WORDS = 500


class ReadForm(Form):
    """The summary was read: since when did the page stand open?"""

    began = HiddenField()


class ClauseForm(Form):
    """One clause that limits rights is opened."""

    clause = IntegerField(validators=[InputRequired(), NumberRange(min=1)])


class TalkForm(Form):
    """The family wants to talk first: nothing more is asked."""


class RefuseForm(Form):
    """Why not?"""

    reason = TextAreaField(
        _l("Why do you not agree? A few words are enough."),
        validators=[DataRequired(_l("Write why, in your own words.")), Length(max=MOST_WORDS)],
    )


@dataclass(frozen=True)
class Standing:
    """How an agreement stands for the person who asks."""

    offer: Offer
    child: Child
    signer: Signer | None
    state: AgreementState
    answer: Answer
    #: Those who signed chose differently.
    differs: bool = False

    @property
    def waits(self) -> bool:
        """Whether this person's word is asked."""
        return self.signer is not None and self.state in OPEN and self.answer is Answer.NONE

    @property
    def words(self) -> str:
        """How it stands, to the family."""
        if self.waits and self.state is not AgreementState.SIGNED_BY_ALL:
            return str(said.WAITS_FOR_YOU)
        if self.state is AgreementState.CONFLICT and self.differs:
            return str(said.CHOSE_DIFFERENTLY)
        return str(said.TO_THE_FAMILY.get(self.state, said.WAITS_FOR_YOU))

    @property
    def is_open(self) -> bool:
        """Whether somebody is still asked, or the school has to act."""
        return self.state in OPEN

    @property
    def may_leave(self) -> bool:
        """Whether the agreement can be left in one step."""
        return self.state in CONCLUDED


@pages.get("/children/<public_id>/agreements")
@for_guardians
def agreements(public_id: str) -> str:
    """The child's agreements, the newest first."""
    child = load_own_child(public_id)
    return render_template(
        "family/agreements/index.html", child=child, standings=standings_of(child), doors=doors_of(child)
    )


@pages.get("/agreements/<public_id>")
@for_guardians
def agreement(public_id: str) -> str:
    """One agreement: what is to be done with it next."""
    return _page(load(public_id))


@pages.post("/agreements/<public_id>/read")
@for_guardians
def say_summary_read(public_id: str) -> Response:
    """The page in plain words was read; the first of the marked clauses is opened with it."""
    standing, form = load(public_id), ReadForm()
    if form.validate() and standing.waits and not has_read_summary(standing.offer, _signer(standing)):
        actions.note_summary_read(_signer(standing), _seconds_since(form.began.data), by=actor(standing), on=_today())
        _open(standing, next(iter(_marked(standing.offer)), None))
    return redirect(url_for(".agreement", public_id=public_id, _anchor="clauses"))


@pages.post("/agreements/<public_id>/clause")
@for_guardians
def open_clause(public_id: str) -> Response:
    """Open one clause that limits rights, by itself."""
    standing, form = load(public_id), ClauseForm()
    marked = {one.clause_id: one for one in _marked(standing.offer)}
    if not form.validate() or form.clause.data not in marked:
        return redirect(url_for(".agreement", public_id=public_id))
    if standing.waits:
        _open(standing, marked[form.clause.data])
    return redirect(url_for(".agreement", public_id=public_id, _anchor=f"clause-{form.clause.data}"))


@pages.post("/agreements/<public_id>/talk")
@for_guardians
def ask_to_talk(public_id: str) -> Response | tuple[str, int]:
    """Talk first: the school rings up."""
    standing, form = load(public_id), TalkForm()
    if form.validate():
        with refusals_on(form):
            actions.ask_to_talk(_signer(standing), by=actor(standing), on=_today())
            flash(_("The school will ring you up. Nothing is signed."), "done")
            return redirect(url_for(".agreement", public_id=public_id))
    return _page(standing, form), 422


@pages.get("/agreements/<public_id>/refuse")
@for_guardians
def ask_refusal(public_id: str) -> str:
    """Not agreed: why?"""
    return _refusal_page(load(public_id), RefuseForm())


@pages.post("/agreements/<public_id>/refuse")
@for_guardians
def refuse(public_id: str) -> Response | tuple[str, int]:
    """Refuse to sign."""
    standing, form = load(public_id), RefuseForm()
    if form.validate():
        with refusals_on(form):
            actions.refuse(_signer(standing), form.reason.data or "", by=actor(standing), on=_today())
            flash(
                _("The school has been told, and will talk with you. Your child keeps its right to be taught."), "done"
            )
            return redirect(url_for(".agreement", public_id=public_id))
    return _refusal_page(standing, form), 422


@pages.get("/agreements/<public_id>/document")
@for_guardians
def agreement_document(public_id: str) -> Response:
    """The agreement to keep: the sealed one where there is one, else as it was drawn up."""
    offer = load(public_id).offer
    seal = seal_of(offer)
    answer = make_response((seal.document if seal else offer.document).content)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{offer.number}.pdf"'
    return answer


def load(public_id: str) -> Standing:
    """How the agreement of this address stands, of a child in one's care.

    Raises: NotFound, alike for foreign and absent.
    """
    offer = db.session.scalar(select(Offer).where(Offer.public_id == public_id))
    if offer is None:
        raise NotFound
    child = load_own_child(offer.child.public_id)
    facts = known_of(offer, _today(), is_sealed=seal_of(offer) is not None)
    signer = signer_of(offer, child)
    answer = answers_of(facts)[signer.id] if signer else Answer.NONE
    return Standing(offer, child, signer, state_of(facts, _today()), answer, bool(differences(facts)))


def note_link_opened(opened: Opened) -> None:
    """Note on an agreement that its link was opened, now that the code was entered."""
    kind, _colon, public_id = opened.subject.partition(":")
    offer = db.session.scalar(select(Offer).where(Offer.public_id == public_id)) if kind == "offer" else None
    for signer in offer.signers if offer else ():
        if signer.guardian_id == opened.guardian.id:
            actions.note_opened(signer, by=f"guardian:{opened.guardian.public_id}", route="link", on=_today())


def standings_of(child: Child) -> list[Standing]:
    """How the child's agreements stand, the newest first."""
    offers = db.session.scalars(select(Offer).where(Offer.child_id == child.id).order_by(Offer.id.desc())).all()
    sealed = set(db.session.scalars(select(Seal.offer_id).where(Seal.offer_id.in_([one.id for one in offers]))))
    known = facts_of(offers, _today(), sealed=sealed)
    found = []
    for offer in offers:
        signer, facts = signer_of(offer, child), known[offer.id]
        answer = answers_of(facts)[signer.id] if signer else Answer.NONE
        found.append(Standing(offer, child, signer, state_of(facts, _today()), answer, bool(differences(facts))))
    return found


def signer_of(offer: Offer, child: Child) -> Signer | None:
    """As whom the person who asks is asked to sign; none where others of the family are."""
    guardian = guardian_of(child)
    return next((one for one in offer.signers if one.guardian_id == guardian.id), None)


def seal_of(offer: Offer) -> Seal | None:
    """The sealed document, once there is one."""
    return db.session.scalar(select(Seal).where(Seal.offer_id == offer.id))


def sentences_of(text: str) -> list[str]:
    """A text sentence by sentence, so that each can be marked while it is read aloud."""
    return [one for one in re.split(r"(?<=[。！？；])", text) if one.strip()]


def actor(standing: Standing) -> str:
    """Who asks, as the logs name them."""
    return f"guardian:{guardian_of(standing.child).public_id}"


def _page(standing: Standing, form: Form | None = None) -> str:
    offer, signer = standing.offer, standing.signer
    opened = clauses_opened(offer, signer) if signer else set()
    closed = [one for one in _marked(offer) if one.clause_id not in opened] if standing.waits else []
    return render_template(
        "family/agreements/show.html",
        standing=standing,
        child=standing.child,
        offer=offer,
        points=[(point.picture, point.question, sentences_of(point.answer)) for point in summary_of(offer)],
        clauses=as_read(offer),
        has_read=not standing.waits or (signer is not None and has_read_summary(offer, signer)),
        closed=[one.clause_id for one in closed],
        next_clause=closed[0] if closed else None,
        marked=len(_marked(offer)),
        form=form or TalkForm(),
        read_form=ReadForm(began=clock.machine_now().isoformat(), formdata=None),
        clause_form=ClauseForm(formdata=None),
        several=len(family().children) > 1,
        doors=doors_of(standing.child),
    )


def _refusal_page(standing: Standing, form: RefuseForm) -> str:
    return render_template(
        "family/agreements/refuse.html", form=form, child=standing.child, offer=standing.offer, most=MOST_WORDS
    )


def _open(standing: Standing, clause: ReadClause | None) -> None:
    if clause is not None:
        actions.note_clause_opened(_signer(standing), clause.clause_id, by=actor(standing), on=_today())


def _marked(offer: Offer) -> Sequence[ReadClause]:
    return [one for one in as_read(offer) if one.limits_rights]


def _signer(standing: Standing) -> Signer:
    """As whom the person signs.

    Raises: NotFound for somebody of the family who is not asked.
    """
    if standing.signer is None:
        raise NotFound
    return standing.signer


def _seconds_since(began: str | None) -> int:
    """How long the page stood open; none where the form does not say since when."""
    try:
        return int((clock.machine_now() - clock.aware(datetime.fromisoformat(began or ""))).total_seconds())
    except (ValueError, OverflowError):
        return 0


def _today() -> date:
    return clock.today()
