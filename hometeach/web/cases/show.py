"""Where does one case stand, what may be done next and by whom, and what happened so far?"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.cases.models import Case, CaseMove, moves_of, placement_of, suspension_on
from hometeach.cases.rules import Mover
from hometeach.cases.rules.needs import holding
from hometeach.cases.wording import DONE
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, MAY_REVEAL
from hometeach.people.models import Account
from hometeach.web import words
from hometeach.web.base import allowed, person
from hometeach.web.cases import pages
from hometeach.web.cases.loading import acting_on, load_case, sees_file
from hometeach.web.cases.next import days_words, dispute_due, first_of, known_today, steps_of
from hometeach.web.words import audit as told
from hometeach.web.words import cases as said


@dataclass(frozen=True)
class MoveLine:
    """One move of the case in words."""

    number: int
    what: str
    days: str
    who: str
    code: str
    #: Whether there is something to read: words that are sealed, or a paper.
    is_readable: bool
    when: str


@pages.get("/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One case."""
    case = load_case(public_id)
    known, acting = known_today(case), acting_on(case.child_id)
    steps = steps_of(case, acting, known)
    return render_template(
        "cases/show.html",
        case=case,
        status=words.case_words(case.status),
        next=said.next_words(case.status, holding(known)),
        first=first_of(steps),
        mine=[step for step in steps if step.is_mine],
        others=[step for step in steps if not step.is_mine],
        facts=_facts(case),
        disputed=dispute_due(known),
        moves=_moves(case),
        may_read=bool(person().roles & MAY_REVEAL),
        sees_file=sees_file(case),
    )


def _facts(case: Case) -> list[tuple[str, str]]:
    """The decision that holds, and the suspension that runs."""
    found = []
    placement = placement_of(case)
    if placement is not None:
        school = placement.school.name if placement.school else _("no school named")
        found = [
            (_("Placement"), words.listed([str(said.FORMS[placement.form]), school])),
            (_("Decision"), placement.decision_no),
            (_("Roll"), str(said.ROLLS[placement.roll])),
            (_("From"), words.day_words(placement.starts_on)),
        ]
        if placement.review_on:
            found.append((_("Looked at again"), words.day_words(placement.review_on)))
    running = suspension_on(case.child_id, clock.today())
    if running is not None:
        why = said.pause_words(running.reason) or _("no reason recorded")
        found.append((_("Suspended"), words.listed([words.span_words(running.span), why])))
    return found


def _moves(case: Case) -> Sequence[MoveLine]:
    """What happened, newest first."""
    made = moves_of(case)
    accounts = select(Account.public_id, Account.name).where(Account.public_id.in_({move.actor for move in made}))
    names: dict[str, str] = dict(db.session.execute(accounts).all())
    return [_line(move, names) for move in reversed(made)]


def _not_of_the_staff(move: CaseMove) -> str:
    """A guardian, or a process."""
    return said.mover_words(Mover.GUARDIAN) if move.acted_as is Mover.GUARDIAN else told.process_words(move.actor)


def _line(move: CaseMove, names: dict[str, str]) -> MoveLine:
    return MoveLine(
        number=move.number,
        what=str(DONE[move.event]),
        days=days_words(move),
        who=names.get(move.actor) or _not_of_the_staff(move),
        code=words.listed([one for one in (said.code_words(move.code), move.receiving_unit) if one]),
        is_readable=bool(move.words_sealed or move.file_id),
        when=words.moment_words(move.at),
    )
