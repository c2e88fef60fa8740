"""One message: what it says, what was tried, and what somebody decides about it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hometeach.kernel import delivering
from hometeach.kernel.outbox import Message, MessageState
from hometeach.reminders import actions
from hometeach.reminders.models import dues_in
from hometeach.web.base import allowed, person
from hometeach.web.messages import pages, told
from hometeach.web.messages.index import READERS
from hometeach.web.messages.loading import load_message


@pages.get("/<public_id>")
@allowed(*READERS)
def show(public_id: str) -> str:
    """One message. The words of one that carries a code are never shown."""
    message = load_message(public_id)
    return render_template(
        "messages_list/show.html",
        message=message,
        names=told.names_in([message]),
        told=told,
        body="" if message.is_secret else message.body,
        attempts=delivering.attempts_at(message),
        kinds=[told.KINDS[kind] for kind in dict.fromkeys(due.kind for due in dues_in(message.id))],
        may_send_again=message.state in (MessageState.UNKNOWN, MessageState.PARKED, MessageState.REFUSED)
        and not message.is_secret,
        may_have_arrived=message.state is MessageState.UNKNOWN,
        reason=told.reason_words(message.last_error) if message.state is not MessageState.SENT else "",
    )


@pages.post("/<public_id>/again")
@allowed(*READERS)
def send_again(public_id: str) -> Response:
    """It did not arrive, or was set aside: send it (again)."""
    message = load_message(public_id)
    done = _("It waits to be sent again.")
    return _decided(message, actions.send_again, done)


@pages.post("/<public_id>/arrived")
@allowed(*READERS)
def arrived(public_id: str) -> Response:
    """It arrived, as somebody found out."""
    return _decided(load_message(public_id), actions.call_it_sent, _("It is noted that it arrived."))


def _decided(message: Message, decide: Callable[..., bool], done: str) -> Response:
    if not message.is_secret and decide(message, by=person().actor):
        flash(done, "done")
    else:
        flash(_("Nothing was changed: it stands otherwise by now."), "refused")
    return redirect(url_for(".show", public_id=message.public_id))
