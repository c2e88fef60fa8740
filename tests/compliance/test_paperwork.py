"""The files of many children, from the records and papers that prove them, and the figure that counts them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from hometeach.cases.file.actions import PaperDraft, enter_paper, take_out
from hometeach.cases.file.rules import FileItem, ItemState
from hometeach.cases.plan.rules import PlanStatus
from hometeach.compliance.paperwork import complete_files, files_of
from hometeach.kernel.audit import events
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.reporting.facts import day_facts
from hometeach.reporting.rollups import totals
from tests import factories
from tests.factories import Cast

TODAY = date(2026, 11, 23)
PAPERS = ("F02", "F03", "F06", "F16")


@pytest.fixture
def child(app: Flask, cast: Cast) -> Child:
    """Child An, taught at home, with an agreement, a weekly hour and two visits."""
    return db.session.scalars(select(Child).where(Child.public_id == cast.own_child)).one()


def file_of(child: Child, on: date = TODAY) -> dict[str, FileItem]:
    items = files_of(select(Child.id).where(Child.id == child.id), on)[child.id]
    return {item.form.code: item for item in items}


def enter(child: Child, *codes: str, dated_on: date = TODAY) -> None:
    for code in codes:
        enter_paper(child, PaperDraft(code, dated_on, "月山镇中心小学"), by="he", on=TODAY)


def a4_07() -> float | None:
    return totals([], [], day_facts(TODAY))["A4-07"]


def test_records_prove_what_they_can(child: Child) -> None:
    items = file_of(child)
    lacking = {code for code, item in items.items() if item.is_lacking}
    assert lacking == {"F02", "F03", "F06", "F08", "F16"}
    assert items["F05"].until == factories.TERM_TO
    assert items["F11"].state is ItemState.THERE
    assert items["F19"].state is ItemState.NO_OCCASION
    assert items["F17"].state is ItemState.NOT_YET


def test_a_file_becomes_complete_paper_by_paper_and_is_counted(child: Child) -> None:
    assert complete_files(TODAY) is None
    assert a4_07() is None
    factories.make_plan(child, status=PlanStatus.APPROVED)
    assert a4_07() == 0
    enter(child, *PAPERS)
    assert complete_files(TODAY) == {child.id}
    assert a4_07() == 1
    assert complete_files(factories.TERM_TO.replace(day=23)) == frozenset()


def test_a_draft_of_a_plan_proves_nothing(child: Child) -> None:
    factories.make_plan(child, status=PlanStatus.SUBMITTED)
    enter(child, *PAPERS)
    assert file_of(child)["F08"].state is ItemState.MISSING
    assert complete_files(TODAY) == frozenset()


def test_what_runs_out_within_the_bureaus_days_is_told(child: Child) -> None:
    enter(child, "F16", dated_on=date(2025, 12, 1))
    item = file_of(child)["F16"]
    assert (item.state, item.until) == (ItemState.EXPIRING, date(2026, 12, 1))
    assert file_of(child, date(2026, 12, 2))["F16"].state is ItemState.EXPIRED


def test_a_paper_taken_out_is_missing_again_and_stays_on_record(child: Child) -> None:
    paper = enter_paper(child, PaperDraft("F06", TODAY, "吴奶奶"), by="he", on=TODAY)
    assert file_of(child)["F06"].state is ItemState.THERE
    take_out(paper, child, by="he")
    assert file_of(child)["F06"].state is ItemState.MISSING
    with pytest.raises(Refused, match="已经取出"):
        take_out(paper, child, by="he")
    about = f"child:{child.public_id}"
    assert [event.action for event in db.session.scalars(events(about=about))][:2] == ["file:take_out", "file:enter"]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (PaperDraft("F99", TODAY, "x"), "file:no_such_form"),
        (PaperDraft("F06", date(2026, 11, 24), "x"), "file:later_than_today"),
        (PaperDraft("F06", TODAY, "x", date(2026, 11, 22)), "file:reversed"),
    ],
    ids=["no such form", "tomorrow", "runs out before"],
)
def test_a_paper_that_cannot_be_is_refused(child: Child, draft: PaperDraft, code: str) -> None:
    with pytest.raises(Refused) as refused:
        enter_paper(child, draft, by="he", on=TODAY)
    assert refused.value.code == code
