"""Safety notes are sealed, keep their versions, and lose nobody's words."""

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from hometeach.visits.safety.actions import confirm_safety_notes, write_safety_notes
from hometeach.visits.safety.models import SafetyNote, safety_note_of
from hometeach.visits.safety.rules import answers_in, may_edit
from tests import factories


@pytest.fixture
def child(app: Flask, cast: factories.Cast) -> Child:
    """Child An."""
    return db.session.scalars(sa.select(Child).where(Child.public_id == cast.own_child)).one()


def test_the_answers_that_say_nothing_are_left_out() -> None:
    assert answers_in({"seizures": " 侧卧 ", "way": "  ", "unknown": "x"}) == {"seizures": "侧卧"}


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ({"is_school": True, "teaches": None, "responsible": 1}, True),
        ({"is_school": False, "teaches": 1, "responsible": 1}, True),
        ({"is_school": False, "teaches": 2, "responsible": 1}, False),
        ({"is_school": False, "teaches": None, "responsible": None}, False),
    ],
    ids=["the coordinator", "the responsible teacher", "a substitute", "nobody's teacher"],
)
def test_who_writes_them(who: dict[str, object], may: bool) -> None:
    assert may_edit(**who) is may  # type: ignore[arg-type]


def test_the_newest_version_holds_and_the_words_are_sealed(child: Child) -> None:
    write_safety_notes(child, {"way": "有一条大狗"}, over=0, by="he")
    second = write_safety_notes(child, {"seizures": "癫痫约一分钟"}, over=1, by="lin")
    assert safety_note_of(child.id) is second
    assert second.answers == {"seizures": "癫痫约一分钟"}
    assert "癫痫".encode() not in second.written_sealed
    logged = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "safety:write")).all()
    assert len(logged) == 2
    assert "癫痫" not in logged[1].detail


def test_whoever_wrote_meanwhile_is_not_overwritten(child: Child) -> None:
    write_safety_notes(child, {"way": "有狗"}, over=0, by="he")
    with pytest.raises(Refused) as refused:
        write_safety_notes(child, {"way": "没有狗"}, over=0, by="lin")
    assert refused.value.code == "safety:changed"


def test_confirming_keeps_the_writer_and_names_who_confirmed(child: Child) -> None:
    write_safety_notes(child, {"way": "有狗"}, over=0, by="he")
    confirm_safety_notes(child, by="lin")
    note = db.session.scalars(sa.select(SafetyNote)).one()
    assert (note.version, note.written_by, note.confirmed_by) == (1, "he", "lin")


def test_nothing_can_be_confirmed_where_nothing_is_written(child: Child) -> None:
    with pytest.raises(Refused) as refused:
        confirm_safety_notes(child, by="lin")
    assert refused.value.code == "safety:nothing"
