"""Dated rules, the school calendar, weekly slots and the planned sessions that come of them."""

from hometeach.schedule.calendar.rules import CalendarKind
from hometeach.schedule.models.calendar import (
    CalendarEntry,
    calendar_from,
    calendar_of,
    entries_in_order,
    prefilled_days,
    prefilled_names,
    the_calendar,
    written_entries,
)
from hometeach.schedule.models.delivery import QuotaRow, RuleRow, all_rules, scope_names
from hometeach.schedule.models.published import CalendarFeed, ScheduleVersion
from hometeach.schedule.models.week import (
    Occurrence,
    OccurrenceState,
    SlotRow,
    Substitution,
    children_taught_by,
    stand_ins,
)

__all__ = [
    "CalendarEntry",
    "CalendarFeed",
    "CalendarKind",
    "Occurrence",
    "OccurrenceState",
    "QuotaRow",
    "RuleRow",
    "ScheduleVersion",
    "SlotRow",
    "Substitution",
    "all_rules",
    "calendar_from",
    "calendar_of",
    "children_taught_by",
    "entries_in_order",
    "prefilled_days",
    "prefilled_names",
    "scope_names",
    "stand_ins",
    "the_calendar",
    "written_entries",
]
