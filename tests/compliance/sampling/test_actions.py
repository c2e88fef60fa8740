"""Samples as they are kept, and what is noted of them."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from hometeach.compliance.sampling import actions
from hometeach.compliance.sampling.models import CheckResult, SampleChild, drawn_in
from hometeach.compliance.sampling.rules import CheckKind
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child
from tests import factories

TODAY = date(2026, 11, 23)


def ids() -> dict[str, int]:
    return {child.code: child.id for child in db.session.scalars(sa.select(Child))}


def draw(seed: str, count: int = 2) -> list[int]:
    sample = actions.draw_sample({"C1": 3, "C2": 1}, ids(), count=count, seed=seed, on=TODAY, by="qin")
    return [one.place.child_id for one in drawn_in(sample)]


def test_a_sample_repeats_from_its_seed(app, cast) -> None:
    assert draw("2026-11") == draw("2026-11")
    assert sorted(draw("2026-11")) == sorted(ids().values())


def test_the_server_draws_a_seed_where_none_is_typed_and_the_audit_tells_it(app, cast) -> None:
    sample = actions.draw_sample({"C1": 1}, ids(), count=1, seed="", on=TODAY, by="qin")
    assert len(sample.seed) == 8
    told = db.session.scalars(sa.select(AuditEvent.detail).where(AuditEvent.action == "sample:draw")).one()
    assert sample.seed in told
    assert sample.weights_digest in told


@pytest.mark.parametrize(
    ("seed", "count", "code"), [("a b", 1, "sample:seed"), ("a", 0, "sample:count"), ("a", 61, "sample:count")]
)
def test_a_draw_that_cannot_be_is_refused(app, cast, seed: str, count: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        draw(seed, count)
    assert refused.value.code == code


def test_a_sample_and_its_results_are_never_changed(app, cast) -> None:
    child = db.session.scalars(sa.select(Child).order_by(Child.code)).first()
    sample = factories.make_sample(child)
    said = actions.CheckNote(CheckKind.PHONE, TODAY, "祖母", True, 60, True, "孩子会自己洗手了。")
    actions.note_check(sample, child, said, by="qin", on=TODAY)
    (drawn,) = drawn_in(sample)
    assert drawn.results[0].note == "孩子会自己洗手了。"
    for statement in (
        sa.update(CheckResult).values(minutes=90),
        sa.delete(CheckResult),
        sa.update(SampleChild).values(weight=9),
    ):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(statement)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (actions.CheckNote(CheckKind.VISIT, date(2026, 11, 24)), "check:future"),
        (actions.CheckNote(CheckKind.PHONE, TODAY, "", True), "check:nobody"),
    ],
)
def test_a_result_that_cannot_be_is_refused(app, cast, said: actions.CheckNote, code: str) -> None:
    child = db.session.scalars(sa.select(Child).order_by(Child.code)).first()
    with pytest.raises(Refused) as refused:
        actions.note_check(factories.make_sample(child), child, said, by="qin", on=TODAY)
    assert refused.value.code == code
