"""A teacher who answers for a child, a head of its school, and a plan that could be submitted."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from hometeach.cases.plan.actions import GoalDraft, PlanDraft, ServiceDraft, begin_plan, write_goal, write_plan
from hometeach.cases.plan.models import Plan
from hometeach.cases.plan.rules import Asker, Hat
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import Account, Child, Guardian, Teacher
from tests.factories import Cast

TODAY = date(2026, 11, 23)
AUTUMN = Span(date(2026, 9, 1), date(2027, 1, 22))


@dataclass
class People:
    """Those who have to do with the plan of child An."""

    child: Child
    guardian: Guardian
    lin: Asker
    he: Asker
    centre: Asker
    stranger: Asker


@pytest.fixture
def people(app: Flask, cast: Cast) -> People:
    """Who they are, with their hats."""
    accounts = {account.sign_in_name: account for account in db.session.scalars(select(Account))}
    child = db.session.scalars(select(Child).where(Child.public_id == cast.own_child)).one()
    lin = db.session.scalars(select(Teacher).where(Teacher.code == "T1")).one()
    return People(
        child=child,
        guardian=child.guardians[0],
        lin=Asker(accounts["lin"].public_id, frozenset({Hat.ANSWERS, Hat.TEACHES}), lin.id),
        he=Asker(accounts["he"].public_id, frozenset({Hat.HEAD, Hat.COORDINATES})),
        centre=Asker("centre", frozenset({Hat.CENTRE})),
        stranger=Asker(accounts["shi"].public_id, frozenset()),
    )


@pytest.fixture
def plan(people: People) -> Plan:
    """A draft with nothing lacking."""
    made = begin_plan(people.child, term="2026 秋", span=AUTUMN, by=people.lin, on=TODAY)
    draft = PlanDraft(
        term="2026 秋",
        span=AUTUMN,
        team="林老师、吴奶奶",
        meeting_notes="家里希望先学自己吃饭。",
        baselines={"self_care": "会用手抓食物，不会用勺。"},
        services=[ServiceDraft("self_care", 60, "林老师")],
    )
    write_plan(made, draft, seen=0, by=people.lin, on=TODAY)
    long_goal = write_goal(made, GoalDraft("self_care", "自己吃完一餐"), by=people.lin, on=TODAY)
    step = GoalDraft("self_care", "用勺舀起软食", AUTUMN.first, AUTUMN.last, "5 次里 4 次，不需提示")
    write_goal(made, step, by=people.lin, on=TODAY, under=long_goal)
    return made
