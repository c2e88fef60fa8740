"""Somebody signs on a device of the school: at home on the teacher's, or in the office. And a code to scan instead.

The one-time code goes to the signer's own phone all the same; in the office an
identity document that was looked at may stand in its place.
"""

import io
from collections.abc import Iterable

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from hometeach.agreements.offers.documents import as_read, summary_of
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing import actions
from hometeach.agreements.signing.actions import Mark, Proof, drawn_mark, typed_mark
from hometeach.agreements.signing.actions.capturing import must_be_opened, read, take_capture
from hometeach.agreements.signing.facts import clauses_opened
from hometeach.agreements.signing.rules import Identity
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.people.access import Role
from hometeach.people.entry.guardians.actions import prove_by_code, send_code_for
from hometeach.people.rules import masked_phone
from hometeach.web.agreements import pages
from hometeach.web.agreements.choosing import ChoosingForm
from hometeach.web.agreements.loading import AskedOne, Opened, chosen, is_coordinator_of, load_offer
from hometeach.web.base import allowed, keep_this_write, person, refusals_on
from hometeach.web.forms import Form

TAKERS = (Role.SCHOOL_COORDINATOR, Role.TEACHER)


class TakeForm(ChoosingForm):
    """The signature, and how it is known who signs."""

    signer = HiddenField()
    strokes = HiddenField(validators=[Length(max=400_000)])
    typed_name = StringField(_l("Or the name is typed"), validators=[Length(max=40)])
    code = StringField(_l("Which code came to the signer's phone?"), validators=[Length(max=12)])
    document = StringField(
        _l("In the office without a phone: which identity document was seen?"), validators=[Length(max=80)]
    )

    def mark(self, expected: str) -> Mark:
        """What was put under the agreement: strokes where there are any.

        Raises: Refused ``strokes:…``, ``sign:other_name``.
        """
        if not self.strokes.data and (self.typed_name.data or "").strip():
            return typed_mark(self.typed_name.data or "", expected, self.chosen)
        return drawn_mark(self.strokes.data or '{"height":1,"strokes":[],"width":1}', self.chosen)


class StepForm(Form):
    """One step before signing: a clause is opened, a code is sent."""

    signer = HiddenField()
    clause = IntegerField(validators=[NumberRange(min=0)], default=0)


class CaptureForm(Form):
    """A signature that was taken without network, pasted or uploaded."""

    capture = HiddenField(validators=[InputRequired(), Length(max=450_000)])


@pages.get("/agreements/<public_id>/take")
@allowed(*TAKERS)
def ask_signature(public_id: str) -> str:
    """Read it together, open the marked clauses one by one, sign."""
    opened = load_offer(public_id)
    return _page(opened, _form(opened))


@pages.post("/agreements/<public_id>/take/clause")
@allowed(*TAKERS)
def open_clause(public_id: str) -> Response:
    """Open one clause that limits rights."""
    opened, form = load_offer(public_id), StepForm()
    who = chosen(opened)
    if form.validate() and form.clause.data in must_be_opened(opened.offer):
        actions.note_clause_opened(who.signer, form.clause.data or 0, by=person().actor, on=clock.today())
    return _back(opened, who, f"clause-{form.clause.data}")


@pages.post("/agreements/<public_id>/take/code")
@allowed(*TAKERS)
def send_code(public_id: str) -> Response | tuple[str, int]:
    """Send the one-time code to the signer's own phone. Nobody of the staff sees it."""
    opened = load_offer(public_id)
    form = _form(opened)
    who = chosen(opened)
    with refusals_on(form):
        session["signing_code"] = send_code_for(
            who.signer.guardian, address=request.remote_addr or "", on=clock.today()
        )
        flash(_("The code is on its way to %(phone)s.", phone=masked_phone(who.signer.guardian.phone)), "done")
        return _back(opened, who, "code")
    return _page(opened, form), 422


@pages.post("/agreements/<public_id>/take")
@allowed(*TAKERS)
def take(public_id: str) -> Response | tuple[str, int]:
    """Take the signature."""
    opened = load_offer(public_id)
    form = _form(opened)
    who = chosen(opened)
    if form.validate():
        with refusals_on(form):
            mark = form.mark(who.signer.name)
            actions.sign(
                who.signer,
                mark,
                _proof(form, opened, who),
                route=_route(opened),
                by=person().actor,
                on=clock.today(),
                must_open=must_be_opened(opened.offer),
            )
            session.pop("signing_code", None)
            flash(_("The signature is taken."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(opened, form), 422


@pages.post("/agreements/<public_id>/hand-over")
@allowed(*TAKERS)
def hand_over(public_id: str) -> str | tuple[str, int]:
    """Show a code that the signer scans with the own phone; it opens once, for 24 hours."""
    opened = load_offer(public_id)
    form = _form(opened)
    who = chosen(opened)
    with refusals_on(form):
        token = actions.hand_over(who.signer, by=person().actor, on=clock.today())
        return render_template(
            "agreements/hand_over.html",
            opened=opened,
            offer=opened.offer,
            who=who,
            picture=_drawn(url_for("family.link", token=token, _external=True)),
        )
    return _page(opened, form), 422


@pages.post("/agreements/<public_id>/captured")
@allowed(*TAKERS)
def take_captured(public_id: str) -> Response | tuple[str, int]:
    """Take a signature drawn without network: the same bytes once, other bytes never. See docs/signatures.md."""
    opened, form = load_offer(public_id), CaptureForm()
    if form.validate():
        with refusals_on(form):
            captured = read(form.capture.data or "")
            signer = next((one.signer for one in opened.asked if one.signer.public_id == captured.signer), None)
            if signer is None or captured.offer != public_id:
                raise Refused("capture:other_offer", _("This signature belongs to another agreement."))
            take_capture(signer, captured, form.capture.data or "", by=person().actor, on=clock.today())
            flash(_("The signature is taken."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(opened, _form(opened, asked_now=False), told=form.form_errors), 422


def _form(opened: Opened, *, asked_now: bool = True) -> TakeForm:
    """The form of this agreement; empty where another one was sent."""
    form = TakeForm() if asked_now else TakeForm(formdata=None)
    form.ask(opened.offer)
    return form


def _proof(form: TakeForm, opened: Opened, who: AskedOne) -> Proof:
    """How it is known who signs: the code from the signer's phone, or in the office a document.

    Raises: Refused ``take:no_proof``, ``sign:other_phone``, ``sign:other_person``, ``code:…`` whose try is counted.
    """
    device, address = request.user_agent.string, request.remote_addr or ""
    typed, seen = "".join((form.code.data or "").split()), (form.document.data or "").strip()
    if not typed and seen and is_coordinator_of(opened.offer):
        return Proof(Identity.DOCUMENT, document=seen, device=device, address=address)
    if not typed:
        raise Refused("take:no_proof", _("Send the code to the signer's phone, and enter it."), "code")
    try:
        proved = prove_by_code(session.get("signing_code", ""), typed, on=clock.today())
    except Refused:
        keep_this_write()
        raise
    if proved.guardian.phone_index != who.signer.guardian.phone_index:
        raise Refused("sign:other_phone", _("This code went to another phone. Send a new one."), "code")
    if proved.guardian.id != who.signer.guardian_id:
        raise Refused("sign:other_person", _("This code was sent for somebody else. Send a new one."), "code")
    return Proof(Identity.CODE, proved.sent_at, proved.entered_at, device, address)


def _route(opened: Opened) -> SigningRoute:
    return SigningRoute.OFFICE if is_coordinator_of(opened.offer) else SigningRoute.IN_PERSON


def _back(opened: Opened, who: AskedOne, anchor: str) -> Response:
    return redirect(
        url_for(".ask_signature", public_id=opened.offer.public_id, signer=who.signer.public_id, _anchor=anchor)
    )


def _page(opened: Opened, form: TakeForm, told: Iterable[str] = ()) -> str:
    offer, who = opened.offer, chosen(opened)
    form.signer.data = who.signer.public_id
    done = clauses_opened(offer, who.signer)
    clauses = as_read(offer)
    closed = [one for one in clauses if one.limits_rights and one.clause_id not in done]
    form.form_errors.extend(told)
    return render_template(
        "agreements/take.html",
        opened=opened,
        offer=offer,
        who=who,
        form=form,
        points=summary_of(offer),
        clauses=clauses,
        closed=[one.clause_id for one in closed],
        can_sign=opened.is_open and who.can_sign_now,
        in_office=is_coordinator_of(offer),
        code_sent=bool(session.get("signing_code")),
        phone=masked_phone(who.signer.guardian.phone) or "",
    )


def _drawn(address: str) -> Markup:
    """The address as a code to scan, drawn in the page."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=6, border=2, xmldecl=False, svgns=True)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn here, from a token of ours
