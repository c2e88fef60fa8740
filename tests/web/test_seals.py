"""Do bureau and administrator see what is stuck, and does nobody else?"""

from datetime import date

import pytest

from hometeach.agreements.sealing import actions
from hometeach.agreements.sealing.models import attempts_of, seal_of
from hometeach.agreements.signing.actions import countersign
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.access import Role
from hometeach.people.models import Account, Child
from tests import factories
from tests.agreements.sealing import making
from tests.agreements.sealing.conftest import TODAY
from tests.agreements.signing.signing_of import sign_as

#: The school year after the one for which the cast's child has its agreement.
NEXT = date(2027, 9, 1), date(2028, 7, 10)


@pytest.fixture
def offer(app, cast):
    """An agreement of the cast's own child, signed and countersigned."""
    with committed():
        child = db.session.query(Child).filter_by(public_id=cast.own_child).one()
        for one in child.guardians:
            one.phone_checked_at, one.phone_checked_by = machine_now(), "test"
        made = factories.make_offer(child, content=making.printed(), effective_from=NEXT[0], effective_to=NEXT[1])
        sign_as(made.signers[0])
        head = db.session.query(Account).filter_by(sign_in_name=cast.sign_in_names[Role.SCHOOL_COORDINATOR]).one()
        countersign(made, head, office="校长", on=TODAY)
    return made


def test_what_waits_stands_there_with_its_reason_and_is_tried_again_at_once(app, offer, signed_in, tmp_path):
    bureau = signed_in(Role.BUREAU_OFFICER)
    assert "下一个就轮到它" in bureau.get("/seals").text
    app.config["SEAL_PKCS12"] = str(tmp_path / "none.p12")
    assert actions.seal_next(TODAY) is False
    db.session.rollback()
    for browser in (bureau, signed_in(Role.ADMINISTRATOR)):
        page = browser.get("/seals").text
        for told in (offer.number, "已签署，未封章", "none.p12", "下一步", "现在再试"):
            assert told in page, told
    assert bureau.post(f"/seals/{offer.public_id}/again").status_code == 302
    app.config["SEAL_PKCS12"] = ""
    assert actions.seal_next(TODAY) is True
    page = bureau.get("/seals").text
    assert "已签署的协议都已封章" in page
    assert "证据包" in page
    assert [one.succeeded for one in attempts_of(offer.id)] == [False, True]


def test_the_bureau_takes_the_pack_and_the_administrator_does_not(app, offer, signed_in):
    bureau = signed_in(Role.BUREAU_OFFICER)
    assert bureau.get(f"/seals/{offer.public_id}/pack").status_code == 404, "not sealed yet"
    assert actions.seal_next(TODAY) is True
    assert seal_of(offer.id)
    db.session.rollback()
    answer = bureau.get(f"/seals/{offer.public_id}/pack")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    assert signed_in(Role.ADMINISTRATOR).get(f"/seals/{offer.public_id}/pack").status_code == 404
    page = signed_in(Role.ADMINISTRATOR).get("/seals").text
    assert offer.child.name not in page
    for role in (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.AUDITOR, Role.RELIEF_CLERK):
        assert signed_in(role).get("/seals").status_code == 404
