"""Draw up an agreement for a child: what lacks and who brings it, who signs, for which days; look; then freeze it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response as PlainResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.actions import Wanted, draw_up, trial
from hometeach.agreements.offers.around import Around, around
from hometeach.agreements.offers.choices import MOST_LETTERS, MOST_OPTIONS, Choice, options_in
from hometeach.agreements.offers.rules import MAY_FOLLOW, MOST_DAYS, Lack, WhoSigns
from hometeach.agreements.offers.wording import LACKS
from hometeach.agreements.signing.beside import refuse_beside, waiting_beside
from hometeach.agreements.signing.models import SigningAuthority
from hometeach.kernel import clock
from hometeach.kernel.clock import ONE_DAY, Span
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, Guardian
from hometeach.schedule.models import the_calendar
from hometeach.web import words
from hometeach.web.agreements import pages
from hometeach.web.agreements.loading import WaitingLine, waiting_lines
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.forms import Form, day_named

MOST_REASON = 500
MOST_OPTION_WORDS = MOST_OPTIONS * (MOST_LETTERS + 2)
#: The month with which a school year ends.
SUMMER = 8
#: Under this name the form says that the paper is only to be looked at.
LOOK = "look"


class TermsForm(Form):
    """For which days, and whose signatures make it complete."""

    first = DateField(_l("From which day on?"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until which day?"), validators=[InputRequired(_l("Choose the last day."))])
    who = RadioField(
        _l("Who has to sign?"),
        choices=[
            SelectChoice(WhoSigns.ANY_ONE.value, _l("any one of the guardians")),
            SelectChoice(WhoSigns.ALL.value, _l("all of them")),
            SelectChoice(WhoSigns.NAMED.value, _l("a certain one")),
        ],
        default=WhoSigns.ANY_ONE.value,
    )
    named = SelectField(_l("Which one?"))
    reason = TextAreaField(
        _l("Why all of them, or why this one?"), filters=[tidy], validators=[Length(max=MOST_REASON)]
    )
    place = StringField(_l("Where is the child taught?"), filters=[tidy], validators=[Length(max=200)])
    places = TextAreaField(
        _l("Does the family choose the place? Then among which?"), validators=[Length(max=MOST_OPTION_WORDS)]
    )
    times = TextAreaField(
        _l("Does the family choose the times? Then among which?"), validators=[Length(max=MOST_OPTION_WORDS)]
    )
    supersedes = SelectField(_l("Does it take the place of an agreement in force?"))
    beside = BooleanField(_l("This one is drawn up all the same, and the other one goes on waiting"))


@dataclass(frozen=True)
class Missing:
    """One thing that lacks: what and who brings it, whether it can follow, and where it is entered."""

    words: str
    may_follow: bool
    href: str


@pages.get("/children/<public_id>/agreement")
@allowed(Role.SCHOOL_COORDINATOR)
def ask_terms(public_id: str) -> str:
    """Say what lacks, and ask for days and signers."""
    child = load_child(public_id)
    first = day_named(request.args.get("first", "")) or _first_day(child)
    found = around(child, Span(first, first), authorised=_authorised(child))
    form = _form(child, found)
    form.first.data, form.last.data = first, _last_day(first)
    return _asked(child, form, found)


@pages.post("/children/<public_id>/agreement")
@allowed(Role.SCHOOL_COORDINATOR)
def draw(public_id: str) -> Response | tuple[str, int]:
    """Show the paper as a trial, or draw the agreement up: from then on it does not change."""
    child, today = load_child(public_id), clock.today()
    authorised = _authorised(child)
    form = _form(child, around(child, Span(today, today), authorised=authorised))
    if form.validate():
        with refusals_on(form):
            wanted = _wanted(child, form, authorised)
            if LOOK in request.form:
                return _shown(trial(child, wanted, on=today).content)
            if not form.beside.data:
                refuse_beside(waiting_beside(child.id, wanted.span, today))
            offer = draw_up(
                child,
                effective_from=wanted.span.first,
                effective_to=wanted.span.last,
                who_signs=wanted.who_signs,
                reason=wanted.reason,
                named=wanted.named,
                supersedes=wanted.supersedes,
                by=person().actor,
                on=today,
                authorised=authorised,
                place=wanted.place,
                options=wanted.options,
            )
            flash(_("Agreement %(number)s is drawn up. Now send it to the family.", number=offer.number), "done")
            return redirect(f"/agreements/{offer.public_id}")
    day = form.first.data or today
    return _asked(child, form, around(child, Span(day, day), authorised=authorised)), 422


def _shown(content: bytes) -> Response:
    answer = PlainResponse(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="agreement-trial.pdf"'
    return answer


def _form(child: Child, found: Around) -> TermsForm:
    """The form with the people and agreements that there are."""
    form = TermsForm()
    form.named.choices = [SelectChoice("", _("nobody in particular")), *map(_person_choice, found.may_sign)]
    form.supersedes.choices = [SelectChoice("", _("no"))] + [
        SelectChoice(one.public_id, f"{one.number} ({words.span_words(one.span)})") for one in _running(child)
    ]
    return form


def _person_choice(guardian: Guardian) -> SelectChoice:
    return SelectChoice(guardian.public_id, f"{guardian.name} ({guardian.relation})")


def _wanted(child: Child, form: TermsForm, authorised: Collection[int]) -> Wanted:
    return Wanted(
        span=Span(form.first.data, form.last.data),
        who_signs=WhoSigns(form.who.data),
        reason=form.reason.data or "",
        named=next((one for one in child.guardians if one.public_id == form.named.data), None),
        supersedes=next((one for one in _running(child) if one.public_id == form.supersedes.data), None),
        authorised=authorised,
        place=form.place.data or "",
        options={name: options for name, options in _options(form).items() if options},
    )


def _options(form: TermsForm) -> dict[Choice, tuple[str, ...]]:
    """Among what the family chooses when it signs."""
    return {
        Choice.PLACE: options_in(form.places.data or ""),
        Choice.TIMES: options_in(form.times.data or ""),
    }


def _running(child: Child) -> list[Agreement]:
    """The agreements of the child that are not over, the earliest first."""
    statement = select(Agreement).where(Agreement.child_id == child.id).order_by(Agreement.effective_from, Agreement.id)
    return [one for one in db.session.scalars(statement) if one.span.last >= clock.today()]


def _authorised(child: Child) -> frozenset[int]:
    """Ids of the child's carers whose written authority is on file."""
    carers = [one.id for one in child.guardians]
    statement = select(SigningAuthority.guardian_id).where(SigningAuthority.guardian_id.in_(carers))
    return frozenset(db.session.scalars(statement))


def _first_day(child: Child) -> date:
    """The day after the last agreement ends, where that is known and to come; else today."""
    ends = [one.effective_to for one in _running(child) if one.effective_to is not None]
    return max([clock.today(), *(end + ONE_DAY for end in ends)])


def _last_day(first: date) -> date:
    """The last day of the school year in which it begins; where the calendar does not reach so far, 31 August."""
    years = [span.last for span in the_calendar().school_years.values() if span.last > first]
    summer = date(first.year + (first.month > SUMMER), SUMMER, 31)
    return min([*years, summer, first + timedelta(days=MOST_DAYS - 1)])


def _asked(child: Child, form: TermsForm, found: Around) -> str:
    missing = [Missing(str(LACKS[lack]), lack in MAY_FOLLOW, _entered_at(lack, found)) for lack in found.lacks]
    return render_template(
        "agreements/terms.html",
        child=child,
        form=form,
        found=found,
        stops=[one for one in missing if not one.may_follow],
        follows=[one for one in missing if one.may_follow],
        waiting=_waiting(child, form),
        words=words,
    )


def _waiting(child: Child, form: TermsForm) -> list[WaitingLine]:
    """What waits for signatures already for some of the days of the form."""
    first, last = form.first.data, form.last.data
    if not first or not last or last < first:
        return []
    return waiting_lines(waiting_beside(child.id, Span(first, last), clock.today()))


def _entered_at(lack: Lack, found: Around) -> str:
    """Where the one who asks can bring it; empty where somebody else does."""
    child = found.child.public_id
    if lack is Lack.SCHOOL_PHONE and found.school:
        return url_for("contacts.ask", public_id=found.school.public_id)
    pages_of = {Lack.SIGNER: "guardians.ask_new", Lack.SCHEDULE: "new_hour.ask", Lack.PLAN: "plans.index"}
    return url_for(pages_of[lack], public_id=child) if lack in pages_of else ""
