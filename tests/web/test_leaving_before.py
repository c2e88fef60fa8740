"""A family leaves while its case still waits for its first agreement to begin: with none, one asked, one concluded."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.signing.facts import standing_of
from hometeach.agreements.signing.rules import AgreementState
from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.kernel import clock
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import Standing
from tests import factories
from tests.databases import digest
from tests.factories import Cast
from tests.test_house import come_in, sign_in
from tests.web.test_absences import at_once
from tests.web.test_agreements import PHONE, TODAY, frozen, link_sent, read_to_the_end, sign
from tests.web.test_races import posted

__all__ = ["frozen"]

S = AgreementState
FIRST, OFFER = "/family/agreements/offer-first", "offer-first"


@pytest.fixture
def waits(bare_app: Flask, cast: Cast) -> str:
    """Child An, placed at home and without any agreement: the path of the family's page."""
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        child.guardians[0].phone_checked_at, child.guardians[0].phone_checked_by = machine_now(), "test"
        db.session.execute(sa.delete(Agreement).where(Agreement.child_id == child.id))
        db.session.scalars(sa.select(Case).where(Case.child_id == child.id)).one().status = CaseStatus.AGREEMENT_PENDING
    return f"/family/children/{cast.own_child}"


@pytest.fixture
def before(bare_app: Flask, waits: str) -> str:
    """The same, with an agreement drawn up for next week."""
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        factories.make_offer(child, public_id=OFFER, effective_from=TODAY + timedelta(days=7))
    return waits


@pytest.fixture
def wu(bare_app: Flask, waits: str) -> FlaskClient:
    """A browser in which Grandmother Wu has come in with her code."""
    return come_in(bare_app, PHONE)


def status(app: Flask) -> CaseStatus:
    with app.app_context():
        found = db.session.scalars(sa.select(Case.status).join(Child).where(Child.code == "C1")).one()
        db.session.rollback()
        return found


def state(app: Flask) -> AgreementState:
    with app.app_context():
        found = standing_of(db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one(), TODAY)
        db.session.rollback()
        return found


def told(app: Flask, kind: str) -> int:
    with app.app_context():
        rows = sa.select(sa.func.count()).where(Message.kind == kind, Message.recipient.startswith("account:"))
        return db.session.scalar(rows) or 0


def countersigned(app: Flask) -> None:
    assert sign_in(app, "he").post(f"/agreements/{OFFER}/countersign").status_code == 302


def test_who_has_not_signed_leaves_in_one_step_and_may_come_back(bare_app: Flask, wu: FlaskClient, before: str) -> None:
    he = sign_in(bare_app, "he")
    he.post(f"/agreements/{OFFER}/send")
    link = link_sent(bare_app)
    assert f"{before}/leave" in wu.get(FIRST).text
    assert "送教不会开始" in wu.get(f"{before}/leave").text
    assert wu.post(f"{before}/leave").headers["Location"] == f"{before}/agreements"
    assert (status(bare_app), state(bare_app)) == (CaseStatus.PLACEMENT_PENDING, S.WITHDRAWN)
    assert told(bare_app, "case:withdraw") == 1, "the bureau"
    assert told(bare_app, "agreement_moved") == 1, "the school"
    assert bare_app.test_client().get(link).status_code == 404, "what was sent opens nothing any more"
    assert sign(wu, FIRST).status_code == 422
    assert "撤回退出" in wu.get(f"{before}/agreements").text
    assert "有一份协议等您答复" not in wu.get(before).text
    assert wu.post(f"{before}/stay").status_code == 302
    assert (status(bare_app), state(bare_app)) == (CaseStatus.AGREEMENT_PENDING, S.SENT)
    read_to_the_end(wu, FIRST)
    assert sign(wu, FIRST).status_code == 302


def test_who_has_signed_leaves_before_the_school_countersigns(bare_app: Flask, wu: FlaskClient, before: str) -> None:
    read_to_the_end(wu, FIRST)
    sign(wu, FIRST)
    assert wu.post(f"{before}/leave").status_code == 302
    answer = sign_in(bare_app, "he").post(f"/agreements/{OFFER}/countersign")
    assert answer.status_code == 422
    assert "家庭签字后已经退出" in answer.text
    assert wu.post(f"{FIRST}/stay").status_code == 302, "the agreement's own page leads back as well"
    assert state(bare_app) is S.SIGNED_BY_ALL
    countersigned(bare_app)


def test_who_leaves_a_concluded_agreement_before_its_first_day_never_begins_it(
    bare_app: Flask, wu: FlaskClient, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_to_the_end(wu, FIRST)
    sign(wu, FIRST)
    countersigned(bare_app)
    assert (status(bare_app), state(bare_app)) == (CaseStatus.AGREEMENT_PENDING, S.NOT_YET_BEGUN)
    assert f"{FIRST}/leave" in wu.get(FIRST).text
    assert wu.post(f"{FIRST}/leave").status_code == 302
    assert (status(bare_app), state(bare_app)) == (CaseStatus.PLACEMENT_PENDING, S.WITHDRAWN)
    assert wu.post(f"{FIRST}/stay").status_code == 302
    assert (status(bare_app), state(bare_app)) == (CaseStatus.AGREEMENT_PENDING, S.NOT_YET_BEGUN)
    with bare_app.app_context():
        spans = sa.select(Agreement.effective_from).join(Child).where(Child.code == "C1")
        assert db.session.scalars(spans).one() == TODAY + timedelta(days=7)


def test_where_no_agreement_was_drawn_up_the_family_leaves_all_the_same(
    bare_app: Flask, wu: FlaskClient, waits: str
) -> None:
    assert f"{waits}/leave" in wu.get(f"{waits}/agreements").text
    assert wu.post(f"{waits}/leave").status_code == 302
    assert status(bare_app) is CaseStatus.PLACEMENT_PENDING
    assert wu.post(f"{waits}/stay").status_code == 302
    assert status(bare_app) is CaseStatus.AGREEMENT_PENDING


def test_after_a_day_it_stands_and_no_button_is_there(
    bare_app: Flask, wu: FlaskClient, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wu.post(f"{before}/leave")
    later = machine_now() + timedelta(hours=25)
    monkeypatch.setattr("hometeach.cases.actions.moving.machine_now", lambda: later)
    assert "撤回退出" not in wu.get(f"{before}/agreements").text
    assert wu.post(f"{before}/stay").status_code == 422
    assert "现在没有可以退出或撤回的" in wu.get(f"{before}/leave").text


def test_an_agreement_of_an_earlier_leaving_is_not_opened_by_a_later_return(
    bare_app: Flask, wu: FlaskClient, before: str
) -> None:
    wu.post(f"{before}/leave")
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        db.session.scalars(sa.select(Case).where(Case.child_id == child.id)).one().status = CaseStatus.AGREEMENT_PENDING
        factories.make_offer(child, public_id="offer-again", effective_from=TODAY + timedelta(days=7))
    wu.post(f"{before}/leave")
    assert wu.post(f"{before}/stay").status_code == 302
    assert state(bare_app) is S.WITHDRAWN
    assert "等您答复" in wu.get("/family/agreements/offer-again").text


def test_a_carer_and_a_stranger_do_not_leave_for_the_family(
    bare_app: Flask, cast: Cast, wu: FlaskClient, before: str
) -> None:
    stranger, kept = come_in(bare_app, "13998765432"), digest(bare_app)
    for what in ("leave", "stay"):
        assert stranger.post(f"{before}/{what}").status_code == 404
    with bare_app.app_context(), committed():
        of_wu = sa.update(Guardian).where(Guardian.public_id == cast.own_guardian)
        db.session.execute(of_wu.values(standing=Standing.CARER))
    assert f"{before}/leave" not in wu.get(FIRST).text
    answer = wu.post(f"{before}/leave")
    assert answer.status_code == 422
    assert "只有监护人" in answer.text
    assert status(bare_app) is CaseStatus.AGREEMENT_PENDING
    assert {**digest(bare_app), "access_log": kept["access_log"]}["case_move"] == kept["case_move"]


def test_who_leaves_while_the_school_countersigns_is_out_of_it(bare_app: Flask, wu: FlaskClient, before: str) -> None:
    read_to_the_end(wu, FIRST)
    sign(wu, FIRST)
    he = sign_in(bare_app, "he")
    answers = at_once(posted(wu, f"{before}/leave"), posted(he, f"/agreements/{OFFER}/countersign"))
    assert answers in ([302, 302], [302, 422]), "the one who comes second sees what the first did"
    assert (status(bare_app), state(bare_app)) == (CaseStatus.PLACEMENT_PENDING, S.WITHDRAWN)
    with bare_app.app_context():
        spans = sa.select(Agreement.effective_to).join(Child).where(Child.code == "C1")
        assert all(last == clock.today() for last in db.session.scalars(spans))


def test_the_school_writes_down_that_a_family_leaves_before_the_first_day(
    bare_app: Flask, cast: Cast, wu: FlaskClient, before: str
) -> None:
    he = sign_in(bare_app, "he")
    address = f"/cases/{cast.own_child}/do/withdraw"
    given = {"guardian": cast.own_guardian, "familys_wish": "y", "done_on": date.isoformat(TODAY)}
    assert he.post(address, data=given).status_code == 302
    assert (status(bare_app), state(bare_app)) == (CaseStatus.PLACEMENT_PENDING, S.WITHDRAWN)
