"""Hand a workbook in, and see which were."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.kernel import clock, jobs
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import BareForm
from hometeach.web.imports import pages
from hometeach.web.words.audit import process_words
from hometeach.workbook.models import last_runs
from hometeach.workbook.uploads import CHECK, is_kept, keep_upload

MOST_SHOWN = 8


class WorkbookForm(BareForm):
    """Which workbook is to be taken in?"""

    workbook = FileField(
        _l("Which workbook holds the lists?"),
        validators=[FileRequired(_l("Choose the workbook that holds the lists."))],
    )


@dataclass(frozen=True)
class HandedIn:
    """A check that was asked for, in words."""

    href: str
    when: str
    who: str
    state: str


@dataclass(frozen=True)
class TakenIn:
    """A workbook that was taken in, in words. ``counts``: how many things were made and changed."""

    when: str
    who: str
    created: int
    updated: int


@pages.get("")
@allowed(Role.BUREAU_OFFICER)
def index() -> str:
    """Ask for a workbook; below it, what was handed in and what was taken in."""
    return _index(WorkbookForm())


@pages.post("")
@allowed(Role.BUREAU_OFFICER)
def hand_in() -> Response | tuple[str, int]:
    """Keep the workbook sealed and have it checked; nothing of it is taken in yet."""
    form = WorkbookForm()
    if form.validate():
        with refusals_on(form):
            job = keep_upload(form.workbook.data.read(), by=person().actor)
            return redirect(url_for(".show", public_id=job.public_id))
    return _index(form), 422


def _index(form: WorkbookForm) -> str:
    checks, runs = jobs.newest(CHECK, most=MOST_SHOWN), last_runs(MOST_SHOWN)
    names = _names({*(job.asked_by for job in checks), *(run.by for run in runs)})
    return render_template(
        "imports/index.html",
        form=form,
        checks=[_handed_in(job, names) for job in checks],
        runs=[_taken_in(run.at, names.get(run.by) or process_words(run.by), json.loads(run.counts)) for run in runs],
    )


def _handed_in(job: jobs.Job, names: dict[str, str]) -> HandedIn:
    return HandedIn(
        url_for(".show", public_id=job.public_id),
        words.moment_words(job.asked_at),
        names.get(job.asked_by, job.asked_by),
        _state_words(job),
    )


def _state_words(job: jobs.Job) -> str:
    if not is_kept(job):
        return _("discarded")
    if job.state is jobs.JobState.DONE:
        return _("faults were found") if job.outcome["faults"] else _("checked and right")
    return {
        jobs.JobState.WAITING: _("waits for its check"),
        jobs.JobState.RUNNING: _("is being checked"),
        jobs.JobState.REFUSED: _("could not be read"),
        jobs.JobState.FAILED: _("the check came to no end"),
        jobs.JobState.CANCELLED: _("stopped"),
    }[job.state]


def _taken_in(at: datetime, who: str, counts: dict[str, Any]) -> TakenIn:
    return TakenIn(
        words.moment_words(clock.local(at)),
        who,
        sum(of_list["created"] for of_list in counts.values()),
        sum(of_list["updated"] for of_list in counts.values()),
    )


def _names(actors: set[str]) -> dict[str, str]:
    found = db.session.execute(select(Account.public_id, Account.name).where(Account.public_id.in_(sorted(actors))))
    return {row.public_id: row.name for row in found}
