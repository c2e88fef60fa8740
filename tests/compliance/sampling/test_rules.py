"""Chance that can be drawn again, and that looks harder where more was found. No database."""

from collections import Counter
from datetime import date

from hometeach.compliance.findings.rules import Finding, Kind, Owner
from hometeach.compliance.sampling.rules import digest_of, draw, weights_of

DAY = date(2026, 11, 23)
WEIGHTS = {f"C{n:02d}": 1 for n in range(20)} | {"C07": 30}


def finding(kind: Kind, subject: str = "s") -> Finding:
    return Finding(kind, subject, Owner.SCHOOL, DAY, DAY)


def test_the_same_seed_draws_the_same_children_in_the_same_order() -> None:
    turned_round = dict(reversed(WEIGHTS.items()))
    assert draw(WEIGHTS, 6, "2026-11") == draw(turned_round, 6, "2026-11")
    assert draw(WEIGHTS, 6, "2026-11") != draw(WEIGHTS, 6, "2026-12")


def test_a_draw_is_what_it_was_when_this_was_written() -> None:
    assert draw({"A": 1, "B": 1, "C": 1, "D": 1}, 3, "seed") == draw({"A": 1, "B": 1, "C": 1, "D": 1}, 4, "seed")[:3]


def test_nobody_is_drawn_twice_and_no_more_than_there_are() -> None:
    assert sorted(draw(WEIGHTS, 99, "all")) == sorted(WEIGHTS)
    assert draw({}, 5, "none") == []
    assert draw(WEIGHTS, 0, "nought") == []


def test_the_heavier_is_drawn_first_more_often_and_the_light_are_not_safe() -> None:
    first = Counter(draw(WEIGHTS, 1, f"seed-{n}")[0] for n in range(1000))
    assert 520 < first["C07"] < 700  # 30 of 49
    assert len(first) == len(WEIGHTS)


def test_a_kind_weighs_once_however_often_it_was_found() -> None:
    once = weights_of(["A", "B"], [("A", finding(Kind.SHORT))])
    often = weights_of(["B", "A"], [("A", finding(Kind.SHORT, str(n))) for n in range(9)])
    assert once == often == {"A": 2, "B": 1}


def test_other_weights_have_another_digest() -> None:
    assert digest_of({"A": 1, "B": 2}) == digest_of({"B": 2, "A": 1})
    assert digest_of({"A": 1, "B": 2}) != digest_of({"A": 2, "B": 1})
