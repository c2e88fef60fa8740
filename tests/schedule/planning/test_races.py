"""Two processes race to book one teacher, and one child: exactly one of them wins each time."""

from collections.abc import Sequence
from datetime import date, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence
from hometeach.schedule.planning.actions import plan_make_up
from tests import factories
from tests.conftest import IS_LONG, make_app
from tests.forked import FORKED

ROUNDS = 200 if IS_LONG else 20
TODAY = date(2026, 11, 23)
PATIENCE = 60


def place(round_: int) -> tuple[date, int]:
    """The day and the minute that both want in a round; nothing else is planned then."""
    return TODAY + timedelta(days=1 + round_ % 50), 300 + 90 * (round_ // 50)


def race(url: str, var: str, who: tuple[int, int], barrier: Barrier, results: "list[str]") -> None:
    """Book the place of each round for a child with a teacher, as soon as the other process is ready as well."""
    app = make_app(url, Path(var))
    with app.app_context():
        for round_ in range(ROUNDS):
            day, start = place(round_)
            barrier.wait(PATIENCE)
            try:
                with committed():
                    plan_make_up(*who, day, start + 15 * barrier_side(who), start + 60, TODAY, "race")
                results.append("won")
            except Refused as refused:
                results.append(refused.code)
            finally:
                db.session.remove()
        db.engine.dispose()


def barrier_side(who: tuple[int, int]) -> int:
    """One of the two begins a little later, so that they overlap without being equal."""
    return sum(who) % 2


@pytest.mark.parametrize(("shared", "lost"), [("teacher", "planning:teacher_taken"), ("child", "planning:child_taken")])
def test_of_two_who_book_at_once_exactly_one_wins(
    bare_app: Flask, cast: factories.Cast, tmp_path: Path, shared: str, lost: str
) -> None:
    url = bare_app.config["SQLALCHEMY_DATABASE_URI"]
    with bare_app.app_context():
        children: Sequence[int] = db.session.scalars(select(Child.id).order_by(Child.code)).all()
        teachers: Sequence[int] = db.session.scalars(select(Teacher.id).order_by(Teacher.code)).all()
        before = db.session.scalars(select(func.count()).select_from(Occurrence)).one()
    pairs = {
        "teacher": [(children[0], teachers[0]), (children[1], teachers[0])],
        "child": [(children[0], teachers[0]), (children[0], teachers[1])],
    }[shared]
    with FORKED.Manager() as manager:
        barrier, results = FORKED.Barrier(2), [manager.list(), manager.list()]
        racers = [
            FORKED.Process(target=race, args=(url, str(tmp_path), who, barrier, told))
            for who, told in zip(pairs, results, strict=True)
        ]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(PATIENCE * 4)
        rounds = list(zip(*map(list, results), strict=True))
    assert [racer.exitcode for racer in racers] == [0, 0]
    assert len(rounds) == ROUNDS
    assert {tuple(sorted(one)) for one in rounds} == {(lost, "won")}
    with bare_app.app_context():
        assert db.session.scalars(select(func.count()).select_from(Occurrence)).one() == before + ROUNDS
