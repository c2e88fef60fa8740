"""Which versions does a child's plan have, and which plans wait for somebody?"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.cases.plan import actions
from hometeach.cases.plan.models import Plan, open_plan, plans_of
from hometeach.cases.plan.rules import OPEN, Hat, PlanStatus
from hometeach.kernel import clock
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.lists import Asked, page_of
from hometeach.web.plans import pages
from hometeach.web.plans.asking import asker_for, is_centre, opens_plan
from hometeach.web.plans.telling import standing_sentence
from hometeach.web.standings.terms import chosen_term
from hometeach.web.words import plans as said


class BeginForm(Form):
    """For which term, and which days?"""

    term = StringField(
        _l("For which term or year is the plan?"),
        validators=[DataRequired(_l("Write for which term or year it is.")), Length(max=80)],
    )
    first = DateField(_l("From which day on shall it hold?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day shall it hold?"), validators=[InputRequired(_l("Choose the last day."))])


@pages.get("/plans")
@allowed(*FILE_READERS)
def waiting() -> str:
    """The plans that are being written or wait for approval, those that wait the longest first."""
    asked = Asked("plans.waiting", ())
    statement = select(Plan).join(Child).options(joinedload(Plan.child)).where(Plan.status.in_(OPEN), opens_plan())
    found = db.session.scalars(statement.order_by(Plan.status.desc(), Plan.made_at, Plan.id)).all()
    handed_in = [plan for plan in found if plan.status is PlanStatus.SUBMITTED]
    return render_template(
        "plans/waiting.html",
        page=page_of(found, asked),
        handed_in=len(handed_in),
        written=len(found) - len(handed_in),
        looks_for_the_centre=is_centre(),
        said=said,
    )


@pages.get("/children/<public_id>/plans")
@allowed(*FILE_READERS)
def index(public_id: str) -> str:
    """Every version of a child's plan."""
    child = load_child(public_id)
    return render_template(
        "plans/index.html",
        child=child,
        plans=[(plan, standing_sentence(plan)) for plan in plans_of(child.id)],
        may_begin=Hat.ANSWERS in asker_for(child).hats and open_plan(child.id) is None,
    )


@pages.get("/children/<public_id>/plans/new")
@allowed(Role.TEACHER)
def new(public_id: str) -> str:
    """Ask for which days a new version shall be."""
    child, form = load_child(public_id), BeginForm()
    term = chosen_term(clock.today(), "")
    form.term.data, form.first.data, form.last.data = term.name, term.span.first, term.span.last
    return _asked(child, form)


@pages.post("/children/<public_id>/plans/new")
@allowed(Role.TEACHER)
def begin(public_id: str) -> Response | tuple[str, int]:
    """Begin a new version, as a copy of the last one where there is one."""
    child, form = load_child(public_id), BeginForm()
    if form.validate():
        with refusals_on(form):
            plan = actions.begin_plan(
                child,
                term=form.term.data or "",
                span=Span(form.first.data, form.last.data),
                by=asker_for(child),
                on=clock.today(),
            )
            flash(_("The plan is begun. Only those who work with this child see it."), "done")
            return redirect(url_for(".write", public_id=public_id, version=plan.version))
    return _asked(child, form), 422


def _asked(child: Child, form: BeginForm) -> str:
    earlier = next((plan for plan in plans_of(child.id) if plan.status is not PlanStatus.DISCARDED), None)
    return render_template("plans/new.html", child=child, form=form, earlier=earlier, person=person())
