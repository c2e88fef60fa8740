"""How is what a record says told, and what it said before?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.cases.plan.models import LearningDomain, PlanGoal, PromptLevel
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Guardian, Teacher
from hometeach.visits.correcting.models import VisitVersion, requests_of, versions_of
from hometeach.visits.correcting.rules import Change, RequestState
from hometeach.visits.models import Visit
from hometeach.visits.recording.models import facts_of
from hometeach.visits.recording.rules import TimeEntry, VisitFacts
from hometeach.web import words
from hometeach.web.words.coded import named

#: What is written in words, in the order in which it is asked.
NAMES: Mapping[str, Any] = {
    "theme": _l("Theme"),
    "performance": _l("What the child did"),
    "practice": _l("What the family practises"),
    "next_time": _l("Next time"),
    "incident": _l("What happened"),
    "place": _l("Where exactly"),
    "late_reason": _l("Why it was written down late"),
    "overlap_reason": _l("Why it shares time with another record"),
}
ENTRIES = {TimeEntry.LIVE: _l("by the button"), TimeEntry.BACK_ENTERED: _l("typed")}
_HAPPENED = {Change.CORRECTED: _l("Corrected"), Change.VOIDED: _l("Withdrawn")}
_ASKED = {Change.CORRECTED: _l("Correction asked for"), Change.VOIDED: _l("Withdrawal asked for")}


@dataclass(frozen=True)
class Difference:
    """One line of a before-and-after table."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """What became of a record at one moment."""

    what: str
    when: datetime
    who: str
    why: str
    differences: list[Difference]


def written_of(visit: Visit) -> list[tuple[str, str]]:
    """What a record tells beside its times, question and answer."""
    return list(_answers(facts_of(visit)))


def differences(before: VisitFacts, after: VisitFacts) -> list[Difference]:
    """What is different, field by field."""
    old, new = (dict(_everything(facts)) for facts in (before, after))
    return [
        Difference(name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    ]


def history_of(visit: Visit) -> list[Step]:
    """What became of a record, newest first: what it said before, and what it said then."""
    versions = versions_of(visit.id)
    contents = [VisitFacts.from_text(one.content) for one in versions]
    after = [*contents, facts_of(visit)][1:]
    steps = [_step(one, differences(old, new)) for one, old, new in zip(versions, contents, after, strict=True)]
    return sorted([*steps, *_wishes(visit)], key=lambda step: step.when, reverse=True)


def name_of(account: str) -> str:
    """The person behind an account, as the audit log names it."""
    return db.session.scalar(select(Account.name).where(Account.public_id == account)) or account


def _step(version: VisitVersion, found: list[Difference]) -> Step:
    who = name_of(version.changed_by)
    if version.approved_by:
        who = _("%(who)s, approved by %(other)s", who=who, other=name_of(version.approved_by))
    return Step(str(_HAPPENED[version.change]), version.changed_at, who, version.why, found)


def _wishes(visit: Visit) -> Iterator[Step]:
    """Wishes that wait or were refused; an approved one stands as the change itself."""
    for one in requests_of(visit.id):
        if one.state is RequestState.WAITING:
            yield Step(str(_ASKED[one.change]), one.asked_at, name_of(one.asked_by), one.why, [])
        elif one.state is RequestState.REFUSED and one.decided_at:
            yield Step(_("Change refused"), one.decided_at, name_of(one.decided_by or ""), one.answer or "", [])


def _everything(facts: VisitFacts) -> Iterator[tuple[str, str]]:
    yield _("Hours"), words.hours_words(facts.arrived, facts.left)
    yield _("Place"), words.mode_words(facts.mode)
    yield _("Teachers"), words.listed(_teachers(facts))
    yield _("Makes up for"), words.day_words(facts.makes_up_for) if facts.makes_up_for else ""
    yield from _answers(facts)


def _answers(facts: VisitFacts) -> Iterator[tuple[str, str]]:
    carer = db.session.scalar(select(Guardian).where(Guardian.public_id == facts.carer)) if facts.carer else None
    there = f"{carer.name}（{carer.relation}）" if carer else facts.words.get("carer_words", "")
    if there:
        yield _("Of the family"), there
    if facts.domain:
        yield _("Field of learning"), named(db.session.get_one(LearningDomain, facts.domain))
    for name, label in NAMES.items():
        if text := facts.words.get(name):
            yield str(label), text
    yield from _goals(facts)


def _goals(facts: VisitFacts) -> Iterator[tuple[str, str]]:
    texts = {
        row.public_id: row.text
        for row in db.session.scalars(select(PlanGoal).where(PlanGoal.public_id.in_([g.goal for g in facts.goals])))
    }
    for one in facts.goals:
        helped = db.session.get(PromptLevel, one.prompt) if one.prompt else None
        score = _("%(score)s of 4", score=one.score) if one.score is not None else ""
        yield _("Goal: %(goal)s", goal=texts.get(one.goal, "")), words.listed([score, named(helped) if helped else ""])


def _teachers(facts: VisitFacts) -> list[str]:
    found = db.session.execute(select(Teacher.code, Teacher.name).where(Teacher.code.in_(facts.teachers)))
    names = {row.code: row.name for row in found}
    return [names.get(code, code) for code in facts.teachers]
