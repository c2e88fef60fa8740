"""Absences on their pages: reported for a planned lesson, decided with the consequence said before, taken back."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hometeach.compliance.models import LedgerEntry
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Child, account_by_sign_in_name
from hometeach.schedule.models import Occurrence, OccurrenceState
from hometeach.schedule.rules import PeriodKind
from hometeach.visits.absences.actions import report_absence
from hometeach.visits.absences.models import AbsenceReport
from hometeach.visits.absences.rules.states import AbsenceState, Reporter
from hometeach.visits.models import Absence
from tests import factories
from tests.test_house import come_in
from tests.web.reading import browser_of, lead_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]
TUESDAY = "2026-11-24"


def reported(app: Flask, cast: factories.Cast, day: str = TUESDAY, reason: str = "ill", by: str = "lin") -> str:
    """An absence that waits, and the id by which it is addressed."""
    with app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        account = account_by_sign_in_name(by)
        assert account is not None
        return report_absence(
            child,
            date.fromisoformat(day),
            reason,
            by=account.public_id,
            reported_as=Reporter.TEACHER if by == "lin" else Reporter.SCHOOL,
            knows_unplanned=True,
        ).public_id


def state_of(app: Flask, public_id: str) -> AbsenceState:
    with app.app_context():
        return db.session.scalars(sa.select(Absence).where(Absence.public_id == public_id)).one().state


def week(app: Flask, cast: factories.Cast) -> tuple[int, int, int]:
    with app.app_context():
        row = db.session.execute(
            sa.select(LedgerEntry.required, LedgerEntry.excused, LedgerEntry.unaccounted)
            .join(Child, Child.id == LedgerEntry.child_id)
            .where(
                Child.public_id == cast.own_child,
                LedgerEntry.period_kind == PeriodKind.WEEK,
                LedgerEntry.period_start == date(2026, 11, 23),
            )
        ).one()
        return tuple(row)  # type: ignore[return-value]


def test_the_form_offers_the_planned_lessons_and_every_reason(signed_in: SignedIn, cast: factories.Cast) -> None:
    page = main_of(signed_in(Role.TEACHER).get(f"/report-absence/{cast.own_child}"))
    days = re.findall(r'name="session" required type="radio" value="([^"]+)"', page)
    assert days == ["2026-11-24", "2026-12-01", "2026-12-08", "another"]
    assert len(re.findall(r'name="reason" required type="radio"', page)) == 8


def test_a_teacher_reports_and_sees_what_it_would_do(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast
) -> None:
    browser = signed_in(Role.TEACHER)
    answer = browser.post(
        f"/report-absence/{cast.own_child}", data={"session": TUESDAY, "reason": "ill", "note": "住院三天"}
    )
    assert answer.status_code == 302
    page = browser.get(answer.location)
    assert "本周" in lead_of(page) or "第13周" in lead_of(page)
    assert "应送 1" in lead_of(page)
    assert "免计 1" in lead_of(page)
    assert "/approve" not in main_of(page), "nobody decides their own"
    assert week(bare_app, cast) == (1, 0, 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"session": TUESDAY}, "请选择一个原因", id="no reason"),
        pytest.param({"reason": "ill"}, "请选择", id="no lesson"),
        pytest.param({"session": "another", "reason": "ill"}, "请选择", id="another day, and none chosen"),
        pytest.param({"session": "another", "day": "2026-11-26", "reason": "ill"}, "没有排课", id="nothing planned"),
        pytest.param({"session": TUESDAY, "reason": "other", "note": ""}, "请写明是什么原因", id="other, nothing said"),
        pytest.param({"session": "another", "day": "2026-08-04", "reason": "ill"}, "学期", id="vacation"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    signed_in: SignedIn, cast: factories.Cast, typed: dict[str, str], said: str
) -> None:
    address = f"/report-absence/{cast.own_child}"
    answer = signed_in(Role.TEACHER).post(address, data={"note": "发烧", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert typed.get("note", "发烧") in answer.text


def test_a_day_without_a_lesson_is_reported_knowingly(signed_in: SignedIn, cast: factories.Cast) -> None:
    browser, typed = signed_in(Role.TEACHER), {"session": "another", "day": "2026-11-26", "reason": "ill"}
    first = browser.post(f"/report-absence/{cast.own_child}", data=typed)
    assert 'name="knows_unplanned"' in first.text
    assert browser.post(f"/report-absence/{cast.own_child}", data={**typed, "knows_unplanned": "y"}).status_code == 302


def test_the_coordinator_decides_one_after_the_other(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast
) -> None:
    first, second = reported(bare_app, cast), reported(bare_app, cast, "2026-12-01", "teacher_leave")
    browser = signed_in(Role.SCHOOL_COORDINATOR)
    waiting = rows_of(browser.get("/absences"))
    assert ["11月24日" in row for row in waiting] == [True, False], "the oldest first"
    assert "不再欠" in waiting[0]
    assert "12月15日" in waiting[1], "its last day is said before pressing"
    answer = browser.post(f"/absences/{first}/approve")
    assert answer.location == f"/absences/{second}"
    assert state_of(bare_app, first) is AbsenceState.APPROVED
    assert week(bare_app, cast) == (1, 1, 0)
    with bare_app.app_context():
        states = db.session.scalars(sa.select(Occurrence.state).where(Occurrence.planned_on == date(2026, 11, 24)))
        assert OccurrenceState.CANCELLED in set(states)
    assert browser.post(f"/absences/{first}/approve").status_code == 409
    assert browser.post(f"/absences/{second}/approve").location == "/absences"


def test_several_are_approved_by_one_press(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    chosen = [reported(bare_app, cast), reported(bare_app, cast, "2026-12-01")]
    browser = signed_in(Role.SCHOOL_COORDINATOR)
    assert browser.post("/absences/approve").status_code == 302
    assert [state_of(bare_app, one) for one in chosen] == [AbsenceState.REPORTED] * 2
    assert browser.post("/absences/approve", data={"chosen": chosen}).status_code == 302
    assert [state_of(bare_app, one) for one in chosen] == [AbsenceState.APPROVED] * 2


def test_of_several_all_are_approved_or_none(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    theirs, own = reported(bare_app, cast), reported(bare_app, cast, "2026-12-01", by="he")
    answer = signed_in(Role.SCHOOL_COORDINATOR).post("/absences/approve", data={"chosen": [theirs, own]})
    assert answer.status_code == 409
    assert state_of(bare_app, theirs) is AbsenceState.REPORTED


def test_the_reporter_reads_why_it_was_not_approved(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    one = reported(bare_app, cast)
    he = signed_in(Role.SCHOOL_COORDINATOR)
    assert he.post(f"/absences/{one}/reject", data={"why": ""}).status_code == 422
    assert he.post(f"/absences/{one}/reject", data={"why": "请补假条"}).status_code == 302
    assert "请补假条" in lead_of(signed_in(Role.TEACHER).get(f"/absences/{one}"))
    assert "请补假条" in words_in(main_of(he.get("/absences?state=rejected")))


def test_what_is_withdrawn_is_planned_again(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    one = reported(bare_app, cast)
    signed_in(Role.SCHOOL_COORDINATOR).post(f"/absences/{one}/approve")
    assert signed_in(Role.TEACHER).post(f"/absences/{one}/withdraw").status_code == 302
    assert state_of(bare_app, one) is AbsenceState.WITHDRAWN
    assert week(bare_app, cast) == (1, 0, 1)


def test_where_the_only_coordinator_reported_it_the_bureau_decides(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast
) -> None:
    one = reported(bare_app, cast, by="he")
    assert signed_in(Role.SCHOOL_COORDINATOR).post(f"/absences/{one}/approve").status_code == 409
    bai = signed_in(Role.BUREAU_OFFICER)
    assert "1" in lead_of(bai.get("/absences"))
    assert bai.post(f"/absences/{one}/approve").status_code == 302
    assert state_of(bare_app, one) is AbsenceState.APPROVED


def test_a_stranger_finds_nothing_there(bare_app: Flask, cast: factories.Cast) -> None:
    one = reported(bare_app, cast)
    shi = browser_of(bare_app.test_client(), cast.stranger)
    assert shi.get(f"/absences/{one}").status_code == 404
    assert shi.post(f"/absences/{one}/withdraw").status_code == 404
    assert shi.get(f"/report-absence/{cast.own_child}").status_code == 404
    assert rows_of(shi.get("/absences")) == []


def test_the_auditor_reads_and_changes_nothing(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    one = reported(bare_app, cast)
    qin = signed_in(Role.AUDITOR)
    assert qin.get(f"/absences/{one}").status_code == 200
    for step in ("approve", "reject", "withdraw"):
        assert qin.post(f"/absences/{one}/{step}").status_code == 404


def at_once(*presses: Callable[[], int]) -> list[int]:
    """The answers to presses made at the same moment."""
    start = Barrier(len(presses))

    def press(one: Callable[[], int]) -> int:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(presses)) as pool:
        return sorted(pool.map(press, presses))


def test_of_two_reports_at_once_one_is_told_that_the_school_knows(
    bare_app: Flask, signed_in: SignedIn, cast: factories.Cast
) -> None:
    browsers = [signed_in(Role.TEACHER), signed_in(Role.SCHOOL_COORDINATOR)]
    address, typed = f"/report-absence/{cast.own_child}", {"session": TUESDAY, "reason": "ill"}
    answers = at_once(*(lambda browser=browser: browser.post(address, data=typed).status_code for browser in browsers))
    assert answers == [302, 422]


def test_of_two_decisions_at_once_one_stands(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    one = reported(bare_app, cast)
    he, lin = signed_in(Role.SCHOOL_COORDINATOR), signed_in(Role.TEACHER)
    answers = at_once(
        lambda: he.post(f"/absences/{one}/approve").status_code,
        lambda: lin.post(f"/absences/{one}/withdraw").status_code,
    )
    assert answers in ([302, 302], [302, 409]), "withdrawn after the approval, or before it"
    assert state_of(bare_app, one) is AbsenceState.WITHDRAWN
    assert week(bare_app, cast) == (1, 0, 1)


# --- a day that is reported twice ---

SECOND = {"session": TUESDAY, "reason": "family_away", "note": "全家去县城看病"}


def test_a_second_report_stands_beside_the_first_and_nothing_typed_is_lost(
    bare_app: Flask, cast: factories.Cast, he: FlaskClient
) -> None:
    first = reported(bare_app, cast)
    address = f"/report-absence/{cast.own_child}"
    shown = he.post(address, data=SECOND)
    assert shown.status_code == 422
    text = words_in(main_of_any(shown))
    assert "11月24日 周二已有缺课报告" in text
    assert "全家去县城看病" in shown.text
    added = he.post(address, data={**SECOND, "do": "add", "seen": first})
    assert added.headers["Location"].endswith(f"/absences/{first}")
    page = words_in(main_of(he.get(f"/absences/{first}")))
    assert "其他人对这一天的说明" in page
    assert "全家去县城看病" in page
    assert state_of(bare_app, first) is AbsenceState.REPORTED
    assert he.post(f"/absences/{first}/approve").status_code == 302
    assert state_of(bare_app, first) is AbsenceState.APPROVED


def test_whoever_reported_it_writes_it_otherwise(bare_app: Flask, cast: factories.Cast, lin: FlaskClient) -> None:
    first = reported(bare_app, cast)
    data = {**SECOND, "do": "add", "seen": first}
    assert lin.post(f"/report-absence/{cast.own_child}", data=data).status_code == 302
    with bare_app.app_context():
        absence = db.session.scalars(sa.select(Absence).where(Absence.public_id == first)).one()
        assert (absence.reason_code, absence.note) == ("family_away", "全家去县城看病")


def test_the_family_sees_that_the_day_is_reported_and_adds_to_it(bare_app: Flask, cast: factories.Cast) -> None:
    first = reported(bare_app, cast)
    wu = come_in(bare_app, "13812345678")
    typed = {"day": TUESDAY, "reason": "ill", "note": "发烧"}
    shown = wu.post(f"/family/children/{cast.own_child}/absence", data=typed)
    assert shown.status_code == 422
    assert "发烧" in shown.text
    assert "lin" not in words_in(main_of_any(shown))
    added = wu.post(f"/family/children/{cast.own_child}/absence", data={**typed, "do": "add", "seen": first})
    assert added.status_code == 302
    with bare_app.app_context():
        report = db.session.scalars(sa.select(AbsenceReport)).one()
        assert (report.note, report.reported_by) == ("发烧", f"guardian:{cast.own_guardian}")


def test_the_school_chooses_for_which_of_the_reported_reasons_it_approves(
    bare_app: Flask, cast: factories.Cast, he: FlaskClient
) -> None:
    one = reported(bare_app, cast, reason="teacher_leave")
    wu = come_in(bare_app, "13812345678")
    added = {"day": TUESDAY, "reason": "ill", "note": "发烧", "do": "add", "seen": one}
    assert wu.post(f"/family/children/{cast.own_child}/absence", data=added).status_code == 302
    assert "另有 1 个原因" in words_in(main_of(he.get("/absences")))
    page = main_of(he.get(f"/absences/{one}"))
    assert re.findall(r'name="reason"[^>]*value="(\w+)"', page) == ["first", "1"]
    assert "应送 1、免计 1；不再欠。" in words_in(page), "what each would do is said beside it"
    assert he.post(f"/absences/{one}/approve", data={"reason": "7"}).status_code == 409
    assert state_of(bare_app, one) is AbsenceState.REPORTED
    assert he.post(f"/absences/{one}/approve", data={"reason": "1"}).status_code == 302
    assert week(bare_app, cast) == (1, 1, 0), "the illness takes the lesson off, the teacher's leave would not have"
    page = words_in(main_of(he.get(f"/absences/{one}")))
    assert "改按另一个原因" in page
    assert he.post(f"/absences/{one}/reason", data={"reason": "2"}).status_code == 302
    assert week(bare_app, cast) == (1, 0, 1)


def test_nobody_is_offered_a_reason_of_their_own(bare_app: Flask, cast: factories.Cast, he: FlaskClient) -> None:
    one = reported(bare_app, cast)
    assert he.post(f"/report-absence/{cast.own_child}", data={**SECOND, "do": "add", "seen": one}).status_code == 302
    assert 'name="reason"' not in main_of(he.get(f"/absences/{one}"))
    assert he.post(f"/absences/{one}/approve", data={"reason": "1"}).status_code == 409
    assert he.post(f"/absences/{one}/approve").status_code == 302


def main_of_any(answer: TestResponse) -> str:
    return answer.text[answer.text.index("<main") :]
