"""A sealed agreement, made once for all who take it apart, and agreements that the school has just countersigned."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.keys import SealKey, Trust
from hometeach.agreements.signing.actions import countersign
from hometeach.app import create_app
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Account, Child, OrgUnit, Teacher
from tests import factories
from tests.agreements.sealing import making
from tests.agreements.signing.signing_of import sign_as

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def without_database(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as far as printing needs it."""
    settings = type("NoDatabase", (config.Testing,), {"VAR_DIR": tmp_path_factory.mktemp("no_database")})
    return create_app(settings)


@pytest.fixture(scope="session")
def seal_key() -> SealKey:
    """The bureau's key."""
    return making.believed_key()


@pytest.fixture(scope="session")
def trust(seal_key: SealKey) -> Trust:
    """Whoever believes the bureau."""
    return making.trust_of(seal_key)


@pytest.fixture(scope="session")
def sealed(without_database: Flask, seal_key: SealKey) -> bytes:
    """A sealed agreement."""
    with without_database.app_context():
        return making.sealed_by(seal_key)


@pytest.fixture
def child(app: Flask) -> Child:
    """Child An with Grandmother Wu, at a school with a head."""
    school = factories.make_unit("S1")
    factories.make_account("he", school, factories.Role.SCHOOL_COORDINATOR, is_head=True)
    child = asked_to_sign("C1", school, factories.make_teacher("T1", school))
    db.session.commit()
    return child


def asked_to_sign(code: str, school: OrgUnit, teacher: Teacher) -> Child:
    """A child whose guardians' phones the school has seen."""
    child = factories.make_child(code, school, teacher)
    for one in child.guardians:
        one.phone_checked_at, one.phone_checked_by = machine_now(), "test"
    return child


@pytest.fixture
def conclude(child: Child) -> Callable[[], Offer]:
    """For one more child draw up an agreement, have it signed and countersigned."""
    made: list[Offer] = []

    def concluded() -> Offer:
        with committed():
            school, teacher = (db.session.scalars(sa.select(model)).first() for model in (OrgUnit, Teacher))
            signing = asked_to_sign(f"C{len(made) + 2}", school, teacher) if made else child
            offer = factories.make_offer(signing, content=making.printed(str(len(made))))
            sign_as(offer.signers[0])
            head = db.session.query(Account).filter_by(sign_in_name="he").one()
            countersign(offer, head, office="校长", on=TODAY)
        made.append(offer)
        return offer

    return concluded
