"""Compute the ledger of the children that a change touches, and keep what came out."""

from collections.abc import Collection
from datetime import date

from hometeach.compliance.builds import name_build
from hometeach.compliance.facts import (
    Gathered,
    children_whose_verdicts_may_change,
    gather,
    sessions_at_stake,
)
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
    write_changes,
)
from hometeach.kernel import audit
from hometeach.kernel.clock import Span
from hometeach.schedule.actions import plan_sessions
from hometeach.visits.rules import Verdict, overlapping

__all__ = ["computed", "plan_ahead", "rebuild_ledger", "settle_case"]


def rebuild_ledger(child_ids: Collection[int] | None = None, *, on: date | None = None) -> int:
    """Compute verdicts and ledger of these children (or of all) again, and of those they may clash with.

    ``on`` says that only sessions of that day changed, and nothing else of these children: then only the
    rows are computed that this can reach. Only rows that come out otherwise are written; the build of each
    ledger gets a new name in any case, because something changed that it is computed from. Returns how many rows were.
    """
    audit.take_turn()  # so that nobody writes what is read here, nor what comes out of it
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
    for child_id, facts in gathered.facts.items():
        judged = gathered.ledger.judge(facts)
        verdicts.update(verdicts_of(child_id, judged, gathered))
        entries.update(entries_of(child_id, gathered.ledger.rows(facts, judged)))
    return verdicts, entries


def plan_ahead(on: date, child_ids: Collection[int] | None = None) -> int:
    """Make the planned sessions that are missing from a day on, for the days on which each child is active.

    Only those of some children, where ``child_ids`` names them: an edit costs one child.
    """
    active = {child_id: facts.active for child_id, facts in gather(child_ids).facts.items()}
    return plan_sessions(on, active=active, child_ids=child_ids)


def _rebuild_day(child_ids: Collection[int], day: date) -> int:
    """The same where only sessions of one day changed.

    A session of another day keeps whether it overlaps, so that is taken from where it is stored. A ledger
    row is told apart from before only by verdicts: none changes whose period holds no day on which a session
    was held, or to which it was credited, whose verdict changed.
    """
    at_stake = sessions_at_stake(child_ids, day)
    clashing = overlapping(one.session for one in at_stake)
    turned = (one.child_id for one in at_stake if (one.session.number in clashing) is not one.is_stored_as_overlap)
    touched = {*child_ids, *turned}
    known = stored(VERDICTS, touched)
    overlaps = {one.visit_id for one in at_stake if one.session.number in clashing}
    overlaps.update(row.visit_id for row in known if row.verdict is Verdict.OVERLAP and row.held_on != day)
    gathered = gather(touched, overlaps=overlaps)
    judged = {child_id: gathered.ledger.judge(facts) for child_id, facts in gathered.facts.items()}
    verdicts = {key: row for child_id in judged for key, row in verdicts_of(child_id, judged[child_id], gathered)}
    name_build(touched)
    changes = write_changes(VERDICTS, verdicts, known)
    written = changes.count
    for child_id, reached in _reached(changes).items():
        rows = gathered.ledger.rows(gathered.facts[child_id], judged[child_id], meeting=reached)
        before = stored_meeting(child_id, reached)
        written += write_changes(ENTRIES, dict(entries_of(child_id, rows)), before).count
    return written


def _reached(changes: Changes) -> dict[int, Span]:
    """From the first to the last day, of each child, to which a verdict that changed gives or gave something."""
    days: dict[int, set[date]] = {}
    before = [row._asdict() for row in (*changes.stale, *(row for row, _ in changes.other))]
    for row in (*before, *changes.new, *(row for _, row in changes.other)):
        days.setdefault(row["child_id"], set()).update((row["held_on"], row["credited_on"]))
    return {child_id: Span(min(some), max(some)) for child_id, some in days.items()}
