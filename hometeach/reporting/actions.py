"""Publish the report of a year: frozen, numbered, with the digest of the rows behind it."""

import json
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.files import keep
from hometeach.reporting.facts import totals_of
from hometeach.reporting.models import PublishedReport, published
from hometeach.reporting.report import YearReport, report_of
from hometeach.reporting.writing import MEDIA_TYPES, written

#: Changes with the arithmetic, so that an old report is not held against new rules.
METHOD = "1"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published report against what the same rows give today. ``changed`` holds code: (then, now)."""

    rows_are_the_same: bool
    changed: dict[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report as it was read and drawn at one moment, with its figures as they will be kept."""

    report: YearReport
    figures: str
    paper: bytes


def draw_report(year: int, as_of: date) -> Drawn:
    """Read and draw the report of a year; writes nothing, and takes seconds.

    Raises: Refused if nothing changed since the last version.
    """
    report = report_of(year, as_of)
    refuse_the_same(report)
    return Drawn(report, audit.canonical(totals_of(year, as_of)), written(report, "pdf"))


def publish_report(drawn: Drawn, *, by: str) -> PublishedReport:
    """Freeze what was drawn; a report that stands already stays, and this becomes the next version.

    Raises: Refused if nothing changed since the last version.
    """
    report = drawn.report
    refuse_the_same(report)
    earlier = published(report.year)
    file = keep(drawn.paper, MEDIA_TYPES["pdf"])
    db.session.flush()
    row = PublishedReport(
        year=report.year,
        as_of=report.as_of,
        version=earlier[0].version + 1 if earlier else 1,
        figures=drawn.figures,
        row_digest=report.digest,
        row_count=report.row_count,
        method=METHOD,
        audit_length=report.audit_length,
        audit_head=report.audit_head,
        file_id=file.id,
        published_by=by,
        published_at=machine_now(),
    )
    db.session.add(row)
    db.session.flush()
    detail = {"year": row.year, "as_of": row.as_of, "version": row.version, "rows": row.row_digest, "file": file.sha256}
    audit.record("report:published", actor=by, about=f"published_report:{row.public_id}", detail=detail)
    return row


def refuse_the_same(report: YearReport) -> None:
    """Refuse to publish what the last version says already.

    Raises: Refused ``report:unchanged``.
    """
    last = next(iter(published(report.year)), None)
    if last is not None and (last.row_digest, last.as_of) == (report.digest, report.as_of):
        message = _("Version %(version)s says the same. There is nothing new to publish.", version=last.version)
        raise Refused("report:unchanged", message)


def compare_published(row: PublishedReport) -> Comparison:
    """What the rows of today would give for the day of a published report: an altered figure shows here."""
    report = report_of(row.year, row.as_of)
    then, now = json.loads(row.figures), json.loads(audit.canonical(totals_of(row.year, row.as_of)))
    changed = {code: (then.get(code), now.get(code)) for code in now | then if then.get(code) != now.get(code)}
    return Comparison(report.digest == row.row_digest, changed)
