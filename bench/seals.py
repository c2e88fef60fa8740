"""A signed agreement sealed: the evidence, the seal and the check of it apart; its size, and what memory it keeps."""

import hashlib
import resource
from collections.abc import Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from bench.measuring import Ratio, compare
from hometeach.agreements.sealing import making
from hometeach.agreements.sealing.keys import Trust
from hometeach.agreements.sealing.page import evidence_page
from hometeach.agreements.sealing.verifying import verify
from hometeach.kernel import documents
from tests.agreements.sealing import making as cast

#: Documents sealed one after the other, to see what each leaves behind.
ROUNDS = 20
NUMBER = "XY-2026-0001"


def measure(app: Flask) -> Iterator[Ratio]:
    """In a process that has printed and sealed before; nothing is written."""
    with app.app_context():
        key = cast.key_of()
        unsigned = cast.printed(NUMBER)
        evidence, told = cast.evidence_about(unsigned, NUMBER), cast.told_about(unsigned, key)
        stated = cast.stated_of(unsigned, NUMBER, told.sealed_at)
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
