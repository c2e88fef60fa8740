"""What the family said on the telephone: from the list of calls to the family's own page, and never by the teacher."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import outbox
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel
from hometeach.people.models import Child, Teacher
from hometeach.visits.rules import Confirmation
from tests import factories
from tests.test_house import come_in
from tests.web.reading import main_of, words_in


@pytest.fixture
def visit(bare_app: Flask, cast: factories.Cast) -> str:
    """A lesson that nobody confirmed, whose family is to be rung up."""
    with bare_app.app_context(), committed():
        child = db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()
        lin = db.session.scalars(sa.select(Teacher).where(Teacher.code == "T1")).one()
        outbox.post(
            "call", kind="reminder", to=f"guardian:{cast.own_guardian}", channel=Channel.CALL_LIST, body="请核对。"
        )
        made = factories.make_visit(child, lin, on=date(2026, 11, 17), confirmation=Confirmation.UNCONFIRMED)
        rebuild_ledger({child.id})
        return made.public_id


def test_from_the_list_of_calls_to_the_familys_own_page(
    bare_app: Flask, he: FlaskClient, lin: FlaskClient, cast: factories.Cast, visit: str
) -> None:
    address = f"/visits/{visit}/telephone"
    assert address in he.get("/messages/calls").text
    said = {"guardian": cast.own_guardian, "answer": "shorter", "minutes": "50", "words": "只来了五十分钟"}
    assert he.post(address, data=said).status_code == 302
    page = words_in(main_of(he.get(f"/visits/{visit}")))
    assert "家庭在电话里的答复" in page
    assert "只来了五十分钟" in page
    assert "只来了五十分钟" not in lin.get(f"/visits/{visit}").text
    assert address not in he.get("/messages/calls").text
    wu = come_in(bare_app, "13812345678")
    own = words_in(main_of(wu.get(f"/family/visits/{visit}")))
    assert "祖母说的，由学校或教育局的he记下" in own
    assert wu.post(f"/family/visits/{visit}/as-written").status_code == 302


def test_the_teacher_has_no_such_page_and_the_auditor_has(
    lin: FlaskClient, qin: FlaskClient, cast: factories.Cast, visit: str
) -> None:
    assert lin.get(f"/visits/{visit}/telephone").status_code == 404
    page = qin.get(f"/visits/{visit}/telephone")
    assert "/inspections" in page.text
    assert (
        qin.post(f"/visits/{visit}/telephone", data={"guardian": cast.own_guardian, "answer": "as_written"}).status_code
        == 302
    )


def test_what_does_not_fit_is_said_and_what_was_typed_stays(he: FlaskClient, cast: factories.Cast, visit: str) -> None:
    later = f"{date(2026, 11, 23) + timedelta(days=3650)}T10:00"
    typed = {"guardian": cast.own_guardian, "answer": "as_written", "called_at": later, "words": "都好"}
    page = he.post(f"/visits/{visit}/telephone", data=typed)
    assert page.status_code == 422
    assert "都好" in page.text
    assert he.post(f"/visits/{visit}/telephone", data={**typed, "guardian": "nobody"}).status_code == 422
