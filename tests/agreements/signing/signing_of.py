"""How tests sign: strokes as a hand draws them, and the least of proof."""

import json
from collections.abc import Callable

from hometeach.agreements.offers.models import Signer
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing.actions import Mark, Proof, drawn_mark, note_clause_opened, sign
from hometeach.agreements.signing.actions.capturing import must_be_opened
from hometeach.agreements.signing.models import Signature
from hometeach.agreements.signing.rules import Identity
from hometeach.kernel.errors import Refused
from tests.agreements.signing.conftest import TODAY

STROKES = [[[10, 20, 0, 500], [120, 60, 40, 500], [200, 30, 90, 500]], [[30, 80, 300, 400], [240, 90, 380, 450]]]
DRAWN = json.dumps({"width": 300, "height": 150, "strokes": STROKES})
BY_CODE = Proof(Identity.CODE, device="test")


def refused(do: Callable[[], object]) -> str:
    """The code of the refusal; empty where there is none."""
    try:
        do()
    except Refused as refusal:
        return refusal.code
    return ""


def open_all(signer: Signer) -> None:
    for clause in must_be_opened(signer.offer):
        note_clause_opened(signer, clause, by="test", on=TODAY)


def sign_as(
    signer: Signer, mark: Mark | None = None, *, route: SigningRoute = SigningRoute.PHONE, by: str = "guardian:x"
) -> Signature:
    open_all(signer)
    must = must_be_opened(signer.offer)
    return sign(signer, mark or drawn_mark(DRAWN), BY_CODE, route=route, by=by, on=TODAY, must_open=must)
