"""Two people at the same moment on one thing: one of them is told in words, and nothing is undone behind a back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.entry.models import SignIn
from hometeach.visits.confirming.models import Dispute
from hometeach.visits.models import Visit
from tests import factories
from tests.test_house import come_in
from tests.web.reading import words_in
from tests.web.test_absences import at_once
from tests.web.test_recording import TODAY, _half_past_five, answers, plan, send

__all__ = ["_half_past_five"]
SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def record(lin: FlaskClient, bare_app: Flask) -> str:
    """The address of a record of today."""
    return send(lin, plan(bare_app))


def posted(browser: FlaskClient, address: str, **typed: str) -> Callable[[], int]:
    """A press that is made later, and the status it gets."""
    return lambda: browser.post(address, data=typed).status_code


def done(app: Flask, action: str) -> int:
    """How often the audit log says that something was done."""
    with app.app_context():
        return db.session.scalars(sa.select(sa.func.count()).where(AuditEvent.action == action)).one()


def is_sound(app: Flask) -> bool:
    """Whether the ledger is what it would be if it were computed anew."""
    with app.app_context():
        return rebuild_ledger() == 0


def test_of_two_who_decide_a_dispute_one_is_told(bare_app: Flask, signed_in: SignedIn, record: str) -> None:
    wu = come_in(bare_app, "13812345678")
    assert wu.post(f"/family{record}/shorter", data={"minutes": "30"}).status_code == 302
    with bare_app.app_context():
        address = f"/disputes/{db.session.scalars(sa.select(Dispute.public_id)).one()}/decide"
    officers = [signed_in(Role.BUREAU_OFFICER) for _ in range(2)]
    outcomes = ("rejected", "upheld")
    ends = [
        posted(one, address, outcome=outcome, reason="看过") for one, outcome in zip(officers, outcomes, strict=True)
    ]
    assert at_once(*ends) == [302, 422]
    assert done(bare_app, "dispute:decide") == 1
    assert is_sound(bare_app)


def test_of_two_who_decide_a_wished_change_one_is_told(
    bare_app: Flask, signed_in: SignedIn, lin: FlaskClient, he: FlaskClient, record: str
) -> None:
    assert he.post(f"/verification/check?day={TODAY}").status_code == 302
    assert lin.post(f"{record}/correct", data=answers(left="16:30", why="写错了")).status_code == 302
    with bare_app.app_context():
        key = db.session.scalars(sa.text("SELECT public_id FROM correction_request")).one()
    he_too, bai = he, signed_in(Role.BUREAU_OFFICER)
    ends = [posted(one, "/verification/decide", request=key, do="approve") for one in (he_too, bai)]
    assert at_once(*ends) == [302, 409]
    assert done(bare_app, "visit:correct") == 1


def test_of_two_who_correct_a_record_the_second_is_told_that_it_changed(
    bare_app: Flask, lin: FlaskClient, he: FlaskClient, record: str
) -> None:
    changes = [
        posted(one, f"{record}/correct", **answers(left=left, why="写错了", seen="0"))
        for one, left in ((lin, "16:20"), (he, "16:30"))
    ]
    assert at_once(*changes) == [302, 422]
    assert done(bare_app, "visit:correct") == 1
    assert is_sound(bare_app)


def test_who_corrects_second_sees_both_field_by_field_and_may_send_it_once_more(
    bare_app: Flask, lin: FlaskClient, he: FlaskClient, record: str
) -> None:
    assert 'name="seen" type="hidden" value="0"' in he.get(f"{record}/correct").text
    assert lin.post(f"{record}/correct", data=answers(left="16:20", why="写错了", seen="0")).status_code == 302
    late = answers(left="16:30", why="看错了")
    told = he.post(f"{record}/correct", data=late | {"seen": "0"})
    assert told.status_code == 422
    assert "15:00–16:20 15:00–16:30" in words_in(told.text)
    assert he.post(f"{record}/correct", data=late | hidden(told.text)).status_code == 302
    assert done(bare_app, "visit:correct") == 2


def hidden(page: str) -> dict[str, str]:
    """The version that the page was shown with."""
    found = re.search(r'name="seen" type="hidden" value="(\d+)"', page)
    assert found
    return {"seen": found[1]}


def test_a_record_is_withdrawn_while_it_is_corrected(
    bare_app: Flask, lin: FlaskClient, he: FlaskClient, record: str
) -> None:
    codes = at_once(
        posted(lin, f"{record}/withdraw", why="没去"),
        posted(he, f"{record}/correct", **answers(left="16:30", why="写错了")),
    )
    assert codes in ([302, 302], [302, 422]), codes
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Visit.is_void).where(Visit.held_on == TODAY)).one()
    assert is_sound(bare_app)


def test_a_record_is_withdrawn_while_the_family_answers(bare_app: Flask, lin: FlaskClient, record: str) -> None:
    wu = come_in(bare_app, "13812345678")
    codes = at_once(posted(lin, f"{record}/withdraw", why="没去"), posted(wu, f"/family{record}/shorter", minutes="30"))
    assert codes in ([302, 302], [302, 422]), codes
    assert is_sound(bare_app)


def test_two_check_the_records_of_a_week_at_once(bare_app: Flask, signed_in: SignedIn, record: str) -> None:
    checkers = [signed_in(Role.SCHOOL_COORDINATOR) for _ in range(3)]
    assert record
    assert at_once(*(posted(one, f"/verification/check?day={TODAY}") for one in checkers)) == [302] * 3
    assert done(bare_app, "visit:verify") == 1


def test_a_draft_is_kept_from_two_tabs_at_once(bare_app: Flask, signed_in: SignedIn) -> None:
    address = f"/visits/record/{plan(bare_app)}/draft"
    tabs = [signed_in(Role.TEACHER) for _ in range(3)]
    assert at_once(*(posted(one, address, theme="认识水果") for one in tabs)) == [200] * 3


def test_leave_to_be_late_is_given_twice_at_once(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    keepers = [signed_in(Role.SCHOOL_COORDINATOR) for _ in range(3)]
    day = (TODAY - timedelta(days=30)).isoformat()
    presses = [posted(one, "/verification/late", child=cast.own_child, day=day, why="住院") for one in keepers]
    assert at_once(*presses) == [302] * 3
    assert done(bare_app, "visit:permit_late") == 1


def test_two_forms_come_after_the_sign_in_has_run_out(bare_app: Flask, lin: FlaskClient, cast: factories.Cast) -> None:
    with lin.session_transaction() as kept:
        token = kept["token"]
    tabs = [bare_app.test_client() for _ in range(3)]
    for one in tabs:
        with one.session_transaction() as session:
            session["token"] = token
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(SignIn).values(revoked_at=factories.machine_now()))
    address = f"/report-absence/{cast.own_child}"
    assert at_once(*(posted(one, address, note="孩子发烧") for one in tabs)) == [302] * 3
