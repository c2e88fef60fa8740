"""Sending, reading, signing, refusing, countersigning: each done, refused with its code, and written down."""

import io
import json
from collections.abc import Callable
from datetime import date

import pytest
import segno
import sqlalchemy as sa
from PIL import Image

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.facts import paper_code
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing import actions
from hometeach.agreements.signing.actions import Mark, Proof, drawn_mark, typed_mark
from hometeach.agreements.signing.actions.capturing import must_be_opened, read, take_capture
from hometeach.agreements.signing.evidence import evidence_of
from hometeach.agreements.signing.facts import standing_of
from hometeach.agreements.signing.models import OfferEvent, Signature
from hometeach.agreements.signing.rules import AgreementState, Identity, Method, Outcome, SigningEvent
from hometeach.agreements.signing.rules.strokes import FORMAT, canonical, chain_head
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Message
from hometeach.people.entry.guardians.actions import link_of
from hometeach.people.entry.guardians.rules import Reach
from hometeach.people.family.actions import Described, change_guardian, check_phone
from hometeach.people.models import Account, Child
from hometeach.people.rules import ContactRule, Standing
from tests import factories
from tests.agreements.signing.conftest import TODAY
from tests.agreements.signing.signing_of import BY_CODE, DRAWN, STROKES, open_all, refused, sign_as

S = AgreementState


def state(offer: Offer, on: date = TODAY) -> AgreementState:
    return standing_of(offer, on)


def audited() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.seq)))


def send(signer: Signer, tokens: list[str] | None = None) -> Reach:
    def address(token: str) -> str:
        if tokens is not None:
            tokens.append(token)
        return f"https://test/{token}"

    return actions.send_link(signer, address_of=address, door="https://test/family", by="he", on=TODAY)


# --- sending ---


def test_a_link_goes_to_a_checked_phone_and_an_older_one_opens_no_more(offer: Offer, wu: Signer) -> None:
    tokens: list[str] = []
    assert send(wu, tokens) is Reach.MESSAGE
    assert send(wu, tokens) is Reach.MESSAGE
    assert link_of(tokens[0]) is None
    link = link_of(tokens[1])
    assert link is not None
    assert link.subject == f"offer:{offer.public_id}"
    assert (link.expires_at - link.made_at).total_seconds() == 24 * 3600
    assert state(offer) is S.SENT
    assert audited().count("offer:sent") == 2


def test_no_link_goes_to_a_phone_that_nobody_has_seen_in_the_hand(offer: Offer, wu: Signer) -> None:
    for signer in offer.signers:
        signer.guardian.phone_checked_at = None
    assert refused(lambda: send(wu)) == "send:phone_not_checked"
    assert state(offer) is S.PHONE_NOT_CHECKED
    check_phone(wu.guardian, how="当面拨通", by="he")
    assert state(offer) is S.NOT_SENT
    assert send(wu) is Reach.MESSAGE
    assert "guardian:phone_checked" in audited()


def test_another_phone_closes_the_link_and_has_to_be_checked_again(offer: Offer, wu: Signer) -> None:
    tokens: list[str] = []
    send(wu, tokens)
    who = wu.guardian
    described = Described(who.name, who.relation, who.standing, "13600001111", who.contact_rule)
    change_guardian(who, described, reason="换号", by="he")
    assert link_of(tokens[0]) is None
    assert who.phone_checked_at is None
    assert refused(lambda: sign_as(wu)) == "sign:phone_not_checked"


def test_where_no_message_goes_the_call_stands_on_the_schools_list(offer: Offer, wu: Signer) -> None:
    wu.guardian.contact_rule = ContactRule.PHONE_ONLY
    assert send(wu) is Reach.CALL
    kinds = db.session.scalars(sa.select(Message.kind).where(Message.channel == "call_list")).all()
    assert kinds == ["sign_link"]


def test_whoever_must_not_be_contacted_is_sent_nothing(wu: Signer) -> None:
    wu.guardian.contact_rule = ContactRule.NEVER
    assert refused(lambda: send(wu)) == "guardian:never"


def test_recalling_closes_the_link_and_nobody_signs_any_more(offer: Offer, wu: Signer) -> None:
    tokens: list[str] = []
    send(wu, tokens)
    assert refused(lambda: actions.recall(offer, " ", by="he", on=TODAY)) == "recall:no_reason"
    actions.recall(offer, "次数写错了", by="he", on=TODAY)
    assert link_of(tokens[0]) is None
    assert state(offer) is S.RECALLED
    assert refused(lambda: sign_as(wu)) == "sign:over"
    assert refused(lambda: send(wu)) == "offer:not_open"
    assert refused(lambda: actions.recall(offer, "again", by="he", on=TODAY)) == "recall:not_open"
    assert refused(lambda: actions.refuse(wu, "no", by="x", on=TODAY)) == "refuse:not_open"
    assert refused(lambda: actions.ask_to_talk(wu, by="x", on=TODAY)) == "talk:not_open"


# --- reading and signing ---


def test_every_marked_clause_is_opened_by_itself_before_signing(offer: Offer, wu: Signer) -> None:
    must = must_be_opened(offer)
    assert len(must) == 2

    def attempt() -> object:
        return actions.sign(wu, drawn_mark(DRAWN), BY_CODE, route=SigningRoute.PHONE, by="x", on=TODAY, must_open=must)

    assert refused(attempt) == "sign:clauses_unread"
    actions.note_summary_read(wu, 42, by="x", on=TODAY)
    assert [actions.note_clause_opened(wu, clause, by="x", on=TODAY) for clause in (*must, *must)] == [
        True,
        True,
        False,
        False,
    ]
    attempt()
    assert state(offer) is S.SIGNED_BY_ALL
    assert audited()[-1] == "offer:signed"
    kept = db.session.scalars(sa.select(Signature)).one()
    assert json.loads(kept.strokes) == json.loads(DRAWN)
    assert kept.document_sha256 == offer.document_sha256
    assert kept.taken_by is None


def test_nobody_signs_twice(offer: Offer, wu: Signer) -> None:
    sign_as(wu)
    assert refused(lambda: sign_as(wu)) == "sign:signed_already"


def test_who_took_the_signature_back_signs_a_new_agreement_only(offer: Offer, wu: Signer) -> None:
    sign_as(wu)
    actions.refuse(wu, "想再考虑", by="x", on=TODAY)
    assert state(offer) is S.REFUSED
    assert refused(lambda: sign_as(wu)) == "sign:taken_back"


def test_both_must_sign_where_both_are_asked(for_all: Offer) -> None:
    sign_as(for_all.signers[0])
    assert state(for_all) is S.SIGNED_BY_SOME
    sign_as(for_all.signers[1], typed_mark("安爸爸", "安爸爸"))
    assert state(for_all) is S.SIGNED_BY_ALL
    told = db.session.scalars(sa.select(Message.body_sealed).where(Message.kind == "agreement_moved")).all()
    assert len(told) == 1, "the school is told once, when all have signed"


def test_one_signs_and_one_refuses(offer: Offer, wu: Signer) -> None:
    sign_as(wu)
    until = actions.refuse(offer.signers[1], "不同意到家里来", by="x", on=TODAY)
    assert until == date(2026, 11, 30)
    assert state(offer) is S.CONFLICT
    follow = lambda outcome, words="谈过": actions.follow_up(  # noqa: E731 - said three times
        offer.signers[1], outcome, words, by="he", on=TODAY
    )
    assert refused(lambda: follow(Outcome.STANDS, " ")) == "follow_up:no_words"
    follow(Outcome.LEAVES_IT)
    assert state(offer) is S.SIGNED_BY_ALL
    assert refused(lambda: follow(Outcome.STANDS)) == "follow_up:nothing_refused"


def test_a_refusal_needs_its_reason(wu: Signer) -> None:
    assert refused(lambda: actions.refuse(wu, "", by="x", on=TODAY)) == "refuse:no_reason"


def test_wanting_to_talk_first_stands_on_the_list_of_calls(offer: Offer, wu: Signer) -> None:
    actions.ask_to_talk(wu, by="guardian:x", on=TODAY)
    message = db.session.scalars(sa.select(Message).where(Message.kind == "talk_first")).one()
    assert message.channel == "call_list"
    assert wu.name not in message.body
    assert state(offer) is S.OPENED


def test_a_carer_signs_only_with_authority_on_file(offer: Offer, wu: Signer, photo: Callable[..., bytes]) -> None:
    wu.guardian.standing = Standing.CARER
    assert refused(lambda: sign_as(wu)) == "sign:no_authority"
    record = lambda: actions.record_authority(wu.guardian, photo(offer), "父母 2026-09-01 委托", by="he", on=TODAY)  # noqa: E731
    assert refused(record) == "authority:not_entrusted"
    wu.guardian.entrusted_by = "委托照护书 2026-09-01"
    assert refused(lambda: sign_as(wu)) == "sign:no_authority"
    record()
    sign_as(wu)
    assert state(offer) is S.SIGNED_BY_ALL


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "strokes:unreadable"),
        ("[]", "strokes:unreadable"),
        ('{"width":300,"height":150,"strokes":[]}', "strokes:empty"),
        ('{"width":300,"height":150,"strokes":[[[1,1,0,0],[2,2,1,0]]]}', "strokes:empty"),
        ('{"width":0,"height":150,"strokes":[]}', "strokes:unreadable"),
        ('{"width":300,"height":150,"strokes":[[["a",1,0,0]]]}', "strokes:unreadable"),
        ('{"width":300,"height":150,"strokes":[[[1,1,0]]]}', "strokes:unreadable"),
        ('{"width":300,"height":150,"strokes":[[[1.5,1,0,0]]]}', "strokes:unreadable"),
        ('{"width":300,"height":150,"strokes":[' + ",".join(["[]"] * 401) + "]}", "strokes:too_many"),
        ("[" * 100_000, "strokes:unreadable"),
    ],
)
def test_what_is_no_signature_is_refused(app: object, text: str, code: str) -> None:
    assert refused(lambda: drawn_mark(text)) == code


def test_a_typed_name_is_the_signers_own(app: object) -> None:
    assert refused(lambda: typed_mark("别人", "吴奶奶")) == "sign:other_name"
    assert typed_mark(" 吴 奶奶", "吴奶奶").typed_name == "吴奶奶"


# --- without network ---


def capture(offer: Offer, signer: Signer, **changed: object) -> str:
    drawn = {"width": 300, "height": 150, "strokes": STROKES}
    key, sha = "a-key", changed.pop("document_sha256", offer.document_sha256)
    stated = {
        "format": FORMAT,
        "key": key,
        "offer": offer.public_id,
        "signer": signer.public_id,
        "document_sha256": sha,
        "drawn": drawn,
        "device": {"began_at": "2026-11-23T09:00:00+08:00", "ended_at": "2026-11-23T09:01:00+08:00", "agent": "test"},
        "opened": sorted(must_be_opened(offer)),
        "summary_seconds": 61,
        "head": chain_head(key, str(sha), signer.public_id, STROKES),
    }
    return canonical({**stated, **changed})


def test_a_signature_taken_without_network_is_taken_once(offer: Offer, wu: Signer) -> None:
    text = capture(offer, wu)
    take = lambda one: take_capture(wu, read(one), one, by="lin", on=TODAY)  # noqa: E731 - said three times
    first = take(text)
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(OfferEvent))
    assert take(text) is first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OfferEvent)) == rows
    assert refused(lambda: take(capture(offer, wu, summary_seconds=62))) == "capture:taken_already"
    assert first.route is SigningRoute.IN_PERSON
    assert first.taken_by == "lin"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"head": "0" * 64}, "capture:chain"),
        ({"format": "other"}, "capture:format"),
        ({"device": {}}, "capture:format"),
        ({"device": {"began_at": "now", "ended_at": "", "agent": ""}}, "capture:format"),
        ({"opened": ["x"]}, "capture:format"),
        ({"opened": None}, "capture:format"),
        ({"summary_seconds": -1}, "capture:format"),
        ({"drawn": {"width": 1, "height": 1, "strokes": []}}, "strokes:empty"),
        ({"drawn": []}, "capture:format"),
        ({"key": "k" * 65}, "capture:format"),
        (
            {"device": {"began_at": "2026-11-23T09:00Z", "ended_at": "2026-11-23T09:00Z", "agent": "\ud800"}},
            "capture:format",
        ),
    ],
)
def test_a_capture_that_was_changed_is_refused(offer: Offer, wu: Signer, changed: dict[str, object], code: str) -> None:
    assert refused(lambda: read(capture(offer, wu, **changed))) == code


def test_a_capture_of_another_version_is_refused(offer: Offer, wu: Signer) -> None:
    text = capture(offer, wu, document_sha256="f" * 64)
    assert refused(lambda: take_capture(wu, read(text), text, by="lin", on=TODAY)) == "capture:other_document"
    unread = capture(offer, wu, opened=[])
    assert refused(lambda: take_capture(wu, read(unread), unread, by="lin", on=TODAY)) == "sign:clauses_unread"


# --- paper ---


@pytest.fixture
def photo() -> Callable[..., bytes]:
    """Photographs a signed paper of an offer, or of something else."""

    def taken(offer: Offer | None = None, text: str = "", kind: str = "JPEG", pages: int = 1) -> bytes:
        sheet = Image.new("RGB", (1240, 1754), "white")
        code = io.BytesIO()
        said = str(paper_code(offer.terms)) if offer else text
        if said:
            segno.make(said, error="m", micro=False).save(code, kind="png", scale=5)
            sheet.paste(Image.open(code).convert("RGB"), (900, 60))
        out = io.BytesIO()
        if kind == "PDF":
            sheet.save(out, "PDF", save_all=True, append_images=[sheet] * (pages - 1))
        elif kind == "JPEG":
            exif = Image.Exif()
            exif[0x0110] = "SECRET-DEVICE"
            sheet.save(out, kind, exif=exif, quality=70)
        else:
            sheet.save(out, kind)
        return out.getvalue()

    return taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "PDF"])
def test_a_paper_is_taken_by_the_code_on_it_and_drawn_anew(
    offer: Offer, wu: Signer, photo: Callable[..., bytes], kind: str
) -> None:
    content = photo(offer, kind=kind) + b"<script>polyglot</script>"
    made = actions.take_paper(wu, content, seen="身份证", by="he", on=TODAY)
    assert made.method is Method.PAPER
    kept = made.scan.content  # type: ignore[union-attr]
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"SECRET-DEVICE" not in kept
    assert b"polyglot" not in kept
    assert state(offer) is S.SIGNED_BY_ALL


def test_a_fingerprint_needs_two_witnesses(offer: Offer, wu: Signer, photo: Callable[..., bytes]) -> None:
    take = lambda *names: actions.take_paper(  # noqa: E731 - said three times
        wu, photo(offer), seen="身份证", witnesses=names, by_finger=True, by="he", on=TODAY
    )
    assert refused(lambda: take("张三", " ")) == "paper:witnesses"
    assert refused(lambda: take("张三", "张三")) == "paper:witnesses"
    made = take("张三", "李四")
    assert made.method is Method.FINGERPRINT
    assert json.loads(made.proof)["witnesses"] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture:wrong_kind"),
        (b"GIF89a....", "picture:wrong_kind"),
        (b"<svg onload=alert(1)>", "picture:wrong_kind"),
        (b"%PDF-1.7 nothing", "scan:unreadable"),
        (b"\xff\xd8\xff\xe0 broken", "picture:unreadable"),
        (b"x" * 10_000_001, "scan:too_large"),
    ],
    ids=["empty", "gif", "svg", "pdf", "jpeg", "large"],
)
def test_a_file_that_is_no_scan_is_refused_in_words(wu: Signer, content: bytes, code: str) -> None:
    assert refused(lambda: actions.take_paper(wu, content, seen="x", by="he", on=TODAY)) == code


def test_a_paper_of_another_agreement_or_without_a_code_is_refused(
    family: Child, offer: Offer, wu: Signer, photo: Callable[..., bytes]
) -> None:
    other = factories.make_offer(family)
    take = lambda content: actions.take_paper(wu, content, seen="x", by="he", on=TODAY)  # noqa: E731 - said four times
    assert refused(lambda: take(photo(other))) == "scan:other_version"
    assert refused(lambda: take(photo())) == "scan:no_code"
    assert refused(lambda: take(photo(text="https://example.test"))) == "scan:no_code"
    assert refused(lambda: take(photo(offer, kind="PDF", pages=13))) == "scan:too_many_pages"
    assert state(offer) is S.NOT_SENT


# --- the school's part ---


def test_countersigning_brings_the_agreement_into_force(offer: Offer, wu: Signer, he: Account) -> None:
    assert refused(lambda: actions.countersign(offer, he, office="校长", on=TODAY)) == "countersign:not_sent"
    sign_as(wu)
    made = actions.countersign(offer, he, office="校长", on=TODAY)
    assert (made.number, made.effective_from, made.effective_to) == (
        offer.number,
        offer.effective_from,
        offer.effective_to,
    )
    assert made.route is SigningRoute.PHONE
    assert state(offer) is S.COUNTERSIGNED
    assert refused(lambda: actions.countersign(offer, he, office="校长", on=TODAY)) == "countersign:done"
    assert refused(lambda: sign_as(offer.signers[1])) == "sign:concluded"
    told = evidence_of(offer)
    assert told.signed[0].phone == "138****5678"
    assert told.signed[0].drawing is not None
    assert [one.event for one in told.events][-1] is SigningEvent.COUNTERSIGNED


def test_nobody_countersigns_what_they_drew_up(family: Child, he: Account) -> None:
    own = factories.make_offer(family, drawn_up_by=he.public_id)
    sign_as(own.signers[0])
    assert refused(lambda: actions.countersign(own, he, office="校长", on=TODAY)) == "countersign:own"


def test_a_disagreement_is_not_countersigned(offer: Offer, wu: Signer, he: Account) -> None:
    sign_as(wu)
    actions.refuse(offer.signers[1], "不同意", by="x", on=TODAY)
    assert refused(lambda: actions.countersign(offer, he, office="校长", on=TODAY)) == "countersign:conflict"


def test_a_change_of_terms_replaces_the_old_agreement_on_its_day(
    family: Child, offer: Offer, wu: Signer, he: Account
) -> None:
    sign_as(wu)
    old = actions.countersign(offer, he, office="校长", on=TODAY)
    new = factories.make_offer(family, effective_from=date(2026, 12, 1), supersedes_id=old.id)
    sign_as(new.signers[0])
    actions.countersign(new, he, office="校长", on=TODAY)
    assert old.effective_to == date(2026, 11, 30)
    assert [state(offer, day) for day in (date(2026, 11, 30), date(2026, 12, 1))] == [S.COUNTERSIGNED, S.SUPERSEDED]
    assert [state(new, day) for day in (date(2026, 11, 30), date(2026, 12, 1))] == [S.NOT_YET_BEGUN, S.COUNTERSIGNED]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Agreement)) == 2


def test_what_is_told_names_nobody(offer: Offer, wu: Signer, he: Account, photo: Callable[..., bytes]) -> None:
    send(wu)
    actions.note_opened(wu, by="guardian:x", route="link", on=TODAY)
    actions.refuse(offer.signers[1], "因为孩子癫痫", by="guardian:y", on=TODAY)
    actions.follow_up(offer.signers[1], Outcome.LEAVES_IT, "和安爸爸谈过", by="he", on=TODAY)
    sign_as(wu)
    actions.countersign(offer, he, office="校长", on=TODAY)
    logged = " ".join(db.session.scalars(sa.select(AuditEvent.detail)))
    messages = " ".join(one.body or "" for one in db.session.scalars(sa.select(Message)))
    for canary in ("吴奶奶", "安爸爸", "孩子C1", "13812345678", "13711112222", "癫痫", "谈过"):
        assert canary not in logged, canary
        assert canary not in messages, canary


def test_marks_and_proofs_have_one_spelling() -> None:
    assert Proof(Identity.CODE).canonical == '{"identity":"code"}'
    assert Mark(Method.TYPED, typed_name="x").strokes == ""


def test_the_two_may_sign_at_the_same_time_only_once_each(for_all: Offer) -> None:
    assert for_all.who_signs is WhoSigns.ALL
    open_all(for_all.signers[0])
    sign_as(for_all.signers[0])
    assert refused(lambda: sign_as(for_all.signers[0])) == "sign:signed_already"
