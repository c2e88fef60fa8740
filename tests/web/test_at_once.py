"""Two who look at the same moment and then write: one of them wins, and nobody loses what was typed."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError
from wtforms import PasswordField

from hometeach.cases.plan.models import LessonPlan
from hometeach.kernel.errors import Gone
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.entry.interrupted import SECRETS, words_in
from hometeach.people.models import Account, Child, OrgUnit, RoleGrant
from hometeach.schedule.calendar.actions import calendar_state
from hometeach.schedule.models import CalendarEntry
from hometeach.web.forms import BareForm
from tests import factories
from tests.conftest import IS_LONG
from tests.web.test_absences import at_once
from tests.web.test_addresses import kinds_of
from tests.web.test_cases import CHILD
from tests.web.test_races import done, posted
from tests.web.test_second_factor import code_of, set_up, sign_in

SignedIn = Callable[[Role], FlaskClient]
#: How often each race is run: who is first differs.
TIMES = 10 if IS_LONG else 2


def test_one_code_lets_one_in(bare_app: Flask, signed_in: SignedIn) -> None:
    secret = set_up(signed_in(Role.TEACHER))
    waiting = [sign_in(bare_app, "lin")[0] for _ in range(3)]
    code = code_of(secret)
    assert at_once(*(posted(one, "/sign-in/code", code=code) for one in waiting)) == [302, 422, 422]
    assert sorted(one.get("/account").status_code for one in waiting) == [200, 302, 302]


def test_of_two_who_looked_at_one_calendar_one_writes(bare_app: Flask, signed_in: SignedIn) -> None:
    officers = [signed_in(Role.BUREAU_OFFICER) for _ in range(2)]
    for year in range(2030, 2030 + TIMES):
        with bare_app.app_context():
            seen = calendar_state()
        terms = [
            {"kind": "term", "name": f"{year}-{year + 1}学年第一学期{who}", "first": f"{year}-09-0{day}", "seen": seen}
            for who, day in (("甲", 1), ("乙", 3))
        ]
        presses = zip(officers, terms, strict=True)
        last = {"last": f"{year + 1}-01-20"}
        assert at_once(*(posted(one, "/calendar/new", **term, **last) for one, term in presses)) == [302, 422]


def test_a_calendar_entry_is_changed_while_it_is_taken_out(bare_app: Flask, signed_in: SignedIn) -> None:
    officers = [signed_in(Role.BUREAU_OFFICER) for _ in range(2)]
    for number in range(TIMES):
        day = f"2027-01-1{number}"
        typed = {"kind": "closure", "name": "停课", "first": day, "last": day}
        with bare_app.app_context():
            officers[0].post("/calendar/new", data=typed | {"seen": calendar_state()})
            db.session.rollback()
            newest = db.session.scalars(sa.select(CalendarEntry).order_by(CalendarEntry.id.desc()).limit(1)).one()
            address, seen = f"/calendar/{newest.public_id}", calendar_state()
            db.session.rollback()
        changed = posted(officers[0], address, **typed | {"name": "防汛"}, seen=seen)
        codes = at_once(changed, posted(officers[1], f"{address}/remove", seen=seen))
        assert codes in ([302, 404], [302, 409], [302, 422]), codes


def test_one_role_is_given_once_and_ended_once(bare_app: Flask, signed_in: SignedIn) -> None:
    keepers = [signed_in(Role.ADMINISTRATOR) for _ in range(2)]
    with bare_app.app_context():
        account = db.session.scalars(sa.select(Account.public_id).where(Account.sign_in_name == "shi")).one()
        unit = db.session.scalars(sa.select(OrgUnit.public_id).where(OrgUnit.code == "S2")).one()
    given = {"role": "school_coordinator", "unit": unit, "first": "2030-01-01", "last": "2030-02-01"}
    roles = f"/accounts/{account}/roles"
    assert at_once(*(posted(one, roles, **given) for one in keepers)) == [302, 422]
    with bare_app.app_context():
        grant = db.session.scalars(sa.select(sa.func.max(RoleGrant.id))).one()
    codes = at_once(*(posted(one, f"{roles}/{grant}/end") for one in keepers))
    assert codes in ([302, 404], [302, 409]), codes
    assert done(bare_app, "role:end") == 1


def test_two_children_are_registered_at_once(bare_app: Flask, signed_in: SignedIn, cast: factories.Cast) -> None:
    keepers = [signed_in(Role.SCHOOL_COORDINATOR) for _ in range(3)]
    children = [CHILD | {"name": name, "school": cast.own_school} for name in ("甲甲", "乙乙", "丙丙")]
    presses = zip(keepers, children, strict=True)
    assert at_once(*(posted(one, "/cases/new", **typed) for one, typed in presses)) == [302] * 3


def test_one_id_number_is_one_child_however_its_digits_are_written(he: FlaskClient, cast: factories.Cast) -> None:
    child = CHILD | {"school": cast.own_school}
    assert he.post("/cases/new", data=child | {"id_number": "４３３１２３20170302001x"}).status_code == 302
    again = he.post("/cases/new", data=child | {"name": "另一个", "id_number": "433123201703020０1X"})
    assert again.status_code == 422
    assert 'id="id_number-error"' in again.text


def test_the_series_of_numbers_goes_on_after_its_last_of_four_digits(
    bare_app: Flask, he: FlaskClient, cast: factories.Cast
) -> None:
    with bare_app.app_context(), committed():
        children = db.session.scalars(sa.select(Child).order_by(Child.id).limit(2)).all()
        for child, code in zip(children, ("HT9999", "HT10000"), strict=True):
            child.code = code
    assert he.post("/cases/new", data=CHILD | {"school": cast.own_school}).status_code == 302
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Child.code).where(Child.code == "HT10001")).one()


def test_what_somebody_removed_meanwhile_is_gone_and_what_was_typed_is_shown(
    bare_app: Flask, lin: FlaskClient, cast: factories.Cast
) -> None:
    with bare_app.app_context():
        with committed():
            child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
            lesson = factories.make_lesson(child)
        address, mine = f"/lessons/{lesson.public_id}", LessonPlan.id == lesson.id
        db.session.rollback()
        with db.engine.begin() as other:
            other.execute(sa.delete(LessonPlan).where(mine))
        with pytest.raises(Gone):
            hold(lesson)
        db.session.rollback()
    told = lin.post(f"{address}/write", data={"title": "用勺吃饭（二）", "seen": "0"})
    assert told.status_code == 404
    assert "用勺吃饭（二）" in told.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Gone(), 409),
        (IntegrityError("", {}, Exception()), 409),
        (OperationalError("", {}, Exception()), 503),
    ],
    ids=["removed", "a constraint", "the database is away"],
)
def test_what_did_not_get_through_can_be_sent_once_more(bare_app: Flask, error: Exception, status: int) -> None:
    typed = {"text": "<b>写了很久</b>", "once": "w0rd", "seen": "5", "domain": "self_care", "code": "F05"}
    with bare_app.test_request_context("/notices/new?from=x", method="POST", data=typed):
        answer = bare_app.make_response(bare_app.handle_user_exception(error))
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert '<form method="post" action="/notices/new?from=x">' in page
    assert '<input type="hidden" name="text" value="&lt;b&gt;写了很久&lt;/b&gt;">' in page
    assert '<input type="hidden" name="once" value="w0rd">' in page
    assert "<li>&lt;b&gt;写了很久&lt;/b&gt;</li>" in page
    assert '<input type="hidden" name="code" value="F05">' in page
    assert page.count("<li>") == 2, "codes are sent again, and not shown"
    assert '<input type="hidden" name="domain" value="self_care">' in page


LEFT_OUT = {
    "a password": {"note": "写了很久", "once": "w0rd", "old": "geheim", "again": "geheim"},
    "a file": {"note": "写了很久", "once": "w0rd", "paper": (BytesIO(b"x"), "scan.jpg")},
    "what would be done twice": {"note": "写了很久"},
}


@pytest.mark.parametrize("typed", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_cannot_be_sent_whole_is_shown_only(bare_app: Flask, typed: dict[str, Any]) -> None:
    with bare_app.test_request_context("/notices/new", method="POST", data=typed):
        page = bare_app.make_response(bare_app.handle_user_exception(Gone())).get_data(as_text=True)
    assert "<li>写了很久</li>" in page
    assert '<form method="post" action="/notices/new">' not in page
    assert "geheim" not in page


def test_whatever_a_password_is_typed_into_is_never_kept(bare_app: Flask) -> None:
    forms = kinds_of(BareForm)
    fields = {(name, field) for form in forms for name, field in vars(form).items() if hasattr(field, "field_class")}
    asked = {name for name, field in fields if issubclass(field.field_class, PasswordField)}
    assert {"password", "old", "again"} <= asked <= SECRETS


def test_a_landline_is_what_somebody_typed_and_a_code_is_not() -> None:
    sent = [("phone", "0738-8312345"), ("note", "yes"), ("domain", "self_care"), ("unit", "Q6GixLeTCtzk"), ("do", "x")]
    assert words_in(sent) == ["0738-8312345", "yes"]


def test_a_commit_that_fails_does_not_say_that_it_is_done(
    bare_app: Flask, guan: FlaskClient, cast: factories.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_session: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    with bare_app.app_context():
        sa.event.listen(db.session, "before_commit", away)
        try:
            typed = {"name": "新来的", "sign_in_name": "xin", "once": "w0rd"}
            told = guan.post("/accounts/new", data=typed)
        finally:
            sa.event.remove(db.session, "before_commit", away)
    assert told.status_code == 503
    assert "新来的" in told.text
    assert '<form method="post" action="/accounts/new">' in told.text
    with bare_app.app_context():
        assert db.session.scalar(sa.select(Account.id).where(Account.sign_in_name == "xin")) is None
