"""What is in a file, what is missing, and what runs out."""

from datetime import date, timedelta

import pytest

from hometeach.cases.file.dictionary import forms
from hometeach.cases.file.rules import (
    Brings,
    FileFacts,
    FileForm,
    ItemState,
    Proof,
    file_standing,
    is_complete,
    lacking,
)
from hometeach.cases.rules import CaseStatus

TODAY = date(2026, 11, 23)
PAPER = FileForm("F06", "同意书", "Consent", "", "", "", "", Brings.SCHOOL, CaseStatus.PLANNING, valid_days=365)
RECORD = FileForm("F05", "协议", "Agreement", "", "", "", "", Brings.SCHOOL, CaseStatus.ACTIVE, proved_by="agreement")
ON_OCCASION = FileForm("F19", "领取单", "Goods", "", "", "", "", Brings.SCHOOL)


def state(
    form: FileForm, status: CaseStatus = CaseStatus.ACTIVE, *, record: Proof | None = None, paper: Proof | None = None
) -> ItemState:
    facts = FileFacts(
        status,
        {form.proved_by: [record]} if record else {},
        {form.code: [paper]} if paper else {},
    )
    return file_standing(facts, TODAY, [form], expiring_days=30)[0].state


@pytest.mark.parametrize(
    ("form", "status", "expected"),
    [
        (PAPER, CaseStatus.AGREEMENT_PENDING, ItemState.NOT_YET),
        (PAPER, CaseStatus.REFUSED, ItemState.NOT_YET),
        (PAPER, CaseStatus.PLANNING, ItemState.MISSING),
        (PAPER, CaseStatus.SUSPENDED, ItemState.MISSING),
        (PAPER, CaseStatus.CLOSED, ItemState.MISSING),
        (ON_OCCASION, CaseStatus.CLOSED, ItemState.NO_OCCASION),
    ],
    ids=["before", "declined", "from here on", "suspended", "closed", "only on occasion"],
)
def test_what_must_be_there_goes_by_the_state_of_the_case(
    form: FileForm, status: CaseStatus, expected: ItemState
) -> None:
    assert state(form, status) is expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, ItemState.THERE),
        (TODAY + timedelta(days=31), ItemState.THERE),
        (TODAY + timedelta(days=30), ItemState.EXPIRING),
        (TODAY, ItemState.EXPIRING),
        (TODAY - timedelta(days=1), ItemState.EXPIRED),
    ],
    ids=["open", "a day more than asked", "on the day asked", "last day", "day after"],
)
def test_a_record_runs_out_with_its_last_day(until: date | None, expected: ItemState) -> None:
    assert state(RECORD, record=Proof(date(2026, 9, 1), until)) is expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (TODAY - timedelta(days=365), None, ItemState.EXPIRING),
        (TODAY - timedelta(days=366), None, ItemState.EXPIRED),
        (TODAY - timedelta(days=400), TODAY + timedelta(days=300), ItemState.EXPIRED),
        (TODAY - timedelta(days=10), TODAY - timedelta(days=1), ItemState.EXPIRED),
        (TODAY + timedelta(days=1), None, ItemState.MISSING),
        (TODAY, None, ItemState.THERE),
    ],
    ids=["a year old", "a year and a day", "longer than the form allows", "shorter by itself", "tomorrow", "today"],
)
def test_a_paper_counts_as_long_as_the_form_and_itself_allow(
    since: date, until: date | None, expected: ItemState
) -> None:
    assert state(PAPER, paper=Proof(since, until, is_paper=True)) is expected


def test_the_proof_that_lasts_longest_speaks() -> None:
    facts = FileFacts(
        CaseStatus.ACTIVE,
        {"agreement": [Proof(date(2025, 9, 1), date(2026, 7, 1)), Proof(date(2026, 9, 1), date(2027, 7, 1))]},
        {"F05": [Proof(date(2024, 9, 1), date(2025, 7, 1), is_paper=True)]},
    )
    (item,) = file_standing(facts, TODAY, [RECORD], expiring_days=30)
    assert (item.state, item.until) == (ItemState.THERE, date(2027, 7, 1))


def test_what_is_not_needed_yet_never_runs_out() -> None:
    expired = Proof(date(2026, 1, 1), date(2026, 2, 1))
    assert state(RECORD, CaseStatus.PLANNING, record=expired) is ItemState.THERE


def test_a_file_is_complete_when_nothing_lacks() -> None:
    facts = FileFacts(CaseStatus.ACTIVE, {"agreement": [Proof(date(2026, 9, 1))]}, {})
    items = file_standing(facts, TODAY, [RECORD, ON_OCCASION], expiring_days=30)
    assert is_complete(items)
    items = file_standing(facts, TODAY, [RECORD, PAPER], expiring_days=30)
    assert not is_complete(items)
    assert [item.form.code for item in lacking(items)] == ["F06"]


def test_the_list_has_every_form_once_in_order() -> None:
    assert [form.code for form in forms()] == [f"F{number:02d}" for number in range(1, 22)]
    assert all(form.zh and form.en for form in forms())
