"""What would an hour bring for this child: gathered, decided, and said?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from hometeach.compliance.facts import gather
from hometeach.kernel import clock
from hometeach.kernel.clock import Span, days_of
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Teacher
from hometeach.schedule.models import Occurrence, SlotRow, prefilled_names, the_calendar, written_entries
from hometeach.schedule.planning.actions import FURTHEST
from hometeach.schedule.planning.hours import Hour
from hometeach.schedule.planning.overlap import taken_times
from hometeach.schedule.planning.rules import FallsOut, Preview, Whose, preview_slot
from hometeach.web import words
from hometeach.web.base import sees_child

_WHY = {
    FallsOut.VACATION: _l("vacation"),
    FallsOut.CLOSURE: _l("closure"),
    FallsOut.HOLIDAY: _l("public holiday"),
    FallsOut.WEEKEND: _l("weekend"),
    FallsOut.INACTIVE: _l("no agreement in force, or suspended"),
}


@dataclass(frozen=True)
class Clash:
    """One day on which somebody has another session at that time."""

    day: date
    hours: str
    whose: Whose
    #: The child or the teacher that the other session is with; masked where the person may not know.
    with_whom: str


@dataclass(frozen=True)
class Looked:
    """What an hour would bring, ready to be shown."""

    preview: Preview
    clashes: tuple[Clash, ...]
    #: Days that fall out, in words.
    fall_out: tuple[tuple[date, str], ...]

    def sentences(self) -> Iterator[str]:
        """What stands in the way, in a few words each; nothing where nothing does."""
        preview = self.preview
        out = Counter(why for _day, why in preview.fall_out)
        off = sum(count for why, count in out.items() if why is not FallsOut.INACTIVE)
        if off:
            yield ngettext(
                "%(num)s time in a vacation or on a day off", "%(num)s times in a vacation or on a day off", off
            )
        if out[FallsOut.INACTIVE]:
            yield ngettext(
                "%(num)s time outside the agreement", "%(num)s times outside the agreement", out[FallsOut.INACTIVE]
            )
        with_whom = Counter(one.with_whom for one in self.clashes)
        for who, count in with_whom.items():
            yield ngettext(
                "%(num)s time in conflict with %(who)s", "%(num)s times in conflict with %(who)s", count, who=who
            )
        if preview.short_by:
            yield _(
                "%(minutes)s minutes, fewer than the %(least)s that the rule asks",
                minutes=preview.minutes,
                least=preview.least_minutes,
            )


def least_minutes(child: Child, day: date) -> int | None:
    """The minimum of the rule that is in force for the child on a day: the narrowest one."""
    rule = gather({child.id}).facts[child.id].book.on(day)
    return rule.min_minutes if rule else None


def look(child: Child, hour: Hour, days: Span, slot: SlotRow | None) -> Looked:
    """What an hour would bring in these days, from today on, as far as the calendar reaches."""
    calendar, facts = the_calendar(), gather({child.id}).facts[child.id]
    last = max((term.span.last for term in calendar.terms), default=days.first)
    within = Span(max(days.first, clock.today()), min(days.last, last, clock.today() + FURTHEST))
    preview = preview_slot(
        hour.as_slot(days),
        calendar,
        active=facts.active,
        taken=taken_times(child.id, hour.teacher_id, within, slot.series if slot else ""),
        rule=facts.book.on(days.first),
        within=within,
    )
    names = _names_of_days(within) if preview.fall_out else {}
    fall_out = tuple((day, names.get(day) or str(_WHY[why])) for day, why in preview.fall_out)
    return Looked(preview, tuple(_clashes(preview)), fall_out)


def _clashes(preview: Preview) -> Iterator[Clash]:
    ids = [taken.occurrence for _day, taken in preview.clashing]
    if not ids:
        return
    statement = (
        select(Occurrence.id, Teacher.code, Teacher.name, Child.name.label("child"), sees_child().label("is_seen"))
        .join(Teacher, Teacher.id == Occurrence.teacher_id)
        .join(Child, Child.id == Occurrence.child_id)
        .where(Occurrence.id.in_(ids))
    )
    found = {row.id: row for row in db.session.execute(statement)}
    for day, taken in preview.clashing:
        row = found[taken.occurrence]
        child = row.child if row.is_seen else _("another child")
        with_whom = _("%(name)s (%(code)s)", name=row.name, code=row.code) if taken.whose is Whose.CHILD else child
        hours = words.hours_words(taken.start_minute * 60, taken.end_minute * 60)
        yield Clash(day, hours, taken.whose, with_whom)


def _names_of_days(within: Span) -> dict[date, str]:
    """What the days off in a span are called: the bureau's own entries win over the prefilled ones."""
    far = within.first + timedelta(days=400)
    named = {
        day: name
        for day, name in prefilled_names({within.first.year, min(within.last, far).year}).items()
        if day in within
    }
    for entry in written_entries():
        if entry.kind.value in ("closure", "holiday"):
            named |= {day: entry.name for day in days_of(entry.span) if day in within}
    return named
