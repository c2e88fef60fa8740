"""A family of two guardians who are asked to sign, and whose phones the school has seen."""

from datetime import date

import pytest
from flask import Flask

from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Child, Guardian, account_by_sign_in_name, phone_index
from tests import factories

TODAY = date(2026, 11, 23)
WU, AN = "13812345678", "13711112222"


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMETEACH_TODAY", TODAY.isoformat())


@pytest.fixture
def family(app: Flask) -> Child:
    """Child An with Grandmother Wu and Father An, in a deployment that can send messages."""
    app.config["SMS_URL"] = "http://127.0.0.1:9/"
    school = factories.make_unit("S1")
    child = factories.make_child("C1", school, factories.make_teacher("T1", school))
    db.session.add(Guardian(child_id=child.id, name="安爸爸", relation="父亲", phone=AN, phone_index=phone_index(AN)))
    db.session.flush()
    db.session.refresh(child)
    for one in child.guardians:
        one.phone_checked_at, one.phone_checked_by = machine_now(), "test"
    factories.make_account("he", school, factories.Role.SCHOOL_COORDINATOR, is_head=True)
    db.session.flush()
    return child


@pytest.fixture
def offer(family: Child) -> Offer:
    """An agreement that any one of the two may sign."""
    return factories.make_offer(family)


@pytest.fixture
def for_all(family: Child) -> Offer:
    """An agreement that both must sign."""
    return factories.make_offer(family, WhoSigns.ALL, who_signs_reason="双方共同监护")


@pytest.fixture
def wu(offer: Offer) -> Signer:
    """Grandmother Wu, who is asked."""
    return offer.signers[0]


@pytest.fixture
def he(family: Child) -> Account:
    """Headteacher He."""
    return account_by_sign_in_name("he") or pytest.fail("he is missing")
