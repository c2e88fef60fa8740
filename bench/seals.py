"""A signed agreement sealed: the evidence, the seal and the check of it apart; its size, and what memory it keeps."""

import hashlib
import resource
from collections.abc import Iterator
from datetime import timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from bench.measuring import Ratio, compare
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.sealing import making
from hometeach.agreements.sealing.keys import Trust, kept_key, make_chain
from hometeach.agreements.sealing.page import Sealing, evidence_page
from hometeach.agreements.sealing.rules import Level, new_code
from hometeach.agreements.sealing.verifying import verify
from hometeach.agreements.signing.rules import Method, SigningEvent
from hometeach.agreements.signing.telling import CountersignedBy, Drawing, Evidence, Happened, SignedBy
from hometeach.kernel import documents
from hometeach.kernel.clock import machine_now

#: Documents sealed one after the other, to see what each leaves behind.
ROUNDS = 20
NUMBER = "XY-2026-0001"


def measure(app: Flask) -> Iterator[Ratio]:
    """In a process that has printed and sealed before; nothing is written."""
    with app.app_context():
        key = kept_key(*make_chain("X市教育局", machine_now()))
        unsigned = documents.print_pdf("<h1>协议</h1>" + "<p>每周送教一次，每次不少于六十分钟。</p>" * 60).content
        evidence, told = _evidence(unsigned), _told(unsigned, key)
        stated = making.Stated(NUMBER, ("吴某某",), machine_now(), len(unsigned), hashlib.sha256(unsigned).hexdigest())
        page = evidence_page(evidence, told)
        sealed = making.seal(unsigned, page.content, stated=stated, key=key)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _round in range(ROUNDS):
            making.seal(unsigned, page.content, stated=stated, key=key)
        kept = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / ROUNDS
        yield compare(
            f"its evidence, {page.pages} pages",
            lambda: evidence_page(evidence, told),
            "one printed page with a line of text",
            lambda: documents.print_pdf("<p>送教上门</p>"),
            goal="(no goal)",
        )
        bare = ec.generate_private_key(ec.SECP256R1())
        yield compare(
            f"its seal, {len(sealed) / 1024:.0f} KB, {kept:.0f} KB memory kept by each",
            lambda: making.seal(unsigned, page.content, stated=stated, key=key),
            "a bare ECDSA signature of its bytes",
            lambda: bare.sign(sealed, ec.ECDSA(hashes.SHA256())),
            goal="(0.025 s)",
            pairs=15,
        )
        trust = Trust((key.chain,))
        yield compare(
            "the check of a sealed agreement",
            lambda: verify(sealed, trust),
            "its SHA-256",
            lambda: hashlib.sha256(sealed).digest(),
            goal="(no goal)",
            pairs=15,
        )


def _evidence(unsigned: bytes) -> Evidence:
    digest, at = hashlib.sha256(unsigned).hexdigest(), machine_now()
    strokes = tuple(tuple((10.0 * n + 3 * k, 20.0 + k % 9) for k in range(40)) for n in range(6))
    signer = SignedBy(
        name="吴美玲",
        relation="祖母",
        phone="138****5678",
        id_number="4****************X",
        route=SigningRoute.PHONE,
        method=Method.DRAWN,
        signed_at=at,
        document_sha256=digest,
        identity="凭发到本人手机的验证码",
        code_sent_at=at,
        code_entered_at=at,
        device="Mozilla/5.0 (Linux; Android 12)",
        address="192.0.2.7",
        drawing=Drawing(300, 150, strokes),
    )
    events = tuple(
        Happened(event, at + timedelta(minutes=n), "吴美玲", "吴美玲") for n, event in enumerate(SigningEvent)
    )
    countersigned = CountersignedBy("何校长", "校长", at, digest)
    return Evidence(NUMBER, "特殊教育学校", digest, "送教上门服务协议书 v1", "R", (signer,), (), events, countersigned)


def _told(unsigned: bytes, key: making.SealKey) -> Sealing:
    return Sealing(
        bureau="X市教育局",
        code=new_code(),
        address="https://songjiao.example/verify",
        unsigned_bytes=len(unsigned),
        audit_head=(17, "ab" * 32),
        certificate=key.certificate,
        level=Level.B_B,
        timestamp="无",
        sealed_at=machine_now(),
    )
