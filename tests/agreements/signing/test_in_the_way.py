"""What stands in the way of a signature that would say more than anybody knows."""

from datetime import date

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.rules import SigningRoute
from hometeach.agreements.signing import actions
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Child
from tests import factories
from tests.agreements.signing.conftest import TODAY, WU
from tests.agreements.signing.signing_of import refused, sign_as


def test_of_two_agreements_drawn_up_for_the_same_days_one_is_countersigned(
    family: Child, offer: Offer, wu: Signer, he: Account
) -> None:
    other = factories.make_offer(family, effective_from=date(2026, 12, 1))
    sign_as(wu)
    sign_as(other.signers[0])
    actions.countersign(offer, he, office="校长", on=TODAY)
    assert refused(lambda: actions.countersign(other, he, office="校长", on=TODAY)) == "countersign:overlaps"


def test_one_phone_does_not_sign_for_both_guardians(for_all: Offer) -> None:
    wu, an = for_all.signers
    an.guardian.phone, an.guardian.phone_index = WU, wu.guardian.phone_index
    db.session.flush()
    sign_as(wu)
    assert refused(lambda: sign_as(an)) == "sign:shared_phone"
    sign_as(an, route=SigningRoute.IN_PERSON, by="lin")


def pdf_of(pages: int, edge: int) -> bytes:
    """A PDF of empty square pages. Units: ``edge`` in points."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + pages))
    boxes = "".join(
        f"{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 {edge} {edge}]>>endobj\n"
        for number in range(3, 3 + pages)
    )
    head = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    return f"{head}2 0 obj<</Type/Pages/Kids[{kids}]/Count {pages}>>endobj\n{boxes}trailer<</Root 1 0 R>>\n".encode()


def test_a_small_file_with_monstrous_pages_is_refused_before_it_is_drawn(wu: Signer) -> None:
    taken = lambda content: refused(lambda: actions.take_paper(wu, content, seen="x", by="he", on=TODAY))  # noqa: E731 - said twice
    assert taken(pdf_of(12, 14_400)) == "scan:too_large"
    assert taken(pdf_of(12, 595)) == "scan:no_code"
