"""The form of a visit: shown, kept as it is typed, judged before it is saved, and saved once."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hometeach.cases.plan.models import PlanGoal, goals_in_force, learning_domains, prompt_levels, rating_steps
from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Teacher
from hometeach.visits.recording.actions import (
    Stamp,
    keep_draft,
    lateness_of,
    press,
    record_visit,
    refuse_silent_lateness,
    refuse_silent_overlap,
    too_late_words,
)
from hometeach.visits.recording.models import VisitDraft, dates_to_make_up, facts_of, last_visit
from hometeach.visits.recording.rules import Lateness
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import is_meant
from hometeach.web.recording import pages
from hometeach.web.recording.beside import recorded_that_day
from hometeach.web.recording.form import JUDGED, Offered, RecordForm, facts_in, form_over, is_judgeable, typed_from
from hometeach.web.recording.subject import Subject, load_subject, planned_and_unwritten
from hometeach.web.recording.times import faults_told, say_faults
from hometeach.web.recording.verdict import Told, not_known_yet, trial_told
from hometeach.web.safety import safety_told
from hometeach.web.words.coded import named

#: What comes with the form and is no answer.
NO_ANSWERS = {"csrf_token", "once", "do", "device_at"}


@pages.get("/<public_id>")
@allowed(Role.TEACHER)
def ask(public_id: str) -> str | Response:
    """Show the form with what was typed before."""
    subject = load_subject(public_id)
    if subject.occurrence is None and (planned := planned_and_unwritten(subject)):
        return redirect(url_for(".ask", public_id=planned.public_id))
    if subject.recorded:
        return redirect(url_for("visits.receipt", public_id=subject.recorded.public_id))
    _refuse_not_now(subject)
    draft = subject.draft
    form, offered = _form(subject, MultiDict(draft.fields) if draft else MultiDict(_to_begin_with(subject)))
    return _page(subject, form, offered, draft)


@pages.post("/<public_id>")
@allowed(Role.TEACHER)
def take(public_id: str) -> Response | str | tuple[str, int]:
    """Do what the button says: record it, note the moment, take last time's words over, keep it, or check it."""
    subject = load_subject(public_id)
    wanted = request.form.get("do", "record")
    if wanted in _ASIDE:
        return _ASIDE[wanted](subject)
    form, offered = _form(subject, request.form)
    if wanted == "check":
        return _page(subject, form, offered, subject.draft)
    if _is_fit(subject, form):
        with refusals_on(form):
            recorded = record_visit(
                facts_in(form, keeper=subject.teacher.code),
                child=subject.child,
                day=subject.day,
                occurrence=subject.occurrence,
                draft=subject.draft,
                by=person().actor,
            )
            rebuild_ledger({subject.child.id}, on=subject.day)
            return redirect(url_for("visits.receipt", public_id=recorded))
    return _page(subject, form, offered, subject.draft), 422


@pages.get("/<public_id>/verdict")
@allowed(Role.TEACHER)
def judge(public_id: str) -> str:
    """The verdict of the times in the address, as a piece of a page."""
    subject = load_subject(public_id, opens_file=False)
    form, _offered = _form(subject, request.args)
    return render_template("recording/verdict.html", told=_told(subject, form))


@pages.post("/<public_id>/draft")
@allowed(Role.TEACHER)
def keep(public_id: str) -> str:
    """Keep what is typed, and say so once it is kept: as a piece of a page."""
    subject = load_subject(public_id, opens_file=False)
    if subject.recorded:
        return render_template("recording/kept.html", kept=_("This visit is recorded; nothing more is kept."))
    draft = keep_draft(subject.teacher, subject.key, _answers())
    return render_template("recording/kept.html", kept=_kept_words(draft))


def _note_moment(subject: Subject) -> Response:
    """Arrived, or left: the moment by our clock goes into the draft."""
    what = request.form["do"]
    if subject.day != clock.today():
        raise Refused("visit:not_today", _("These buttons are for the day of the visit. Type the times instead."))
    press(keep_draft(subject.teacher, subject.key, _answers()), what, Stamp(clock.machine_now(), _device_moment()))
    return _back_to_form(subject, "left" if what == "left" else "arrived")


def _take_over(subject: Subject) -> Response:
    """Theme, field and goals of last time go into the draft; how they went this time is still to be said."""
    answers = _answers()
    if last := last_visit(subject.child.id, subject.day):
        before = typed_from(facts_of(last[0]), ())
        answers |= {name: before.get(name, "") for name in ("theme", "domain")}
    keep_draft(subject.teacher, subject.key, answers)
    return _back_to_form(subject, "theme")


def _keep_for_later(subject: Subject) -> Response:
    """Keep what is typed, for browsers without scripts."""
    draft = keep_draft(subject.teacher, subject.key, _answers())
    flash(_kept_words(draft), "done")
    return _back_to_form(subject, "main")


_ASIDE = {"arrived": _note_moment, "left": _note_moment, "same": _take_over, "keep": _keep_for_later}


def _back_to_form(subject: Subject, place: str) -> Response:
    return redirect(url_for(".ask", **subject.address, _anchor=place))


def _answers() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name not in NO_ANSWERS}


def _device_moment() -> datetime | None:
    """The phone's own time, where it said one that can be read."""
    try:
        moment = datetime.fromisoformat(request.form.get("device_at", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo and is_meant(moment.date()) else None


def _to_begin_with(subject: Subject) -> dict[str, str]:
    """What is most likely: as last time, and what the planned session says."""
    last = last_visit(subject.child.id, subject.day)
    before = typed_from(facts_of(last[0]), ()) if last else {}
    found = {name: before[name] for name in ("mode", "carer", "domain", "second_teacher") if before.get(name)}
    if not found.get("carer") and len(subject.child.guardians) == 1:
        found["carer"] = subject.child.guardians[0].public_id
    if subject.occurrence and subject.occurrence.makes_up_for:
        found["makes_up_for"] = subject.occurrence.makes_up_for.isoformat()
    return found


def _form(subject: Subject, typed: MultiDict[str, str]) -> tuple[RecordForm, Offered]:
    offered = Offered(
        goals=[goal for goal in goals_in_force(subject.child.id, subject.day) if goal.is_short_term],
        teachers=_colleagues(subject.teacher),
        child=subject.child,
        domains=learning_domains(),
        scores=rating_steps(),
        prompts=prompt_levels(),
        missed=_missed(subject),
    )
    return form_over(offered, typed, last=_last_scores(subject, offered)), offered


def _missed(subject: Subject) -> list[Any]:
    """The dates that ask for a make-up, and the one that this session was planned for."""
    asking = set(db.session.scalars(dates_to_make_up(subject.child.id)))
    planned = subject.occurrence.makes_up_for if subject.occurrence else None
    return sorted(asking | ({planned} if planned else set()), reverse=True)


def _last_scores(subject: Subject, offered: Offered) -> dict[str, str]:
    """How each goal went last time, in words, by the goal's line."""
    last = last_visit(subject.child.id, subject.day)
    if last is None:
        return {}
    steps = {one.score: f"{one.score} {named(one)}" for one in offered.scores}
    prompts = {one.code: named(one) for one in offered.prompts}
    lines = {
        goal.public_id: goal.line
        for goal in db.session.scalars(
            select(PlanGoal).where(PlanGoal.public_id.in_([one.goal for one in facts_of(last[0]).goals]))
        )
    }
    return {
        lines[one.goal]: words.listed(
            [steps.get(one.score, "") if one.score is not None else "", prompts.get(one.prompt, "")]
        )
        for one in facts_of(last[0]).goals
    }


def _colleagues(teacher: Teacher) -> list[Teacher]:
    """The other teachers of the school."""
    statement = select(Teacher).where(Teacher.school_id == teacher.school_id, Teacher.id != teacher.id)
    return list(db.session.scalars(statement.order_by(Teacher.code)))


def _refuse_not_now(subject: Subject) -> None:
    if subject.day > clock.today():
        raise Refused(
            "visit:not_yet",
            _(
                "This session is planned for %(day)s. It can be written down from then on.",
                day=words.day_words(subject.day),
            ),
        )
    if lateness_of(subject.child, subject.day) is Lateness.TOO_LATE:
        raise Refused("visit:too_late", too_late_words())


def _is_fit(subject: Subject, form: RecordForm) -> bool:
    """Whether it can be recorded; all that is wrong is said at once, also what the action would refuse."""
    form.validate()
    say_faults(form, subject.day)
    with refusals_on(form):
        refuse_silent_lateness(form.late_reason.data or "", subject.child, subject.day)
    has_times = is_judgeable(form) and not (form.arrived.errors or form.left.errors)
    if has_times and not subject.recorded:
        with refusals_on(form):
            refuse_silent_overlap(facts_in(form, keeper=subject.teacher.code), subject.child.id, subject.day)
    return not form.errors


def _told(subject: Subject, form: RecordForm) -> Told:
    if faulty := faults_told(form, subject.day):
        return faulty
    if not is_judgeable(form):
        return not_known_yet()
    return trial_told(subject, facts_in(form, keeper=subject.teacher.code))


def _kept_words(draft: VisitDraft) -> str:
    return _("Kept on the server at %(time)s, not recorded yet.", time=f"{clock.local(draft.saved_at):%H:%M}")


def _page(subject: Subject, form: RecordForm, offered: Offered, draft: VisitDraft | None) -> str:
    last = last_visit(subject.child.id, subject.day)
    return render_template(
        "recording/ask.html",
        subject=subject,
        form=form,
        told=_told(subject, form),
        kept=_kept_words(draft) if draft else "",
        beside=recorded_that_day(subject),
        is_today=subject.day == clock.today(),
        is_late=lateness_of(subject.child, subject.day) is not Lateness.IN_TIME,
        has_missed=bool(offered.missed),
        last=last,
        last_words=last[1].words if last else {},
        judged=JUDGED,
        address=subject.address,
        safety=safety_told(subject.child) if subject.day == clock.today() else None,
    )
