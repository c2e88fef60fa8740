"""The report of a year: asked for, waited for, taken away; what was published, and what changed since."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from hometeach.kernel import clock, jobs
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.files import StoredFile
from hometeach.kernel.jobs import Job, JobState
from hometeach.people.access import Role
from hometeach.programmes.models import indicators_of
from hometeach.reporting import wording, works
from hometeach.reporting.actions import compare_published
from hometeach.reporting.models import PublishedReport, published
from hometeach.web.base import allowed, chosen_locale, person
from hometeach.web.forms import Form
from hometeach.web.totals import asked_year, known_years

pages = Blueprint("reports", __name__, url_prefix="/reports")

READERS = (Role.BUREAU_OFFICER, Role.RELIEF_CLERK, Role.AUDITOR)
KINDS = {
    "pdf": _l("the report on paper (PDF)"),
    "xlsx": _l("the report as a spreadsheet (xlsx)"),
    "roster": _l("the roster with names, for use inside the bureau (PDF)"),
}
#: The roster names children: only for those who see all of them.
NAMING = frozenset({"roster"})
#: So many of the last papers stand on the page.
MOST_LISTED = 10


class AskForm(Form):
    """Which report, of which year, as of which day?"""

    kind = RadioField(_l("What should be written?"))
    year = SelectField(_l("Of which year?"), coerce=int)
    as_of = DateField(_l("As it stands on which day?"), validators=[InputRequired(_l("Choose the day."))])


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that is another today than it was published."""

    code: str
    name: str
    then: str
    now: str


@pages.get("")
@allowed(*READERS)
def index() -> str:
    """What can be written, what was written for the person, and what was published."""
    return _index(_form())


@pages.post("")
@allowed(*READERS)
def ask() -> BaseResponse | tuple[str, int]:
    """Ask for a paper; the scheduler's process writes it."""
    form = _form()
    if form.validate():
        arguments = {
            "kind": form.kind.data,
            "year": form.year.data,
            "as_of": _day(form).isoformat(),
            "language": chosen_locale(),
        }
        job = jobs.ask(works.WRITE, arguments, by=person().actor)
        return redirect(url_for(".work", public_id=job.public_id))
    return _index(form), 422


@pages.post("/publish")
@allowed(Role.BUREAU_OFFICER)
def publish() -> BaseResponse | tuple[str, int]:
    """Ask for the year to be frozen as the next version."""
    form = _form()
    form.kind.data = "pdf"
    if form.validate():
        arguments = {"year": form.year.data, "as_of": _day(form).isoformat(), "by": person().actor}
        job = jobs.ask(works.PUBLISH, arguments, by=person().actor)
        return redirect(url_for(".work", public_id=job.public_id))
    return _index(form), 422


@pages.get("/work/<public_id>")
@allowed(*READERS)
def work(public_id: str) -> str | BaseResponse:
    """How far the paper is, and where it can be taken away."""
    job = _own_job(public_id)
    if job.kind == works.PUBLISH and job.state is JobState.DONE:
        return redirect(url_for(".show", public_id=job.outcome["report"]))
    return render_template("reports/work.html", job=job, done=job.state is JobState.DONE, outcome=job.outcome or {})


@pages.get("/work/<public_id>/file")
@allowed(*READERS)
def take(public_id: str) -> Response:
    """The paper itself."""
    job = _own_job(public_id)
    if job.kind != works.WRITE or job.state is not JobState.DONE:
        raise NotFound
    file = db.session.scalars(select(StoredFile).where(StoredFile.public_id == job.outcome["file"])).one()
    return _sent(file, job.outcome["name"])


@pages.get("/<public_id>")
@allowed(*READERS)
def show(public_id: str) -> str:
    """One published report, held against what the rows say today."""
    report = _published(public_id)
    comparison = compare_published(report)
    return render_template(
        "reports/show.html",
        report=report,
        as_of=wording.day_words(report.as_of),
        versions=published(report.year),
        same=comparison.rows_are_the_same and not comparison.changed,
        changes=_changes(report.year, comparison.changed),
    )


@pages.get("/<public_id>/file")
@allowed(*READERS)
def take_published(public_id: str) -> Response:
    """The published paper, as it left the bureau."""
    report = _published(public_id)
    return _sent(report.file, f"report-{report.year}-v{report.version}.pdf")


def _index(form: AskForm) -> str:
    mine = [job for job in jobs.newest(works.WRITE, most=5 * MOST_LISTED) if job.asked_by == person().actor]
    return render_template(
        "reports/index.html",
        form=form,
        year=form.year.data,
        published=published(),
        jobs=[(job, _told(job)) for job in mine[:MOST_LISTED]],
        may_publish=Role.BUREAU_OFFICER in person().roles,
    )


def _told(job: Job) -> str:
    """A paper by what it is: 2026年的汇报（PDF）."""
    asked = json.loads(job.arguments)
    return _("%(what)s, %(year)s, as of %(day)s", what=KINDS[asked["kind"]], year=asked["year"], day=asked["as_of"])


def _form() -> AskForm:
    form = AskForm()
    form.kind.choices = [SelectChoice(kind, words) for kind, words in KINDS.items() if _may_ask(kind)]
    form.year.choices = [SelectChoice(year, str(year)) for year in known_years()]
    if not form.is_submitted():
        form.kind.data, form.year.data, form.as_of.data = "pdf", asked_year(), clock.today()
    return form


def _may_ask(kind: str) -> bool:
    return kind not in NAMING or Role.BUREAU_OFFICER in person().roles


def _day(form: AskForm) -> date:
    return form.as_of.data or clock.today()


def _own_job(public_id: str) -> Job:
    """The job of this address, if the person asked for it.

    Raises: NotFound, alike for foreign and absent.
    """
    found = [jobs.job_of(kind, public_id) for kind in works.WORKS]
    job = next((job for job in found if job is not None), None)
    if job is None or job.asked_by != person().actor:
        raise NotFound
    return job


def _published(public_id: str) -> PublishedReport:
    report = db.session.scalar(select(PublishedReport).where(PublishedReport.public_id == public_id))
    if report is None:
        raise NotFound
    return report


def _changes(year: int, changed: dict[str, tuple[Any, Any]]) -> list[Change]:
    names = {one.code: wording.name_of(one) for one in indicators_of(year)}
    return [Change(code, names.get(code, code), _plain(then), _plain(now)) for code, (then, now) in changed.items()]


def _plain(value: Any) -> str:
    if value is None:
        return str(wording.MISSING)
    return "–".join(map(str, value)) if isinstance(value, list) else str(value)


def _sent(file: StoredFile, name: str) -> Response:
    response = Response(file.content, mimetype=file.kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
