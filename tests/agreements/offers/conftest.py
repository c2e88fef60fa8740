"""A child of the cast's school for whom an agreement can be drawn up."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from hometeach.agreements.offers.actions import draw_up
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.people.models import Child
from hometeach.people.rules import UnitKind
from tests import factories

TODAY = date(2026, 11, 23)
#: Characters of names that common fonts lack.
RARE = "䶮堃喆翀赟祎玥𬱖㛃犇"


@pytest.fixture
def child(app: Flask) -> Child:
    """Child An, taught by Teacher Lin on Tuesdays, with all that an agreement needs and none in force."""
    factories.make_unit("J00", UnitKind.BUREAU, name="X市教育局")
    school = factories.make_unit("S1", name="月山镇中心小学")
    lin = factories.make_teacher("T1", school)
    made = factories.make_child("C1", school, lin, name="安安", id_number="433130201506010023")
    made.roll_no = "G433130201506010023"
    factories.make_wording()
    factories.make_rule(title="X市送教上门工作规程")
    factories.make_term()
    factories.make_slot(made, lin)
    return made


@pytest.fixture
def drawn(child: Child) -> Callable[..., Offer]:
    """Draws up an agreement for the child from today to the end of the term, or as it is told."""

    def draw(**values: object) -> Offer:
        given: dict[str, object] = {
            "effective_from": TODAY,
            "effective_to": factories.TERM_TO,
            "who_signs": WhoSigns.ANY_ONE,
            "by": "he",
            "on": TODAY,
        }
        return draw_up(child, **{**given, **values})  # type: ignore[arg-type]

    return draw
