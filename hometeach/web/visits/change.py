"""Correct or withdraw a record, with a reason: at once, or with a second person once the school has checked it."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from hometeach.cases.plan.models import PlanGoal, goals_in_force, learning_domains, prompt_levels, rating_steps
from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.visits.correcting.actions import change_visit
from hometeach.visits.correcting.models import count_versions, verification_of
from hometeach.visits.models import Visit, VisitTeacher
from hometeach.visits.recording.models import VisitGoal, dates_to_make_up, facts_of
from hometeach.visits.recording.rules import VisitFacts
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.recording.form import Offered, RecordForm, facts_in, form_over, is_judgeable, typed_from
from hometeach.web.recording.times import faults_told, say_faults
from hometeach.web.recording.verdict import Told, not_known_yet, told_of
from hometeach.web.visits import pages
from hometeach.web.visits.loading import load_visit, may_change
from hometeach.web.visits.told import differences

CHANGERS = frozenset({Role.TEACHER, Role.SCHOOL_COORDINATOR})


class WhyForm(Form):
    """Why is it changed?"""

    #: How often the record had been changed when the page was opened.
    seen = HiddenField()
    why = TextAreaField(
        _l("Why?"),
        validators=[InputRequired(_l("Write why, so that it can be understood later.")), Length(max=300)],
        render_kw={"rows": 3},
    )

    @property
    def version(self) -> int | None:
        """The version that was looked at, None where the form says none."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    def look_again(self, visit: Visit) -> bool:
        """The page shows the record as it stands now. Gives whether it was another than the one looked at."""
        now, before = count_versions(visit.id), self.version
        self.seen.data = str(now)
        return before not in (None, now)


@pages.get("/<public_id>/correct")
@allowed(*CHANGERS)
def correction(public_id: str) -> str:
    """Show the record as a form."""
    visit, child = _load(public_id)
    offered = _offered(visit, child)
    form = form_over(offered, MultiDict(typed_from(facts_of(visit), offered.goals)))
    return _page(visit, child, form, _unasked(visit))


@pages.post("/<public_id>/correct")
@allowed(*CHANGERS)
def correct(public_id: str) -> Response | str | tuple[str, int]:
    """Correct the record, or ask for it; or only look whether it would count."""
    visit, child = _load(public_id)
    form, why = form_over(_offered(visit, child), request.form), WhyForm()
    if request.form.get("do") == "check":
        return _page(visit, child, form, why)
    is_fit = all([form.validate(), why.validate()])
    say_faults(form, visit.held_on)
    if is_fit and not form.errors:
        with refusals_on(form):
            return _changed(visit, _wanted(visit, form), why)
        return _page(visit, child, form, why, is_other=why.look_again(visit)), 422
    return _page(visit, child, form, why), 422


@pages.get("/<public_id>/withdraw")
@allowed(*CHANGERS)
def withdrawal(public_id: str) -> str:
    """Ask why."""
    visit, child = _load(public_id)
    return _withdrawing(visit, child, _unasked(visit))


@pages.post("/<public_id>/withdraw")
@allowed(*CHANGERS)
def withdraw(public_id: str) -> Response | tuple[str, int]:
    """Withdraw the record, or ask for it."""
    visit, child = _load(public_id)
    form = WhyForm()
    if form.validate():
        with refusals_on(form):
            return _changed(visit, None, form)
        form.look_again(visit)
    return _withdrawing(visit, child, form), 422


def _load(public_id: str) -> tuple[Visit, Child]:
    visit, child = load_visit(public_id)
    if not may_change(visit):
        raise NotFound
    return visit, child


def _unasked(visit: Visit) -> WhyForm:
    return WhyForm(formdata=None, seen=str(count_versions(visit.id)))


def _changed(visit: Visit, wanted: VisitFacts | None, form: WhyForm) -> Response:
    waits = change_visit(visit, wanted, why=form.why.data or "", by=person().actor, seen=form.version)
    if waits is None:
        rebuild_ledger({visit.child_id}, on=visit.held_on)
        flash(_("Saved. What the record said before stays below."), "done")
    else:
        flash(_("The school has checked this record, so a second person decides. Nothing is changed yet."), "done")
    return redirect(url_for(".show", public_id=visit.public_id))


def _wanted(visit: Visit, form: RecordForm) -> VisitFacts:
    """The keeper of the record stays who it was."""
    return facts_in(form, keeper=facts_of(visit).teachers[0])


def _offered(visit: Visit, child: Child) -> Offered:
    """What the plan held then, and what the record names already."""
    named = db.session.scalars(
        select(PlanGoal).join(VisitGoal, VisitGoal.goal_id == PlanGoal.id).where(VisitGoal.visit_id == visit.id)
    ).all()
    held = [goal for goal in goals_in_force(child.id, visit.held_on) if goal.is_short_term]
    keeper = _keeper(visit)
    return Offered(
        goals=list(dict.fromkeys([*held, *named])),
        teachers=_colleagues(keeper, visit),
        child=child,
        domains=learning_domains(),
        scores=rating_steps(),
        prompts=prompt_levels(),
        missed=_missed(visit),
    )


def _keeper(visit: Visit) -> Teacher:
    statement = select(Teacher).join(VisitTeacher, VisitTeacher.teacher_id == Teacher.id)
    return db.session.scalars(
        statement.where(VisitTeacher.visit_id == visit.id).order_by(VisitTeacher.position)
    ).first() or Teacher(code="", name="")


def _colleagues(keeper: Teacher, visit: Visit) -> list[Teacher]:
    present = select(VisitTeacher.teacher_id).where(VisitTeacher.visit_id == visit.id)
    statement = select(Teacher).where(
        Teacher.code != keeper.code, (Teacher.school_id == keeper.school_id) | Teacher.id.in_(present)
    )
    return list(db.session.scalars(statement.order_by(Teacher.code)))


def _missed(visit: Visit) -> list[date]:
    asking = set(db.session.scalars(dates_to_make_up(visit.child_id)))
    return sorted(asking | ({visit.makes_up_for} if visit.makes_up_for else set()), reverse=True)


def _told(visit: Visit, child: Child, form: RecordForm) -> Told:
    if faulty := faults_told(form, visit.held_on):
        return faulty
    if not is_judgeable(form):
        return not_known_yet()
    return told_of(_wanted(visit, form), child=child, day=visit.held_on, instead_of=visit)


def _page(visit: Visit, child: Child, form: RecordForm, why: WhyForm, *, is_other: bool = False) -> str:
    form.form_errors.extend(why.why.errors)
    return render_template(
        "visits/correct.html",
        visit=visit,
        child=child,
        form=form,
        why=why,
        told=_told(visit, child, form),
        is_checked=verification_of(visit.id) is not None,
        differences=differences(facts_of(visit), _wanted(visit, form)) if is_other else [],
        has_missed=len(form.makes_up_for.choices) > 1,
    )


def _withdrawing(visit: Visit, child: Child, form: WhyForm) -> str:
    return render_template(
        "visits/withdraw.html",
        visit=visit,
        child=child,
        form=form,
        is_checked=verification_of(visit.id) is not None,
    )
