"""Whose sessions share time with whose, by a teacher who cannot be in two homes at once?"""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, exists, select

from hometeach.compliance.facts.reading import PRESENT, VISITS, WIDTH, Which, ask, held, read_sessions, sessions_among
from hometeach.compliance.models import SessionVerdict
from hometeach.visits.rules import Session, Verdict

VERDICTS = SessionVerdict.__table__
#: Two of a table at once.
ONE, OTHER = VISITS.alias("one"), VISITS.alias("other")
HERE, THERE = PRESENT.alias("here"), PRESENT.alias("there")
STORED, KNOWN = VERDICTS.alias("stored"), VERDICTS.alias("known")


class AtStake(NamedTuple):
    """A session whose verdict may hang on another of the same day, and whether it is stored as overlapping."""

    visit_id: int
    child_id: int
    session: Session
    is_stored_as_overlap: bool


def children_whose_verdicts_may_change(child_ids: Collection[int]) -> set[int]:
    """These children, those whose sessions share time with theirs by a teacher, and those whose sessions did."""
    sharing = (child_id for child_id, _visit_id in ask(_sharing, child_ids))
    return {*child_ids, *sharing, *(row.child_id for row in ask(_sharing_no_more, child_ids))}


def sessions_of_colleagues(child_ids: Collection[int]) -> list[Session]:
    """The sessions of other children that share time with those of these by a teacher."""
    own = set(child_ids)
    others = [visit_id for child_id, visit_id in ask(_sharing, child_ids) if child_id not in own]
    return [session for _visit_id, _child_id, session in sessions_among(others)]


def sessions_at_stake(child_ids: Collection[int], day: date) -> list[AtStake]:
    """The sessions of a day by which it is known which of them overlap, once those of these children changed.

    They are those of these children, those that are stored as overlapping, and whatever else the same children
    and teachers did that day. No other session begins or ceases to overlap by the change.
    """
    rows = ask(_at_stake, child_ids, day=day)
    stored = {row[0] for row in rows if row[WIDTH] is Verdict.OVERLAP}
    return [AtStake(visit_id, child, session, visit_id in stored) for visit_id, child, session in read_sessions(rows)]


def _sharing(which: Which) -> Any:
    """Child and id of the sessions that share time with one of these children's by a teacher, itself among them."""
    return (
        select(OTHER.c.child_id, OTHER.c.id)
        .distinct()
        .join_from(ONE, OTHER, _shares_time(ONE, OTHER))
        .where(which(ONE.c.child_id), _shares_teacher(ONE, OTHER))
    )


def _sharing_no_more(which: Which) -> Any:
    """The children with a session that is stored as overlapping, on a day on which these had one, and overlaps none.

    The stored verdicts hold the days on which the sessions of these children were, also where one was moved since.
    """
    still = exists().where(
        _shares_time(ONE, OTHER),
        OTHER.c.id != ONE.c.id,
        OTHER.c.is_void.is_(False),
        (OTHER.c.group_code == "") | (OTHER.c.group_code != ONE.c.group_code),
        (OTHER.c.child_id == ONE.c.child_id) | _shares_teacher(ONE, OTHER),
    )
    # A left join, so that the few sessions that overlap are looked up first, and not all sessions.
    return (
        select(STORED.c.child_id)
        .distinct()
        .select_from(STORED.outerjoin(ONE, ONE.c.id == STORED.c.visit_id))
        .where(
            STORED.c.verdict == Verdict.OVERLAP,
            STORED.c.held_on.in_(select(KNOWN.c.held_on).where(which(KNOWN.c.child_id))),
            ~still,
        )
    )


def _at_stake(which: Which) -> Any:
    """The sessions of a day that :func:`sessions_at_stake` asks for, each with its stored verdict behind it."""
    day: Any = bindparam("day")
    overlapping = select(KNOWN.c.child_id).where(KNOWN.c.held_on == day, KNOWN.c.verdict == Verdict.OVERLAP)
    teachers = (
        select(THERE.c.teacher_id)
        .join_from(THERE, OTHER, OTHER.c.id == THERE.c.visit_id)
        .where(OTHER.c.held_on == day, which(OTHER.c.child_id) | OTHER.c.child_id.in_(overlapping))
    )
    shares_teacher = exists().where(HERE.c.visit_id == ONE.c.id, HERE.c.teacher_id.in_(teachers))
    return (
        held(ONE, STORED.c.verdict)
        .outerjoin(STORED, STORED.c.visit_id == ONE.c.id)
        .where(ONE.c.held_on == day, which(ONE.c.child_id) | ONE.c.child_id.in_(overlapping) | shares_teacher)
    )


def _shares_time(one: Any, other: Any) -> ColumnElement[bool]:
    return (
        (one.c.held_on == other.c.held_on)
        & (one.c.arrived_second < other.c.left_second)
        & (one.c.left_second > other.c.arrived_second)
    )


def _shares_teacher(one: Any, other: Any) -> ColumnElement[bool]:
    both = select(HERE.c.teacher_id).join_from(HERE, THERE, HERE.c.teacher_id == THERE.c.teacher_id)
    return both.where(HERE.c.visit_id == one.c.id, THERE.c.visit_id == other.c.id).correlate(one, other).exists()
