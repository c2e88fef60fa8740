"""A published report is frozen, numbered, and can be held against what the rows say today."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.audit import AuditEvent, canonical, verify
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.reporting import actions
from hometeach.reporting.actions import Drawn, compare_published, draw_report, publish_report
from hometeach.reporting.facts import totals_of
from hometeach.reporting.models import published
from hometeach.reporting.report import report_of
from hometeach.visits.models import Visit

AS_OF = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _county(county_app: Flask) -> Iterator[None]:
    with county_app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def shorten(number: str) -> None:
    """Make a counted session too short."""
    visit = db.session.scalars(select(Visit).where(Visit.number == number)).one()
    visit.left_second = visit.arrived_second + 59 * 60
    db.session.flush()
    rebuild_ledger([visit.child_id])


def read_only() -> Drawn:
    """The report as it stands, with a scrap of paper: these tests look at its figures."""
    return Drawn(report_of(2026, AS_OF), canonical(totals_of(2026, AS_OF)), b"%PDF-1.7 a scrap")


def test_a_published_report_keeps_its_paper_its_figures_and_the_digest_of_its_rows() -> None:
    row = publish_report(read_only(), by="bai")
    assert (row.version, row.year, row.as_of) == (1, 2026, AS_OF)
    assert row.file.content == read_only().paper
    assert '"A4-10":1102' in row.figures
    assert len(row.row_digest) == 64
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert event.action == "report:published"
    assert row.row_digest in event.detail
    assert verify() is None


def test_what_has_not_changed_is_not_published_twice() -> None:
    publish_report(read_only(), by="bai")
    with pytest.raises(Refused) as refused:
        publish_report(read_only(), by="bai")
    assert refused.value.code == "report:unchanged"


def test_no_paper_is_drawn_of_what_has_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_report(read_only(), by="bai")
    drawn: list[object] = []
    monkeypatch.setattr(actions, "written", lambda *given: drawn.append(given))
    with pytest.raises(Refused):
        draw_report(2026, AS_OF)
    assert not drawn


def test_a_later_correction_makes_the_second_version_and_leaves_the_first() -> None:
    first = publish_report(read_only(), by="bai")
    figures, digest = first.figures, first.row_digest
    shorten("V000002")
    second = publish_report(read_only(), by="bai")
    assert [row.version for row in published(2026)] == [2, 1]
    assert (first.figures, first.row_digest) == (figures, digest)
    assert second.row_digest != digest


def test_a_published_report_says_what_changed_since() -> None:
    row = publish_report(read_only(), by="bai")
    same = compare_published(row)
    assert (same.rows_are_the_same, same.changed) == (True, {})
    shorten("V000002")
    other = compare_published(row)
    assert not other.rows_are_the_same
    assert other.changed["A4-10"] == (1102, 1101)


def test_an_altered_published_figure_is_found_though_no_row_changed() -> None:
    row = publish_report(read_only(), by="bai")
    db.session.expunge(row)  # the database refuses to keep what an insider makes of it
    row.figures = row.figures.replace('"A4-10":1102', '"A4-10":1200')
    found = compare_published(row)
    assert found.rows_are_the_same
    assert found.changed == {"A4-10": (1200, 1102)}
