"""Numbers, the code on the paper, and for whom and when an agreement can be drawn up."""

from datetime import date

import pytest

from hometeach.agreements.offers.rules import Misfit, PaperCode, WhoSigns, misfit_of, next_number, read_paper_code
from hometeach.kernel.clock import Span

TODAY = date(2026, 11, 23)
TERM = Span(TODAY, date(2027, 1, 22))
CODE = PaperCode("XY-2026-0007", 3, "AB" * 32)


@pytest.mark.parametrize(
    ("taken", "number"),
    [
        ([], "XY-2026-0001"),
        (["XY-2026-0001", "XY-2026-0009"], "XY-2026-0010"),
        (["XY-2025-0400"], "XY-2026-0001"),
        (["XY-2026-9999"], "XY-2026-10000"),
        (["XY-2026-10000", "XY-2026-9999"], "XY-2026-10001"),
        (["XY0001-1", "XY-2026-7-1", "XY-2026-"], "XY-2026-0001"),
    ],
    ids=["the first", "after a gap", "another year", "after 9999", "by value, not by letters", "of the bureau's own"],
)
def test_the_next_number_of_a_year(taken: list[str], number: str) -> None:
    assert next_number(2026, taken) == number


def test_the_code_on_the_paper_is_read_back() -> None:
    assert read_paper_code(str(CODE)) == CODE
    assert read_paper_code(f" {CODE}\n") == CODE


@pytest.mark.parametrize(
    "text",
    ["", "https://example.org", "HTA1:XY-2026-0007:3:AB", str(CODE) + "0", str(CODE).lower(), "HTA2" + str(CODE)[4:]],
)
def test_another_code_is_none_of_ours(text: str) -> None:
    assert read_paper_code(text) is None


@pytest.mark.parametrize(
    ("given", "misfit"),
    [
        ({}, None),
        ({"span": Span(TODAY, TODAY)}, None),
        ({"span": Span(TODAY, date(2026, 11, 22))}, Misfit.REVERSED),
        ({"span": Span(date(2026, 11, 22), date(2027, 1, 22))}, Misfit.PAST),
        ({"span": Span(TODAY, date(2027, 11, 23))}, None),
        ({"span": Span(TODAY, date(2027, 11, 24))}, Misfit.TOO_LONG),
        ({"in_force": [Span(date(2026, 9, 1), date(2026, 11, 22))]}, None),
        ({"in_force": [Span(date(2026, 9, 1), TODAY)]}, Misfit.OVERLAPS),
        ({"in_force": [Span(date(2027, 1, 22))]}, Misfit.OVERLAPS),
        ({"who": WhoSigns.ALL}, Misfit.NO_REASON),
        ({"who": WhoSigns.ALL, "reason": " "}, Misfit.NO_REASON),
        ({"who": WhoSigns.ALL, "reason": "离异，双方共同抚养"}, None),
        ({"who": WhoSigns.NAMED, "reason": "父亲在外务工", "named": False}, Misfit.NOBODY_NAMED),
        ({"who": WhoSigns.NAMED, "reason": "父亲在外务工", "named": True}, None),
    ],
)
def test_what_can_be_drawn_up(given: dict[str, object], misfit: Misfit | None) -> None:
    usual: dict[str, object] = {"span": TERM, "in_force": [], "who": WhoSigns.ANY_ONE, "reason": "", "named": False}
    asked = {**usual, **given}
    assert misfit_of(asked.pop("span"), on=TODAY, **asked) is misfit  # type: ignore[arg-type]
