"""What was made of a child is kept as long as its ledger is of one build, and not a moment longer."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from flask import Flask

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.builds import UnderBuild, builds_of
from hometeach.compliance.models import LedgerBuild
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from tests import factories


def test_each_time_a_ledger_is_computed_its_build_is_another_though_no_row_is(app: Flask, cast: factories.Cast) -> None:
    rebuild_ledger()
    before = builds_of()
    assert before == builds_of()
    assert rebuild_ledger() == 0
    after = builds_of()
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_what_is_computed_of_one_child_leaves_the_builds_of_others(app: Flask, cast: factories.Cast) -> None:
    rebuild_ledger()
    before, one = builds_of(), db.session.scalars(sa.select(Child.id).where(Child.code == "C1")).one()
    rebuild_ledger({one}, on=date(2026, 11, 20))
    changed = {child for child, build in builds_of().items() if build != before[child]}
    assert changed == {one}


def test_what_is_undone_leaves_the_build_that_was(app: Flask, cast: factories.Cast) -> None:
    rebuild_ledger()
    db.session.commit()
    before = builds_of()
    rebuild_ledger()
    db.session.rollback()
    assert builds_of() == before


def test_a_ledger_without_a_build_is_never_kept(app: Flask, cast: factories.Cast) -> None:
    db.session.execute(sa.delete(LedgerBuild))
    assert builds_of()
    assert not set(builds_of().values()) & set(builds_of().values())


def test_what_was_made_is_made_once_for_each_build_and_question() -> None:
    asked: list[list[int]] = []

    def make(children: Collection[int]) -> dict[int, str]:
        asked.append(list(children))
        return {child: f"of {child}" for child in children}

    kept: UnderBuild[str] = UnderBuild(10)
    assert kept.of({1: "a", 2: "a"}, make) == {1: "of 1", 2: "of 2"}
    assert kept.of({2: "a", 1: "b"}, make) == {2: "of 2", 1: "of 1"}
    kept.of({1: "b"}, make, what="else")
    assert asked == [[1, 2], [1], [1]]


def test_where_there_is_no_room_what_was_asked_for_longest_ago_goes() -> None:
    asked: list[list[int]] = []

    def make(children: Collection[int]) -> dict[int, list[int]]:
        asked.append(list(children))
        return {child: [] for child in children}

    kept: UnderBuild[list[int]] = UnderBuild(2)
    kept.of({1: "a", 2: "a"}, make)
    kept.of({1: "a"}, make)
    assert kept.of({3: "a"}, make) == {3: []}
    kept.of({1: "a", 2: "a"}, make)
    assert asked == [[1, 2], [3], [2]]
