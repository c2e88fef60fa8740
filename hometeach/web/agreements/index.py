"""Who has not signed, and why? For the bureau besides: how much each school has covered, and where it is stuck."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.agreements.models import Agreement
from hometeach.agreements.signing.rules import CONCLUDED, ENDED, AgreementState
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import OrgUnit, in_force, serving_schools_on
from hometeach.web import words
from hometeach.web.agreements import pages
from hometeach.web.agreements.loading import Line, lines_of
from hometeach.web.base import allowed, person, sees_child

S = AgreementState
#: What can be looked at by itself, and which states it holds.
GROUPS = {
    "waiting": (
        _l("Waiting for the family"),
        frozenset({S.NOT_SENT, S.PHONE_NOT_CHECKED, S.NO_WAY_TO_REACH, S.SENT, S.OPENED, S.SIGNED_BY_SOME}),
    ),
    "countersign": (_l("Waiting for the countersignature"), frozenset({S.SIGNED_BY_ALL})),
    "conflict": (_l("The family disagrees"), frozenset({S.CONFLICT})),
    "refused": (_l("Refused"), frozenset({S.REFUSED})),
    "expiring": (_l("Ends soon"), frozenset({S.EXPIRING})),
    "concluded": (_l("Concluded"), CONCLUDED - {S.EXPIRING}),
    "ended": (_l("Over"), ENDED),
}


@dataclass(frozen=True)
class Coverage:
    """How a school stands. Units: children it serves today, agreements."""

    school: OrgUnit
    children: int
    covered: int
    counts: Counter[str]

    @property
    def uncovered(self) -> int:
        """Children without any agreement in force today, on paper or made here."""
        return self.children - self.covered


@pages.get("/agreements")
@allowed(*FILE_READERS)
def index() -> str:
    """The agreements of the children one sees."""
    lines = lines_of(sees_child())
    counts = Counter(group_of(line.state) for line in lines)
    group = request.args.get("show", "")
    shown = [line for line in lines if group_of(line.state) == group or (not group and line.state not in ENDED)]
    return render_template(
        "agreements/index.html",
        lines=shown,
        groups=[
            (name, str(label), counts[name], url_for(".index", show=name)) for name, (label, _states) in GROUPS.items()
        ],
        group=group if group in GROUPS else "",
        coverage=_coverage(lines) if person().scope.everything else [],
        counts=counts,
        rings=Role.SCHOOL_COORDINATOR in person().roles,
        words=words,
    )


def group_of(state: AgreementState) -> str:
    """Under which heading a state is looked for."""
    return next(name for name, (_words, states) in GROUPS.items() if state in states)


def _coverage(lines: Sequence[Line]) -> list[Coverage]:
    """Each school with the children it serves today, and how many of them an agreement covers."""
    today = clock.today()
    served: dict[int, set[int]] = {}
    for child_id, school_id in db.session.execute(serving_schools_on(today)):
        served.setdefault(school_id, set()).add(child_id)
    covered = set(db.session.scalars(select(Agreement.child_id).where(in_force(Agreement, today))))
    counts: dict[int, Counter[str]] = {}
    for line in lines:
        counts.setdefault(line.offer.school_id, Counter())[group_of(line.state)] += 1
    schools = db.session.scalars(select(OrgUnit).where(OrgUnit.id.in_(served)).order_by(OrgUnit.code)).all()
    return [
        Coverage(one, len(served[one.id]), len(served[one.id] & covered), counts.get(one.id, Counter()))
        for one in schools
    ]
