"""The schools' schedules for officers and auditors: every school's version and any week of it, to look at."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from hometeach.people.access import Role
from tests import factories
from tests.web.reading import lead_of, links_of, main_of, rows_of, words_in

SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def version(signed_in: SignedIn, cast: factories.Cast) -> str:
    """The address of the version that Headteacher He has published."""
    answer = signed_in(Role.SCHOOL_COORDINATOR).post("/schedule/term", data={"school": cast.own_school})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


@pytest.mark.parametrize("role", [Role.BUREAU_OFFICER, Role.AUDITOR])
def test_every_school_stands_with_what_it_has_published(
    signed_in: SignedIn, cast: factories.Cast, version: str, role: Role
) -> None:
    page = signed_in(role).get("/schedule/schools")
    assert lead_of(page).endswith("2 所学校中有 1 所已发布日程。")
    own, foreign = rows_of(page)
    assert own.startswith("月山镇中心小学 第 1 版")
    assert "未发布" in foreign
    assert f"/schedule/schools/{cast.own_school}" in links_of(page)
    assert "/schedule/schools" in links_of(signed_in(role).get("/schools"))


def test_any_week_of_a_school_is_shown_and_nothing_of_it_can_be_changed(
    signed_in: SignedIn, cast: factories.Cast, version: str
) -> None:
    page = signed_in(Role.AUDITOR).get(f"/schedule/schools/{cast.own_school}?week=2026-11-30")
    said = words_in(main_of(page))
    assert "15:00–16:15 安安" in said
    assert "林老师" in said
    assert "博博" not in said
    assert not [link for link in links_of(page) if link.startswith("/planned-sessions")]
    assert f"/schedule/schools/{cast.own_school}?week=2026-12-07" in links_of(page)


def test_a_version_opens_and_prints_for_them(signed_in: SignedIn, version: str) -> None:
    qin = signed_in(Role.AUDITOR)
    assert "/schedule/schools" in links_of(qin.get(version))
    answer = qin.get(f"{version}/print?names=codes")
    assert answer.data.startswith(b"%PDF")


@pytest.mark.parametrize("role", [Role.SCHOOL_COORDINATOR, Role.TEACHER, Role.RELIEF_CLERK])
def test_it_is_a_page_of_the_bureau(signed_in: SignedIn, cast: factories.Cast, role: Role) -> None:
    for address in ("/schedule/schools", f"/schedule/schools/{cast.own_school}"):
        assert signed_in(role).get(address).status_code == 404
    assert signed_in(Role.BUREAU_OFFICER).get("/schedule/schools/nosuchschool").status_code == 404
