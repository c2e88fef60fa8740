"""One workbook on its way: being checked, its faults or its changes, being taken in, taken in."""

from enum import StrEnum

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hometeach.kernel import jobs
from hometeach.kernel.errors import NotFound
from hometeach.kernel.jobs import Job, JobState
from hometeach.people.access import Role
from hometeach.web.base import allowed, person
from hometeach.web.imports import pages, told
from hometeach.workbook import wording
from hometeach.workbook.telling import note_from_json
from hometeach.workbook.uploads import APPLY, CHECK, KIND, apply_job_of, ask_to_apply, check_again, is_kept
from hometeach.workbook.uploads import discard as discard_workbook


class Phase(StrEnum):
    """What the page has to say; the value is its template."""

    UNDER_WAY = "under_way"
    DISCARDED = "discarded"
    FAULTY = "faulty"
    UNCHANGED = "unchanged"
    PREVIEW = "preview"
    TAKEN_IN = "taken_in"
    CAME_TO_NOTHING = "came_to_nothing"


@pages.get("/<public_id>")
@allowed(Role.BUREAU_OFFICER)
def show(public_id: str) -> str:
    """What there is to say of this workbook now. Asks again by itself while work is under way."""
    job = _load(public_id)
    phase = phase_of(job)
    outcome = job.outcome or {}
    lists = told.lists_told(outcome.get("lists", ()))
    faults = told.faults_of(outcome) if phase is Phase.FAULTY else []
    return render_template(
        f"imports/{phase}.html",
        job=job,
        is_apply=job.kind == APPLY,
        is_running=job.state is JobState.RUNNING,
        message=outcome.get("message", ""),
        lists=lists,
        sums=told.counted(lists),
        faults=told.fault_rows(faults[: told.MOST_FAULTS]),
        faults_in_all=len(faults),
        notes=[wording.note_line(note_from_json(note)) for note in outcome.get("notes", ())],
        applying=apply_job_of(job) if phase is Phase.PREVIEW else None,
        may_check_again=is_kept(job) and not (job.kind == CHECK and job.state is JobState.REFUSED),
    )


@pages.get("/<public_id>/faults.xlsx")
@allowed(Role.BUREAU_OFFICER)
def faults(public_id: str) -> FlaskResponse:
    """The faults as a workbook."""
    job = _load(public_id)
    if phase_of(job) is not Phase.FAULTY:
        raise NotFound
    response = FlaskResponse(told.faults_as_xlsx(told.faults_of(job.outcome)), mimetype=KIND)
    response.headers.set("Content-Disposition", "attachment", filename="faults.xlsx")
    return response


@pages.post("/<public_id>/apply")
@allowed(Role.BUREAU_OFFICER)
def apply(public_id: str) -> Response:
    """Have all of it taken in; pressed twice, it is taken in once."""
    job = ask_to_apply(_load(public_id), by=person().actor)
    return redirect(url_for(".show", public_id=job.public_id))


@pages.post("/<public_id>/discard")
@allowed(Role.BUREAU_OFFICER)
def discard(public_id: str) -> Response:
    """Throw the workbook away; nothing of it is taken in."""
    discard_workbook(_load(public_id), by=person().actor)
    flash(_("The workbook is discarded. Nothing of it was taken in."), "done")
    return redirect(url_for(".index"))


@pages.post("/<public_id>/stop")
@allowed(Role.BUREAU_OFFICER)
def stop(public_id: str) -> Response:
    """Stop work that is under way; what it did is undone."""
    jobs.cancel(_load(public_id))
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/again")
@allowed(Role.BUREAU_OFFICER)
def again(public_id: str) -> Response:
    """Have the same workbook checked once more."""
    job = check_again(_load(public_id), by=person().actor)
    return redirect(url_for(".show", public_id=job.public_id))


def phase_of(job: Job) -> Phase:
    """What there is to say of a job."""
    if not job.has_ended:
        return Phase.UNDER_WAY
    if job.kind == APPLY and job.state is JobState.DONE:
        return Phase.TAKEN_IN
    if not is_kept(job):
        return Phase.DISCARDED
    if job.state is not JobState.DONE:
        return Phase.CAME_TO_NOTHING
    if job.outcome["faults"]:
        return Phase.FAULTY
    return Phase.UNCHANGED if job.outcome["is_empty"] else Phase.PREVIEW


def _load(public_id: str) -> Job:
    job = jobs.job_of(CHECK, public_id) or jobs.job_of(APPLY, public_id)
    if job is None:
        raise NotFound
    return job
