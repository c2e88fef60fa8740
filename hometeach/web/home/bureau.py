"""The bureau's children, school by school."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import true

from hometeach.cases.models import is_on_the_list
from hometeach.visits.confirming.models import count_disputed_in_a_list, count_open
from hometeach.web.incidents.told import unfinished
from hometeach.web.standings.listed import children_listed, count_awaiting
from hometeach.web.standings.now import Now, now_of
from hometeach.web.standings.pictures import picture_of
from hometeach.web.standings.terms import Terms, chosen_term
from hometeach.web.states import State
from hometeach.web.units import SchoolTerm, school_terms


@dataclass(frozen=True)
class BureauToday:
    """What a bureau officer is told."""

    now: Now
    terms: Terms
    #: In words; empty where nobody has to account for anything.
    unaccounted: str
    schools: Sequence[SchoolTerm]
    children: int
    base: str
    #: What families dispute and the bureau has not decided, and how much of it is past its last day.
    disputes: int
    disputes_late: int
    #: Records that the bureau's own list calls disputed and nobody has taken up.
    disputes_listed: int
    #: How many incidents are not closed, and of how many somebody must still be told.
    incidents: tuple[int, int]
    #: Children of whom nobody has decided yet where they are placed.
    awaiting: int
    #: The states that the lines show, for the key.
    states: Sequence[State]

    @property
    def schools_affected(self) -> int:
        """Schools with any of them."""
        return sum(school.unaccounted > 0 for school in self.schools)


def facts(today: date) -> BureauToday:
    """What the officer who asks is told today."""
    terms = chosen_term(today)
    children = children_listed(today, is_on_the_list())
    picture = picture_of(terms, true())
    return BureauToday(
        now=now_of(today, terms.span, true()),
        terms=terms,
        unaccounted=picture.unaccounted_words(children),
        schools=school_terms(picture, children),
        children=len(children),
        base=url_for("units.index") + "/",
        disputes=count_open(),
        disputes_late=count_open(due_before=today),
        disputes_listed=count_disputed_in_a_list(),
        incidents=unfinished(),
        awaiting=count_awaiting(true()),
        states=picture.states,
    )
