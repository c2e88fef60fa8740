"""What stands around every page: the rail by role, the banners, the languages."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l

from hometeach.kernel import clock
from hometeach.kernel.doubting import open_jump
from hometeach.kernel.jobs import is_late
from hometeach.people.access import FILE_READERS, Role
from hometeach.web.asking import Person
from hometeach.web.base import ROLE_NAMES, chosen_locale

#: What stands in the rail, for whom, in this order: endpoint, label, roles.
NAVIGATION: tuple[tuple[str, Any, frozenset[Role]], ...] = (
    ("home.show", _l("Today"), frozenset(Role)),
    ("my_day.show", _l("My day"), frozenset({Role.TEACHER})),
    ("schedule.index", _l("Schedule"), frozenset({Role.TEACHER, Role.SCHOOL_COORDINATOR})),
    ("children.index", _l("Children"), FILE_READERS),
    ("units.index", _l("Schools"), frozenset({Role.BUREAU_OFFICER, Role.AUDITOR})),
    ("verification.show", _l("Check records"), frozenset({Role.SCHOOL_COORDINATOR})),
    ("unaccounted.index", _l("Unaccounted"), FILE_READERS),
    ("findings.index", _l("Findings"), frozenset({Role.SCHOOL_COORDINATOR, Role.AUDITOR})),
    ("rules.index", _l("Rules and calendar"), FILE_READERS),
    ("totals.show", _l("Totals"), frozenset({Role.BUREAU_OFFICER, Role.RELIEF_CLERK, Role.AUDITOR})),
    ("imports.index", _l("Workbook"), frozenset({Role.BUREAU_OFFICER})),
    (
        "messages.index",
        _l("Messages"),
        frozenset({Role.ADMINISTRATOR, Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR}),
    ),
    ("accounts.index", _l("Accounts"), frozenset({Role.ADMINISTRATOR})),
    ("audit.index", _l("Audit log"), frozenset({Role.AUDITOR, Role.ADMINISTRATOR})),
)
#: Page families that the rail does not name, and the one under which they stand.
STANDS_UNDER = {
    "absences": "children",
    "agreements": "children",
    "calendar": "rules",
    "cases": "children",
    "covers": "accounts",
    "compliance": "unaccounted",
    "consents": "children",
    "disputes": "home",
    "guardians": "children",
    "hours": "schedule",
    "indicators": "totals",
    "inspections": "findings",
    "make_ups": "unaccounted",
    "notices": "rules",
    "reasons": "rules",
    "recording": "my_day",
    "report_absence": "children",
    "files": "children",
    "lessons": "children",
    "new_hour": "schedule",
    "planned": "schedule",
    "plans": "children",
    "reports": "totals",
    "reviews": "accounts",
    "settings": "rules",
    "stand_ins": "schedule",
    "teachers": "units",
    "versions": "schedule",
    "visits": "children",
    "weeks": "children",
}
#: A phone's bottom bar holds at most so many of them.
ON_A_PHONE = 4


def init_app(app: Flask) -> None:
    """Give every template what stands around its page."""
    app.context_processor(_what_templates_know)


def _what_templates_know() -> dict[str, Any]:
    asking: Person | None = g.get("person")
    languages = current_app.config["LANGUAGES"]
    return {
        "person": asking,
        "family": g.get("family"),
        "role_names": [ROLE_NAMES[role] for role in sorted(asking.roles)] if asking else [],
        "navigation": _navigation(asking) if asking else [],
        "on_a_phone": ON_A_PHONE,
        "demonstration": current_app.config["DEMONSTRATION"],
        "frozen": clock.frozen_today() is not None,
        "today": clock.today(),
        "languages": languages,
        "language": chosen_locale(),
        "scheduler_late": bool(asking and _may_act_on_a_late_scheduler(asking) and is_late("scheduler")),
        "clock_doubted": bool(asking and Role.ADMINISTRATOR in asking.roles and open_jump()),
    }


def _may_act_on_a_late_scheduler(asking: Person) -> bool:
    return bool(asking.roles & {Role.ADMINISTRATOR, Role.BUREAU_OFFICER})


def _navigation(asking: Person) -> Sequence[tuple[str, str, bool]]:
    room = (request.endpoint or "").partition(".")[0]
    return _rail(request.script_root, asking.roles, STANDS_UNDER.get(room, room), chosen_locale())


@lru_cache(maxsize=1024)
def _rail(_root: str, roles: frozenset[Role], room: str, _language: str) -> Sequence[tuple[str, str, bool]]:
    """Addresses and words of the rail: nothing in it depends on data, so each is made once."""
    return [
        (url_for(endpoint), str(label), endpoint.partition(".")[0] == room)
        for endpoint, label, held_by in NAVIGATION
        if held_by & roles
    ]
