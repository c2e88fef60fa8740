"""Sign an agreement on one's own phone: with the finger, or by typing the name. And leave it, in one step."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.actions import Mark, Proof, drawn_mark, sign, typed_mark
from hometeach.agreements.signing.actions.capturing import must_be_opened
from hometeach.agreements.signing.rules import AgreementState, Identity
from hometeach.cases.models import case_of
from hometeach.cases.rules import Acting, Event, Given, Mover, Need
from hometeach.compliance.casework import carry_out
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound, Refused
from hometeach.people.entry.guardians.actions import proof_of
from hometeach.people.models import Child
from hometeach.people.rules import Standing as Stands
from hometeach.web.base import for_guardians, guardian_of, refusals_on
from hometeach.web.family import pages
from hometeach.web.family.agreements import Standing, actor, load
from hometeach.web.forms import Form


class SignForm(Form):
    """Sign in the box, or type the name."""

    strokes = HiddenField(validators=[Length(max=400_000)])
    typed_name = StringField(_l("Or type your name instead"), validators=[Length(max=40)])

    def mark(self, expected: str) -> Mark:
        """What was put under the agreement: strokes where there are any.

        Raises: Refused ``strokes:…``, ``sign:other_name``.
        """
        if not self.strokes.data and (self.typed_name.data or "").strip():
            return typed_mark(self.typed_name.data or "", expected)
        return drawn_mark(self.strokes.data or '{"height":1,"strokes":[],"width":1}')


class LeaveForm(Form):
    """Leave the agreement, or take that back: nothing more is asked."""


@pages.get("/agreements/<public_id>/sign")
@for_guardians
def ask_signature(public_id: str) -> str:
    """The box to sign in."""
    return _sign_page(load(public_id), SignForm())


@pages.post("/agreements/<public_id>/sign")
@for_guardians
def sign_agreement(public_id: str) -> Response | tuple[str, int]:
    """Sign."""
    standing, form = load(public_id), SignForm()
    if standing.signer is None:
        raise NotFound
    if form.validate():
        with refusals_on(form):
            sign(
                standing.signer,
                form.mark(standing.signer.name),
                _proof(),
                route=SigningRoute.PHONE,
                by=actor(standing),
                on=clock.today(),
                must_open=must_be_opened(standing.offer),
            )
            flash(_("Signed. Thank you. You can read and keep it here at any time."), "done")
            return redirect(url_for(".agreement", public_id=public_id))
    return _sign_page(standing, form), 422


@pages.get("/agreements/<public_id>/leave")
@for_guardians
def ask_to_leave(public_id: str) -> str:
    """Leave the agreement?"""
    return _leave_page(load(public_id), LeaveForm())


@pages.post("/agreements/<public_id>/leave")
@for_guardians
def leave_agreement(public_id: str) -> Response | tuple[str, int]:
    """Leave it at once. The other guardian, the school and the bureau are told."""
    standing, form = load(public_id), LeaveForm()
    if form.validate():
        with refusals_on(form):
            if not standing.may_leave:
                raise Refused("leave:not_in_force", _("This agreement is not in force: there is nothing to leave."))
            _move(standing.child, Event.WITHDRAW)
            flash(_("You have left the agreement. For 24 hours you can take this back here."), "done")
            return redirect(url_for(".agreement", public_id=public_id))
    return _leave_page(standing, form), 422


@pages.post("/agreements/<public_id>/stay")
@for_guardians
def stay_in_agreement(public_id: str) -> Response | tuple[str, int]:
    """Take the withdrawal back, within 24 hours."""
    standing, form = load(public_id), LeaveForm()
    if form.validate():
        with refusals_on(form):
            if standing.state is not AgreementState.WITHDRAWN:
                raise Refused("leave:not_left", _("Nobody has left this agreement."))
            _move(standing.child, Event.TAKE_BACK)
            flash(_("Taken back. The agreement is in force as before."), "done")
            return redirect(url_for(".agreement", public_id=public_id))
    return _leave_page(standing, form), 422


def _move(child: Child, event: Event) -> None:
    """Move the case as the family.

    Raises: Refused ``leave:carer``, ``leave:no_case``, and as ``compliance.casework.carry_out``.
    """
    guardian, case = guardian_of(child), case_of(child.id)
    if guardian.standing is not Stands.GUARDIAN:
        raise Refused("leave:carer", _("Only a guardian can do this. Ask the school."))
    if case is None:
        raise Refused("leave:no_case", _("Nothing is on record of this child's teaching. Ring the school."))
    given = Given(clock.today(), guardian=guardian.public_id, ticked=frozenset({Need.FAMILYS_WISH}))
    acting = Acting(f"guardian:{guardian.public_id}", frozenset({Mover.GUARDIAN}))
    carry_out(case, event, given, acting=acting, on=clock.today())


def _proof() -> Proof:
    """How it is known who signs: the code with which this session began."""
    proved = proof_of(session.get("guardian", ""))
    return Proof(
        Identity.CODE,
        code_sent_at=proved.sent_at if proved else None,
        code_entered_at=proved.entered_at if proved else None,
        device=request.user_agent.string,
        address=request.remote_addr or "",
    )


def _sign_page(standing: Standing, form: SignForm) -> str:
    return render_template(
        "family/agreements/sign.html",
        form=form,
        child=standing.child,
        offer=standing.offer,
        signer=standing.signer,
        waits=standing.waits,
    )


def _leave_page(standing: Standing, form: LeaveForm) -> str:
    return render_template(
        "family/agreements/leave.html", form=form, child=standing.child, offer=standing.offer, standing=standing
    )
