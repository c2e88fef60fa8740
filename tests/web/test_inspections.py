"""An auditor's inspection: draw, open the files, note what checks gave, print the sheet."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from hometeach.people.access import Role
from tests.web.reading import links_of, main_of, words_in

SignedIn = Callable[[Role], FlaskClient]
CHECK = {
    "kind": "phone",
    "checked_on": "2026-11-20",
    "reached": "奶奶",
    "took_place": "yes",
    "minutes": "55",
    "is_satisfied": "yes",
    "note": "老师教她洗手。",
}


def drawn(browser: FlaskClient, seed: str = "2026-11") -> str:
    answer = browser.post("/inspections", data={"count": "2", "seed": seed})
    assert answer.status_code == 302
    return answer.headers["Location"]


@pytest.fixture
def auditor(signed_in: SignedIn) -> FlaskClient:
    browser = signed_in(Role.AUDITOR)
    browser.post("/language", data={"language": "en", "back": "/"})
    return browser


def children_in(browser: FlaskClient, sample: str) -> list[str]:
    return [link for link in links_of(browser.get(sample)) if link.startswith("/children/")]


def test_the_same_seed_draws_the_same_children_again(auditor: FlaskClient) -> None:
    first, second = drawn(auditor), drawn(auditor)
    assert first != second
    assert children_in(auditor, first) == children_in(auditor, second) != []


def test_every_link_of_a_drawn_child_opens_for_the_auditor(auditor: FlaskClient) -> None:
    for link in set(links_of(auditor.get(drawn(auditor)))):
        assert auditor.get(link).status_code == 200, link


def test_what_a_check_gave_stands_on_the_page_and_on_the_sheet(auditor: FlaskClient) -> None:
    sample = drawn(auditor)
    assert auditor.post(f"{sample}/children/1", data=CHECK).headers["Location"] == sample
    page = words_in(main_of(auditor.get(sample)))
    assert "1 of them is checked" in page
    assert "奶奶" in page
    answer = auditor.get(f"{sample}/sheet")
    assert answer.mimetype == "application/pdf"
    document = PdfReader(BytesIO(answer.data))
    box = document.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    told = "".join(one.extract_text() for one in document.pages)
    for said in ("2026-11", "安安", "博博", "奶奶", "老师教她洗手。"):
        assert said in told


def test_an_officer_reads_and_does_neither_draw_nor_note(signed_in: SignedIn, auditor: FlaskClient) -> None:
    sample, officer = drawn(auditor), signed_in(Role.BUREAU_OFFICER)
    assert officer.get(sample).status_code == 200
    assert officer.post("/inspections", data={"count": "1"}).status_code == 404
    assert officer.post(f"{sample}/children/1", data=CHECK).status_code == 404


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("", {"count": "0"}),
        ("", {"count": "viele"}),
        ("", {"count": "1", "seed": "a b"}),
        ("/children/1", {**CHECK, "checked_on": "2026-11-24"}),
        ("/children/1", {**CHECK, "reached": ""}),
        ("/children/1", {**CHECK, "minutes": "-5"}),
        ("/children/1", {**CHECK, "kind": "guess"}),
    ],
    ids=["nobody", "no number", "no seed", "tomorrow", "nobody said so", "less than nothing", "another way"],
)
def test_what_cannot_be_is_refused_beside_its_field(auditor: FlaskClient, path: str, typed: dict[str, str]) -> None:
    address = f"{drawn(auditor)}{path}" if path else "/inspections"
    assert auditor.post(address, data=typed).status_code == 422


def test_a_child_that_was_not_drawn_is_absent(auditor: FlaskClient) -> None:
    sample = drawn(auditor)
    assert auditor.get(f"{sample}/children/3").status_code == 404
    assert auditor.get(f"{sample}/children/0").status_code == 404
