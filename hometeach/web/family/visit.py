"""What was written down of a lesson, and was it so? One question with three answers.

"As written" is one press. The other two ask a little more first, and say whom
it is told: the bureau, never the teacher.
"""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import whole_number
from hometeach.people.models import Account, Child
from hometeach.visits.confirming.actions import Said, answer_visit
from hometeach.visits.confirming.models import VisitConfirmation, answers_to, dispute_about
from hometeach.visits.confirming.rules import Answer, Route, may_answer
from hometeach.visits.models import Visit
from hometeach.visits.photos.actions import photos_to_see
from hometeach.visits.recording.models import facts_of
from hometeach.web import words
from hometeach.web.base import family, for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.family import pages
from hometeach.web.family.child import ANSWERS, OUTCOMES
from hometeach.web.forms import Form
from hometeach.web.standings.sessions import recorded_sessions, sessions_held
from hometeach.web.visits.photos import photo_named, picture_of

#: Offered lengths are multiples of this, in minutes.
STEP = 10


class WrittenForm(Form):
    """It was as written: nothing more is asked."""


class DiffersForm(Form):
    """Nobody came: what else should the bureau know?"""

    words = TextAreaField(
        _l("What else should the bureau know? You may leave this empty."), validators=[Length(max=500)]
    )


class ShorterForm(DiffersForm):
    """It was shorter: how long was it?"""

    minutes = RadioField(
        _l("How long was the teacher there, roughly?"),
        coerce=int,
        validators=[
            InputRequired(_l("Choose how long it was.")),
        ],
    )


@pages.get("/visits/<public_id>")
@for_guardians
def visit(public_id: str) -> str:
    """One record, and the question."""
    return _page(_load(public_id), WrittenForm())


@pages.post("/visits/<public_id>/as-written")
@for_guardians
def confirm(public_id: str) -> Response | tuple[str, int]:
    """It was as written."""
    found, form = _load(public_id), WrittenForm()
    if form.validate():
        with refusals_on(form):
            _answer(found, Said(Answer.AS_WRITTEN, route=_route()))
            flash(_("Thank you. It is noted that the lesson was as written."), "done")
            return redirect(url_for(".visit", public_id=public_id))
    return _page(found, form), 422


@pages.get("/visits/<public_id>/shorter")
@for_guardians
def ask_how_long(public_id: str) -> str:
    """How long was it?"""
    found = _load(public_id)
    return _differs_page(found, _shorter_form(found), Answer.SHORTER)


@pages.post("/visits/<public_id>/shorter")
@for_guardians
def say_shorter(public_id: str) -> Response | tuple[str, int]:
    """Tell the bureau that it was shorter."""
    found = _load(public_id)
    form = _shorter_form(found)
    if form.validate():
        with refusals_on(form):
            return _tell_bureau(found, Said(Answer.SHORTER, form.minutes.data, form.words.data or "", _route()))
    return _differs_page(found, form, Answer.SHORTER), 422


@pages.get("/visits/<public_id>/not-come")
@for_guardians
def ask_not_come(public_id: str) -> str:
    """Did really nobody come?"""
    return _differs_page(_load(public_id), DiffersForm(), Answer.DID_NOT_COME)


@pages.post("/visits/<public_id>/not-come")
@for_guardians
def say_not_come(public_id: str) -> Response | tuple[str, int]:
    """Tell the bureau that nobody came."""
    found, form = _load(public_id), DiffersForm()
    if form.validate():
        with refusals_on(form):
            return _tell_bureau(found, Said(Answer.DID_NOT_COME, words=form.words.data or "", route=_route()))
    return _differs_page(found, form, Answer.DID_NOT_COME), 422


@pages.get("/photos/<public_id>")
@for_guardians
def photo(public_id: str) -> Response:
    """One photo of a lesson."""
    found = photo_named(public_id)
    visit = _load(found.visit.public_id)
    return picture_of(found, db.session.get_one(Child, visit.child_id))


def _load(public_id: str) -> Visit:
    """The record of this address, of a child in one's care.

    Raises: NotFound, alike for foreign and absent.
    """
    found = db.session.scalar(select(Visit).where(Visit.public_id == public_id))
    if found is None:
        raise NotFound
    load_own_child(db.session.get_one(Child, found.child_id).public_id)
    return found


def _route() -> Route:
    return Route.LINK if family().entered.came_by_link else Route.DOOR


def _answer(found: Visit, said: Said) -> None:
    child = db.session.get_one(Child, found.child_id)
    answer_visit(found, guardian_of(child), said, on=clock.today())
    rebuild_ledger({child.id})


def _tell_bureau(found: Visit, said: Said) -> Response:
    _answer(found, said)
    flash(_("The bureau has been told. The teacher does not see what you wrote."), "done")
    return redirect(url_for(".visit", public_id=found.public_id))


def _page(found: Visit, form: WrittenForm) -> str:
    child = db.session.get_one(Child, found.child_id)
    answers, dispute = answers_to(found), dispute_about(found)
    return render_template(
        "family/visit.html",
        form=form,
        child=child,
        visit=found,
        held=sessions_held(recorded_sessions(Visit.id == found.id))[0],
        told=facts_of(found).words,
        photos=photos_to_see(found, child, clock.today())[0],
        said=str(ANSWERS[answers[-1].answer]) if answers else "",
        telephoned=_telephoned(answers),
        dispute=dispute,
        outcomes=OUTCOMES,
        asks=not found.is_void and may_answer(dispute.state if dispute else None),
    )


def _telephoned(answers: Sequence[VisitConfirmation]) -> str:
    """Who took the last answer down on the telephone, from whom and when; empty for one of the family's own."""
    call = answers[-1].telephone if answers else None
    if call is None:
        return ""
    taken_by = db.session.scalar(select(Account.name).where(Account.public_id == call.taken_by))
    return _(
        "%(who)s of the school or the bureau wrote this down on %(moment)s, as %(relation)s said it on the telephone.",
        who=taken_by or "",
        moment=words.moment_words(call.called_at),
        relation=call.relation,
    )


def _differs_page(found: Visit, form: DiffersForm, answer: Answer) -> str:
    return render_template(
        "family/differs.html",
        form=form,
        visit=found,
        held=sessions_held(recorded_sessions(Visit.id == found.id))[0],
        is_shorter=answer is Answer.SHORTER,
        days=whole_number("dispute_days", clock.today()),
    )


def _shorter_form(found: Visit) -> ShorterForm:
    """Offers the round lengths below the one that is written down."""
    written = (found.left_second - found.arrived_second) // 60
    lengths = list(range(STEP, written, STEP)) or ([written - 1] if written > 1 else [])
    form = ShorterForm()
    form.minutes.choices = [SelectChoice(n, _("about %(n)s minutes", n=n)) for n in lengths]
    return form
