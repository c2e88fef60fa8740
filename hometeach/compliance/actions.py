"""Compute the ledger of the children that a change touches, and keep what came out."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from hometeach.compliance.builds import builds_of_these, name_build
from hometeach.compliance.facts import (
    AtStake,
    Gathered,
    children_whose_verdicts_may_change,
    gather,
    sessions_at_stake,
)
from hometeach.compliance.reckoned import RECKONED, reckoned
from hometeach.compliance.settling import settle_case
from hometeach.compliance.storing import (
    ENTRIES,
    VERDICTS,
    Changes,
    Rows,
    entries_of,
    stored,
    stored_meeting,
    verdicts_of,
    verdicts_stored,
    write_changes,
)
from hometeach.kernel import audit
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.schedule.actions import plan_sessions
from hometeach.visits.recording.pairing import pair_with_plan
from hometeach.visits.rules import Session, Verdict, overlapping

__all__ = ["computed", "plan_ahead", "rebuild_ledger", "settle_case"]


def rebuild_ledger(child_ids: Collection[int] | None = None, *, on: date | None = None) -> int:
    """Compute verdicts and ledger of these children (or of all) again, and of those they may clash with.

    ``on`` says that only sessions of that day changed, and nothing else of these children: then only the
    rows are computed that this can reach. Only rows that come out otherwise are written; the build of each
    ledger gets a new name in any case, because something changed that it is computed from. Returns how many rows were.
    """
    audit.take_turn()  # so that nobody writes what is read here, nor what comes out of it
    db.session.flush()  # what is asked by table does not see to it
    if child_ids is not None and on is not None:
        return _rebuild_day(child_ids, on)
    touched = None if child_ids is None else children_whose_verdicts_may_change(child_ids)
    gathered = gather(touched)
    verdicts, entries = computed(gathered)
    name_build(gathered.facts)
    return (
        write_changes(VERDICTS, verdicts, stored(VERDICTS, touched)).count
        + write_changes(ENTRIES, entries, stored(ENTRIES, touched)).count
    )


def computed(gathered: Gathered) -> tuple[Rows, Rows]:
    """The verdicts and the ledger rows that come of the facts, by the keys under which they are stored."""
    verdicts: Rows = {}
    entries: Rows = {}
    for child_id, known in reckoned(gathered).items():
        verdicts.update(verdicts_of(child_id, known))
        entries.update(entries_of(child_id, known.rows))
    return verdicts, entries


def plan_ahead(on: date, child_ids: Collection[int] | None = None) -> int:
    """Make the planned sessions that are missing from a day on, for the days on which each child is active.

    Only those of some children, where ``child_ids`` names them: an edit costs one child. What was taught on these
    days already is no longer to be held: it is paired with its visit.
    """
    active = {child_id: facts.active for child_id, facts in gather(child_ids).facts.items()}
    planned = plan_sessions(on, active=active, child_ids=child_ids)
    pair_with_plan(child_ids)
    return planned


def _rebuild_day(child_ids: Collection[int], day: date) -> int:
    """The same where only sessions of one day changed.

    A session of another day keeps whether it overlaps, so that is taken from where it is stored. A ledger
    row is told apart from before only by verdicts: none changes whose period holds no day on which a session
    was held, or to which it was credited, whose verdict changed. What is known of a child beside is read only where
    it is not kept under the build that it has still.
    """
    at_stake = sessions_at_stake(child_ids, day)
    clashing = overlapping(one.session for one in at_stake)
    turned = (one.child_id for one in at_stake if (one.session.number in clashing) is not one.is_stored_as_overlap)
    touched = {*child_ids, *turned}
    kept = RECKONED.kept(builds_of_these(child_ids))
    known = {child_id: one.after(day, _held_by(child_id, at_stake), clashing) for child_id, one in kept.items()}
    before: list[Any] = []
    if unknown := touched - known.keys():
        before += stored(VERDICTS, unknown)
        overlaps = {one.visit_id for one in at_stake if one.session.number in clashing}
        overlaps.update(row.visit_id for row in before if row.verdict is Verdict.OVERLAP and row.held_on != day)
        known |= reckoned(gather(unknown, overlaps=overlaps))
    turned_since = {child_id: known[child_id].turned_since(one) for child_id, one in kept.items()}
    before += verdicts_stored(
        {key for child_id, one in kept.items() for key in turned_since[child_id] & one.by_visit.keys()}
    )
    verdicts = {
        key: row
        for child_id, one in known.items()
        for key, row in verdicts_of(child_id, one, among=turned_since.get(child_id))
    }
    RECKONED.keep(dict.fromkeys(touched, name_build(touched)), known)
    changes = write_changes(VERDICTS, verdicts, before)
    written = changes.count
    for child_id, reached in _reached(changes).items():
        one = known[child_id]
        rows = one.ledger.rows(one.facts, one.judged, meeting=reached)
        written += write_changes(ENTRIES, dict(entries_of(child_id, rows)), stored_meeting(child_id, reached)).count
    return written


def _held_by(child_id: int, at_stake: Iterable[AtStake]) -> dict[int, Session]:
    """The child's sessions among these, by their ids; of the children whose sessions changed all of that day."""
    return {one.visit_id: one.session for one in at_stake if one.child_id == child_id}


def _reached(changes: Changes) -> dict[int, Span]:
    """From the first to the last day, of each child, to which a verdict that changed gives or gave something."""
    days: dict[int, set[date]] = {}
    before = [row._asdict() for row in (*changes.stale, *(row for row, _ in changes.other))]
    for row in (*before, *changes.new, *(row for _, row in changes.other)):
        days.setdefault(row["child_id"], set()).update((row["held_on"], row["credited_on"]))
    return {child_id: Span(min(some), max(some)) for child_id, some in days.items()}
