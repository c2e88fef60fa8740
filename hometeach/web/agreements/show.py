"""One agreement: how it stands, who is asked, what happened, and what the school can do next."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hometeach.agreements.offers.wording import LANGUAGE
from hometeach.agreements.signing import actions
from hometeach.agreements.signing.beside import waiting_beside
from hometeach.agreements.signing.evidence import name_of
from hometeach.agreements.signing.facts import detail_of
from hometeach.agreements.signing.models import OfferEvent, events_of, signatures_of
from hometeach.agreements.signing.rules import AgreementState, Answer, Outcome, SigningEvent
from hometeach.compliance.actions import rebuild_ledger
from hometeach.compliance.casework import has_left_since
from hometeach.compliance.settling import settle_case
from hometeach.kernel import clock
from hometeach.kernel.clock import aware, local
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.entry.guardians.rules import Reach
from hometeach.people.models import Account, OrgUnit
from hometeach.web import words
from hometeach.web.agreements import pages
from hometeach.web.agreements.loading import (
    Opened,
    WaitingLine,
    chosen,
    is_coordinator_of,
    load_offer,
    waiting_lines,
)
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.words import agreements as said

MOST_WORDS = 500
SENT = {
    Reach.MESSAGE: _l("The link is on its way. It opens once, for 24 hours."),
    Reach.CALL: _l("No message reaches this person. It stands on the school's list of calls."),
}


class ActForm(Form):
    """One press: nothing more is asked."""

    signer = HiddenField()


class RecallForm(Form):
    """Why is it recalled?"""

    reason = TextAreaField(
        _l("Why is it recalled?"), validators=[DataRequired(_l("Write why it is recalled.")), Length(max=MOST_WORDS)]
    )


class FollowUpForm(Form):
    """What came of the talk?"""

    signer = HiddenField()
    outcome = RadioField(
        _l("What came of the talk?"),
        choices=[SelectChoice(one.value, label) for one, label in said.OUTCOMES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    words = TextAreaField(
        _l("What was talked over?"),
        validators=[DataRequired(_l("Write what was talked over.")), Length(max=MOST_WORDS)],
    )


@pages.get("/agreements/<public_id>")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One agreement."""
    return _page(load_offer(public_id), ActForm())


@pages.get("/agreements/<public_id>/document")
@allowed(*FILE_READERS)
def document(public_id: str) -> Response:
    """The paper: the sealed one where there is one, else to be printed and signed."""
    opened = load_offer(public_id)
    answer = make_response((opened.seal.document if opened.seal else opened.offer.document).content)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{opened.offer.number}.pdf"'
    return answer


@pages.post("/agreements/<public_id>/send")
@allowed(Role.SCHOOL_COORDINATOR, Role.TEACHER)
def send(public_id: str) -> Response | tuple[str, int]:
    """Send a link, or another in place of the old one."""
    opened, form = load_offer(public_id), ActForm()
    if form.validate():
        with refusals_on(form):
            reach = actions.send_link(
                chosen(opened).signer,
                address_of=lambda token: url_for("family.link", token=token, _external=True),
                door=url_for("family.door", _external=True),
                by=person().actor,
                on=clock.today(),
            )
            flash(str(SENT[reach]), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(opened, form), 422


@pages.post("/agreements/<public_id>/countersign")
@allowed(Role.SCHOOL_COORDINATOR)
def countersign(public_id: str) -> Response | tuple[str, int]:
    """Sign for the school: the agreement is in force within its dates."""
    opened, form = load_offer(public_id), ActForm()
    if form.validate():
        with refusals_on(form):
            if not is_coordinator_of(opened.offer):
                raise Refused("countersign:other_school", _("The school that offers the agreement countersigns it."))
            account = db.session.get_one(Account, person().signed_in.account_id)
            actions.countersign(opened.offer, account, office=_office(opened), on=clock.today())
            if _has_left_since_signing(opened):  # asked now, when nobody leaves at the same moment any more
                told = _("The family has left since it signed. Talk with it, and draw the agreement up anew.")
                raise Refused("countersign:left", told)
            settle_case(opened.child.id, clock.today())
            rebuild_ledger({opened.child.id})
            flash(_("Countersigned. The agreement is concluded; its evidence is sealed within minutes."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _page(load_offer(public_id), form), 422


@pages.get("/agreements/<public_id>/recall")
@allowed(Role.SCHOOL_COORDINATOR)
def ask_recall(public_id: str) -> str:
    """Recall it?"""
    return _recall_page(load_offer(public_id), RecallForm())


@pages.post("/agreements/<public_id>/recall")
@allowed(Role.SCHOOL_COORDINATOR)
def recall(public_id: str) -> Response | tuple[str, int]:
    """Void an agreement that was not concluded."""
    opened, form = load_offer(public_id), RecallForm()
    if form.validate():
        with refusals_on(form):
            actions.recall(opened.offer, form.reason.data or "", by=person().actor, on=clock.today())
            flash(_("Recalled. Nobody can sign it any more."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _recall_page(opened, form), 422


@pages.get("/agreements/<public_id>/follow-up")
@allowed(Role.SCHOOL_COORDINATOR)
def ask_follow_up(public_id: str) -> str:
    """What came of the talk with somebody who refused?"""
    return _follow_up_page(load_offer(public_id), FollowUpForm())


@pages.post("/agreements/<public_id>/follow-up")
@allowed(Role.SCHOOL_COORDINATOR)
def follow_up(public_id: str) -> Response | tuple[str, int]:
    """Write it down."""
    opened, form = load_offer(public_id), FollowUpForm()
    if form.validate():
        with refusals_on(form):
            outcome = Outcome(form.outcome.data)
            actions.follow_up(
                chosen(opened).signer, outcome, form.words.data or "", by=person().actor, on=clock.today()
            )
            flash(_("Written down."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _follow_up_page(opened, form), 422


def _has_left_since_signing(opened: Opened) -> bool:
    """Whether what the family signed is older than its leaving: nobody is bound by a word that was taken back."""
    signed = [aware(one.signed_at) for one in signatures_of(opened.offer).values()]
    return bool(signed) and has_left_since(opened.child.id, min(signed))


def _office(opened: Opened) -> str:
    """As printed under the school's signature: in Chinese, as the whole paper."""
    school = db.session.get_one(OrgUnit, opened.offer.school_id).name
    is_head = any(one.is_head and one.unit_id == opened.offer.school_id for one in person().grants)
    with force_locale(LANGUAGE):
        office = _("head of the school") if is_head else _("coordinator of the school")
    return f"{school} {office}"


def _page(opened: Opened, form: ActForm) -> str:
    offer = opened.offer
    names, events = {one.id: one.name for one in offer.signers}, events_of([offer.id])
    roles = person().roles
    acts = Role.SCHOOL_COORDINATOR in roles and is_coordinator_of(offer)
    return render_template(
        "agreements/show.html",
        opened=opened,
        offer=offer,
        child=opened.child,
        form=form,
        signatures=signatures_of(offer),
        chosen=_chosen(events),
        said=said,
        words=words,
        events=[
            {
                "when": local(aware(event.at)),
                "what": str(said.EVENTS[event.event]),
                "about": names.get(event.signer_id or 0, ""),
                "detail": said.detail_words(event.event, detail_of(event)),
                "who": name_of(event.by),
            }
            for event in reversed(events)
        ],
        acts=acts,
        takes=opened.is_open and bool(roles & {Role.SCHOOL_COORDINATOR, Role.TEACHER}),
        may_countersign=acts and opened.state is AgreementState.SIGNED_BY_ALL and offer.drawn_up_by != person().actor,
        drew_up=offer.drawn_up_by == person().actor,
        refused={Answer.REFUSED, Answer.REFUSED_FINALLY},
        waiting=_beside(opened),
    )


def _chosen(events: Sequence[OfferEvent]) -> dict[int | None, str]:
    """What each who signed chose, in words, by signer."""
    return {one.signer_id: said.choices_words(detail_of(one)) for one in events if one.event is SigningEvent.SIGNED}


def _beside(opened: Opened) -> list[WaitingLine]:
    """What else waits for signatures for some of its days, where it waits itself."""
    if not opened.is_open:
        return []
    offer = opened.offer
    return waiting_lines(waiting_beside(offer.child_id, offer.span, clock.today(), but=offer))


def _recall_page(opened: Opened, form: RecallForm) -> str:
    return render_template("agreements/recall.html", opened=opened, offer=opened.offer, form=form, most=MOST_WORDS)


def _follow_up_page(opened: Opened, form: FollowUpForm) -> str:
    who = chosen(opened)
    form.signer.data = who.signer.public_id
    return render_template(
        "agreements/follow_up.html", opened=opened, offer=opened.offer, form=form, who=who, most=MOST_WORDS
    )
