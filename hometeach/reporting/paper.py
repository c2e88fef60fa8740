"""The report of a year on paper: its sentences, its pictures, and the PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from babel.dates import get_month_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from hometeach.compliance.rules import Cause
from hometeach.kernel import documents
from hometeach.kernel.clock import Span
from hometeach.kernel.documents import Document
from hometeach.people.rules import DisabilityType
from hometeach.programmes.rules import FigurePeriod, MoneyKind, MoneyTotal, Qualifier, unfixed
from hometeach.reporting import charts, wording
from hometeach.reporting.charts import INK, PAPER, Series
from hometeach.reporting.report import AreaPart, FigureLine, HomePart, SchoolLine, YearReport
from hometeach.reporting.rollups import Balance
from hometeach.reporting.strips import group_strip, month_heads
from hometeach.visits.rules import Verdict

#: A strip of at most so many weeks is set larger.
WIDE = 39
#: So many figures of an area stand in the overview, and so many schools in the picture.
MOST_MAIN, MOST_BARS = 4, 20
#: What the overview leads with, where it is not the first figures of the area.
MAIN = {
    1: ("A1-01", "A1-02", "A1-03", "A1-04"),
    2: ("A2-02", "A2-03", "A2-04", "A2-08"),
    4: ("A4-03", "A4-04", "A4-10", "A4-05"),
    7: ("A7-01", "A7-02", "A7-03", "A7-04"),
}
ADVICE = {
    Cause.NOTHING: _l("The responsible teacher says what happened: record the lesson, or why it was missed."),
    Cause.CALENDAR: _l("The school moves the lesson to a taught day and tells the family."),
    Cause.INVALID: _l("The school looks at the records and clears what keeps them from counting."),
    Cause.MAKE_UP: _l("The teacher makes it up before the window closes."),
}
VERDICTS = {
    Verdict.NO_RULE: _l("no rule in force that day"),
    Verdict.OUTSIDE_AGREEMENT: _l("no agreement in force that day"),
    Verdict.SUSPENDED: _l("the case was suspended"),
    Verdict.DISPUTED: _l("the family disputes it"),
    Verdict.OVERLAP: _l("overlaps another session"),
    Verdict.MODE_NOT_COUNTED: _l("its way of teaching does not count"),
    Verdict.TOO_FEW_TEACHERS: _l("too few teachers"),
    Verdict.TOO_SHORT: _l("too short"),
    Verdict.UNCONFIRMED: _l("not confirmed by the family"),
    Verdict.OVER_DAILY_CAP: _l("above the day's number that counts"),
    Verdict.OVER_REMOTE_CAP: _l("above the term's number of remote sessions"),
}
DISABILITIES = {
    DisabilityType.VISUAL: _l("visual"),
    DisabilityType.HEARING: _l("hearing"),
    DisabilityType.SPEECH: _l("speech"),
    DisabilityType.PHYSICAL: _l("physical"),
    DisabilityType.INTELLECTUAL: _l("intellectual"),
    DisabilityType.MENTAL: _l("mental"),
    DisabilityType.MULTIPLE: _l("multiple"),
}
NUMERALS = "一二三四五六七八"
#: Ink, colour and hatch of what the pictures show: each is told apart without its colour.
LOOKS = {
    "given": ("#2E7D5B", "", INK),
    "made_up": (PAPER, "||||", INK),
    "excused": ("#D5DCE4", "", INK),
    "short": ("#B3261E", "xxxx", PAPER),
    Cause.NOTHING: ("#B3261E", "", INK),
    Cause.CALENDAR: (PAPER, "////", INK),
    Cause.INVALID: ("#E9D9BC", "", INK),
    Cause.MAKE_UP: (PAPER, "", INK),
}


@dataclass(frozen=True, slots=True)
class Month:
    """A month over the weeks of a strip."""

    name: str
    number: int
    width: int


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week of the annex."""

    name: str
    balance: Balance

    @property
    def nothing(self) -> int:
        """What nobody accounts for."""
        return self.balance.cause(Cause.NOTHING)


def report_pdf(report: YearReport, *, mark: str = "") -> Document:
    """The report as a PDF. ``mark`` stands beside the date on its cover (a draft, a demonstration)."""
    return documents.print_pdf(report_html(report, mark=mark), "report.css")


def report_html(report: YearReport, *, mark: str = "") -> str:
    """The report as HTML, ready to be printed."""
    home = report.home
    over = [(week, one) for week, one in zip(home.weeks, home.by_week, strict=True) if one is not None]
    return documents.render(
        "report.html",
        **frame(report.bureau),
        report=report,
        home=home,
        mark=mark,
        as_of=wording.day_words(report.as_of),
        summary=summary(report),
        said={code: marked(line) for code, line in report.lines.items()},
        money=money_sentence(report.lines, report.money.get(MoneyKind.AID)),
        investment=investment_sentence(report.lines),
        donors=wording.listed(report.donors),
        day=_event_day(report),
        titles=_titles(home, over),
        quota_name=wording.quota_name(*home.quota) if home.quota else "",
        rule=home.rule,
        rule_from=wording.day_words(home.rule.span.first) if home.rule else "",
        causes=[_cause(cause, amount) for cause, amount in _causes(home.balance)],
        months=months_of(home.weeks),
        is_wide=len(home.weeks) <= WIDE,
        week_levels=[_level(one) if one else None for one in home.by_week],
        school_strips=[(school.name, group_strip(school.weeks)) for school in home.schools],
        week_chart=Markup(_week_chart(over)) if over else "",  # noqa: S704 - drawn here, from numbers
        school_chart=Markup(_school_chart(_worst(home.schools))) if home.balance.unaccounted else "",  # noqa: S704
        schools_left_out=len(home.schools) > MOST_BARS,
        weeks=[WeekLine(wording.week_words(week), one) for week, one in over],
        verdicts=[(str(VERDICTS[verdict]), home.verdicts[verdict]) for verdict in VERDICTS if home.verdicts[verdict]],
        withdrawn=home.verdicts[Verdict.VOID],
        disabilities=[(str(DISABILITIES[kind]), count) for kind, count in home.disabilities.items() if count != 0],
        few=_("under %(number)s", number=report.small_below),
        nobody=str(wording.CAUSES[Cause.NOTHING]),
        main_figures=_main_figures,
        definitions=_definitions,
        numeral=_numeral,
        missing=str(wording.MISSING),
        font=documents.FONT,
        rare=documents.RARE,
        percent=wording.percent_words,
        name_of=wording.name_of,
        unit_of=wording.unit_of,
        value_words=wording.value_words,
    )


def months_of(weeks: Sequence[Span]) -> list[Month]:
    """The months over a strip's weeks, by name."""
    names = get_month_names("abbreviated", locale=get_locale())
    return [Month(names[head.month], head.month, head.width) for head in month_heads(weeks)]


def frame(bureau: str) -> dict[str, Any]:
    """What the frame of every printed document is filled with."""
    return {
        "bureau": bureau,
        "language": "zh-CN" if wording.is_chinese() else "en",
        "page_number": Markup('<span class="page"></span>'),
        "page_count": Markup('<span class="pages"></span>'),
    }


def marked(line: FigureLine) -> Markup:
    """A figure as it stands in a sentence; a missing one stands in brackets, so that nobody reads over it."""
    words = wording.figure_words(line.indicator, line.figure)
    if line.is_missing:
        return Markup('<span class="missing">{}</span>').format(_("[%(words)s]", words=words))
    return Markup('<span class="figure">{}</span>').format(words)


def summary(report: YearReport) -> list[str]:
    """The report in three sentences: what was taught, what was owed, what is missing."""
    home = report.home
    sums, owed = home.taught, home.balance
    told = [
        _(
            "In %(year)s, %(teachers)s teachers taught %(children)s children at home: %(sessions)s sessions, "
            "%(hours)s class hours. On the day of this report %(active)s children are being taught.",
            year=report.year,
            teachers=sums.teachers,
            children=sums.children,
            sessions=sums.counted,
            hours=sums.class_hours,
            active=home.active,
        )
    ]
    if home.quota:
        told.append(
            _(
                "Of %(owed)s %(unit)s owed in periods that are over, %(given)s were given, %(made_up)s made up and "
                "%(excused)s excused; %(short)s are short, and for %(nothing)s of them nobody accounts: "
                "those come first.",
                unit=wording.unit_words(home.quota),
                owed=owed.required,
                given=owed.delivered,
                made_up=owed.made_up,
                excused=owed.excused,
                short=owed.unaccounted,
                nothing=owed.cause(Cause.NOTHING),
            )
        )
    lines = len(report.lines)
    told.append(
        _(
            "Of the %(lines)s figures of the eight areas, %(there)s have been reported; annex 1 says what is "
            "missing and whom to ask.",
            lines=lines,
            there=lines - len(report.missing),
        )
    )
    return told


def money_sentence(lines: Mapping[str, FigureLine], total: MoneyTotal | None) -> str:
    """What was paid to students in the year, added up from what may be added; empty where nothing is known."""
    if total is None:
        return ""

    def named(codes: Sequence[str]) -> str:
        return wording.listed(wording.name_of(lines[code].indicator) for code in codes)

    amount = f"{unfixed(total.amount):f}"
    if total.qualifier is not Qualifier.EXACT:
        amount = _("about %(number)s", number=amount)
    told = _(
        "Paid to students in the year, as far as reported: %(amount)s wan yuan (10,000 each), the sum of %(parts)s.",
        amount=amount,
        parts=named(total.parts),
    )
    left_out = [
        (total.contained, _("%(codes)s is part of a wider figure and is not added again.")),
        (total.other_periods, _("%(codes)s speaks of another stretch of time and is left out.")),
        (total.missing, _("%(codes)s is missing, so that the true sum is higher.")),
    ]
    return wording.sentences([told, *(words % {"codes": named(codes)} for codes, words in left_out if codes)])


def investment_sentence(lines: Mapping[str, FigureLine]) -> str:
    """What went into buildings: never added to what students were paid."""
    line = lines.get("A2-03")
    if line is None or line.is_missing:
        return ""
    return _(
        "Invested in school buildings (%(period)s): %(amount)s; works, kept apart from what students are paid.",
        period=line.period,
        amount=wording.figure_words(line.indicator, line.figure),
    )


def _titles(home: HomePart, over: Sequence[tuple[Span, Balance]]) -> dict[str, str]:
    """The sentence over each picture and table of home teaching."""
    owed, verdicts, unit = home.balance, home.verdicts, wording.unit_words(home.quota)
    not_counted = sum(count for verdict, count in verdicts.items() if verdict not in (Verdict.COUNTED, Verdict.VOID))
    return {
        "identity": _(
            "The year's account: of %(owed)s %(unit)s owed, %(given)s given or made up, %(short)s short",
            unit=unit,
            owed=owed.required,
            given=owed.delivered + owed.made_up,
            short=owed.unaccounted,
        ),
        "weeks": _worst_week(over, unit),
        "schools": _worst_school(home.schools, unit),
        "verdicts": ngettext(
            "Of %(recorded)s recorded sessions, %(num)s does not count",
            "Of %(recorded)s recorded sessions, %(num)s do not count",
            not_counted,
            recorded=home.taught.recorded,
        ),
    }


def _worst_week(over: Sequence[tuple[Span, Balance]], unit: str) -> str:
    week, worst = max(over, key=lambda pair: pair[1].unaccounted, default=(None, None))
    if week is None or worst is None or not worst.unaccounted:
        return _("In no week was anything short")
    return _(
        "Most was short in the week of %(day)s: %(short)s of %(owed)s %(unit)s",
        unit=unit,
        day=wording.day_words(week.first),
        short=worst.unaccounted,
        owed=worst.required,
    )


def _worst_school(schools: Sequence[SchoolLine], unit: str) -> str:
    worst = max(schools, key=lambda school: school.balance.cause(Cause.NOTHING), default=None)
    if worst is None or not worst.balance.cause(Cause.NOTHING):
        return _("In no school is anything left that nobody accounts for")
    return _(
        "Nobody accounts for %(nothing)s %(unit)s of %(school)s, the most of any school",
        unit=unit,
        nothing=worst.balance.cause(Cause.NOTHING),
        school=worst.name,
    )


def _causes(balance: Balance) -> list[tuple[Cause, int]]:
    """The causes, the number to chase first."""
    return [(cause, balance.cause(cause)) for cause in wording.CAUSES if balance.cause(cause)]


def _cause(cause: Cause, amount: int) -> dict[str, Any]:
    return {"name": str(wording.CAUSES[cause]), "amount": amount, "advice": str(ADVICE[cause])}


def _level(one: Balance) -> dict[str, float] | None:
    """How full a week is, in per cent of what was owed; None where nothing was."""
    if not one.required:
        return None
    given = _on_time(one) + _repaid(one)
    return {"given": 100 * given / one.required, "short": 100 * one.unaccounted / one.required}


def _week_chart(over: Sequence[tuple[Span, Balance]]) -> str:
    weeks, balances = [week for week, _one in over], [one for _week, one in over]
    series = [
        _series(_("given"), [_on_time(one) for one in balances], "given"),
        _series(_("made up"), [_repaid(one) for one in balances], "made_up"),
        _series(_("excused"), [one.excused for one in balances], "excused"),
        _series(_("short"), [one.unaccounted for one in balances], "short"),
    ]
    names = get_month_names("abbreviated", locale=get_locale())
    months = [(names[month], len(list(some))) for month, some in groupby(weeks, key=lambda week: week.first.month)]
    return charts.columns([str(week.first.day) for week in weeks], months, series)


def _on_time(one: Balance) -> int:
    """What of the requirement was given in its own week: the rest of it when all else is taken off."""
    return one.required - one.excused - one.unaccounted - _repaid(one)


def _repaid(one: Balance) -> int:
    return min(one.made_up, one.required - one.excused - one.unaccounted)


def _school_chart(schools: Sequence[SchoolLine]) -> str:
    series = [
        _series(str(words), [school.balance.cause(cause) for school in schools], cause)
        for cause, words in wording.CAUSES.items()
    ]
    return charts.bars([school.name for school in schools], series)


def _worst(schools: Sequence[SchoolLine]) -> list[SchoolLine]:
    """The schools of the picture, in their own order: all of them, or those with the most that is short."""
    worst = sorted(schools, key=lambda school: -school.balance.unaccounted)[:MOST_BARS]
    return [school for school in schools if school in worst]


def _series(name: str, values: Sequence[int], look: str) -> Series:
    return Series(name, values, *LOOKS[look])


def _main_figures(area: AreaPart) -> str:
    """What the overview says of an area: its leading figures that are there."""
    given = {line.indicator.code: line for line in area.lines if not line.is_missing}
    chosen = [given[code] for code in MAIN.get(area.number, tuple(given)) if code in given][:MOST_MAIN]
    return wording.told_apart(
        f"{wording.name_of(line.indicator)} {wording.figure_words(line.indicator, line.figure)}" for line in chosen
    )


def _definitions(area: AreaPart) -> list[tuple[str, str]]:
    notes = ((line.indicator.code, wording.note_of(line.indicator)) for line in area.lines)
    return [(code, note) for code, note in notes if note]


def _numeral(number: int) -> str:
    return f"{NUMERALS[number - 1]}、" if wording.is_chinese() else f"{number} "


def _event_day(report: YearReport) -> str:
    for code in ("A8-01", "A8-02", "A8-03"):
        figure = report.lines[code].figure if code in report.lines else None
        if figure is not None and figure.period_kind is FigurePeriod.EVENT:
            return wording.day_words(figure.period.last)
    return ""
