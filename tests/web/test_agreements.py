"""Agreements on their pages: the guardian signs, the school takes and countersigns, and attacks find nothing."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
import segno
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.facts import paper_code
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.facts import standing_of
from hometeach.agreements.signing.models import Countersignature, OfferEvent, Signature
from hometeach.agreements.signing.rules import AgreementState, Method, SigningEvent
from hometeach.cases.models import Case
from hometeach.cases.rules import CaseStatus
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Message
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian, phone_index
from tests import factories
from tests.agreements.signing.signing_of import DRAWN
from tests.agreements.signing.test_actions import capture
from tests.databases import digest
from tests.factories import Cast
from tests.test_fuzz import HOSTILE
from tests.test_house import come_in, sign_in
from tests.web.reading import PREVIEWS, words_in
from tests.web.test_absences import at_once
from tests.web.test_family import last_code
from tests.web.test_races import posted

PHONE = "13812345678"
OFFER = "offer-C1"
TODAY = date(2026, 11, 23)
S, E = AgreementState, SigningEvent


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMETEACH_TODAY", TODAY.isoformat())


@pytest.fixture
def offered(bare_app: Flask, cast: Cast) -> str:
    """An agreement for child An, whose grandmother's phone the school has seen: the path of the family's page."""
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        child.guardians[0].phone_checked_at, child.guardians[0].phone_checked_by = machine_now(), "test"
        old = db.session.scalars(sa.select(Agreement).where(Agreement.child_id == child.id)).one()
        factories.make_offer(child, public_id=OFFER, effective_from=TODAY, supersedes_id=old.id)
    return f"/family/agreements/{OFFER}"


@pytest.fixture
def wu(bare_app: Flask, offered: str) -> FlaskClient:
    """A browser in which Grandmother Wu has come in with her code."""
    return come_in(bare_app, PHONE)


def state(app: Flask) -> AgreementState:
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one()
        found = standing_of(offer, TODAY)
        db.session.rollback()
        return found


def events(app: Flask) -> list[SigningEvent]:
    with app.app_context():
        found = db.session.scalars(sa.select(OfferEvent.event).order_by(OfferEvent.id)).all()
        db.session.rollback()
        return list(found)


def signature(app: Flask) -> tuple[SigningRoute, Method, dict[str, str]]:
    """By what route and method somebody signed, and what is kept as proof, with who took it."""
    with app.app_context():
        found = db.session.scalars(sa.select(Signature)).one()
        proof = {**json.loads(found.proof), "taken_by": found.taken_by or ""}
        db.session.rollback()
        return found.route, found.method, proof


def signer(app: Flask) -> str:
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one()
        found = offer.signers[0].public_id
        db.session.rollback()
        return found


def link_sent(app: Flask) -> str:
    """The path of the link in the message that was posted last."""
    with app.app_context():
        newest = sa.select(Message).where(Message.kind == "sign_link").order_by(Message.id.desc()).limit(1)
        body = db.session.scalars(newest).one().body
        db.session.rollback()
    return re.search(r"/family/to/[\w-]+", body)[0]  # type: ignore[index]


def read_to_the_end(browser: FlaskClient, page: str) -> None:
    assert browser.post(f"{page}/read").status_code == 302
    while found := re.search(r'name="clause" value="(\d+)"', browser.get(page).text):
        assert browser.post(f"{page}/clause", data={"clause": found[1]}).status_code == 302


def sign(browser: FlaskClient, page: str, **fields: str):
    return browser.post(f"{page}/sign", data={"strokes": DRAWN, **fields})


def signed(app: Flask, browser: FlaskClient, page: str) -> None:
    read_to_the_end(browser, page)
    assert sign(browser, page).status_code == 302
    assert state(app) is S.SIGNED_BY_ALL


# --- the guardian ---


def test_a_guardian_comes_by_the_link_reads_and_signs(bare_app: Flask, offered: str) -> None:
    he = sign_in(bare_app, "he")
    assert he.post(f"/agreements/{OFFER}/send").status_code == 302
    assert state(bare_app) is S.SENT
    guest, link = bare_app.test_client(), link_sent(bare_app)
    assert guest.get(link).status_code == 200
    assert guest.post(link).headers["Location"] == "/family/code"
    assert guest.post("/family/code", data={"code": last_code(bare_app)}).headers["Location"] == offered
    assert state(bare_app) is S.OPENED
    first = guest.get(offered)
    assert "每周上门教一次" in first.text
    assert "家中须有成人在场" not in first.text
    read_to_the_end(guest, offered)
    text = guest.get(offered).text
    assert "家中须有成人在场" in text
    assert (
        len(re.findall(r'class="button second"', text.partition('class="answers"')[2].partition("</section>")[0])) == 3
    )
    answer = sign(guest, offered)
    assert answer.headers["Location"] == offered
    route, method, proof = signature(bare_app)
    assert (route, method) == (SigningRoute.PHONE, Method.DRAWN)
    assert (proof["identity"], proof["taken_by"]) == ("code", "")
    assert proof["code_sent_at"] <= proof["code_entered_at"]
    assert events(bare_app) == [E.SENT, E.OPENED, E.SUMMARY_READ, E.CLAUSE_OPENED, E.CLAUSE_OPENED, E.SIGNED]
    assert guest.get(f"{offered}/document").data.startswith(b"%PDF-")


def test_nothing_is_signed_before_every_marked_clause_was_opened(
    wu: FlaskClient, bare_app: Flask, offered: str
) -> None:
    answer = sign(wu, offered)
    assert answer.status_code == 422
    assert "逐条打开" in answer.text
    assert events(bare_app) == []


def test_a_name_may_be_typed_but_only_the_own(wu: FlaskClient, bare_app: Flask, offered: str) -> None:
    read_to_the_end(wu, offered)
    assert "按协议上的写法" in sign(wu, offered, strokes="", typed_name="别人").text
    empty = sign(wu, offered, strokes="")
    assert empty.status_code == 422
    assert "还没有签名" in empty.text
    assert sign(wu, offered, strokes="", typed_name="吴奶奶").status_code == 302
    assert signature(bare_app)[1] is Method.TYPED


def test_the_same_form_sent_twice_signs_once(wu: FlaskClient, bare_app: Flask, offered: str) -> None:
    read_to_the_end(wu, offered)
    answers = [sign(wu, offered, once="word") for _n in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert events(bare_app).count(E.SIGNED) == 1
    again = sign(wu, offered, once="another")
    assert again.status_code == 422
    assert "已经签过" in again.text


def test_a_family_refuses_with_its_reason_and_the_school_follows_up(
    wu: FlaskClient, bare_app: Flask, offered: str
) -> None:
    assert wu.post(f"{offered}/refuse", data={"reason": ""}).status_code == 422
    assert wu.post(f"{offered}/refuse", data={"reason": "想去学校"}).status_code == 302
    assert state(bare_app) is S.REFUSED
    he = sign_in(bare_app, "he")
    page = he.get(f"/agreements/{OFFER}")
    assert "想去学校" in page.text
    assert "11月30日 周一前要谈" in page.text
    follow = {"outcome": "will_sign", "words": "谈过了，愿意签", "signer": signer(bare_app)}
    assert he.post(f"/agreements/{OFFER}/follow-up", data=follow).status_code == 302
    assert state(bare_app) is S.NOT_SENT
    signed(bare_app, wu, offered)


def test_a_family_that_wants_to_talk_first_is_rung_up(wu: FlaskClient, bare_app: Flask, offered: str) -> None:
    assert wu.post(f"{offered}/talk").status_code == 302
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Message.channel).where(Message.kind == "talk_first")).one() == "call_list"


def test_the_family_leaves_in_one_step_and_may_come_back_within_a_day(
    wu: FlaskClient, bare_app: Flask, offered: str
) -> None:
    signed(bare_app, wu, offered)
    assert sign_in(bare_app, "he").post(f"/agreements/{OFFER}/countersign").status_code == 302
    assert state(bare_app) is S.COUNTERSIGNED
    assert wu.post(f"{offered}/leave").status_code == 302
    assert state(bare_app) is S.WITHDRAWN
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Case.status).join(Child).where(Child.code == "C1")).one() is (
            CaseStatus.PLACEMENT_PENDING
        )
        told = db.session.scalars(sa.select(Message.recipient).where(Message.kind == "case:withdraw")).all()
        assert any(one.startswith("account:") for one in told), "the bureau is told"
    assert "已退出" in wu.get(offered).text
    assert wu.post(f"{offered}/stay").status_code == 302
    assert state(bare_app) is S.COUNTERSIGNED


def test_who_leaves_an_agreement_that_has_not_begun_leaves_it_for_good_or_comes_back(
    wu: FlaskClient, bare_app: Flask, offered: str
) -> None:
    later = date(2026, 12, 1)
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        old = db.session.scalars(sa.select(Agreement).where(Agreement.child_id == child.id)).one()
        factories.make_offer(child, public_id="offer-later", effective_from=later, supersedes_id=old.id)
    page = "/family/agreements/offer-later"
    read_to_the_end(wu, page)
    assert sign(wu, page).status_code == 302
    assert sign_in(bare_app, "he").post("/agreements/offer-later/countersign").status_code == 302

    def spans() -> list[tuple[date, date | None]]:
        with bare_app.app_context():
            found = db.session.scalars(sa.select(Agreement).where(Agreement.number != "").order_by(Agreement.id)).all()
            rows = [(one.effective_from, one.effective_to) for one in found if one.child_id == found[0].child_id]
            db.session.rollback()
            return rows

    before = spans()
    assert before == [(factories.TERM_FROM, date(2026, 11, 30)), (later, factories.TERM_TO)]
    assert wu.post(f"{page}/leave").status_code == 302
    assert spans() == [(factories.TERM_FROM, TODAY), (TODAY, TODAY)]
    with bare_app.app_context():
        told = db.session.scalars(sa.select(Message.recipient).where(Message.key.like("offer_left:%"))).all()
        assert len(told) == 1, "the school is told"
    assert wu.post(f"{page}/stay").status_code == 302
    assert spans() == before


def test_what_is_not_in_force_cannot_be_left(wu: FlaskClient, offered: str) -> None:
    assert wu.post(f"{offered}/leave").status_code == 422
    assert wu.post(f"{offered}/stay").status_code == 422


def test_the_child_page_says_that_an_agreement_waits(
    wu: FlaskClient, bare_app: Flask, cast: Cast, offered: str
) -> None:
    assert "有一份协议等您答复" in words_in(wu.get(f"/family/children/{cast.own_child}").text)
    assert "等您答复" in wu.get(f"/family/children/{cast.own_child}/agreements").text


# --- the school ---


def test_the_school_countersigns_and_the_agreement_is_in_force(wu: FlaskClient, bare_app: Flask, offered: str) -> None:
    he = sign_in(bare_app, "he")
    assert he.post(f"/agreements/{OFFER}/countersign").status_code == 422
    signed(bare_app, wu, offered)
    assert "等学校签章" in he.get("/agreements").text
    assert he.post(f"/agreements/{OFFER}/countersign").status_code == 302
    again = he.post(f"/agreements/{OFFER}/countersign", data={"once": "two"})
    assert again.status_code == 422
    assert "刚刚签过章" in again.text
    with bare_app.app_context():
        spans = db.session.execute(
            sa.select(Agreement.effective_from, Agreement.effective_to)
            .join(Child, Child.id == Agreement.child_id)
            .where(Child.code == "C1")
            .order_by(Agreement.id)
        ).all()
    assert [tuple(one) for one in spans] == [
        (factories.TERM_FROM, date(2026, 11, 22)),
        (TODAY, factories.TERM_TO),
    ]


def test_whose_phone_was_not_checked_is_said_and_can_be_checked(bare_app: Flask, cast: Cast, offered: str) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Guardian).values(phone_checked_at=None, phone_checked_by=None))
    he = sign_in(bare_app, "he")
    assert "手机还没有核对" in he.get("/agreements").text
    refused = he.post(f"/agreements/{OFFER}/send")
    assert refused.status_code == 422
    assert "没有核对过这个手机" in refused.text
    page = f"/guardians/{cast.own_guardian}/phone-check"
    assert he.post(page, data={"how": " "}).status_code == 422
    assert he.post(page, data={"how": "当面拨通"}).status_code == 302
    assert he.post(f"/agreements/{OFFER}/send").status_code == 302


def test_a_recalled_agreement_opens_no_link_and_takes_no_signature(
    bare_app: Flask, wu: FlaskClient, offered: str
) -> None:
    he = sign_in(bare_app, "he")
    he.post(f"/agreements/{OFFER}/send")
    link = link_sent(bare_app)
    assert he.post(f"/agreements/{OFFER}/recall", data={"reason": "写错了"}).status_code == 302
    assert bare_app.test_client().get(link).status_code == 404
    assert sign(wu, offered).status_code == 422
    assert state(bare_app) is S.RECALLED


def test_on_the_teachers_device_the_code_still_comes_to_the_guardians_phone(bare_app: Flask, offered: str) -> None:
    lin, page = sign_in(bare_app, "lin"), f"/agreements/{OFFER}/take"
    assert lin.get(page).status_code == 200
    while found := re.search(r'name="clause" value="(\d+)"', lin.get(page).text):
        assert lin.post(f"{page}/clause", data={"clause": found[1]}).status_code == 302
    without = lin.post(page, data={"strokes": DRAWN, "document": "身份证"})
    assert without.status_code == 422
    assert "请把验证码发到签署人手机" in without.text
    assert lin.post(f"{page}/code").status_code == 302
    code = last_code(bare_app)
    wrong = lin.post(page, data={"strokes": DRAWN, "code": f"{(int(code) + 1) % 10**6:06d}"})
    assert "还可以试 4 次" in wrong.text
    assert lin.post(page, data={"strokes": DRAWN, "code": code}).status_code == 302
    route, _method, proof = signature(bare_app)
    assert route is SigningRoute.IN_PERSON
    assert proof["taken_by"]
    assert proof["identity"] == "code"


def test_in_the_office_a_document_may_stand_for_the_code(bare_app: Flask, offered: str) -> None:
    he, page = sign_in(bare_app, "he"), f"/agreements/{OFFER}/take"
    while found := re.search(r'name="clause" value="(\d+)"', he.get(page).text):
        he.post(f"{page}/clause", data={"clause": found[1]})
    assert he.post(page, data={"strokes": DRAWN, "document": "身份证"}).status_code == 302
    route, _method, proof = signature(bare_app)
    assert route is SigningRoute.OFFICE
    assert proof["document"] == "身份证"


def test_a_code_to_scan_is_shown_and_the_old_link_opens_no_more(bare_app: Flask, offered: str) -> None:
    lin, he = sign_in(bare_app, "lin"), sign_in(bare_app, "he")
    he.post(f"/agreements/{OFFER}/send")
    old = link_sent(bare_app)
    page = lin.post(f"/agreements/{OFFER}/hand-over")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert bare_app.test_client().get(old).status_code == 404


def photo(app: Flask, number: str = "") -> bytes:
    """A photographed paper with its code."""
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one()
        said = str(paper_code(offer.terms)).replace(offer.number, number or offer.number)
        db.session.rollback()
    sheet, code, out = Image.new("RGB", (1240, 1754), "white"), io.BytesIO(), io.BytesIO()
    segno.make(said, error="m", micro=False).save(code, kind="png", scale=5)
    sheet.paste(Image.open(code).convert("RGB"), (800, 60))
    sheet.save(out, "JPEG", quality=70)
    return out.getvalue()


def test_a_paper_is_taken_once_its_code_says_that_it_is_this_one(bare_app: Flask, offered: str) -> None:
    he, page = sign_in(bare_app, "he"), f"/agreements/{OFFER}/paper"

    def hand_in(content: bytes, **fields: str):
        return he.post(page, data={"seen": "身份证", "paper": (io.BytesIO(content), "scan.jpg"), **fields})

    assert "另一份协议" in hand_in(photo(bare_app, "XY-2026-9999")).text
    assert "只能接收 JPEG" in hand_in(b"GIF89a").text
    assert "两位见证人" in hand_in(photo(bare_app), by_finger="y", witness_one="张三").text
    assert events(bare_app) == []
    assert hand_in(photo(bare_app), by_finger="y", witness_one="张三", witness_two="李四").status_code == 302
    assert signature(bare_app)[1] is Method.FINGERPRINT


def test_the_bureau_sees_coverage_by_school_and_where_it_is_stuck(
    bare_app: Flask, wu: FlaskClient, offered: str
) -> None:
    wu.post(f"{offered}/refuse", data={"reason": "不同意"})
    page = words_in(sign_in(bare_app, "bai").get("/agreements?show=refused").text)
    assert "各校覆盖情况" in page
    assert "月山镇中心小学" in page
    assert "1 份不同意" in page
    assert sign_in(bare_app, "qin").get("/agreements").status_code == 200
    assert sign_in(bare_app, "yu").get("/agreements").status_code == 404


def test_a_carers_authority_is_kept_with_its_paper(bare_app: Flask, cast: Cast, wu: FlaskClient, offered: str) -> None:
    with bare_app.app_context(), committed():
        db.session.execute(
            sa.update(Guardian)
            .where(Guardian.public_id == cast.own_guardian)
            .values(standing="carer", entrusted_by="委托照护书")
        )
    read_to_the_end(wu, offered)
    assert "书面授权" in sign(wu, offered).text
    he, page = sign_in(bare_app, "he"), f"/guardians/{cast.own_guardian}/authority"
    assert he.get(page).status_code == 200
    kept = he.post(page, data={"words": "父母 9 月 1 日授权", "paper": (io.BytesIO(photo(bare_app)), "a.jpg")})
    assert kept.status_code == 302
    assert sign(wu, offered).status_code == 302


# --- attacks and accidents ---


def test_a_robot_that_previews_the_link_again_and_again_changes_no_row(bare_app: Flask, offered: str) -> None:
    sign_in(bare_app, "he").post(f"/agreements/{OFFER}/send")
    link, before = link_sent(bare_app), digest(bare_app)
    robot = bare_app.test_client()
    for _n in range(PREVIEWS):
        assert robot.get(link).status_code == 200
    assert robot.head(link).status_code == 200
    assert digest(bare_app) == before


def test_a_link_is_used_once_and_a_forwarded_one_opens_nothing(bare_app: Flask, offered: str) -> None:
    sign_in(bare_app, "he").post(f"/agreements/{OFFER}/send")
    link, guest, thief = link_sent(bare_app), bare_app.test_client(), bare_app.test_client()
    guest.post(link)
    thief.post(link)
    code = last_code(bare_app)
    before = digest(bare_app)
    assert thief.get(offered).headers["Location"] == "/family"
    assert digest(bare_app) == before
    assert thief.post("/family/code", data={"code": code}).status_code == 302, "whoever holds the phone comes in"
    replay = bare_app.test_client()
    assert replay.get(link).status_code == 404
    assert replay.post(link).status_code == 404
    assert guest.post("/family/code", data={"code": code}).status_code == 422


def test_another_phone_between_sending_and_signing_shuts_the_door(
    bare_app: Flask, cast: Cast, wu: FlaskClient, offered: str
) -> None:
    he = sign_in(bare_app, "he")
    he.post(f"/agreements/{OFFER}/send")
    read_to_the_end(wu, offered)
    change = {
        "name": "吴奶奶",
        "relation": "祖母",
        "standing": "guardian",
        "phone": "13600001111",
        "contact_rule": "any",
        "reason": "换号",
    }
    assert he.post(f"/guardians/{cast.own_guardian}", data=change).status_code == 302
    assert bare_app.test_client().get(link_sent(bare_app)).status_code == 404
    assert sign(wu, offered).headers["Location"] == "/family"
    new = come_in(bare_app, "13600001111")
    assert "没有核对过您的手机" in sign(new, offered).text
    assert E.SIGNED not in events(bare_app)


def test_a_family_says_twice_at_once_that_the_summary_is_read(bare_app: Flask, wu: FlaskClient, offered: str) -> None:
    phones = [wu, come_in(bare_app, PHONE)]
    for _ in range(3):
        presses = [lambda one=one: one.post(f"{offered}/read", data={"began": ""}).status_code for one in phones]
        assert at_once(*presses) == [302, 302]


def test_a_stranger_finds_nothing(bare_app: Flask, offered: str) -> None:
    other, before = come_in(bare_app, "13998765432"), None
    before = digest(bare_app)
    assert other.get(offered).status_code == 404
    for what in ("read", "clause", "talk", "sign", "refuse", "leave", "stay"):
        assert other.post(f"{offered}/{what}", data={"reason": "x", "strokes": DRAWN}).status_code == 404
    assert digest(bare_app) == before


def test_wrong_codes_over_http_close_the_link_and_the_owner_is_told(bare_app: Flask, offered: str) -> None:
    sign_in(bare_app, "he").post(f"/agreements/{OFFER}/send")
    link, thief = link_sent(bare_app), bare_app.test_client()
    thief.post(link)
    code = last_code(bare_app)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _n in range(7):
        assert thief.post("/family/code", data={"code": wrong}).status_code == 422
    assert thief.post("/family/code", data={"code": code}).status_code == 422
    assert bare_app.test_client().get(link).status_code == 404
    with bare_app.app_context():
        assert db.session.scalars(sa.select(Message).where(Message.kind == "codes_guessed")).one()
        shut = sa.select(sa.func.count()).where(AuditEvent.action == "guardian:shut_out_for_guessing")
        assert db.session.scalar(shut) == 1


def test_no_page_message_or_log_names_the_family_where_it_must_not(
    bare_app: Flask, wu: FlaskClient, offered: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    he = sign_in(bare_app, "he")
    he.post(f"/agreements/{OFFER}/send")
    signed(bare_app, wu, offered)
    he.post(f"/agreements/{OFFER}/countersign")
    with bare_app.app_context():
        bodies = [one.body or "" for one in db.session.scalars(sa.select(Message))]
        logged = list(db.session.scalars(sa.select(AuditEvent.detail)))
        db.session.rollback()
    told = "\n".join([*bodies, *logged, caplog.text])
    for canary in ("吴奶奶", "安安", PHONE, "癫痫", "月山镇大塘村"):
        assert canary not in told, canary


def test_every_role_but_the_readers_of_files_is_kept_out(bare_app: Flask, cast: Cast, offered: str) -> None:
    for role in (Role.RELIEF_CLERK, Role.ADMINISTRATOR):
        assert sign_in(bare_app, cast.sign_in_names[role]).get(f"/agreements/{OFFER}").status_code == 404


def test_what_the_device_brings_back_is_taken_once(bare_app: Flask, offered: str) -> None:
    with bare_app.app_context():
        offer = db.session.scalars(sa.select(Offer).where(Offer.public_id == OFFER)).one()
        text = capture(offer, offer.signers[0])
        changed = capture(offer, offer.signers[0], summary_seconds=1)
        db.session.rollback()
    lin = sign_in(bare_app, "lin")

    def send(body: str) -> int:
        return lin.post(f"/agreements/{OFFER}/captured", data={"capture": body}).status_code

    assert send("{}") == 422
    assert send("") == 422
    assert send(text) == 302
    before = digest(bare_app)
    assert send(text) == 302
    assert send(changed) == 409
    assert {**digest(bare_app), "access_log": before["access_log"]} == before


@pytest.mark.parametrize("who", ["lin", "he", "family"])
def test_whatever_is_sent_no_page_fails(bare_app: Flask, wu: FlaskClient, offered: str, who: str) -> None:
    browser = wu if who == "family" else sign_in(bare_app, who)
    base = offered if who == "family" else f"/agreements/{OFFER}"
    forms = {
        "family": {
            "read": ("began",),
            "clause": ("clause",),
            "sign": ("strokes", "typed_name"),
            "refuse": ("reason",),
            "leave": (),
        },
        "lin": {
            "send": ("signer",),
            "take": ("strokes", "typed_name", "code", "signer"),
            "take/clause": ("clause", "signer"),
            "take/code": ("signer",),
            "captured": ("capture",),
            "paper": ("seen", "paper", "signer"),
            "hand-over": ("signer",),
        },
        "he": {"follow-up": ("outcome", "words"), "countersign": ("signer",), "recall": ("reason",)},
    }[who]
    for path, fields in forms.items():
        for value in (*HOSTILE, "[" * 1000, '{"format":"hometeach-capture-1"}', '{"key":"\\ud800"}'):
            answer = browser.post(f"{base}/{path}", data=dict.fromkeys(fields, value))
            assert answer.status_code < 500, (path, value)
    if who != "family":
        assert browser.get("/agreements?show=%00x").status_code < 500


# --- two at the same moment ---


def test_of_two_who_countersign_one_wins_and_the_other_is_told(
    bare_app: Flask, cast: Cast, wu: FlaskClient, offered: str
) -> None:
    with bare_app.app_context(), committed():
        school = db.session.scalars(sa.select(factories.OrgUnit).where(factories.OrgUnit.code == "S1")).one()
        factories.make_account("hou", school, Role.SCHOOL_COORDINATOR)
    signed(bare_app, wu, offered)
    two = [sign_in(bare_app, name) for name in ("he", "hou")]
    address = f"/agreements/{OFFER}/countersign"
    assert at_once(*(posted(one, address) for one in two)) == [302, 422]
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Countersignature)) == 1
    assert events(bare_app).count(E.COUNTERSIGNED) == 1


def test_a_hurried_thumb_signs_once(bare_app: Flask, wu: FlaskClient, offered: str) -> None:
    read_to_the_end(wu, offered)
    other = come_in(bare_app, PHONE)
    answers = at_once(*(posted(one, f"{offered}/sign", strokes=DRAWN) for one in (wu, other)))
    assert answers == [302, 422]
    assert events(bare_app).count(E.SIGNED) == 1


def test_both_guardians_sign_at_once_and_each_has_one_signature(bare_app: Flask, offered: str) -> None:
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        father = Guardian(child_id=child.id, name="安爸爸", relation="父亲", phone="13711112222")
        father.phone_index, father.phone_checked_at = phone_index("13711112222"), machine_now()
        db.session.add(father)
        db.session.flush()
        db.session.refresh(child)
        factories.make_offer(child, WhoSigns.ALL, public_id="offer-both", effective_from=TODAY)
    page = "/family/agreements/offer-both"
    both = [come_in(bare_app, PHONE), come_in(bare_app, "13711112222")]
    for one in both:
        read_to_the_end(one, page)
    assert at_once(*(posted(one, f"{page}/sign", strokes=DRAWN) for one in both)) == [302, 302]
    with bare_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 2
        offer = db.session.scalars(sa.select(Offer).where(Offer.public_id == "offer-both")).one()
        assert standing_of(offer, TODAY) is S.SIGNED_BY_ALL
