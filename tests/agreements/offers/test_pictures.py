"""Which picture stands beside a point of the page in plain words?"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hometeach.agreements.offers.documents import Point, points_of, summary_of, unsigned_pdf
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.pictures import PICTURES, picture_of
from hometeach.agreements.templates.default import default_wording
from hometeach.agreements.templates.rules.placeholders import EXAMPLES

pytestmark = pytest.mark.once

MACROS = Path(__file__).parents[3] / "templates" / "macros" / "pictures.html"


@pytest.mark.parametrize(
    ("question", "picture"),
    [
        ("这是什么？", "agreement"),
        ("多久来一次？", "often"),
        ("在哪里教？", "place"),
        ("教什么？", "learning"),
        ("谁来教？", "teacher"),
        ("要花钱吗？", "money"),
        ("从哪天到哪天？", "dates"),
        ("我要做什么？", "duty"),
        ("可以不签、可以退出吗？", "leave"),
        ("拍照要同意吗？", "photo"),
        ("有问题找谁？", "ask"),
        ("孩子高兴吗？", ""),
        ("", ""),
    ],
)
def test_a_picture_is_found_by_the_words_of_the_question(question: str, picture: str) -> None:
    assert picture_of(question) == picture


def test_every_point_of_the_draft_has_a_picture_of_its_own() -> None:
    found = [one.picture for one in points_of(default_wording().summary, EXAMPLES)]
    assert all(found)
    assert len(set(found)) == len(found)


def test_the_printed_summary_has_the_pictures_too(drawn: Callable[..., Offer], monkeypatch: pytest.MonkeyPatch) -> None:
    offer = drawn()
    assert all(point.picture for point in summary_of(offer))
    monkeypatch.setattr(Point, "picture", "")
    bare = unsigned_pdf(offer.template, offer.terms)
    assert 300 < offer.document.size - len(bare.content) < 2_000, "and they cost next to nothing"


def test_every_picture_is_drawn() -> None:
    drawn = set(re.findall(r'^"(\w+)": ', MACROS.read_text(encoding="utf-8"), re.MULTILINE))
    assert drawn == {name for name, _words in PICTURES}
