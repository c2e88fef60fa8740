"""How is a plan, its goals and its history said in words?"""

from typing import Protocol

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from hometeach.cases.plan.rules import GoalStatus, PlanAction, PlanStatus, Route

_STATUSES = {
    PlanStatus.DRAFT: _l("being written"),
    PlanStatus.SUBMITTED: _l("waiting for approval"),
    PlanStatus.APPROVED: _l("approved"),
    PlanStatus.ACKNOWLEDGED: _l("approved, and read by the family"),
    PlanStatus.REVIEWED: _l("looked back on"),
    PlanStatus.DISCARDED: _l("discarded by its writer"),
}
_STEPS = {
    PlanAction.WRITE: _l("Written"),
    PlanAction.SUBMIT: _l("Handed in for approval"),
    PlanAction.ADVISE: _l("Looked at by the resource centre"),
    PlanAction.SEND_BACK: _l("Sent back to be changed"),
    PlanAction.APPROVE: _l("Approved"),
    PlanAction.ACKNOWLEDGE: _l("Read by the family"),
    PlanAction.REVIEW: _l("Looked back on"),
    PlanAction.DISCARD: _l("Discarded"),
}
_GOALS = {
    GoalStatus.NOT_STARTED: _l("not begun"),
    GoalStatus.ONGOING: _l("under way"),
    GoalStatus.REACHED: _l("reached"),
    GoalStatus.PARTLY_REACHED: _l("partly reached"),
    GoalStatus.NOT_REACHED: _l("not reached"),
    GoalStatus.ADJUSTED: _l("adjusted"),
}
_ROUTES = {Route.ONLINE: _l("on their own phone"), Route.PAPER: _l("on paper")}
_FIELDS = {
    "term": _l("Name of the plan"),
    "days": _l("Days"),
    "team": _l("Team"),
    "meeting_notes": _l("Notes of the meeting"),
    "baseline": _l("What the child can do now"),
    "service": _l("Help"),
    "domain": _l("Field of learning"),
    "text": _l("Goal"),
    "criterion": _l("Reached when"),
    "method": _l("How it is seen"),
    "strategy": _l("How it is taught"),
    "aids": _l("Aids"),
    "family_practice": _l("Practice at home"),
    "responsible": _l("Responsible"),
    "goal_status": _l("Where it stands"),
}


class Named(Protocol):
    """A row of data with a name in both languages."""

    name_zh: str
    name_en: str


def data_name(row: Named) -> str:
    """The name of a field of learning, a step of the scale, a level of help, in the reader's language."""
    return row.name_zh if str(get_locale()).startswith("zh") else row.name_en


def plan_status_words(status: PlanStatus) -> str:
    """Where a version stands."""
    return str(_STATUSES[status])


def plan_step_words(action: PlanAction) -> str:
    """What somebody did to a version."""
    return str(_STEPS[action])


def goal_status_words(status: GoalStatus) -> str:
    """Where a goal stands."""
    return str(_GOALS[status])


def read_route_words(route: Route) -> str:
    """How the family said that it has read the plan."""
    return str(_ROUTES[route])


def plan_field_words(field: str) -> str:
    """What a field of a plan is called."""
    return str(_FIELDS[field])
