"""What sealing is tested with: a printed agreement, evidence about it, a key, a sealed file."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache

from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.sealing import making
from hometeach.agreements.sealing.keys import SealKey, Trust, kept_key, make_chain
from hometeach.agreements.sealing.page import Sealing, evidence_page
from hometeach.agreements.sealing.rules import Level, new_code
from hometeach.agreements.signing.rules import Method, SigningEvent
from hometeach.agreements.signing.telling import CountersignedBy, Drawing, Evidence, Happened, SignedBy
from hometeach.kernel import documents
from hometeach.kernel.clock import machine_now

BUREAU = "X市教育局"
#: Names with rare characters, all of which the printed text must hold.
RARE = "䶮堃喆翀赟祎玥𬱖㛃犇"
STROKES = [[[10, 20, 0, 500], [120, 60, 40, 500], [200, 30, 90, 500]], [[30, 80, 300, 400], [240, 90, 380, 450]]]
DRAWN = json.dumps({"width": 300, "height": 150, "strokes": STROKES})
AT = datetime(2026, 11, 23, 6, 5, 9, tzinfo=UTC)


@cache
def printed(number: str = "XY-2026-0001") -> bytes:
    """An agreement of two pages before anybody signed it."""
    clauses = "".join(f"<p>第{n}条 每周送教一次，每次不少于六十分钟，不收取任何费用。</p>" for n in range(1, 41))
    html = f"<html lang='zh'><head><title>{number}</title></head><body><h1>送教上门服务协议书 {number}</h1>{clauses}"
    return documents.print_pdf(f"{html}<p>乙方 {RARE}</p></body></html>").content


def evidence_about(unsigned: bytes, number: str = "XY-2026-0001") -> Evidence:
    """Two guardians: one drew her name, one typed his."""
    digest = hashlib.sha256(unsigned).hexdigest()
    drawn = SignedBy(
        name="吴" + RARE,
        relation="祖母",
        phone="138****5678",
        id_number="4****************X",
        route=SigningRoute.PHONE,
        method=Method.DRAWN,
        signed_at=AT,
        document_sha256=digest,
        identity="凭发到本人手机的验证码",
        code_sent_at=AT - timedelta(minutes=2),
        code_entered_at=AT - timedelta(minutes=1),
        device="Mozilla/5.0 (Linux; Android 12)",
        address="192.0.2.7",
        drawing=Drawing(300, 150, tuple(tuple((point[0], point[1]) for point in one) for one in STROKES)),
    )
    typed = SignedBy(
        name="安大山",
        relation="父亲",
        phone="137****2222",
        id_number="",
        route=SigningRoute.OFFICE,
        method=Method.TYPED,
        signed_at=AT,
        document_sha256=digest,
        identity="查看居民身份证",
        typed_name="安大山",
        taken_by="林老师",
    )
    events = (
        Happened(SigningEvent.SENT, AT - timedelta(hours=3), "何校长", drawn.name),
        Happened(SigningEvent.SIGNED, AT, drawn.name, drawn.name),
        Happened(SigningEvent.TALK_ASKED, AT, "安大山", "安大山", {"reason": "想先问问 🙂"}),
        Happened(SigningEvent.COUNTERSIGNED, AT + timedelta(hours=1), "何校长"),
    )
    return Evidence(
        number=number,
        school="犇犇特殊教育学校",
        document_sha256=digest,
        template="送教上门服务协议书 v1",
        rule="R",
        signed=(drawn, typed),
        not_signed=(("安奶奶", "祖母"),),
        events=events,
        countersigned=CountersignedBy("何校长", "校长", AT + timedelta(hours=1), digest),
    )


def key_of(bureau: str = BUREAU, now: datetime | None = None) -> SealKey:
    """A key with its chain, made as the set-up makes it."""
    return kept_key(*make_chain(bureau, now or machine_now()))


def trust_of(*keys: SealKey) -> Trust:
    """Whoever believes these keys."""
    return Trust(tuple(one.chain for one in keys))


def told_about(unsigned: bytes, key: SealKey, *, at: datetime | None = None, level: Level = Level.B_B) -> Sealing:
    """What the evidence page says of a seal."""
    return Sealing(
        bureau=BUREAU,
        code=new_code(),
        address="https://songjiao.example/verify",
        unsigned_bytes=len(unsigned),
        audit_head=(17, "ab" * 32),
        certificate=key.certificate,
        level=level,
        timestamp="无",
        sealed_at=(at or machine_now()).replace(microsecond=0),
    )


def stated_of(unsigned: bytes, number: str, at: datetime) -> making.Stated:
    """What a sealed file says of itself."""
    return making.Stated(number, ("吴某某",), at, len(unsigned), making.sha256_of(unsigned))


def sealed_by(
    key: SealKey, number: str = "XY-2026-0001", *, unsigned: bytes = b"", at: datetime | None = None, level=Level.B_B
) -> bytes:
    """A sealed agreement, made as the job makes it."""
    unsigned = unsigned or printed(number)
    told = told_about(unsigned, key, at=at, level=level)
    page = evidence_page(evidence_about(unsigned, number), told)
    return making.seal(unsigned, page.content, stated=stated_of(unsigned, number, told.sealed_at), key=key)


@cache
def believed_key() -> SealKey:
    """The bureau's key of these tests."""
    return key_of()
