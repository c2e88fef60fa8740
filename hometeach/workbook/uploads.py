"""A workbook that came by a page: kept sealed, checked as a job, taken in as another.

The check writes nothing and holds nobody up. What it found is the job's outcome,
which the page shows; what is then taken in is exactly that, or nothing.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from hometeach.kernel import audit, files, jobs
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.files import StoredFile
from hometeach.workbook.actions import FaultyWorkbook, Statements, apply_import, preview_import, read_workbook
from hometeach.workbook.container import MAX_FILE_BYTES, too_large
from hometeach.workbook.telling import fault_as_json, note_as_json, tell_lists

#: The only kind of file that is taken in, whatever its sender calls it.
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHECK, APPLY = "workbook-check", "workbook-apply"


def keep_upload(content: bytes, *, by: str) -> jobs.Job:
    """Keep the file sealed and ask for its check.

    Raises: Refused ``workbook:empty`` or ``workbook:too_large``.
    """
    if not content:
        raise Refused("workbook:empty", _("Choose the workbook that holds the lists."), "workbook")
    if len(content) > MAX_FILE_BYTES:
        raise too_large(len(content))
    file = files.keep(content, KIND)
    return jobs.ask(CHECK, {"file": file.public_id}, by=by)


def ask_to_apply(check: jobs.Job, *, by: str) -> jobs.Job:
    """Ask for what a check found to be taken in; asked twice, it is taken in once.

    Raises: Refused ``workbook:not_checked`` if it found faults, or has not ended.
    """
    outcome = check.outcome if check.state is jobs.JobState.DONE else None
    if not outcome or outcome["faults"] or outcome["is_empty"]:
        raise Refused(
            "workbook:not_checked", _("There is nothing here that can be taken in. Check the workbook first.")
        )
    db.session.execute(select(jobs.Job.id).where(jobs.Job.id == check.id).with_for_update())
    asked = {"file": outcome["file"], "token": outcome["token"], "check": check.public_id, "by": by}
    return apply_job_of(check) or jobs.ask(APPLY, asked, by=by)


def apply_job_of(check: jobs.Job) -> jobs.Job | None:
    """The job that takes in, or has taken in, what a check found; one that came to nothing does not count."""
    named = jobs.Job.arguments.contains(f'"check": "{check.public_id}"', autoescape=True)
    alive = jobs.Job.state.in_([jobs.JobState.WAITING, jobs.JobState.RUNNING, jobs.JobState.DONE])
    statement = select(jobs.Job).where(jobs.Job.kind == APPLY, named, alive).order_by(jobs.Job.id)
    return db.session.scalars(statement).first()


def check_again(job: jobs.Job, *, by: str) -> jobs.Job:
    """Ask once more what the workbook of a job would change, after something else has changed.

    Raises: Refused ``workbook:not_found`` if it is no longer kept.
    """
    return jobs.ask(CHECK, {"file": _file(_file_named_by(job)).public_id}, by=by)


def discard(job: jobs.Job, *, by: str) -> None:
    """Throw away a workbook that is not to be taken in, and all that checks have found in it.

    Raises: Refused ``workbook:being_taken_in`` once it is asked to be taken in.
    """
    if job.kind == APPLY or apply_job_of(job) is not None:
        raise Refused("workbook:being_taken_in", _("This workbook is being taken in, or has been. It stays."))
    file = _file(_file_named_by(job))
    jobs.cancel(job)
    of_file = jobs.Job.arguments.contains(f'"file": "{file.public_id}"', autoescape=True)
    db.session.execute(update(jobs.Job).where(jobs.Job.kind == CHECK, of_file).values(outcome_sealed=None))
    db.session.delete(file)
    audit.record("workbook:discarded", actor=by, about=f"job:{job.public_id}")


def is_kept(job: jobs.Job) -> bool:
    """Whether the workbook that a job is about has not been thrown away."""
    kept = select(StoredFile.id).where(StoredFile.public_id == _file_named_by(job))
    return db.session.scalar(kept) is not None


def check_upload(arguments: Mapping[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The work of a check: what is wrong in the workbook, or what it would change.

    Raises: Refused (``workbook:…``) if it cannot be read at all.
    """
    with jobs.only_reading():
        try:
            statements = _read(arguments["file"], progress)
            changes = preview_import(statements)
        except FaultyWorkbook as faulty:
            return _outcome(arguments["file"], faults=[fault_as_json(fault) for fault in faulty.faults])
    return _outcome(
        arguments["file"],
        token=changes.token,
        is_empty=changes.is_empty,
        lists=tell_lists(changes.lists),
        notes=[note_as_json(note) for note in statements.notes],
    )


def apply_upload(arguments: Mapping[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The work of taking in what a check listed: read anew, compared anew, one transaction.

    Raises: Refused ``workbook:changed_meanwhile`` where the changes would be others by now.
    """
    with jobs.only_reading():
        statements = _read(arguments["file"], progress)
    changes = apply_import(
        statements,
        by=arguments["by"],
        bureau_name=current_app.config["BUREAU_NAME"],
        expected=arguments["token"],
    )
    return _outcome(arguments["file"], is_empty=changes.is_empty, lists=tell_lists(changes.lists))


#: What the scheduler's process works off, by kind of job.
WORKS: dict[str, jobs.Work] = {CHECK: check_upload, APPLY: apply_upload}


def _read(public_id: str, progress: jobs.Progress) -> Statements:
    return read_workbook(_file(public_id).content, progress.tell)


def _file_named_by(job: jobs.Job) -> str:
    named: str = json.loads(job.arguments)["file"]
    return named


def _file(public_id: str) -> StoredFile:
    file = db.session.scalar(select(StoredFile).where(StoredFile.public_id == public_id))
    if file is None:
        raise Refused("workbook:not_found", _("The workbook is no longer kept. Hand it in again."))
    return file


def _outcome(
    file: str,
    *,
    token: str = "",
    is_empty: bool = True,
    faults: list[dict[str, Any]] | None = None,
    lists: list[dict[str, Any]] | None = None,
    notes: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "file": file,
        "token": token,
        "is_empty": is_empty,
        "faults": faults or [],
        "lists": lists or [],
        "notes": notes or [],
    }
