"""Somebody is away: who covers, from when to when, and what will that person see? Look first, then do it."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Grant, Role, scope_of
from hometeach.people.covering import actions
from hometeach.people.covering.models import Cover
from hometeach.people.models import Account, Child, RoleGrant, children_within
from hometeach.schedule.planning import covering
from hometeach.schedule.planning.overlap import Place, in_the_way
from hometeach.schedule.planning.standing_in import sessions_in
from hometeach.web import words
from hometeach.web.accounts import load_account
from hometeach.web.base import ROLE_NAMES, allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.schedule.follow import HELD, follow_up

pages = Blueprint("covers", __name__, url_prefix="/covers")


class CoverForm(Form):
    """Which role, who covers, when, and why?"""

    grant = SelectField(_l("In which role is the person away?"))
    covering = SelectField(_l("Who covers?"))
    first = DateField(_l("From which day on?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day?"), validators=[InputRequired(_l("Choose the last day."))])
    reason = TextAreaField(_l("Why?"), validators=[DataRequired(_l("Say why in a few words.")), Length(max=200)])

    def offer(self, away: Account) -> None:
        """Offer the roles that the person holds or will hold, and everybody else who can sign in."""
        self.held = {str(one.id): one for one in away.grants if one.span.last >= clock.today()}
        others = select(Account).where(Account.disabled_at.is_(None), Account.id != away.id)
        self.others = {one.public_id: one for one in db.session.scalars(others.order_by(Account.name, Account.id))}
        self.grant.choices = [SelectChoice(key, _named(one)) for key, one in self.held.items()]
        self.covering.choices = [
            SelectChoice(key, f"{one.name} ({one.sign_in_name})") for key, one in self.others.items()
        ]

    @property
    def days(self) -> Span:
        """The days that were chosen."""
        return Span(self.first.data, self.last.data)


@dataclass(frozen=True)
class Seen:
    """What a cover would change, in numbers: the page names no child, because an administrator reads no files."""

    children: int
    #: Of a teacher's children, those with whom somebody else stands in already.
    apart: int = 0
    sessions: int = 0
    clashing: int = 0


@pages.get("/<public_id>/new")
@allowed(Role.ADMINISTRATOR)
def ask(public_id: str) -> str:
    """Ask who covers for this person."""
    away = load_account(public_id)
    form = _form(away)
    form.first.data = clock.today()
    return _asked(away, form)


@pages.post("/<public_id>/new")
@allowed(Role.ADMINISTRATOR)
def make(public_id: str) -> Response | str | tuple[str, int]:
    """Show what the one who covers will see; once that was looked at, do it."""
    away = load_account(public_id)
    form = _form(away)
    if form.validate():
        with refusals_on(form):
            held, substitute = form.held[form.grant.data], form.others[form.covering.data]
            today, reason = clock.today(), form.reason.data or ""
            if not request.form.get("seen"):
                actions.refuse_misfit(held, substitute, form.days, reason=reason, today=today)
                return _looked_at(away, held, substitute, form)
            cover = actions.begin_cover(held, substitute, form.days, reason=reason, today=today, by=person().actor)
            _follow(covering.hand_over(cover, by=person().actor, held=HELD))
            flash(_("%(name)s covers. It ends by itself.", name=substitute.name), "done")
            return redirect(url_for("accounts.show", public_id=public_id))
    return _asked(away, form), 422


@pages.post("/<public_id>/end")
@allowed(Role.ADMINISTRATOR)
def end(public_id: str) -> Response:
    """End a cover with today; what comes after goes back."""
    cover, today = _load(public_id), clock.today()
    actions.end_cover(cover, today, by=person().actor)
    _follow(covering.take_back(cover, today, by=person().actor, held=HELD))
    flash(_("The cover ends today. From tomorrow on everything is as before."), "done")
    return redirect(url_for("accounts.show", public_id=cover.away.public_id))


def _follow(child_ids: list[int]) -> None:
    for child_id in child_ids:
        follow_up(child_id)


def _form(away: Account) -> CoverForm:
    form = CoverForm()
    form.offer(away)
    return form


def _named(held: RoleGrant) -> str:
    return _("%(role)s, %(unit)s", role=ROLE_NAMES[held.role], unit=held.unit.name)


def _load(public_id: str) -> Cover:
    cover = db.session.scalar(select(Cover).where(Cover.public_id == public_id))
    if cover is None:
        raise NotFound
    return cover


def _asked(away: Account, form: CoverForm) -> str:
    return render_template("covers/new.html", away=away, form=form)


def _looked_at(away: Account, held: RoleGrant, substitute: Account, form: CoverForm) -> str:
    """The page that says what would change. Nothing is written."""
    seen = (
        _of_a_teacher(held, substitute, form.days) if held.role is Role.TEACHER else _of_a_role(held, form.days.first)
    )
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")]
    return render_template(
        "covers/look.html",
        away=away,
        substitute=substitute,
        role=_named(held),
        span=words.span_words(form.days),
        seen=seen,
        teaches=held.role is Role.TEACHER,
        sent=sent,
    )


def _of_a_role(held: RoleGrant, first: date) -> Seen:
    """How many children the role opens on its first day."""
    scope = scope_of([Grant(held.role, held.unit_id, held.span, held.is_head)], None)
    return Seen(db.session.scalar(select(func.count(Child.id)).where(children_within(scope, first))) or 0)


def _of_a_teacher(held: RoleGrant, substitute: Account, days: Span) -> Seen:
    """How many children and sessions go over, and how many of these clash with the substitute's own."""
    away, other = held.account.teacher, substitute.teacher
    if away is None or other is None:
        return Seen(0)
    apart = covering.stood_in_already(away, days)
    children = covering.children_of_teacher(away, days)
    theirs = [child.id for child in children if child.id not in apart]
    sessions = [one for child_id in theirs for one in sessions_in(child_id, away.id, days, HELD)]
    clashing = [
        one
        for one in sessions
        if any(in_the_way(Place(one.child_id, other.id, one.planned_on, one.start_minute, one.end_minute), one.id))
    ]
    return Seen(len(theirs), len(children) - len(theirs), len(sessions), len(clashing))
