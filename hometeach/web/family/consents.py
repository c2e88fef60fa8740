"""What does the family allow beyond the lessons? Each purpose by itself, and taken back as easily as given."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField
from wtforms.validators import AnyOf

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.people.consents.actions import PurposeStanding, Taken, answer_purposes
from hometeach.people.consents.models import PrivacyNotice, consents_of, notice_on
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose, fourteenth
from hometeach.people.models import Child
from hometeach.people.rules import Standing
from hometeach.web.base import family, for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.consents.show import standings_today
from hometeach.web.family import pages
from hometeach.web.forms import Form
from hometeach.web.words.consents import ANSWERS, PURPOSES, STATES


class AnswerForm(Form):
    """Does the family allow it? No answer is chosen beforehand."""

    #: Which version was read.
    notice = HiddenField()
    answer = HiddenField(validators=[AnyOf(list(Answer), _l("Choose whether you allow it."))])
    child_was_asked = BooleanField(_l("We have asked the child as well, as far as it can say"))


@pages.get("/children/<public_id>/consents")
@for_guardians
def consents(public_id: str) -> str:
    """The notice, and the purposes beyond the lessons."""
    return _page(load_own_child(public_id), AnswerForm())


@pages.post("/children/<public_id>/consents/<purpose>")
@for_guardians
def answer_consent(public_id: str, purpose: str) -> Response | tuple[str, int]:
    """Allow one purpose, refuse it, or take it back."""
    child, form = load_own_child(public_id), AnswerForm()
    if purpose not in list(Purpose):
        raise NotFound
    notice = _notice_read(form)
    if form.validate() and notice is not None:
        taken = Taken(clock.today(), notice, ConsentRoute.OWN_PHONE, child_was_asked=bool(form.child_was_asked.data))
        with refusals_on(form):
            answer_purposes(guardian_of(child), {Purpose(purpose): Answer(form.answer.data)}, taken, by=family().actor)
            flash(_("%(what)s: %(answer)s. It holds from now on.", what=PURPOSES[Purpose(purpose)],
                    answer=ANSWERS[Answer(form.answer.data)]), "done")  # fmt: skip
            return redirect(url_for(".consents", public_id=public_id))
    return _page(child, form), 422


def questions_for(child: Child) -> list[PurposeStanding]:
    """The purposes that the family may be asked about of its own accord: none where it has said no this term."""
    if notice_on(clock.today()) is None or guardian_of(child).standing is not Standing.GUARDIAN:
        return []
    return [one for one in standings_today(child) if one.may_be_asked]


def _notice_read(form: AnswerForm) -> PrivacyNotice | None:
    """The notice in force, if it is the one that was read."""
    notice = notice_on(clock.today())
    if notice is None or notice.public_id != form.notice.data:
        form.form_errors.append(_("The notice has changed meanwhile. Read the new one, then answer."))
        return None
    return notice


def _page(child: Child, form: AnswerForm) -> str:
    today, me = clock.today(), guardian_of(child)
    notice = notice_on(today)
    if notice is not None:
        form.notice.data = notice.public_id
    mine = {one.purpose: one.answer for one in consents_of(child) if one.guardian_id == me.id}
    return render_template(
        "family/consents.html",
        form=form,
        child=child,
        notice=notice,
        texts={one.purpose: one.text for one in notice.purposes} if notice else {},
        standings=standings_today(child) if notice else [],
        mine=mine,
        may_answer=me.standing is Standing.GUARDIAN,
        asks_child=today >= fourteenth(child.born_on),
        PURPOSES=PURPOSES,
        STATES=STATES,
    )
