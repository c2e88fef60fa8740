"""What are the components fed with on the design page? Invented people, and facts as pages bring them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.kernel.clock import Span, week_of
from hometeach.schedule.rules import DeliveryRule, Metric, Mode, PartialPeriod, PeriodKind, Quota
from hometeach.visits.rules import Confirmation, Judgement, Session, Verdict
from hometeach.web import words
from hometeach.web.editing import Differing
from hometeach.web.forms import BareForm
from hometeach.web.states import RowNumbers
from hometeach.web.strips import CellMaker, Head, Line, Stack, Strip, week_heads

TERM_BEGINS = date(2026, 8, 31)
AS_OF = date(2026, 11, 23)
WEEKS_OF_TERM = 21
RULE = DeliveryRule("XJ-2026-11", Span(date(2026, 9, 1)), 60, (Quota(PeriodKind.WEEK, Metric.SESSIONS, 1),))
#: What a week can look like; with these letters the terms below are spelled.
WEEKS = {
    "m": RowNumbers(RowVerdict.MET, 1, 1, 0, 0, 0),
    "d": RowNumbers(RowVerdict.MET, 1, 0, 1, 0, 0),
    "e": RowNumbers(RowVerdict.EXEMPT, 1, 0, 0, 1, 0),
    "u": RowNumbers(RowVerdict.SHORT, 1, 0, 0, 0, 1, ((Cause.NOTHING, 1),)),
    "i": RowNumbers(RowVerdict.SHORT, 1, 0, 0, 0, 1, ((Cause.INVALID, 1),)),
    "c": RowNumbers(RowVerdict.SHORT, 1, 0, 0, 0, 1, ((Cause.CALENDAR, 1),)),
    "p": RowNumbers(RowVerdict.SHORT, 1, 0, 0, 0, 1, ((Cause.MAKE_UP, 1),)),
    "x": RowNumbers(RowVerdict.EXEMPT, 0, 1, 0, 0, 0),
    "n": RowNumbers(RowVerdict.EXEMPT, 0, 0, 0, 0, 0),
    "o": RowNumbers(RowVerdict.OPEN, 1, 0, 0, 0, 1),
    "g": RowNumbers(RowVerdict.OPEN, 1, 1, 0, 0, 0),
}
#: Name, school, term: a letter a week, a space where there is no row.
CHILDREN = (
    ("王䶮", "山枣镇中心小学", "mmmdmcmmeimpooooooooo"),
    ("赵诚芳", "石柱乡中心小学", "mmmmmxmmmmmmgoooooooo"),
    ("高芳", "月山镇中心小学", "nnmmecmmmdmmooooooooo"),
    ("胡晨子", "白沙乡中心小学", "mmmmmmmuuuuuooooooooo"),
    ("李堃", "X市特殊教育学校", "meeeemmmmimmgoooooooo"),
    ("欧阳雨桐", "山枣镇中心小学", "mmdmmmmmmmpmooooooooo"),
    ("周翀", "月山镇中心小学", "   mmmmmmummooooooooo"),
)
SURNAMES = "陈黄唐刘彭曾谭龙张何邓肖"
GIVEN_NAMES = ("敏", "佳", "杰", "祎", "玥", "犇", "赟", "喆", "雨", "晨曦", "思远", "梓涵", "小林")


def heads() -> list[Head]:
    """The weeks of the autumn term."""
    weeks = [week_of(TERM_BEGINS + timedelta(days=7 * n)) for n in range(WEEKS_OF_TERM)]
    return week_heads(weeks, number=lambda day: (day - TERM_BEGINS).days // 7 + 1, as_of=AS_OF)


def strip() -> Strip:
    """One child's term, with nearly every state in it."""
    term = heads()
    cells = CellMaker(term).cells(_rows("mmmdmcmmeixugoooonooo", term))
    return Strip(_("Lessons each week, autumn term 2026"), term, "#", cells)


def stack(children: Iterable[tuple[str, str, str]]) -> Stack:
    """The terms of many children."""
    term = heads()
    maker = CellMaker(term)
    lines = [
        Line(name, f"#child-{n}", f"/children/{n * 7919:016x}/week/", maker.cells(_rows(weeks, term)), school,
             (str(weeks.count("u") or ""),))
        for n, (name, school, weeks) in enumerate(children)
    ]  # fmt: skip
    return Stack(_("Lessons each week, by child"), term, lines, _("Child and school"), tail=(_("Nobody accounts for"),))


def county(count: int) -> list[tuple[str, str, str]]:
    """So many children, each different enough to weigh what a county weighs."""
    terms = [weeks for _name, _school, weeks in CHILDREN]
    schools = [school for _name, school, _weeks in CHILDREN]
    return [
        (
            SURNAMES[n % 12] + GIVEN_NAMES[n % 13],
            schools[n % 7],
            "".join(terms[(n * 31 + week * week) % 7][week] for week in range(WEEKS_OF_TERM)),
        )
        for n in range(count)
    ]


def _rows(weeks: str, term: list[Head]) -> dict[date, RowNumbers]:
    return {head.period.first: WEEKS[week] for head, week in zip(term, weeks, strict=True) if week in WEEKS}


def judgements() -> list[Judgement]:
    """A session for every verdict."""
    sessions = {
        Verdict.TOO_SHORT: _session(58),
        Verdict.MODE_NOT_COUNTED: _session(60, mode=Mode.REMOTE),
        Verdict.DISPUTED: _session(60, confirmation=Confirmation.DISPUTED),
        Verdict.COUNTED: _session(120),
    }
    rule = replace(RULE, remote_cap=6, min_teachers=2)
    return [Judgement(sessions.get(verdict, _session(60)), verdict, rule) for verdict in reversed(Verdict)]


def _session(minutes: int, *, mode: Mode = Mode.HOME, confirmation: Confirmation = Confirmation.CONFIRMED) -> Session:
    arrived = 14 * 3600
    return Session(
        number="V1",
        child="S1",
        day=date(2026, 11, 18),
        arrived=arrived,
        left=arrived + 60 * minutes,
        teachers=("T1",),
        mode=mode,
        confirmation=confirmation,
    )


def ledger_sentences() -> list[str]:
    """How rows are told: a whole week, a part of one, the week of a holiday, a month; and a sum."""
    weekly, monthly = RULE.quotas[0], Quota(PeriodKind.MONTH, Metric.CLASS_HOURS, 6)
    prorate, whole = PartialPeriod.PRORATE, PartialPeriod.WHOLE_ONLY
    return [
        words.owed_sentence(weekly, prorate, teaching=5, active=5, required=1),
        words.owed_sentence(weekly, prorate, teaching=5, active=3, required=1),
        words.owed_sentence(weekly, prorate, teaching=3, active=3, required=1),
        words.owed_sentence(monthly, prorate, teaching=21, active=10, required=3),
        words.owed_sentence(weekly, whole, teaching=5, active=4, required=0),
        words.balance_sentence(
            Metric.CLASS_HOURS, required=6, delivered=3, made_up=1, excused=1, unaccounted=1, surplus=0
        ),
        *words.cause_sentences({Cause.MAKE_UP: 1, Cause.NOTHING: 2}, Metric.SESSIONS),
    ]


@dataclass(frozen=True, slots=True)
class VisitToCome:
    """What a visit card shows."""

    time: str
    until: str
    child: str
    href: str
    place: str
    note: str = ""
    phone: str = ""
    map: str = ""


def visits() -> list[VisitToCome]:
    """A teacher's afternoon."""
    return [
        VisitToCome("14:00", "15:00", "王䶮", "#child-0", "山枣镇大塘村 17 组", "", "12515820314", "geo:27.7,112.0"),
        VisitToCome("16:00", "17:00", "赵诚芳", "#child-1", "石柱乡石板村 10 组",
                    _("makes up for %(day)s", day=words.day_words(date(2026, 11, 17)))),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """What a time line shows."""

    when: str
    what: str
    who: str
    href: str = ""


def events() -> list[Event]:
    """What happened to one case, newest first."""
    day = words.day_words
    return [
        Event(day(date(2026, 11, 18)), _("Lesson of 60 minutes recorded"), "林老师", "#visit"),
        Event(day(date(2026, 11, 10)), _("Absence approved: ill"), "何校长"),
        Event(day(date(2026, 9, 1)), _("Agreement in force until %(day)s", day=day(date(2027, 1, 22))), "何校长"),
        Event(day(date(2025, 12, 20)), _("Placed in home teaching"), "白科员"),
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """What a before-and-after table shows."""

    what: str
    field: str
    before: str
    after: str


def changes() -> list[Change]:
    """What an import would change."""
    return [
        Change("赵诚芳", _("Serving school"), "山枣镇中心小学", "石柱乡中心小学"),
        Change("高芳", _("Weekly hour"), "", _("Mon %(hours)s", hours="14:00–15:20")),
        Change("李堃", _("Suspension"), "9月21日–10月16日", ""),
    ]


class VisitForm(BareForm):
    """How did the lesson go?"""

    held_on = DateField(_l("On which day was the lesson?"), validators=[InputRequired(_l("Say on which day."))])
    child = SelectField(_l("Who was taught?"), choices=[SelectChoice("0", "王䶮"), SelectChoice("1", "赵诚芳")])
    mode = RadioField(
        _l("Where was it?"),
        choices=[
            SelectChoice("home", _l("At home")),
            SelectChoice("community", _l("In the community")),
            SelectChoice("remote", _l("Remotely")),
        ],
        validators=[InputRequired(_l("Choose where the lesson was."))],
    )
    content = TextAreaField(
        _l("What was practised?"), validators=[Length(min=10, message=_l("Write at least ten characters."))]
    )
    phone = StringField(_l("At which number can the family be reached?"))
    exercise = BooleanField(_l("An exercise for the week was left with the family"))
    #: What somebody else wrote into the same record meanwhile.
    differing = (Differing("content", _l("What was practised?"), "图片交换", "图片交换，认识三种水果"),)


def form_with_mistakes() -> VisitForm:
    """The form after it was sent with two mistakes; what was typed stands."""
    typed = MultiDict({"held_on": "2026-11-18", "child": "0", "content": "图片交换"})
    form = VisitForm(typed, meta={"csrf": False})
    form.validate()
    return form
