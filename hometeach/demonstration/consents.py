"""A privacy notice that is in force, and a family that allows photos and refuses publicity."""

from datetime import date

from sqlalchemy import select

from hometeach.demonstration.families import the_family
from hometeach.kernel.extensions import db
from hometeach.people.consents.actions import Taken, answer_purposes, publish_notice
from hometeach.people.consents.default import proposed
from hometeach.people.consents.models import PrivacyNotice
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose
from hometeach.schedule.models import the_calendar

ANSWERS = {Purpose.PHOTOS: Answer.GIVEN, Purpose.PUBLICITY: Answer.REFUSED}


def seed(on: date) -> None:
    """Publish the notice from the term's first day, and let the family that a visitor plays answer two questions."""
    if db.session.scalar(select(PrivacyNotice.id).limit(1)):
        return
    term, words = the_calendar().term_of(on), proposed()
    notice = publish_notice(
        words.pop("text"),
        words.pop("child_rules"),
        {Purpose(name): text for name, text in words.items()},
        effective_from=term.span.first if term else on,
        source="演示用草稿，正式使用前请法律顾问审阅",
        by="demonstration",
    )
    guardian = the_family(on)
    if guardian is not None:
        answer_purposes(
            guardian, ANSWERS, Taken(on, notice, ConsentRoute.OWN_PHONE), by=f"guardian:{guardian.public_id}"
        )
