"""Sign an agreement on one's own phone: with the finger, or by typing the name."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.actions import Mark, Proof, drawn_mark, sign, typed_mark
from hometeach.agreements.signing.actions.capturing import must_be_opened
from hometeach.agreements.signing.rules import Identity
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.people.entry.guardians.actions import proof_of
from hometeach.web.agreements.choosing import ChoosingForm
from hometeach.web.base import for_guardians, refusals_on
from hometeach.web.family import pages
from hometeach.web.family.agreements import Standing, actor, load


class SignForm(ChoosingForm):
    """Sign in the box, or type the name."""

    strokes = HiddenField(validators=[Length(max=400_000)])
    typed_name = StringField(_l("Or type your name instead"), validators=[Length(max=40)])

    def mark(self, expected: str) -> Mark:
        """What was put under the agreement: strokes where there are any.

        Raises: Refused ``strokes:…``, ``sign:other_name``.
        """
        if not self.strokes.data and (self.typed_name.data or "").strip():
            return typed_mark(self.typed_name.data or "", expected, self.chosen)
        return drawn_mark(self.strokes.data or '{"height":1,"strokes":[],"width":1}', self.chosen)


@pages.get("/agreements/<public_id>/sign")
@for_guardians
def ask_signature(public_id: str) -> str:
    """The box to sign in."""
    standing = load(public_id)
    return _sign_page(standing, _form(standing))


@pages.post("/agreements/<public_id>/sign")
@for_guardians
def sign_agreement(public_id: str) -> Response | tuple[str, int]:
    """Sign."""
    standing = load(public_id)
    form = _form(standing)
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


def _form(standing: Standing) -> SignForm:
    form = SignForm()
    form.ask(standing.offer)
    return form


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
