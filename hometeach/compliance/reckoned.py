"""The facts of a child under one build of its ledger, and what the rule says of them, worked out once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from hometeach.compliance.builds import UnderBuild
from hometeach.compliance.facts import Gathered, gather
from hometeach.compliance.rules import ChildFacts, Ledger, LedgerRow
from hometeach.compliance.rules.debts import Debt, debts_of
from hometeach.compliance.rules.forecast import Outlook, PlannedSession, forecast
from hometeach.visits.rules import Judgement, Session


@dataclass
class Reckoned:
    """One child's facts under one build, and what the rule says of them: worked out once it is asked for."""

    ledger: Ledger
    facts: ChildFacts
    #: By the session's number.
    visit_ids: Mapping[str, int]
    _debts: dict[date, list[Debt]] = field(default_factory=dict)
    _outlooks: dict[tuple[date, tuple[PlannedSession, ...]], list[Outlook]] = field(default_factory=dict)

    @cached_property
    def judged(self) -> Sequence[Judgement]:
        """What the rule says of the child's sessions."""
        return self.ledger.judge(self.facts)

    @cached_property
    def by_visit(self) -> Mapping[int, Judgement]:
        """The same, by the session's id."""
        return {self.visit_ids[item.session.number]: item for item in self.judged}

    def turned_since(self, before: "Reckoned") -> set[int]:
        """The ids of the sessions that are judged otherwise than before, that are new, or that are gone."""
        was, now = before.by_visit, self.by_visit
        return {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}

    @cached_property
    def rows(self) -> Sequence[LedgerRow]:
        """The ledger of the child."""
        return self.ledger.rows(self.facts, self.judged)

    def debts(self, as_of: date) -> list[Debt]:
        """What can still be made up of the child's lessons on a day."""
        if as_of not in self._debts:
            found = debts_of(self.ledger, self.facts, as_of, judged=self.judged, rows=self.rows)
            self._debts = {as_of: found}
        return self._debts[as_of]

    def outlooks(self, as_of: date, planned: Sequence[PlannedSession]) -> list[Outlook]:
        """How the open periods of the child will end if this is held."""
        key = (as_of, tuple(planned))
        if key not in self._outlooks:
            self._outlooks = {key: forecast(self.ledger, self.facts, planned, as_of, rows=self.rows)}
        return self._outlooks[key]

    def after(self, day: date, held: Mapping[int, Session], clashing: set[str]) -> "Reckoned":
        """The same child, once these are its sessions of a day, by their ids, and nothing else is otherwise.

        ``clashing``: the numbers of the sessions of that day that overlap, others' among them. Of another day it is
        known only where it decides: what an earlier reason took out of the count, no change of this day brings back.
        """
        others = {self.visit_ids[one.number]: one for one in self.facts.sessions if one.day != day}
        sessions = dict(sorted((others | dict(held)).items()))
        clashes = self.facts.clashing & {one.number for one in others.values()} | clashing
        return Reckoned(
            self.ledger,
            replace(self.facts, sessions=list(sessions.values()), clashing=clashes),
            {one.number: key for key, one in sessions.items()},
        )


#: So many children at once in one process; a large county has half as many.
RECKONED: UnderBuild[Reckoned] = UnderBuild(1024)


def reckoned(gathered: Gathered) -> dict[int, Reckoned]:
    """Each child of whom the facts were read."""
    return {
        child_id: Reckoned(gathered.ledger, facts, gathered.visit_ids[child_id])
        for child_id, facts in gathered.facts.items()
    }


def reckon(child_ids: Collection[int]) -> dict[int, Reckoned]:
    """Read the facts of these children."""
    return reckoned(gather(child_ids))
