"""A signed paper comes back: its scan or photo, and who saw it being signed."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from hometeach.agreements.signing.actions import take_paper
from hometeach.kernel import clock
from hometeach.kernel.settings import whole_number
from hometeach.people.access import Role
from hometeach.web.agreements import pages
from hometeach.web.agreements.choosing import ChoosingForm
from hometeach.web.agreements.loading import Opened, chosen, load_offer
from hometeach.web.base import allowed, person, refusals_on


class PaperForm(ChoosingForm):
    """The scan, and who stands for it."""

    signer = HiddenField()
    paper = FileField(
        _l("Scan or photo of the signed paper"), validators=[FileRequired(_l("Choose the scan or the photo."))]
    )
    seen = StringField(
        _l("By which document was it known who signed?"),
        validators=[DataRequired(_l("Write which document was seen.")), Length(max=80)],
    )
    by_finger = BooleanField(_l("It bears a fingerprint instead of a signature"))
    witness_one = StringField(_l("First witness"), validators=[Length(max=40)])
    witness_two = StringField(_l("Second witness"), validators=[Length(max=40)])


@pages.get("/agreements/<public_id>/paper")
@allowed(Role.SCHOOL_COORDINATOR, Role.TEACHER)
def ask_paper(public_id: str) -> str:
    """Which paper?"""
    opened = load_offer(public_id)
    return _page(opened, _form(opened))


@pages.post("/agreements/<public_id>/paper")
@allowed(Role.SCHOOL_COORDINATOR, Role.TEACHER)
def take_signed_paper(public_id: str) -> Response | tuple[str, int]:
    """Take it: the code on the paper says that it is this agreement."""
    opened = load_offer(public_id)
    form = _form(opened)
    if form.validate():
        with refusals_on(form):
            take_paper(
                chosen(opened).signer,
                form.paper.data.read(),
                seen=form.seen.data or "",
                witnesses=(form.witness_one.data or "", form.witness_two.data or ""),
                by_finger=bool(form.by_finger.data),
                choices=form.chosen,
                by=person().actor,
                on=clock.today(),
            )
            flash(_("The paper is taken. It is kept sealed, as a picture."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(opened, form), 422


def _form(opened: Opened) -> PaperForm:
    form = PaperForm()
    form.ask(opened.offer)
    return form


def _page(opened: Opened, form: PaperForm) -> str:
    who = chosen(opened)
    form.signer.data = who.signer.public_id
    return render_template(
        "agreements/paper.html",
        opened=opened,
        offer=opened.offer,
        form=form,
        who=who,
        megabytes=whole_number("scan_megabytes", clock.today()),
    )
