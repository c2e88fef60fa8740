"""What kinds of findings are there: who must act, and what does each rest on?

A finding is known by its kind and its subject; its facts have a digest, so that
an explanation holds only for the facts that it explained. One that grows by
itself, week after week, has a digest for each of its occurrences: what was
explained stays explained, and only as many new ones as raise such a finding in
the first place raise it again.

Source: the delivery rule of the day for sessions and periods; A4-07 (一人一案)
and the list of forms for the file; Minors Protection Law art. 62 for the yearly
check; the bureau's spot checks (F20) for what tells of invented visits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

#: A fact as it is told and digested.
Fact = str | int


class Kind(StrEnum):
    """What can be found, the gravest first."""

    TWO_PLACES = "two_places"
    OVERLAP = "overlap"
    OUTSIDE_AGREEMENT = "outside_agreement"
    NOT_TAUGHT = "not_taught"
    UNACCOUNTED = "unaccounted"
    SAME_TIMES = "same_times"
    COPIED_TEXT = "copied_text"
    SHORT = "short"
    UNCONFIRMED = "unconfirmed"
    LATE_ENTRY = "late_entry"
    MISSING_ITEM = "missing_item"
    PLAN_OVERDUE = "plan_overdue"
    REVIEW_OVERDUE = "review_overdue"
    RECORD_CHECK = "record_check"


class Owner(StrEnum):
    """Who must act."""

    TEACHER = "teacher"
    SCHOOL = "school"
    BUREAU = "bureau"


class Standing(StrEnum):
    """How a finding stands."""

    OPEN = "open"
    WAITING = "waiting"
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What holds for all findings of a kind: who must act, and how much it weighs in a sample."""

    owner: Owner
    weight: int


#: Version of the table below: it stands beside the rule of delivery on every finding.
VERSION = "1"
SHEETS: Mapping[Kind, Sheet] = {
    Kind.TWO_PLACES: Sheet(Owner.SCHOOL, 8),
    Kind.OVERLAP: Sheet(Owner.SCHOOL, 6),
    Kind.OUTSIDE_AGREEMENT: Sheet(Owner.SCHOOL, 3),
    Kind.NOT_TAUGHT: Sheet(Owner.SCHOOL, 8),
    Kind.UNACCOUNTED: Sheet(Owner.TEACHER, 2),
    Kind.SAME_TIMES: Sheet(Owner.TEACHER, 4),
    Kind.COPIED_TEXT: Sheet(Owner.TEACHER, 4),
    Kind.SHORT: Sheet(Owner.TEACHER, 1),
    Kind.UNCONFIRMED: Sheet(Owner.SCHOOL, 1),
    Kind.LATE_ENTRY: Sheet(Owner.SCHOOL, 2),
    Kind.MISSING_ITEM: Sheet(Owner.SCHOOL, 1),
    Kind.PLAN_OVERDUE: Sheet(Owner.TEACHER, 2),
    Kind.REVIEW_OVERDUE: Sheet(Owner.TEACHER, 2),
    Kind.RECORD_CHECK: Sheet(Owner.SCHOOL, 3),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the bureau sets of it.

    Units: ``act_days`` in days by who must act; days, sessions, weeks as named.
    """

    act_days: Mapping[Owner, int]
    unconfirmed_days: int
    same_times: int
    untaught_weeks: int
    record_check_days: int


class Occurrence(NamedTuple):
    """One of the facts by which a finding grows; ``noticed_on`` is the day from which it can be seen."""

    key: str
    noticed_on: date


@dataclass(frozen=True)
class Finding:
    """Something that asks to be looked at.

    ``subject`` names what it is about without a word that tells who; ``visits``
    are the public ids of the records that it rests on. One of child and teacher
    is always there. ``series`` is empty unless it grows: the first ``step`` of
    it raise it, and as many beyond those that were explained raise it again.
    """

    kind: Kind
    subject: str
    owner: Owner
    noticed_on: date
    due_on: date
    child_id: int | None = None
    teacher_id: int | None = None
    rule_code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    visits: tuple[str, ...] = ()
    series: tuple[Occurrence, ...] = ()
    step: int = 1

    @cached_property
    def key(self) -> str:
        """By which it is known in addresses, in every run the same."""
        return hashlib.sha256(f"{self.kind}:{self.subject}".encode()).hexdigest()[:16]

    @cached_property
    def digest(self) -> str:
        """Of its facts; of a growing one, of those up to its last occurrence."""
        if self.series:
            return self._digest_until(self.series[-1])
        facts = {"facts": dict(self.facts), "rule": self.rule_code, "visits": list(self.visits)}
        return _digest(facts)

    def beyond(self, digest: str) -> int | None:
        """How many occurrences there are beyond the facts with this digest: 0 for all of it, None for other facts."""
        if digest == self.digest:
            return 0
        known = (
            beyond for beyond, one in enumerate(reversed(self.series)) if beyond and self._digest_until(one) == digest
        )
        return next(known, None)

    def is_covered_by(self, digest: str) -> bool:
        """Whether what was said of the facts with this digest still holds: nothing is new, or too little."""
        beyond = self.beyond(digest)
        return beyond is not None and beyond < self.step

    def raised_again(self, beyond: int) -> "Finding":
        """The same, to be acted on from the day on which so many new occurrences were enough to raise it again."""
        if beyond < self.step:
            return self
        again = self.series[len(self.series) - beyond + self.step - 1].noticed_on
        return replace(self, noticed_on=again, due_on=self.due_on + (again - self.noticed_on))

    def _digest_until(self, one: Occurrence) -> str:
        return _digest({"kind": self.kind, "subject": self.subject, "until": one.key})

    @property
    def order(self) -> tuple[int, date, str]:
        """The gravest kind first, then the first to fall due: missing papers hide no teacher in two homes."""
        return (tuple(Kind).index(self.kind), self.due_on, self.subject)


def standing_of(finding: Finding, *, explained: str, accepted: bool | None) -> Standing:
    """How a finding stands that was last explained for the facts with the digest ``explained``.

    ``accepted`` is None while nobody has decided. Other facts open it again.
    """
    if accepted is False or not finding.is_covered_by(explained):
        return Standing.OPEN
    return Standing.EXPLAINED if accepted else Standing.WAITING


def made(
    kind: Kind,
    subject: str,
    noticed_on: date,
    limits: Limits,
    *,
    owner: Owner | None = None,
    child_id: int | None = None,
    teacher_id: int | None = None,
    rule_code: str = "",
    facts: dict[str, Fact],
    visits: tuple[str, ...] = (),
    series: tuple[Occurrence, ...] = (),
    step: int = 1,
) -> Finding:
    """A finding with who must act and by when: the owner of its kind, within the bureau's days."""
    acts = owner or SHEETS[kind].owner
    due_on = noticed_on + timedelta(days=limits.act_days[acts])
    return Finding(
        kind, subject, acts, noticed_on, due_on, child_id, teacher_id, rule_code, facts, visits, series, step
    )


def may_decide(person: str, *, explained_by: str) -> bool:
    """Whether this person may decide on an explanation: never on an own one."""
    return person != explained_by


def _digest(told: Mapping[str, object]) -> str:
    said = json.dumps({**told, "version": VERSION}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
