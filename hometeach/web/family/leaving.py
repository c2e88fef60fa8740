"""Leave in one step, and come back within a day: an agreement that holds, or teaching that no agreement begins yet."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hometeach.agreements.signing.rules import AgreementState
from hometeach.cases.models import case_of
from hometeach.cases.rules import Event
from hometeach.compliance.casework import carry_out
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.people.models import Child
from hometeach.people.rules import Standing as Stands
from hometeach.web.base import for_guardians, guardian_of, load_own_child, refusals_on
from hometeach.web.family import pages
from hometeach.web.family.agreements import Standing, load
from hometeach.web.family.doors import acting_as, doors_of, given_by
from hometeach.web.forms import Form


class LeaveForm(Form):
    """Leave, or take that back: nothing more is asked."""


@pages.get("/agreements/<public_id>/leave")
@for_guardians
def ask_to_leave(public_id: str) -> str:
    """Leave the agreement?"""
    return _leave_page(load(public_id), LeaveForm())


@pages.post("/agreements/<public_id>/leave")
@for_guardians
def leave_agreement(public_id: str) -> Response | tuple[str, int]:
    """Leave it at once. The other guardian, the school and the bureau are told."""
    standing, form = load(public_id), LeaveForm()
    if form.validate():
        with refusals_on(form):
            if not standing.may_leave:
                raise Refused("leave:not_in_force", _("This agreement is not in force: there is nothing to leave."))
            _move(standing.child, Event.WITHDRAW)
            flash(_("You have left the agreement. For 24 hours you can take this back here."), "done")
            return redirect(url_for(".agreement", public_id=public_id))
    return _leave_page(standing, form), 422


@pages.post("/agreements/<public_id>/stay")
@for_guardians
def stay_in_agreement(public_id: str) -> Response | tuple[str, int]:
    """Take the withdrawal back, within 24 hours."""
    standing, form = load(public_id), LeaveForm()
    if form.validate():
        with refusals_on(form):
            if standing.state is not AgreementState.WITHDRAWN:
                raise Refused("leave:not_left", _("Nobody has left this agreement."))
            _move(standing.child, Event.TAKE_BACK)
            flash(_("Taken back. All is as it was before."), "done")
            return redirect(url_for(".agreement", public_id=public_id))
    return _leave_page(standing, form), 422


@pages.get("/children/<public_id>/leave")
@for_guardians
def ask_to_leave_teaching(public_id: str) -> str:
    """Leave, whether or not there is an agreement here?"""
    return _teaching_page(load_own_child(public_id), LeaveForm())


@pages.post("/children/<public_id>/leave")
@for_guardians
def leave_teaching(public_id: str) -> Response | tuple[str, int]:
    """Leave at once; what was still to be signed is over."""
    child, form = load_own_child(public_id), LeaveForm()
    if form.validate():
        with refusals_on(form):
            _move(child, Event.WITHDRAW)
            flash(_("You have left. The bureau has been told. For 24 hours you can take this back here."), "done")
            return redirect(url_for(".agreements", public_id=public_id))
    return _teaching_page(child, form), 422


@pages.post("/children/<public_id>/stay")
@for_guardians
def stay_in_teaching(public_id: str) -> Response | tuple[str, int]:
    """Take that back, within 24 hours."""
    child, form = load_own_child(public_id), LeaveForm()
    if form.validate():
        with refusals_on(form):
            _move(child, Event.TAKE_BACK)
            flash(_("Taken back. All is as it was before."), "done")
            return redirect(url_for(".agreements", public_id=public_id))
    return _teaching_page(child, form), 422


def _move(child: Child, event: Event) -> None:
    """Move the case as the family.

    Raises: Refused ``leave:carer``, ``leave:no_case``, and as ``compliance.casework.carry_out``.
    """
    guardian, case = guardian_of(child), case_of(child.id)
    if guardian.standing is not Stands.GUARDIAN:
        raise Refused("leave:carer", _("Only a guardian can do this. Ask the school."))
    if case is None:
        raise Refused("leave:no_case", _("Nothing is on record of this child's teaching. Ring the school."))
    carry_out(case, event, given_by(guardian), acting=acting_as(guardian), on=clock.today())


def _leave_page(standing: Standing, form: LeaveForm) -> str:
    return render_template(
        "family/agreements/leave.html", form=form, child=standing.child, offer=standing.offer, standing=standing
    )


def _teaching_page(child: Child, form: LeaveForm) -> str:
    return render_template("family/agreements/leave_teaching.html", form=form, child=child, doors=doors_of(child))
