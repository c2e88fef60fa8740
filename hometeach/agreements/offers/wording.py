"""How are the facts of an agreement said? In Chinese, whoever draws it up: it is a contract of the law of China."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from babel.dates import format_date, get_day_names
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.agreements.offers.choices import MOST_LETTERS, MOST_OPTIONS, Choice, Unfit
from hometeach.agreements.offers.rules import Lack, Misfit
from hometeach.kernel.clock import LAST_DAY
from hometeach.schedule.rules import DeliveryRule, Metric, Mode, PartialPeriod, PeriodKind, Quota

LANGUAGE = "zh_Hans_CN"
EACH = {
    PeriodKind.WEEK: _l("each week"),
    PeriodKind.FORTNIGHT: _l("each fortnight"),
    PeriodKind.MONTH: _l("each month"),
    PeriodKind.TERM: _l("each term"),
    PeriodKind.SCHOOL_YEAR: _l("each school year"),
}
MODES = {
    Mode.HOME: _l("at home"),
    Mode.COMMUNITY: _l("in the community"),
    Mode.INSTITUTION: _l("at an institution"),
    Mode.REMOTE: _l("remotely"),
}
PARTIAL = {
    PartialPeriod.PRORATE: _l("in proportion to the teaching days on which the child was enrolled"),
    PartialPeriod.FULL: _l("in full as soon as the child was enrolled on one teaching day"),
    PartialPeriod.WHOLE_ONLY: _l("nothing, unless the child was enrolled on every teaching day"),
}
#: What is missing, and who brings it.
LACKS: Mapping[Lack, Any] = {
    Lack.TEMPLATE: _l("No wording of the agreement is published for that day. The bureau publishes one."),
    Lack.SCHOOL: _l("No school serves the child on the first day. The bureau places the child first."),
    Lack.SCHOOL_PHONE: _l(
        "The school's telephone is not on record: the family has to know whom to call. The school enters it."
    ),
    Lack.BUREAU_PHONE: _l(
        "The bureau's telephone is not on record: the family has to know whom to call. The bureau enters it."
    ),
    Lack.RULE: _l("No delivery rule is in force for the child on the first day. The bureau writes one."),
    Lack.SIGNER: _l(
        "Nobody on the child's file may sign. The school enters a guardian, or a carer's written authority."
    ),
    Lack.PLACE: _l("The family's address is not on record. Write below where the child is taught."),
    Lack.SCHEDULE: _l(
        "No weekly hour is set for these days: the annex will say that it follows. The teacher sets the hours."
    ),
    Lack.TEACHER: _l(
        "No teacher answers for the child: the annex will say that the list follows. The school names one."
    ),
    Lack.PLAN: _l(
        "No plan is approved for the first day: the annex will say that it follows. The teacher writes the plan."
    ),
    Lack.ROLL_NO: _l("The roll number is not on record: the agreement will say so. The school enters it."),
}
#: Why not like this: (the form's field, what to say).
MISFITS: Mapping[Misfit, tuple[str, Any]] = {
    Misfit.REVERSED: ("last", _l("The last day lies before the first. Exchange the two.")),
    Misfit.PAST: ("first", _l("An agreement begins on the day on which it is drawn up, or later.")),
    Misfit.TOO_LONG: ("last", _l("An agreement is for one school year at most. Choose an earlier day.")),
    Misfit.OVERLAPS: (
        "first",
        _l("Another agreement is in force on some of these days. Choose other days, or let this one take its place."),
    ),
    Misfit.NO_REASON: ("reason", _l("Write why it is not enough that one of the guardians signs.")),
    Misfit.NOBODY_NAMED: ("named", _l("Choose who signs, among those who may.")),
}
#: What is asked of whoever signs.
QUESTIONS: Mapping[Choice, Any] = {
    Choice.PLACE: _l("Where shall the lessons be held?"),
    Choice.TIMES: _l("Which times suit you?"),
}
#: The form's field in which the options of each are written.
OPTIONS_FIELDS: Mapping[Choice, str] = {Choice.PLACE: "places", Choice.TIMES: "times"}
UNFIT: Mapping[Unfit, Any] = {
    Unfit.ONLY_ONE: _l("One alone is no choice. Write a second line, or leave it empty."),
    Unfit.TOO_MANY: _l("Write %(n)s lines at most: it is read on a phone.", n=MOST_OPTIONS),
    Unfit.TOO_LONG: _l("Write %(n)s characters a line at most: it is read on a phone.", n=MOST_LETTERS),
}


@contextmanager
def in_chinese() -> Iterator[None]:
    """Whatever is said within is said in Chinese."""
    with force_locale(LANGUAGE):
        yield


def day_words(day: date) -> str:
    """A day with its year: 2026年9月1日."""
    return str(format_date(day, "long", locale=LANGUAGE))


def span_words(first: date, last: date | None) -> str:
    """Days from the first to the last; an open end is left open."""
    if last is None or last == LAST_DAY:
        return _("from %(day)s", day=day_words(first))
    return _("%(first)s to %(last)s", first=day_words(first), last=day_words(last))


def weekday_words(weekday: int) -> str:
    """周二; 0 is Monday."""
    return str(get_day_names("abbreviated", locale=LANGUAGE)[weekday])


def clock_words(minute: int) -> str:
    """Minutes after midnight as a time: 08:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def hours_words(start: int, end: int) -> str:
    """15:00–16:15."""
    return f"{clock_words(start)}–{clock_words(end)}"


def minutes_words(value: int) -> str:
    """60 分钟."""
    return ngettext("%(num)s minute", "%(num)s minutes", value)


def quota_words(quota: Quota) -> str:
    """每周 1 次."""
    return _("%(amount)s %(each)s", amount=_amount(quota), each=str(EACH[quota.period]))


def modes_words(rule: DeliveryRule) -> str:
    """入户、社区."""
    return enumerated(str(MODES[mode]) for mode in Mode if mode in rule.modes)


def enumerated(names: Iterable[str]) -> str:
    """Names of one kind side by side."""
    return "、".join(names)


def to_be_chosen(options: Iterable[str]) -> str:
    """What the guardian chooses among, in one line of the agreement; empty where there is nothing to choose."""
    listed = "；".join(options)
    with in_chinese():
        return _("one of these, which the guardian chooses when signing: %(options)s", options=listed) if listed else ""


def rule_lines(rule: DeliveryRule) -> list[tuple[str, str]]:
    """What a delivery rule sets, as questions and answers."""
    make_up = ngettext(
        "at most 7 days before or %(num)s day after the missed date, in the same term",
        "at most 7 days before or %(num)s days after the missed date, in the same term",
        rule.make_up_days,
    )
    return [
        (_("What it asks"), enumerated(quota_words(quota) for quota in rule.quotas)),
        (_("Shortest session that counts"), minutes_words(rule.min_minutes)),
        (_("One class hour is"), minutes_words(rule.minutes_per_class_hour)),
        (_("Teachers who must be there"), str(rule.min_teachers)),
        (_("What counts"), modes_words(rule)),
        (_("Sessions of one child that count on a day"), str(rule.max_per_day)),
        (_("The family has to confirm a session"), _("yes") if rule.confirmation_required else _("no")),
        (_("A make-up counts if it is held"), make_up),
        (_("What is owed in a period that is not whole"), str(PARTIAL[rule.partial_period])),
    ]


def _amount(quota: Quota) -> str:
    value, said = quota.minimum, f"{quota.minimum:,}"
    if quota.metric is Metric.SESSIONS:
        return ngettext("%(n)s session", "%(n)s sessions", value, n=said)
    if quota.metric is Metric.CLASS_HOURS:
        return ngettext("%(n)s class hour", "%(n)s class hours", value, n=said)
    return ngettext("%(n)s minute", "%(n)s minutes", value, n=said)
