"""Who stands around a child, and how is the family reached? The school writes it down, and sends the link."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.agreements.signing.actions import record_authority
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.entry.guardians.actions import send_home_link
from hometeach.people.entry.guardians.rules import Reach
from hometeach.people.family.actions import Described, add_guardian, change_guardian, check_phone
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import ContactRule, Standing, masked_phone
from hometeach.web import words
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.forms import Form

pages = Blueprint("guardians", __name__, url_prefix="/guardians")

#: Who writes down whom a child's family is, and sends them their link.
KEEPERS = (Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)
SENT = {
    Reach.MESSAGE: _l("The link is on its way to the phone on record."),
    Reach.CALL: _l("No message reaches this person. It stands on the school's list of calls."),
}


class GuardianForm(Form):
    """Who is it, and how may they be reached?"""

    name = StringField(_l("What is the name?"), validators=[DataRequired(_l("Enter the name.")), Length(max=40)])
    relation = StringField(
        _l("Who is it to the child?"), validators=[DataRequired(_l("Say who it is to the child.")), Length(max=20)]
    )
    standing = RadioField(_l("May this person sign for the child?"), validators=[InputRequired(_l("Choose one."))])
    entrusted_by = StringField(_l("By which paper is the child entrusted to a carer?"), validators=[Length(max=200)])
    phone = StringField(_l("What is the mobile number?"), validators=[Length(max=30)])
    contact_rule = RadioField(_l("How may this person be reached?"), validators=[InputRequired(_l("Choose one."))])
    reason = StringField(_l("Why does the phone change?"), validators=[Length(max=200)])

    def ask(self) -> "GuardianForm":
        """The same with its choices in the reader's language."""
        self.standing.choices = [
            SelectChoice(Standing.GUARDIAN.value, _("Yes, as guardian")),
            SelectChoice(Standing.CARER.value, _("No, a carer: may confirm lessons, not sign")),
        ]
        self.contact_rule.choices = [SelectChoice(rule.value, words.contact_words(rule)) for rule in ContactRule]
        return self

    def described(self, phone_now: str | None) -> Described:
        """What was filled in. A phone left as it was shown, masked, stays as it is."""
        typed = (self.phone.data or "").strip()
        return Described(
            name=self.name.data or "",
            relation=self.relation.data or "",
            standing=Standing(self.standing.data),
            phone=phone_now or "" if typed == (masked_phone(phone_now) or "") else typed,
            contact_rule=ContactRule(self.contact_rule.data),
            entrusted_by=self.entrusted_by.data or "",
        )


@pages.get("/<public_id>")
@allowed(*KEEPERS)
def show(public_id: str) -> str:
    """Somebody of the family, to be written down otherwise."""
    guardian, child = _load(public_id)
    return _page(child, guardian, _filled(guardian))


@pages.post("/<public_id>")
@allowed(*KEEPERS)
def change(public_id: str) -> Response | tuple[str, int]:
    """Write somebody down otherwise."""
    guardian, child = _load(public_id)
    form = GuardianForm().ask()
    if form.validate():
        with refusals_on(form):
            change_guardian(guardian, form.described(guardian.phone), reason=form.reason.data or "", by=person().actor)
            flash(_("Written down. What the old phone had opened is closed."), "done")
            return redirect(_child_page(child))
    return _page(child, guardian, form), 422


@pages.post("/<public_id>/link")
@allowed(*KEEPERS)
def send_link(public_id: str) -> Response:
    """Send the link to the family's first page, or put the call on the list."""
    guardian, child = _load(public_id)
    reach = send_home_link(
        guardian,
        address_of=lambda token: url_for("family.link", token=token, _external=True),
        door=url_for("family.door", _external=True),
        by=person().actor,
        on=clock.today(),
    )
    flash(str(SENT[reach]), "done")
    return redirect(_child_page(child))


@pages.get("/of/<public_id>/new")
@allowed(*KEEPERS)
def ask_new(public_id: str) -> str:
    """Put somebody on a child's file."""
    form = GuardianForm(standing=Standing.GUARDIAN.value, contact_rule=ContactRule.ANY.value).ask()
    return _page(load_child(public_id), None, form)


@pages.post("/of/<public_id>/new")
@allowed(*KEEPERS)
def add(public_id: str) -> Response | tuple[str, int]:
    """Put somebody on a child's file."""
    child, form = load_child(public_id), GuardianForm().ask()
    if form.validate():
        with refusals_on(form):
            add_guardian(child, form.described(None), by=person().actor)
            flash(_("Written down."), "done")
            return redirect(_child_page(child))
    return _page(child, None, form), 422


class PhoneForm(Form):
    """How is it known that the phone is theirs?"""

    how = StringField(
        _l("How do you know that the phone is in this person's hand?"),
        validators=[DataRequired(_l("Write how you know that the phone is theirs.")), Length(max=200)],
    )


class AuthorityForm(Form):
    """By which paper may a carer sign?"""

    paper = FileField(
        _l("Scan or photo of the authority"), validators=[FileRequired(_l("Choose the scan or the photo."))]
    )
    words = StringField(
        _l("Who gave the authority, when, and for what?"),
        validators=[DataRequired(_l("Write who gave the authority, when, and for what.")), Length(max=200)],
    )


@pages.get("/<public_id>/phone-check")
@allowed(Role.SCHOOL_COORDINATOR, Role.TEACHER)
def ask_phone_check(public_id: str) -> str:
    """Has the phone been seen in the person's hand?"""
    guardian, child = _load(public_id)
    return _phone_page(guardian, child, PhoneForm())


@pages.post("/<public_id>/phone-check")
@allowed(Role.SCHOOL_COORDINATOR, Role.TEACHER)
def note_phone_check(public_id: str) -> Response | tuple[str, int]:
    """Write down that it was: links to sign may go there."""
    guardian, child = _load(public_id)
    form = PhoneForm()
    if form.validate():
        with refusals_on(form):
            check_phone(guardian, how=form.how.data or "", by=person().actor)
            flash(_("Written down. A link to sign can be sent to this phone."), "done")
            return redirect(_child_page(child))
    return _phone_page(guardian, child, form), 422


@pages.get("/<public_id>/authority")
@allowed(Role.SCHOOL_COORDINATOR)
def ask_authority(public_id: str) -> str:
    """May this carer sign?"""
    guardian, child = _load(public_id)
    return render_template("guardians/authority.html", child=child, guardian=guardian, form=AuthorityForm())


@pages.post("/<public_id>/authority")
@allowed(Role.SCHOOL_COORDINATOR)
def note_authority(public_id: str) -> Response | tuple[str, int]:
    """Keep the paper by which the guardians let a carer sign."""
    guardian, child = _load(public_id)
    form = AuthorityForm()
    if form.validate():
        with refusals_on(form):
            paper, words_ = form.paper.data.read(), form.words.data or ""
            record_authority(guardian, paper, words_, by=person().actor, on=clock.today())
            flash(_("Written down. This carer may sign from now on."), "done")
            return redirect(_child_page(child))
    return render_template("guardians/authority.html", child=child, guardian=guardian, form=form), 422


def _phone_page(guardian: Guardian, child: Child, form: PhoneForm) -> str:
    return render_template(
        "guardians/phone_check.html",
        child=child,
        guardian=guardian,
        form=form,
        phone=masked_phone(guardian.phone) or "",
    )


def _load(public_id: str) -> tuple[Guardian, Child]:
    """Somebody of the family of a child whom the person sees.

    Raises: NotFound, alike for foreign and absent.
    """
    guardian = db.session.scalar(select(Guardian).where(Guardian.public_id == public_id))
    if guardian is None:
        raise NotFound
    return guardian, load_child(guardian.child.public_id)


def _filled(guardian: Guardian) -> GuardianForm:
    return GuardianForm(
        formdata=None if request.method == "GET" else request.form,
        name=guardian.name,
        relation=guardian.relation,
        standing=guardian.standing.value,
        entrusted_by=guardian.entrusted_by or "",
        phone=masked_phone(guardian.phone) or "",
        contact_rule=guardian.contact_rule.value,
    ).ask()


def _child_page(child: Child) -> str:
    return url_for("children.show", public_id=child.public_id)


def _page(child: Child, guardian: Guardian | None, form: GuardianForm) -> str:
    return render_template(
        "guardians/show.html",
        child=child,
        guardian=guardian,
        form=form,
        keeps_phones=Role.SCHOOL_COORDINATOR in person().roles,
    )
