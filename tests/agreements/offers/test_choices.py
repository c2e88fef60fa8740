"""What an agreement leaves to whoever signs it: frozen with its facts, and printed with boxes."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hometeach.agreements.offers.choices import Choice, Question, Unfit, asked_in, options_in, unanswered, unfit
from hometeach.agreements.offers.documents import summary_of, unsigned_pdf
from hometeach.agreements.offers.models import Offer
from hometeach.kernel.errors import Refused
from hometeach.people.models import Child

Draw = Callable[..., Offer]
PLACES = ("家里", "大塘村卫生室")
TIMES = ("周二 15:00–16:15", "周四 9:00–10:15")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", ()),
        (" \n\n", ()),
        ("家里", ("家里",)),
        (" 家里 \n大塘村  卫生室\n家里\n", ("家里", "大塘村 卫生室")),
    ],
    ids=["nothing", "blank", "one", "tidied, each once"],
)
def test_options_are_written_a_line_each(text: str, options: tuple[str, ...]) -> None:
    assert options_in(text) == options


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ((), None),
        (PLACES, None),
        (("家里",), Unfit.ONLY_ONE),
        (tuple("一二三四五六"), None),
        (tuple("一二三四五六七"), Unfit.TOO_MANY),
        (("家" * 60, "村"), None),
        (("家" * 61, "村"), Unfit.TOO_LONG),
    ],
    ids=["none", "two", "one", "six", "seven", "sixty letters", "one letter more"],
)
def test_what_can_be_chosen_from(options: tuple[str, ...], fault: Unfit | None) -> None:
    assert unfit(options) is fault


def test_each_question_wants_one_of_its_own_options() -> None:
    place, times = Question(Choice.PLACE, PLACES), Question(Choice.TIMES, TIMES)
    assert unanswered([place, times], {}) is place
    assert unanswered([place, times], {"place": "家里", "times": "家里"}) is times
    assert unanswered([place, times], {"place": "家里", "times": TIMES[1]}) is None
    assert unanswered([], {"place": "anything"}) is None


def test_what_is_to_be_chosen_stands_in_the_text_and_is_frozen(drawn: Draw, tmp_path: Path) -> None:
    offer = drawn(options={Choice.PLACE: PLACES, Choice.TIMES: TIMES})
    assert asked_in(offer.terms) == [Question(Choice.PLACE, PLACES), Question(Choice.TIMES, TIMES)]
    points = {one.question: one.answer for one in summary_of(offer)}
    assert "由监护人签署时从以下选定一个：家里；大塘村卫生室" in points["在哪里教？"]
    assert "周四 9:00–10:15" in points["多久来一次？"]
    (tmp_path / "a.pdf").write_bytes(offer.document.content)
    text = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, check=True, text=True).stdout
    assert "□家里□大塘村卫生室" in text.replace(" ", "").replace("\n", "")
    assert unsigned_pdf(offer.template, offer.terms).content == offer.document.content


def test_an_agreement_that_leaves_nothing_open_says_nothing_of_it(drawn: Draw) -> None:
    offer = drawn(options={Choice.PLACE: ()})
    assert "choices" not in offer.terms
    assert asked_in(offer.terms) == []


def test_the_familys_address_is_not_needed_where_places_are_offered(drawn: Draw, child: Child) -> None:
    child.visit_address = None
    assert "大塘村卫生室" in drawn(options={Choice.PLACE: PLACES}).terms["words"]["送教地点"]


def test_one_alone_is_refused_at_its_field(drawn: Draw) -> None:
    with pytest.raises(Refused) as refused:
        drawn(options={Choice.TIMES: TIMES[:1]})
    assert (refused.value.code, refused.value.field) == ("offer:options_only_one", "times")
