"""Plan the make-up of a missed date: the times that fit both stand as buttons."""

from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Regexp

from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.making_up import Offer, offer_for, plan_repayment
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, Teacher
from hometeach.web import words
from hometeach.web.base import allowed, load_child, person, refusals_on, sees_child
from hometeach.web.forms import Form, day_named
from hometeach.web.make_ups import pages
from hometeach.web.make_ups.index import PLANNERS, planned_words
from hometeach.web.standings.names import PeriodNames
from hometeach.web.standings.terms import chosen_term


class TimeForm(Form):
    """Which of the times? A day and the minute after midnight at which the lesson begins."""

    time = StringField(validators=[Regexp(r"^\d{4}-\d{2}-\d{2} \d{1,4}$")])

    @property
    def chosen(self) -> tuple[date, int]:
        """The day, and when the lesson begins.

        Raises: NotFound where it names no day.
        """
        day, _space, start = (self.time.data or "").partition(" ")
        found = day_named(day)
        if found is None:
            raise NotFound
        return found, int(start)


@pages.get("/<public_id>/<day>")
@allowed(*PLANNERS)
def offer(public_id: str, day: str) -> str:
    """What is missing, until when it can be made up, and the times that fit child and teacher."""
    child = load_child(public_id)
    return _offer(child, _day(day), TimeForm())


@pages.post("/<public_id>/<day>")
@allowed(*PLANNERS)
def plan(public_id: str, day: str) -> Response | tuple[str, int]:
    """Plan the make-up at the time that was chosen."""
    child, missed_on, form = load_child(public_id), _day(day), TimeForm()
    if form.validate():
        with refusals_on(form):
            on, start = form.chosen
            planned = plan_repayment(
                child, missed_on, on, start, by=person().actor, teacher_id=_asking(), sees=sees_child()
            )
            rebuild_ledger({child.id})
            flash(
                _(
                    "The make-up for %(missed)s is planned: %(when)s. It counts once it was held and written down.",
                    missed=words.day_words(missed_on),
                    when=f"{words.day_words(on)} {words.hours_words(start * 60, planned.end_minute * 60)}",
                ),
                "done",
            )
            return redirect(url_for("children.show", public_id=public_id))
    return _offer(child, missed_on, form), 422


def _offer(child: Child, missed_on: date, form: TimeForm) -> str:
    found = offer_for(child, missed_on, teacher_id=_asking())
    return render_template(
        "make_ups/plan.html",
        child=child,
        offer=found,
        form=form,
        missing=_missing(found),
        times=[(f"{one.day} {one.start_minute}", one) for one in found.proposals],
        planned=planned_words(found.planned),
        teachers=[(one.public_id, one.name) for one in _colleagues()],
        chosen=found.teacher.public_id if found.teacher else "",
        back=url_for("children.show", public_id=child.public_id),
    )


def _missing(found: Offer) -> str:
    """What is missing and of which period; empty where nothing is."""
    if found.row is None:
        return ""
    names = PeriodNames(chosen_term(clock.today()).every)
    return _(
        "%(period)s: %(amount)s missing",
        period=names(found.row.quota.period, found.row.period),
        amount=words.amount_words(found.row.unaccounted, found.row.quota.metric),
    )


def _day(text: str) -> date:
    day = day_named(text)
    if day is None:
        raise NotFound
    return day


def _asking() -> int | None:
    """A teacher plans with themselves; the school with whom it chose of its own, else with the child's teacher."""
    chosen = next((one for one in _colleagues() if one.public_id == request.values.get("teacher")), None)
    if chosen is not None:
        return chosen.id
    return person().scope.teacher_id if Role.TEACHER in person().roles else None


def _colleagues() -> Sequence[Teacher]:
    """Whom the school may send for this one make-up: whoever goes sees the child until its day is over."""
    statement = select(Teacher).where(Teacher.school_id.in_(person().scope.school_ids))
    return db.session.scalars(statement.order_by(Teacher.code)).all()
