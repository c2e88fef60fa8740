"""What must stand in a child's file now, what does, and what runs out?

Pure. A form is in the file where a record of this application proves it, or
where a paper was entered. From which state of the case on it must be there is
data; a form needed only when there is occasion for it is never missing.

Source: the bureau's list of forms F01 to F21; A4-07 (一人一案).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hometeach.cases.rules import CaseStatus


class Brings(StrEnum):
    """Who must bring a form."""

    TEACHER = "teacher"
    SCHOOL = "school"
    BUREAU = "bureau"


class ItemState(StrEnum):
    """How a form stands in a file."""

    THERE = "there"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    MISSING = "missing"
    NOT_YET = "not_yet"
    NO_OCCASION = "no_occasion"


#: A case's life in order; the two side tracks stand where they leave it.
_LIFE = (
    (CaseStatus.REGISTERED,),
    (CaseStatus.VERIFYING,),
    (CaseStatus.ASSESSING,),
    (CaseStatus.PLACEMENT_PENDING, CaseStatus.PLACED_OTHER),
    (CaseStatus.PLACED_HOME,),
    (CaseStatus.AGREEMENT_PENDING, CaseStatus.REFUSED),
    (CaseStatus.PLANNING,),
    (CaseStatus.ACTIVE, CaseStatus.SUSPENDED, CaseStatus.REVIEW_DUE),
    (CaseStatus.CLOSING,),
    (CaseStatus.CLOSED,),
)
_RANKS = {status: rank for rank, statuses in enumerate(_LIFE) for status in statuses}
#: What is wrong with a file, the worst first.
LACKING = (ItemState.MISSING, ItemState.EXPIRED)


@dataclass(frozen=True, slots=True)
class FileForm:
    """One form of the list, as the dictionary says."""

    code: str
    zh: str
    en: str
    makes_zh: str
    makes_en: str
    approves_zh: str
    approves_en: str
    brings: Brings
    needed_from: CaseStatus | None = None
    valid_days: int | None = None
    proved_by: str = ""

    def is_needed(self, status: CaseStatus) -> bool:
        """Whether a case in this state must have it."""
        return self.needed_from is not None and _RANKS[status] >= _RANKS[self.needed_from]


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that shows a form: since when, until when, and whether it is a paper. An empty end is open."""

    since: date
    until: date | None = None
    is_paper: bool = False
    made_by: str = ""
    #: Public id of the paper's row.
    key: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of one file. Shape: proofs by the word in ``proved_by``, papers by the form's code."""

    status: CaseStatus
    records: Mapping[str, Sequence[Proof]]
    papers: Mapping[str, Sequence[Proof]]


@dataclass(frozen=True, slots=True)
class FileItem:
    """How one form stands: its state, what shows it best, and the last day on which that counts."""

    form: FileForm
    state: ItemState
    proof: Proof | None = None
    until: date | None = None

    @property
    def is_lacking(self) -> bool:
        """Whether somebody has to bring it."""
        return self.state in LACKING


def file_standing(facts: FileFacts, on: date, forms: Iterable[FileForm], *, expiring_days: int) -> list[FileItem]:
    """How every form stands in one file on a day, in the order of the list."""
    return [_standing(form, facts, on, expiring_days) for form in forms]


def is_complete(items: Iterable[FileItem]) -> bool:
    """Whether nothing that must be there is missing or has run out."""
    return not any(item.is_lacking for item in items)


def lacking(items: Iterable[FileItem]) -> list[FileItem]:
    """What is missing or has run out, in the order of the list."""
    return [item for item in items if item.is_lacking]


def last_day(form: FileForm, proof: Proof) -> date | None:
    """The last day on which a proof counts: its own, and never longer than the form is valid."""
    by_form = proof.since + timedelta(days=form.valid_days) if form.valid_days and proof.is_paper else None
    return min((day for day in (proof.until, by_form) if day is not None), default=None)


def _standing(form: FileForm, facts: FileFacts, on: date, expiring_days: int) -> FileItem:
    proofs = [*facts.records.get(form.proved_by, ()), *facts.papers.get(form.code, ())]
    began = [proof for proof in proofs if proof.since <= on]
    best = max(began, key=lambda proof: (last_day(form, proof) or date.max, not proof.is_paper), default=None)
    is_needed = form.is_needed(facts.status)
    if best is None:
        return FileItem(form, _absent(form, is_needed=is_needed))
    until = last_day(form, best)
    return FileItem(form, _aged(until, on, expiring_days) if is_needed else ItemState.THERE, best, until)


def _absent(form: FileForm, *, is_needed: bool) -> ItemState:
    if is_needed:
        return ItemState.MISSING
    return ItemState.NO_OCCASION if form.needed_from is None else ItemState.NOT_YET


def _aged(until: date | None, on: date, expiring_days: int) -> ItemState:
    if until is None or until > on + timedelta(days=expiring_days):
        return ItemState.THERE
    return ItemState.EXPIRED if until < on else ItemState.EXPIRING
