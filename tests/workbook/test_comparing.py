"""Three sides: what the last import wrote, what the workbook states, what stands."""

import pytest

from hometeach.workbook.comparing import FieldChange, Key, ListChanges, Plain, Stated, compare_list

KEY: Key = ("V000001",)


def compared(
    workbook: Plain, *, base: Plain | None = None, standing: Plain | None = None, unstated: bool = False
) -> ListChanges:
    """One thing with one field; None: not there."""
    return compare_list(
        [Stated(KEY, 7, {"mode": workbook})],
        base={} if base is None else {KEY: {"mode": base}},
        standing={} if standing is None else {KEY: {"mode": standing}},
        unstated=frozenset({"mode"}) if unstated else frozenset(),
    )


@pytest.mark.parametrize(
    ("base", "workbook", "standing", "told"),
    [
        pytest.param(None, "home", None, "created", id="new"),
        pytest.param("home", "home", "home", "unchanged", id="the same everywhere"),
        pytest.param("home", "home", "remote", "unchanged", id="edited in the app alone"),
        pytest.param("home", "remote", "home", "updated", id="changed in the workbook alone"),
        pytest.param("home", "remote", "remote", "unchanged", id="changed alike on both sides"),
        pytest.param("home", "remote", "community", "conflict", id="changed apart on both sides"),
        pytest.param(None, "home", "home", "unchanged", id="made in the app, alike"),
        pytest.param(None, "home", "remote", "conflict", id="made in the app, otherwise"),
        pytest.param("home", "home", None, "unchanged", id="taken out in the app"),
        pytest.param("home", "remote", None, "conflict", id="taken out in the app and changed in the workbook"),
    ],
)
def test_what_becomes_of_a_field(base: Plain, workbook: Plain, standing: Plain, told: str) -> None:
    changes = compared(workbook, base=base, standing=standing)
    assert {
        "created": len(changes.created),
        "updated": len(changes.updated),
        "conflict": len(changes.conflicts),
        "unchanged": changes.unchanged,
    } == {kind: int(kind == told) for kind in ("created", "updated", "conflict", "unchanged")}


def test_a_change_is_told_with_what_was_there_before() -> None:
    changes = compared("remote", base="home", standing="home")
    assert changes.updated[0].changes == (FieldChange("mode", "home", "remote"),)


def test_a_conflict_is_told_with_both_values_and_the_row() -> None:
    (conflict,) = compared("remote", base="home", standing="community").conflicts
    assert (conflict.app, conflict.workbook, conflict.stated.row) == ("community", "remote", 7)


def test_fields_of_one_thing_may_go_different_ways() -> None:
    changes = compare_list(
        [Stated(KEY, 7, {"mode": "remote", "content": "b", "left": 2})],
        base={KEY: {"mode": "home", "content": "a", "left": 1}},
        standing={KEY: {"mode": "home", "content": "c", "left": 1}},
    )
    assert [change.field for change in changes.updated[0].changes] == ["mode", "left"]
    assert [conflict.field for conflict in changes.conflicts] == ["content"]
    assert changes.unchanged == 0


def test_a_field_without_a_column_says_nothing_of_what_stands() -> None:
    assert compared("home", standing="remote", unstated=True).unchanged == 1


def test_a_value_that_was_cleared_is_a_change() -> None:
    assert compared(None, base="home", standing="home").updated[0].changes[0].after is None
