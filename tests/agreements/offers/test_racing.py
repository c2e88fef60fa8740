"""Two coordinators draw up at the same moment: each agreement gets a number of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from hometeach.agreements.offers.actions import draw_up
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.people.models import Child
from tests.agreements.offers.conftest import TODAY
from tests.factories import Cast

FIRST, LAST = date(2027, 1, 23), date(2027, 7, 9)


def test_two_at_once_get_two_numbers(bare_app: Flask, cast: Cast) -> None:
    together = Barrier(2)

    def draw(public_id: str) -> str:
        with bare_app.app_context():
            together.wait()
            with committed():
                child = db.session.scalars(select(Child).where(Child.public_id == public_id)).one()
                days = {"effective_from": FIRST, "effective_to": LAST}
                offer = draw_up(child, **days, who_signs=WhoSigns.ANY_ONE, by="he", on=TODAY)
                return offer.number

    with ThreadPoolExecutor(2) as both:
        numbers = set(both.map(draw, (cast.own_child, cast.foreign_child)))
    assert numbers == {"XY-2026-0001", "XY-2026-0002"}
