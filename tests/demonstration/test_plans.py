"""The demonstration has plans at every stage, and making it twice makes nothing twice."""

from collections import Counter

from flask import Flask
from sqlalchemy import select

from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import PlanStatus
from hometeach.demonstration import plans
from hometeach.kernel.clock import today
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed


def test_plans_of_every_stage_are_made_once(county_app: Flask) -> None:
    with county_app.app_context():
        for _time in range(2):
            with committed():
                plans.seed(today())
        made = Counter(plan.status for plan in db.session.scalars(select(Plan)))
        assert made == {
            PlanStatus.ACKNOWLEDGED: 1,
            PlanStatus.APPROVED: 1,
            PlanStatus.SUBMITTED: 1,
            PlanStatus.DRAFT: 2,
        }
