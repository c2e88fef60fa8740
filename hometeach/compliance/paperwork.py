"""What proves the forms of children's files, read in a handful of queries however many children there are.

The records that prove a form lie in features above the file itself (agreements,
schedule, visits), so that the facts are gathered here and handed down.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, func, select

from hometeach.agreements.models import Agreement
from hometeach.cases.file.dictionary import forms
from hometeach.cases.file.models import FileItem as Paper
from hometeach.cases.file.models import papers_of
from hometeach.cases.file.rules import FileFacts, FileItem, Proof, file_standing, is_complete
from hometeach.cases.models import Case, CaseMove
from hometeach.cases.plan.models import LessonPlan, Plan, children_with_plan_on
from hometeach.cases.plan.rules import APPROVED
from hometeach.cases.rules import Event
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.consents.models import Consent
from hometeach.people.models import Child, Guardian, ResponsibleSpan
from hometeach.schedule.models import SlotRow
from hometeach.visits.models import Absence, Visit

#: What a row of the case's history proves.
_PROVED_BY_MOVES = {
    Event.RECORD_ASSESSMENT: "assessed",
    Event.SIGN_REVIEW: "reviewed",
    Event.ASK_CLOSING: "closing",
    Event.SUSPEND: "closing",
}
#: A child's id, what it proves, since when and until when.
Found = tuple[int, str, date, date | None]


def files_of(children: Select[int], on: date) -> dict[int, list[FileItem]]:
    """How every form stands in the files of these children on a day, by child; those without a case have no file.

    ``children`` selects ids.
    """
    records: defaultdict[int, defaultdict[str, list[Proof]]] = defaultdict(lambda: defaultdict(list))
    for child, proved, since, until in _records(children):
        records[child][proved].append(Proof(since, until))
    papers: defaultdict[int, defaultdict[str, list[Proof]]] = defaultdict(lambda: defaultdict(list))
    for paper in db.session.scalars(papers_of(children)):
        proof = Proof(paper.dated_on, paper.valid_to, is_paper=True, made_by=paper.made_by, key=paper.public_id)
        papers[paper.child_id][paper.code].append(proof)
    cases = select(Case.child_id, Case.status).where(Case.child_id.in_(children)).order_by(Case.child_id)
    days = whole_number("file_expiring_days", on)
    return {
        child: file_standing(FileFacts(status, records[child], papers[child]), on, forms(), expiring_days=days)
        for child, status in db.session.execute(cases)
    }


def complete_files(on: date, children: Select[int] | None = None) -> frozenset[int] | None:
    """The children whose plan is approved and whose file lacks nothing on a day; of all, or of those selected.

    None where nobody has kept plans or papers here yet: what is not kept is not reported as zero.
    """
    is_kept = db.session.scalar(select(Plan.id).limit(1)) or db.session.scalar(select(Paper.id).limit(1))
    if not is_kept:
        return None
    with_plan = set(db.session.scalars(children_with_plan_on(on)))
    files = files_of(select(Child.id) if children is None else children, on)
    return frozenset(child for child, items in files.items() if child in with_plan and is_complete(items))


def file_of(child_id: int, on: date) -> list[FileItem]:
    """How every form stands in one child's file on a day; empty where it has no case."""
    return files_of(select(Child.id).where(Child.id == child_id), on).get(child_id, [])


def _records(children: Select[int]) -> Iterator[Found]:
    yield from _case_records(children)
    yield from _spans(children)
    yield from _days(children)
    yield from _profiles(children)


def _case_records(children: Select[int]) -> Iterator[Found]:
    for child, placed_on in db.session.execute(
        select(Case.child_id, Case.placed_on).where(Case.child_id.in_(children))
    ):
        yield child, "listed", date.min, None
        if placed_on is not None:
            yield child, "placed", placed_on, None
    moves = (
        select(Case.child_id, CaseMove.event, CaseMove.done_on)
        .join(Case, Case.id == CaseMove.case_id)
        .where(Case.child_id.in_(children), CaseMove.event.in_(_PROVED_BY_MOVES))
    )
    for child, event, done_on in db.session.execute(moves):
        yield child, _PROVED_BY_MOVES[event], done_on, None


def _spans(children: Select[int]) -> Iterator[Found]:
    """What holds for some days: agreements, approved plans, weekly hours, who answers."""
    spans = (
        ("agreement", select(Agreement.child_id, Agreement.effective_from, Agreement.effective_to), Agreement),
        ("schedule", select(SlotRow.child_id, SlotRow.effective_from, SlotRow.effective_to), SlotRow),
        (
            "answered_for",
            select(ResponsibleSpan.child_id, ResponsibleSpan.effective_from, ResponsibleSpan.effective_to),
            ResponsibleSpan,
        ),
        (
            "plan",
            select(Plan.child_id, Plan.effective_from, Plan.effective_to).where(Plan.status.in_(APPROVED)),
            Plan,
        ),
    )
    for proved, statement, model in spans:
        for child, first, last in db.session.execute(statement.where(model.child_id.in_(children))):
            yield child, proved, first, last


def _days(children: Select[int]) -> Iterator[Found]:
    """What is there from the first time on: a visit, an absence, a written lesson, an answer to the notice."""
    firsts = (
        ("visit", Visit.child_id, Visit.held_on, Visit.is_void.is_(False)),
        ("absence", Absence.child_id, Absence.missed_on, Absence.child_id.is_not(None)),
        ("lesson", LessonPlan.child_id, LessonPlan.taught_on, LessonPlan.child_id.is_not(None)),
        ("answered", Consent.child_id, Consent.said_on, Consent.child_id.is_not(None)),
    )
    for proved, child_id, day, condition in firsts:
        statement = select(child_id, func.min(day)).where(child_id.in_(children), condition).group_by(child_id)
        for child, first in db.session.execute(statement):
            yield child, proved, first, None


def _profiles(children: Select[int]) -> Iterator[Found]:
    """A profile is there once address, reason and a guardian who can be called are on record."""
    reachable = select(Guardian.child_id).where(Guardian.phone_sealed.is_not(None))
    statement = select(Child.id).where(
        Child.id.in_(children),
        Child.visit_address_sealed.is_not(None),
        Child.cannot_attend_reason_sealed.is_not(None),
        Child.id.in_(reachable),
    )
    for child in db.session.scalars(statement):
        yield child, "profile", date.min, None
