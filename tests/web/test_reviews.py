"""The yearly access review: begun, decided in several sittings, signed, and immutable from then on."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from hometeach.kernel import audit
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Account, RoleGrant
from hometeach.people.reviewing.models import AccessDecision, AccessReview, AccessSignature
from tests import factories

SignedIn = Callable[[Role], FlaskClient]
KEEP = {"outcome": "keep", "grant": "", "reason": "仍在岗"}


def begin(guan: FlaskClient) -> str:
    return guan.post("/access-reviews").location


def id_of(app: Flask, name: str) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Account.public_id).where(Account.sign_in_name == name)).one()


def grant_of(app: Flask, name: str) -> str:
    with app.app_context():
        statement = sa.select(RoleGrant.id).join(Account).where(Account.sign_in_name == name)
        return str(db.session.scalars(statement.order_by(RoleGrant.id.desc())).first())


def decide_all(app: Flask, review: str, guan: FlaskClient, bai: FlaskClient) -> None:
    """Everybody stays; the officer decides about the administrator."""
    for name in ("bai", "he", "lin", "qin", "shi", "yu"):
        assert guan.post(f"{review}/{id_of(app, name)}", data=KEEP).status_code == 302
    assert bai.post(f"{review}/{id_of(app, 'guan')}", data=KEEP).status_code == 302


def seen_on(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page)[1]  # type: ignore[index]


def test_a_review_is_begun_once_a_year(guan: FlaskClient) -> None:
    review = begin(guan)
    page = guan.get(review).text
    assert "还有 7 个账号等待决定，共 7 个" in page
    assert guan.post("/access-reviews").status_code == 409


def test_it_tells_what_each_account_saw_and_with_which_reason(
    guan: FlaskClient, he: FlaskClient, bare_app: Flask, cast: factories.Cast
) -> None:
    for _again in range(2):
        he.get(f"/children/{cast.own_child}")
    with bare_app.app_context(), committed():
        about = f"child:{cast.own_child}"
        audit.note_access(actor=id_of(bare_app, "he"), about=about, what="phone", reason="contact: 约时间")
    page = guan.get(f"{begin(guan)}/{id_of(bare_app, 'he')}").text
    assert re.search(r"打开过的孩子档案</dt><dd>1</dd>", page)
    assert "约时间" in page
    assert cast.own_child not in page, "an administrator reads no files and learns of no child"


def test_two_roles_that_approve_each_other_are_pointed_at_and_kept_only_with_a_reason(
    guan: FlaskClient, bare_app: Flask
) -> None:
    with bare_app.app_context(), committed():
        lin = db.session.scalars(sa.select(Account).where(Account.sign_in_name == "lin")).one()
        school = lin.grants[0].unit_id
        lin.grants.append(RoleGrant(role=Role.SCHOOL_COORDINATOR, unit_id=school, effective_from=date(2026, 9, 1)))
    address = f"{begin(guan)}/{id_of(bare_app, 'lin')}"
    assert "同时占审批双方" in guan.get(address).text
    answer = guan.post(address, data=KEEP | {"reason": ""})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert guan.post(address, data=KEEP).status_code == 302


def test_a_role_ends_with_the_day_that_was_decided(guan: FlaskClient, bare_app: Flask) -> None:
    address = f"{begin(guan)}/{id_of(bare_app, 'qin')}"
    data = {"outcome": "end_role", "grant": grant_of(bare_app, "qin"), "last": "2026-12-31", "reason": "调离"}
    for missing, field in (({"grant": ""}, "grant"), ({"last": ""}, "last"), ({"reason": " "}, "reason")):
        answer = guan.post(address, data=data | missing)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert guan.post(address, data=data).status_code == 302
    with bare_app.app_context():
        assert db.session.get_one(RoleGrant, int(data["grant"])).effective_to == date(2026, 12, 31)
        assert db.session.scalars(sa.select(AccessDecision)).one().last_on == date(2026, 12, 31)


def test_a_locked_account_is_out_at_once_and_stays_in_the_review(
    guan: FlaskClient, signed_in: SignedIn, bare_app: Flask
) -> None:
    shi_id, review = id_of(bare_app, "yu"), begin(guan)
    clerk = signed_in(Role.RELIEF_CLERK)
    assert guan.post(f"{review}/{shi_id}", data={"outcome": "lock", "grant": "", "reason": "离职"}).status_code == 302
    assert clerk.get("/").status_code == 302
    assert "已锁定" in guan.get(review).text


def test_nobody_decides_about_their_own_account(guan: FlaskClient, bai: FlaskClient, bare_app: Flask) -> None:
    review = begin(guan)
    for browser, name in ((guan, "guan"), (bai, "bai")):
        own = f"{review}/{id_of(bare_app, name)}"
        assert browser.post(own, data=KEEP).status_code == 422
        assert "<form" not in browser.get(own).text.split("<main")[1].split("</main")[0]
    assert bai.post(f"{review}/{id_of(bare_app, 'lin')}", data=KEEP).status_code == 422, "an officer decides no others"
    assert bai.post(f"{review}/{id_of(bare_app, 'guan')}", data=KEEP).status_code == 302


def test_the_last_administrator_is_not_locked_out(guan: FlaskClient, bai: FlaskClient, bare_app: Flask) -> None:
    address = f"{begin(guan)}/{id_of(bare_app, 'guan')}"
    data = {"outcome": "lock", "grant": "", "reason": "离职"}
    assert bai.post(address, data=data).status_code == 422
    assert guan.get("/").status_code == 200


def test_those_of_whom_nothing_stands_out_stay_in_one_go(
    guan: FlaskClient, signed_in: SignedIn, bare_app: Flask
) -> None:
    review = begin(guan)
    page = guan.get(review).text
    ticked = re.findall(r'name="account" value="([\w-]+)"', page)
    assert len(ticked) == 6, "all but the own one"
    assert guan.post(review, data={"account": ticked[:4]}).status_code == 302
    assert guan.post(review, data={"account": [id_of(bare_app, "guan")]}).status_code == 409
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AccessDecision)) == 4


def test_it_is_signed_over_exactly_what_was_looked_at(guan: FlaskClient, bai: FlaskClient, bare_app: Flask) -> None:
    review = begin(guan)
    assert guan.post(f"{review}/sign", data={"seen": "x"}).status_code == 422, "accounts are undecided"
    decide_all(bare_app, review, guan, bai)
    seen = seen_on(guan.get(review).text)
    guan.post(f"{review}/{id_of(bare_app, 'shi')}", data=KEEP | {"reason": "再看一遍"})
    assert guan.post(f"{review}/sign", data={"seen": seen}).status_code == 422, "something changed meanwhile"
    assert bai.post(f"{review}/sign", data={"seen": seen}).status_code == 404
    assert guan.post(f"{review}/sign", data={"seen": seen_on(guan.get(review).text)}).status_code == 302
    with bare_app.app_context():
        signature = db.session.scalars(sa.select(AccessSignature)).one()
        assert hashlib.sha256(signature.content.encode()).hexdigest() == signature.sha256
        assert len(json.loads(signature.content)["accounts"]) == 7
        event = db.session.scalars(audit.events("access_review:sign")).one()
        assert signature.sha256 in event.detail
    assert signature.sha256 in guan.get(review).text


@pytest.fixture
def signed(guan: FlaskClient, bai: FlaskClient, bare_app: Flask) -> str:
    """A signed review's address."""
    review = begin(guan)
    decide_all(bare_app, review, guan, bai)
    guan.post(f"{review}/sign", data={"seen": seen_on(guan.get(review).text)})
    return review


def test_after_the_signature_nothing_is_decided_and_the_page_stays(
    signed: str, guan: FlaskClient, bare_app: Flask
) -> None:
    address = f"{signed}/{id_of(bare_app, 'lin')}"
    assert guan.post(address, data=KEEP).status_code == 422
    before = guan.get(signed).text
    guan.post(f"/accounts/{id_of(bare_app, 'shi')}/disable")
    after = guan.get(signed).text
    assert re.findall(r"<tr>.*?</tr>", before, flags=re.S) == re.findall(r"<tr>.*?</tr>", after, flags=re.S)


def test_the_database_itself_refuses_what_comes_after_the_signature(signed: str, bare_app: Flask) -> None:
    with bare_app.app_context():
        review, account = (db.session.scalars(sa.select(model).limit(1)).one() for model in (AccessReview, Account))
        late = AccessDecision(review_id=review.id, account_id=account.id, outcome="keep", reason="", decided_by="x")
        late.decided_at = review.opened_at
        db.session.add(late)
        with pytest.raises(DBAPIError, match="signed"):
            db.session.flush()
        db.session.rollback()
        for table in (AccessReview, AccessDecision, AccessSignature):
            with pytest.raises(DBAPIError, match="append-only"):
                db.session.execute(sa.delete(table))
            db.session.rollback()


def test_it_is_printed_as_it_was_signed(signed: str, guan: FlaskClient) -> None:
    answer = guan.get(f"{signed}/paper")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_an_overdue_review_stands_on_the_administrators_first_page(guan: FlaskClient, bare_app: Flask) -> None:
    assert "年度权限复核已逾期" not in guan.get("/").text
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Account).values(made_at=audit.ALWAYS[0].replace(year=2025, month=9)))
    assert "年度权限复核已逾期" in guan.get("/").text
    assert "年度权限复核已逾期" not in guan.get("/").text.split("<main")[0]
