"""A family signs the next agreement, and leaves before the school has countersigned it."""

import re
from datetime import date

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.agreements.models import Agreement
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child
from tests import factories
from tests.test_house import sign_in
from tests.web.test_absences import at_once
from tests.web.test_agreements import OFFER, TODAY, frozen, offered, read_to_the_end, sign, signed, wu
from tests.web.test_races import posted

__all__ = ["frozen", "offered", "wu"]


def test_what_was_signed_before_the_family_left_is_not_countersigned(
    wu: FlaskClient,
    bare_app: Flask,
    offered: str,
) -> None:
    signed(bare_app, wu, offered)
    he = sign_in(bare_app, "he")
    assert he.post(f"/agreements/{OFFER}/countersign").status_code == 302
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.code == "C1")).one()
        running = db.session.scalars(sa.select(Agreement).order_by(Agreement.id.desc()).limit(1)).one()
        factories.make_offer(child, public_id="offer-next", effective_from=date(2026, 12, 1), supersedes_id=running.id)
    read_to_the_end(wu, "/family/agreements/offer-next")
    assert sign(wu, "/family/agreements/offer-next").status_code == 302
    assert wu.post(f"{offered}/leave").status_code == 302
    answer = he.post("/agreements/offer-next/countersign")
    assert answer.status_code == 422
    assert "家庭签字后已经退出" in answer.text
    assert wu.post(f"{offered}/stay").status_code == 302
    assert he.post("/agreements/offer-next/countersign").status_code == 302


def test_who_leaves_while_the_school_countersigns_is_out_of_both(
    wu: FlaskClient, bare_app: Flask, offered: str, cast: factories.Cast
) -> None:
    signed(bare_app, wu, offered)
    he, other, address = sign_in(bare_app, "he"), sign_in(bare_app, "he"), f"/cases/{cast.own_child}/do/withdraw"
    guardian = re.search(r'<option value="([\w-]+)">吴奶奶', other.get(address).text)[1]  # type: ignore[index]
    leaves = posted(other, address, guardian=guardian, familys_wish="y", done_on=TODAY.isoformat())
    at_once(leaves, posted(he, f"/agreements/{OFFER}/countersign"))
    with bare_app.app_context():
        mine = sa.select(Agreement.effective_to).join(Child, Child.id == Agreement.child_id).where(Child.code == "C1")
        assert max(db.session.scalars(mine)) == TODAY
