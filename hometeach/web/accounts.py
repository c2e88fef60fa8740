"""Who can sign in, and as what? The administrator's list, and one account."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people import actions
from hometeach.people.access import Role
from hometeach.people.covering.models import covers_of
from hometeach.people.entry import second_factor
from hometeach.people.entry.actions import end_all_sign_ins
from hometeach.people.entry.models import factor_of, last_sign_ins
from hometeach.people.models import SIGN_IN_NAME, Account, OrgUnit, accounts_listed, units_in_order
from hometeach.web.base import ROLE_NAMES, allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.lists import Asked, Filter, page_of

pages = Blueprint("accounts", __name__, url_prefix="/accounts")


class AccountForm(Form):
    """Who is to sign in?"""

    name = StringField(
        _l("What is the person's name?"), validators=[DataRequired(_l("Enter the person's name.")), Length(max=40)]
    )
    sign_in_name = StringField(
        _l("With which name will the person sign in?"),
        validators=[
            DataRequired(_l("Enter a sign-in name.")),
            Regexp(rf"^\s*{SIGN_IN_NAME}\s*$", message=_l("Use 2 to 64 letters, digits, dots or hyphens, no spaces.")),
        ],
    )
    staff_code = StringField(_l("For a teacher: what is the staff number?"), validators=[Optional(), Length(max=32)])


class GrantForm(Form):
    """Which role, where, and from when to when?"""

    role = SelectField(_l("Which role?"), choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()])
    unit = SelectField(_l("At which unit?"))
    first = DateField(_l("From which day on?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day?"), validators=[Optional()])
    is_head = BooleanField(_l("Answers for the school as its head"))


@pages.get("")
@allowed(Role.ADMINISTRATOR)
def index() -> str:
    """All accounts with the roles that they hold, narrowed by role and unit in the address."""
    units = {unit.public_id: unit for unit in units_in_order()}
    asked = Asked(
        "accounts.index",
        (
            Filter.over(
                "role", _("Role held today"), _("All roles"), [(role.value, ROLE_NAMES[role]) for role in Role]
            ),
            Filter.over("unit", _("At which unit"), _("Everywhere"), [(one, unit.name) for one, unit in units.items()]),
        ),
    )
    role = Role(asked["role"]) if asked["role"] else None
    found = db.session.scalars(accounts_listed(clock.today(), role=role, unit=units.get(asked["unit"]))).all()
    return render_template(
        "accounts/index.html",
        asked=asked,
        page=page_of(found, asked),
        last_sign_ins=last_sign_ins(),
        names=ROLE_NAMES,
    )


@pages.get("/new")
@allowed(Role.ADMINISTRATOR)
def new() -> str:
    """The page on which an account is made."""
    return render_template("accounts/new.html", form=AccountForm())


@pages.post("/new")
@allowed(Role.ADMINISTRATOR)
def make() -> str | tuple[str, int]:
    """Make the account and show its first password, once."""
    form = AccountForm()
    if form.validate():
        with refusals_on(form):
            account, password = actions.make_account(
                form.sign_in_name.data or "",
                form.name.data or "",
                staff_code=form.staff_code.data or "",
                by=person().actor,
            )
            return render_template("accounts/password.html", account=account, password=password, is_new=True)
    return render_template("accounts/new.html", form=form), 422


@pages.get("/<public_id>")
@allowed(Role.ADMINISTRATOR)
def show(public_id: str) -> str:
    """One account: its roles, and what can be done with it."""
    account = load_account(public_id)
    return _show(account, _grant_form())


@pages.post("/<public_id>/roles")
@allowed(Role.ADMINISTRATOR)
def grant(public_id: str) -> Response | tuple[str, int]:
    """Give the account a role."""
    account = load_account(public_id)
    form = _grant_form()
    if form.validate():
        with refusals_on(form):
            actions.grant_role(
                account,
                Role(form.role.data),
                _unit(form.unit.data),
                Span.of(form.first.data, form.last.data),
                is_head=form.is_head.data,
                by=person().actor,
            )
            flash(_("The role was given."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _show(account, form), 422


@pages.post("/<public_id>/roles/<int:grant_id>/end")
@allowed(Role.ADMINISTRATOR)
def end_grant(public_id: str, grant_id: int) -> Response:
    """Take a role away, from today on."""
    account = load_account(public_id)
    held = next((grant for grant in account.grants if grant.id == grant_id), None)
    if held is None:
        raise NotFound
    actions.end_grant(held, on=clock.today(), by=person().actor)
    flash(_("The role was taken away. It is held no more from today on."), "done")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/password")
@allowed(Role.ADMINISTRATOR)
def reset_password(public_id: str) -> str:
    """Give the person a new password and show it once."""
    account = load_account(public_id)
    password = actions.reset_password(account, by=person().actor)
    return render_template("accounts/password.html", account=account, password=password, is_new=False)


@pages.post("/<public_id>/second-factor/take-away")
@allowed(Role.ADMINISTRATOR)
def take_second_factor_away(public_id: str) -> Response:
    """Let the person set up another second factor: the phone was lost, say. Every sign-in ends."""
    account = load_account(public_id)
    second_factor.take_away(account, by=person().actor)
    end_all_sign_ins(account, actor=person().actor)
    flash(_("The second factor is taken away, and every sign-in of the account has ended."), "done")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/disable")
@allowed(Role.ADMINISTRATOR)
def disable(public_id: str) -> Response:
    """Let the person in no more, at once."""
    actions.disable_account(load_account(public_id), by=person().actor)
    flash(_("The account is disabled, and every sign-in of it has ended."), "done")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/enable")
@allowed(Role.ADMINISTRATOR)
def enable(public_id: str) -> Response:
    """Let the person in again."""
    actions.enable_account(load_account(public_id), by=person().actor)
    flash(_("The person can sign in again, with the password of before."), "done")
    return redirect(url_for(".show", public_id=public_id))


def load_account(public_id: str) -> Account:
    """The account of this address.

    Raises: NotFound.
    """
    account = db.session.scalar(select(Account).where(Account.public_id == public_id))
    if account is None:
        raise NotFound
    return account


def _show(account: Account, form: GrantForm) -> str:
    return render_template(
        "accounts/show.html",
        account=account,
        grants=sorted(account.grants, key=lambda grant: (grant.span.first, grant.id), reverse=True),
        held_today=sum(clock.today() in grant.span for grant in account.grants),
        has_ended=lambda grant: grant.span.last < clock.today(),
        is_oneself=account.public_id == person().actor,
        last_sign_in=last_sign_ins().get(account.id),
        factor=factor_of(account.id),
        covers=covers_of(account),
        form=form,
        names=ROLE_NAMES,
    )


def _grant_form() -> GrantForm:
    form = GrantForm()
    form.unit.choices = [SelectChoice(unit.public_id, unit.name) for unit in units_in_order()]
    if not form.is_submitted():
        form.first.data = clock.today()
    return form


def _unit(public_id: str) -> OrgUnit:
    return db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == public_id)).one()
