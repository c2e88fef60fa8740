"""Every message with its state and what would have to happen: for the bureau all, for a school its own."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import defer
from werkzeug.wrappers import Response

from hometeach.kernel import doubting
from hometeach.kernel.extensions import db
from hometeach.kernel.outbox import Channel, Message, MessageState
from hometeach.people.access import Role
from hometeach.reminders import actions
from hometeach.web.base import allowed, person
from hometeach.web.lists import PER_PAGE, Asked, Filter, paged, place_of
from hometeach.web.messages import pages, told
from hometeach.web.messages.loading import SEES_ALL, calls_by_person, sees_message

READERS = (Role.ADMINISTRATOR, Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR)
#: In these a person has to do something.
NEED_SOMEBODY = (MessageState.UNKNOWN, MessageState.PARKED, MessageState.REFUSED)


@pages.get("")
@allowed(*READERS)
def index() -> str:
    """The messages, the newest first, narrowed by state and way in the address."""
    asked = Asked(
        "messages.index",
        (
            Filter.over(
                "state", _("State"), _("All states"), [(one.value, str(told.STATES[one])) for one in MessageState]
            ),
            Filter.over(
                "way", _("By what way"), _("All ways"), [(one.value, str(told.CHANNELS[one])) for one in Channel]
            ),
        ),
    )
    wanted = [sees_message()]
    if asked["state"]:
        wanted.append(Message.state == MessageState(asked["state"]))
    if asked["way"]:
        wanted.append(Message.channel == Channel(asked["way"]))
    total = db.session.scalar(select(func.count(Message.id)).where(*wanted)) or 0
    number, _pages = place_of(total, asked.page)
    statement = (
        select(Message)
        .options(defer(Message.body_sealed), defer(Message.subject_sealed))
        .where(*wanted)
        .order_by(Message.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    messages = db.session.scalars(statement).all()
    counted = dict(
        db.session.execute(select(Message.state, func.count()).where(sees_message()).group_by(Message.state)).all()
    )
    calls = calls_by_person()
    return render_template(
        "messages_list/index.html",
        asked=asked,
        page=paged(messages, total, asked),
        names=told.names_in(messages),
        told=told,
        calls=len(calls),
        waiting=counted.get(MessageState.WAITING, 0) - sum(map(len, calls)),
        stuck=sum(counted.get(state, 0) for state in NEED_SOMEBODY),
        has_calls=Role.SCHOOL_COORDINATOR in person().roles,
        jump=doubting.open_jump() if person().roles & SEES_ALL else None,
        may_trust=Role.ADMINISTRATOR in person().roles,
    )


@pages.post("/clock")
@allowed(Role.ADMINISTRATOR)
def trust_the_clock() -> Response:
    """Say that the machine's clock is right as it stands."""
    if actions.trust_the_clock(by=person().actor):
        flash(_("Messages go out again."), "done")
    else:
        flash(_("Nobody doubts the clock any more."), "done")
    return redirect(url_for(".index"))
