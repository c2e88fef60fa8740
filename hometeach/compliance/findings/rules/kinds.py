"""What kinds of findings are there: who must act, and what does each rest on?

A finding is known by its kind and its subject; its facts have a digest, so that
an explanation holds only for the facts that it explained.

Source: the delivery rule of the day for sessions and periods; A4-07 (一人一案)
and the list of forms for the file; Minors Protection Law art. 62 for the yearly
check; the bureau's spot checks (F20) for what tells of invented visits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

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


@dataclass(frozen=True)
class Finding:
    """Something that asks to be looked at.

    ``subject`` names what it is about without a word that tells who; ``visits``
    are the public ids of the records that it rests on. One of child and teacher
    is always there.
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

    @cached_property
    def key(self) -> str:
        """By which it is known in addresses, in every run the same."""
        return hashlib.sha256(f"{self.kind}:{self.subject}".encode()).hexdigest()[:16]

    @cached_property
    def digest(self) -> str:
        """Of its facts: another one, and an explanation holds no more."""
        told = {"facts": dict(self.facts), "rule": self.rule_code, "version": VERSION, "visits": list(self.visits)}
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def order(self) -> tuple[int, date, str]:
        """The gravest kind first, then the first to fall due: missing papers hide no teacher in two homes."""
        return (tuple(Kind).index(self.kind), self.due_on, self.subject)


def standing_of(digest: str, *, explained: str, accepted: bool | None) -> Standing:
    """How a finding stands that was last explained for the facts with the digest ``explained``.

    ``accepted`` is None while nobody has decided. Other facts open it again.
    """
    if explained != digest or accepted is False:
        return Standing.OPEN
    return Standing.EXPLAINED if accepted else Standing.WAITING


def may_decide(person: str, *, explained_by: str) -> bool:
    """Whether this person may decide on an explanation: never on an own one."""
    return person != explained_by
