"""All that the ledger asks about children, read in a handful of queries however many they are.

``reading`` asks, and holds the sessions; ``known`` what is known of a child beside them; ``sharing`` says whose
sessions stand in the way of whose.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from hometeach.compliance.facts.known import Missed, known_of
from hometeach.compliance.facts.reading import sessions_of
from hometeach.compliance.facts.sharing import (
    AtStake,
    children_whose_verdicts_may_change,
    sessions_at_stake,
    sessions_of_colleagues,
)
from hometeach.compliance.rules import ChildFacts, Excuse, Frames, Ledger
from hometeach.kernel.extensions import db
from hometeach.schedule.models import all_rules, the_calendar
from hometeach.schedule.rules import Calendar, DeliveryRule, RuleBook, Slot, missed_slot_minutes
from hometeach.visits.rules import Session, overlapping

__all__ = ["AtStake", "Gathered", "children_whose_verdicts_may_change", "gather", "sessions_at_stake"]

#: More children than this are read by reading all: one long list is slower than none.
MOST_BY_ID = 400


@dataclass
class Gathered:
    """The facts of some children, and the ids by which what is computed is stored."""

    ledger: Ledger
    facts: dict[int, ChildFacts]
    #: Of each child, by the session's number.
    visit_ids: dict[int, dict[str, int]]


def gather(
    child_ids: Collection[int] | None = None,
    *,
    rules: Sequence[DeliveryRule] | None = None,
    reason_ends: Mapping[str, date | None] = MappingProxyType({}),
    overlaps: Collection[int] | None = None,
) -> Gathered:
    """The facts of these children, or of all; under other rules than those that stand, where some are given.

    ``reason_ends``: other last days of reasons of absences than those that stand, by the reason's code.
    ``overlaps``: the ids of their visits that overlap, where it is known already.
    """
    if child_ids is not None and len(child_ids) > MOST_BY_ID:
        wanted = set(child_ids)
        everything = gather(rules=rules, reason_ends=reason_ends, overlaps=overlaps)
        everything.facts = {key: facts for key, facts in everything.facts.items() if key in wanted}
        return everything
    db.session.flush()  # what is asked by table does not see to it
    rules = tuple(all_rules() if rules is None else rules)
    sessions = _sessions_of(child_ids)
    if overlaps is None:
        clashing = _clashing((one for some in sessions.values() for one in some.values()), child_ids)
    else:
        clashing = {one.number for some in sessions.values() for key, one in some.items() if key in overlaps}
    facts = {
        child_id: ChildFacts(
            book=RuleBook(rules, known.code, known.served),
            sessions=list(sessions[child_id].values()),
            agreed=known.agreed,
            suspended=known.suspended,
            excuses=[_excuse(missed, known.slots) for missed in known.missed],
            slots=known.slots,
            clashing=clashing,
        )
        for child_id, known in known_of(child_ids, reason_ends).items()
    }
    calendar = the_calendar()
    visit_ids = {child_id: {one.number: key for key, one in sessions[child_id].items()} for child_id in facts}
    return Gathered(Ledger(calendar, _frames_under(calendar, rules)), facts, visit_ids)


@lru_cache(maxsize=4)
def _frames_under(calendar: Calendar, _rules: tuple[DeliveryRule, ...]) -> Frames:
    """What is the same for all children under such a calendar and such rules, made once."""
    return Frames(calendar)


def _sessions_of(child_ids: Collection[int] | None) -> dict[int, dict[int, Session]]:
    """Of each child, by the session's id."""
    found: dict[int, dict[int, Session]] = defaultdict(dict)
    for visit_id, child_id, session in sessions_of(child_ids):
        found[child_id][visit_id] = session
    return found


def _clashing(sessions: Iterable[Session], child_ids: Collection[int] | None) -> set[str]:
    return overlapping([*sessions, *(sessions_of_colleagues(child_ids) if child_ids is not None else ())])


def _excuse(missed: Missed, slots: Sequence[Slot]) -> Excuse:
    minutes = missed_slot_minutes(slots, missed.day) if missed.minutes is None else missed.minutes
    return Excuse(missed.day, missed.effect, minutes)
