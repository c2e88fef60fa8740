"""A school's week, and whom its coordinator must chase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import select

from hometeach.cases.models import is_on_the_list
from hometeach.people.models import Child, ServingSpan, in_force
from hometeach.web.base import person, sees_child
from hometeach.web.incidents.told import unfinished
from hometeach.web.standings.listed import Listed, children_listed, count_awaiting
from hometeach.web.standings.now import Now, now_of
from hometeach.web.standings.pictures import MarkLine, TermPicture, picture_of
from hometeach.web.standings.terms import Terms, chosen_term
from hometeach.web.states import State


@dataclass(frozen=True)
class Colleague:
    """What is on one teacher's desk. Units: children; child-periods of the term."""

    #: One of the children for whom the teacher answers.
    example: Listed
    children: int
    waiting: int
    unplanned: int
    #: In words; empty where there is none.
    unaccounted: str
    known: int
    line: MarkLine


@dataclass(frozen=True)
class SchoolToday:
    """What a coordinator is told."""

    now: Now
    terms: Terms
    colleagues: Sequence[Colleague]
    schools: Sequence[tuple[str, str]]
    #: How many incidents that the coordinator may read are not closed, and of how many somebody must still be told.
    incidents: tuple[int, int]
    #: Children of whom nobody has decided yet where they are placed.
    awaiting: int
    #: The states that the lines show, for the key.
    states: Sequence[State]


def facts(today: date) -> SchoolToday:
    """What the coordinator who asks is told today."""
    terms = chosen_term(today)
    served = Child.id.in_(
        select(ServingSpan.child_id).where(
            ServingSpan.school_id.in_(person().scope.school_ids), in_force(ServingSpan, today)
        )
    )
    children = children_listed(today, served, is_on_the_list())
    now, picture = now_of(today, terms.span, served), picture_of(terms, served)
    groups: dict[tuple[str, str], list[Listed]] = {}
    for child in sorted(children, key=lambda one: one.who_acts):
        groups.setdefault(child.who_acts, []).append(child)
    colleagues = [_colleague(some, now, picture) for some in groups.values()]
    schools = sorted({(one.school or "", url_for("units.show", public_id=one.school_key)) for one in children})
    return SchoolToday(now, terms, colleagues, schools, unfinished(), count_awaiting(sees_child()), picture.states)


def _colleague(children: Sequence[Listed], now: Now, picture: TermPicture) -> Colleague:
    running = [now.of_child[one.id] for one in children if one.id in now.of_child]
    lines = [picture.line(one.id) for one in children]
    return Colleague(
        example=children[0],
        children=len(children),
        waiting=sum(one.waits for one in running),
        unplanned=sum(one.is_unplanned for one in running),
        unaccounted=picture.unaccounted_words(children),
        known=sum(line.known for line in lines),
        line=picture.group_line(children),
    )
