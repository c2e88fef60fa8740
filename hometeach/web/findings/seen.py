"""Which findings may the person who asks see today?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from hometeach.compliance.findings.facts import findings_on
from hometeach.compliance.findings.models import positions_of
from hometeach.compliance.findings.rules import Finding, Owner, Standing
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, OrgUnit, Teacher
from hometeach.web.base import load_child, scope_here, sees_child
from hometeach.web.findings import told
from hometeach.web.standings.listed import Listed, children_listed


@dataclass(frozen=True)
class Who:
    """Whom a finding is about, as lists show it. Keys are public ids; what is empty nobody is."""

    name: str
    school: str
    school_key: str
    teacher: str
    teacher_key: str


@dataclass(frozen=True)
class Seen:
    """A finding with whom it is about and how it stands."""

    finding: Finding
    standing: Standing
    who: Who
    #: What has come since an explanation was accepted.
    new: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act: also while an explanation waits."""
        return self.standing is not Standing.EXPLAINED

    @property
    def is_late(self) -> bool:
        """Whether the day by which to act is past."""
        return self.is_open and self.finding.due_on < clock.today()

    @cached_property
    def sentence(self) -> str:
        """What was found, with its figures, and what of it is new."""
        return told.sentence(self.finding, new=self.new)

    @property
    def kind_words(self) -> str:
        """What kind of finding it is."""
        return told.kind_words(self.finding.kind)

    @property
    def acts(self) -> str:
        """Who must act."""
        owner = self.finding.owner
        return told.owner_words(owner, self.who.teacher if owner is Owner.TEACHER else self.who.school)


def findings_seen() -> list[Seen]:
    """The findings of today about children, or teachers, whom the person sees: the gravest kinds first."""
    today = clock.today()
    children = {one.id: one for one in children_listed(today, sees_child())}
    return _seen(findings_on(today), children, _teachers())


def load_finding(key: str) -> Seen:
    """The finding with this key, if the person sees it; one about a child opens the child's file, and is logged.

    Raises: NotFound, alike for foreign, absent, and mended.
    """
    seen = next((one for one in findings_seen() if one.finding.key == key), None)
    if seen is None:
        raise NotFound
    child = db.session.get(Child, seen.finding.child_id) if seen.finding.child_id is not None else None
    if child is not None:
        load_child(child.public_id)
    return seen


def _seen(findings: Iterable[Finding], children: Mapping[int, Listed], teachers: Mapping[int, Who]) -> list[Seen]:
    known = [(one, who) for one in findings if (who := _who(one, children, teachers)) is not None]
    positions = positions_of([one for one, _who in known])
    return [
        Seen(one.raised_again(position.new), position.standing, who, position.new)
        for one, who in known
        for position in [positions[one.key]]
    ]


def _who(finding: Finding, children: Mapping[int, Listed], teachers: Mapping[int, Who]) -> Who | None:
    """Whom it is about; None where the person does not see it."""
    if finding.child_id is None:
        return teachers.get(finding.teacher_id or 0)
    child = children.get(finding.child_id)
    if child is None:
        return None
    return Who(child.name, child.school or "", child.school_key or "", child.teacher or "", child.teacher_key or "")


def _teachers() -> dict[int, Who]:
    """The teachers whom the person sees here: all, those of the own school, or oneself."""
    scope = scope_here()
    rows = select(
        Teacher.id, Teacher.name, OrgUnit.name, OrgUnit.public_id, Teacher.name, Teacher.public_id, Teacher.school_id
    ).join(OrgUnit, OrgUnit.id == Teacher.school_id)
    return {
        row[0]: Who(*row[1:6])
        for row in db.session.execute(rows)
        if scope.everything or row.school_id in scope.school_ids or row[0] == scope.teacher_id
    }
