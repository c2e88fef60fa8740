"""The list of findings and one finding: who sees what, explains, decides; and what the address keeps."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from hometeach.compliance.findings.rules import Finding, Kind, Owner
from hometeach.people.access import Role
from tests import factories
from tests.web.reading import browser_of, lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


def short_of(visit: str) -> str:
    """The address of the finding that a session was too short."""
    return f"/findings/{Finding(Kind.SHORT, visit, Owner.TEACHER, date.max, date.max).key}"


@pytest.fixture
def address(app, cast: factories.Cast) -> str:
    """Of the finding about the short session of Lin's child."""
    import sqlalchemy as sa

    from hometeach.kernel.extensions import db
    from hometeach.people.models import Child
    from hometeach.visits.models import Visit

    own = sa.select(Visit.public_id).join(Child, Child.id == Visit.child_id)
    found = db.session.scalars(own.where(Child.public_id == cast.own_child, Visit.held_on == date(2026, 9, 15))).one()
    db.session.rollback()
    return short_of(found)


def explained(signed_in: SignedIn, address: str) -> str:
    """The public id of an explanation that Lin has handed in."""
    answer = signed_in(Role.TEACHER).post(f"{address}/explain", data={"words": "孩子当天发热。"})
    assert answer.headers["Location"] == address
    page = signed_in(Role.AUDITOR).get(address).text
    return page.partition('name="explanation"')[2].partition('value="')[2].partition('"')[0]


def test_the_sentence_counts_and_the_address_keeps_the_filters(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AUDITOR)
    browser.post("/language", data={"language": "en", "back": "/"})
    assert "are open" in lead_of(browser.get("/findings"))
    rows = rows_of(browser.get("/findings?kind=short"))
    assert len(rows) == 2
    assert all("58 minutes; the rule asks for 60. 60 − 58 = 2 too few" in row for row in rows)
    assert rows_of(browser.get("/findings?kind=short&state=explained")) == []


def test_a_coordinator_sees_the_own_school_and_a_teacher_the_own_children(
    signed_in: SignedIn, cast: factories.Cast, client: FlaskClient
) -> None:
    for role in (Role.SCHOOL_COORDINATOR, Role.TEACHER):
        page = words_in(main_of(signed_in(role).get("/findings?state=all")))
        assert "安安" in page
        assert "博博" not in page
    page = words_in(main_of(browser_of(client, cast.stranger).get("/findings?state=all")))
    assert "博博" in page
    assert "安安" not in page


def test_a_finding_says_its_rule_its_facts_and_what_clears_it(signed_in: SignedIn, address: str) -> None:
    browser = signed_in(Role.AUDITOR)
    browser.post("/language", data={"language": "en", "back": "/"})
    answer = browser.get(address)
    page = words_in(main_of(answer))
    for said in ("58 minutes", "X教发〔2026〕11号", "A wrong time is corrected", "Who must act"):
        assert said in page
    assert any(link.startswith("/visits/") for link in links_of(answer))


def test_two_looks_say_the_same(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AUDITOR)
    assert rows_of(browser.get("/findings?state=all")) == rows_of(browser.get("/findings?state=all"))


def test_an_accepted_explanation_takes_it_off_the_open_list_and_stays_readable(
    signed_in: SignedIn, address: str
) -> None:
    explanation = explained(signed_in, address)
    auditor = signed_in(Role.AUDITOR)
    assert address in links_of(auditor.get("/findings?state=waiting"))
    typed = {"explanation": explanation, "outcome": "accepted", "reason": "有校医记录。"}
    assert auditor.post(f"{address}/decide", data=typed).headers["Location"] == address
    assert address not in links_of(auditor.get("/findings?kind=short"))
    assert address in links_of(auditor.get("/findings?state=explained"))
    page = words_in(main_of(signed_in(Role.TEACHER).get(address)))
    assert "有校医记录。" in page
    assert auditor.post(f"{address}/decide", data=typed).status_code == 422


def test_a_rejected_explanation_leaves_it_open(signed_in: SignedIn, address: str) -> None:
    typed = {"explanation": explained(signed_in, address), "outcome": "rejected", "reason": "路上时间不计。"}
    officer = signed_in(Role.BUREAU_OFFICER)
    assert officer.post(f"{address}/decide", data=typed).status_code == 302
    assert address in links_of(officer.get("/findings?kind=short"))


def test_those_who_decide_do_not_explain_and_those_who_explain_do_not_decide(signed_in: SignedIn, address: str) -> None:
    explanation = explained(signed_in, address)
    typed = {"explanation": explanation, "outcome": "accepted", "reason": "可以。"}
    assert signed_in(Role.TEACHER).post(f"{address}/decide", data=typed).status_code == 404
    assert signed_in(Role.SCHOOL_COORDINATOR).post(f"{address}/decide", data=typed).status_code == 404
    assert signed_in(Role.AUDITOR).post(f"{address}/explain", data={"words": "x"}).status_code == 404


def test_what_was_typed_stays_after_an_error(signed_in: SignedIn, address: str) -> None:
    answer = signed_in(Role.TEACHER).post(f"{address}/explain", data={"words": "长" * 501})
    assert answer.status_code == 422
    assert "长" * 501 in answer.text


def test_a_decision_for_another_explanation_is_refused(signed_in: SignedIn, address: str) -> None:
    explained(signed_in, address)
    typed = {"explanation": "another", "outcome": "accepted", "reason": "可以。"}
    assert signed_in(Role.AUDITOR).post(f"{address}/decide", data=typed).status_code == 422
