"""What must a county's workbook give? Its sessions, ledger and totals, worked out day by day.

This stands apart from the product on purpose: it shares no line of code with
it, reads the cells with openpyxl itself, and prefers loops over days to
anything clever. Where the two differ, the text of the rule decides.
"""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import holidays
import openpyxl

PERIODS = {"周": "week", "双周": "fortnight", "月": "month", "学期": "term", "学年": "school_year"}
METRICS = {"次": "sessions", "课时": "class_hours", "分钟": "minutes"}
MODES = {"入户": "home", "社区": "community", "机构": "institution", "远程": "remote"}
NARROWNESS = {"全局": 1, "学校": 2, "学生": 3}
#: The excuses that take something off; the others ask for a make-up.
REDUCING = {"学生生病、住院", "家庭外出", "家长拒绝当次", "疫情、停课"}
WEEKDAYS = "一二三四五六日"
DAYS_BEFORE = 7

Cells = dict[str, Any]


@dataclass
class Rule:
    """All rows of one 规则代码."""

    first: date
    last: date
    scope: str
    scope_code: str
    min_minutes: int
    class_hour: int
    min_teachers: int
    modes: set[str]
    remote_cap: int | None
    max_per_day: int
    confirmation_required: bool
    make_up_days: int
    partial: str
    #: (period, metric, minimum, row in the sheet)
    quotas: list[tuple[str, str, int, int]] = field(default_factory=list)


@dataclass
class Visit:
    """One row of 送教记录, and its verdict once there is one. Times in seconds after midnight."""

    number: str
    child: str
    day: date
    start: int
    end: int
    teachers: set[str]
    mode: str
    confirmed: str
    missed: date | None
    void: bool
    verdict: str = ""

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // 60


@dataclass
class Absence:
    """One row of 缺课."""

    child: str
    day: date
    reduces: bool
    approved: bool
    minutes: int


@dataclass(frozen=True)
class Row:
    """One row of the ledger, in the order of its columns."""

    child: str
    period: str
    metric: str
    start: date
    end: date
    required: int
    delivered: int
    made_up: int
    excused: int
    invalid: int
    unaccounted: int
    surplus: int
    verdict: str

    def cells(self) -> list[str]:
        return [str(value) for value in self.__dict__.values()]


# --- cells ---


def as_date(cell: Any) -> date | None:
    """The day of a cell that is a date or a text."""
    if cell is None or str(cell).strip() == "":
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    year, month, day = (int(part) for part in re.findall(r"\d+", str(cell))[:3])
    return date(year, month, day)


def a_date(cell: Any) -> date:
    day = as_date(cell)
    assert day is not None
    return day


def an_end(cell: Any) -> date:
    """The last day of a span; an empty end is open."""
    return as_date(cell) or date(2100, 1, 1)


def as_second(cell: Any) -> int:
    """The second of the day of a cell that is a time or a text."""
    if isinstance(cell, datetime | time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    hour, minute, second = (*(int(part) for part in str(cell).strip().split(":")), 0)[:3]
    return hour * 3600 + minute * 60 + second


def as_number(cell: Any, otherwise: int) -> int:
    return otherwise if cell is None or str(cell).strip() == "" else int(cell)


def text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def days_of(first: date, last: date) -> Iterator[date]:
    """Every day of a span, both ends included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def grouped(things: list[Any], name: str) -> dict[Any, list[Any]]:
    """The things by one of their attributes."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for thing in things:
        groups[getattr(thing, name)].append(thing)
    return groups


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


class County:
    """A county as its workbook tells it."""

    def __init__(self, path: Path):
        self.sheets = self._sheets_of(path)
        self.serving = {text(row["编号"]): text(row["送教学校代码"]) for row in self.sheets["学生"]}
        self.rules = self._rules()
        self.terms = self._terms()
        self.teaching_days = self._teaching_days()
        self.agreed = self._days_by_child("协议", "生效日期", "终止日期")
        self.suspended = self._days_by_child("暂停", "起始日期", "截止日期")
        self.visits = [self._visit(row) for row in self.sheets["送教记录"]]
        self.absences = [self._absence(row) for row in self.sheets.get("缺课", [])]
        self.visits_on = grouped(self.visits, "day")
        self.visits_of = grouped(self.visits, "child")
        self.absences_of = grouped(self.absences, "child")
        self._ledgers: dict[date, list[Row]] = {}
        self._rule_on: dict[tuple[str, date], Rule | None] = {}
        self._judge()

    # --- reading ---

    @staticmethod
    def _sheets_of(path: Path) -> dict[str, list[Cells]]:
        sheets = {}
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
            heads, *rows = sheet.iter_rows(values_only=True)
            filled = [row for row in rows if any(text(cell) for cell in row)]
            sheets[sheet.title] = [dict(zip(map(str, heads), row, strict=True)) for row in filled]
        return sheets

    def _rules(self) -> list[Rule]:
        rules: dict[str, Rule] = {}
        for number, row in enumerate(self.sheets["送教规则"]):
            cap = text(row["远程上限每学期"])
            modes = text(row["计入方式"]) or "入户、社区、机构"
            rule = Rule(
                first=a_date(row["生效日期"]),
                last=an_end(row["失效日期"]),
                scope=text(row["适用范围"]),
                scope_code=text(row["适用代码"]),
                min_minutes=int(row["每次最少分钟"]),
                class_hour=as_number(row["每课时分钟"], 40),
                min_teachers=as_number(row["最少教师人数"], 1),
                modes=set(modes.split("、")),
                remote_cap=int(cap) if cap else None,
                max_per_day=as_number(row["每日最多计次"], 1),
                confirmation_required=text(row["需家长确认"]) == "是",
                make_up_days=as_number(row["补送期限天"], 14),
                partial=text(row["不足周期"]) or "按比例",
            )
            quota = PERIODS[text(row["周期"])], METRICS[text(row["计量"])], int(row["最低数"]), number
            rules.setdefault(text(row["规则代码"]), rule).quotas.append(quota)
        return list(rules.values())

    def _terms(self) -> list[tuple[date, date, str]]:
        """(first day, last day, school year) of each term."""
        terms = []
        for row in self.sheets["校历"]:
            if text(row["类型"]) == "学期":
                year = text(row["名称"]).split("学年")[0]
                terms.append((a_date(row["起始日期"]), a_date(row["截止日期"]), year))
        return sorted(terms)

    def _written(self, kind: str) -> set[date]:
        """Every day that 校历 writes down as this."""
        days: set[date] = set()
        for row in self.sheets["校历"]:
            if text(row["类型"]) == kind:
                first = a_date(row["起始日期"])
                days |= set(days_of(first, as_date(row["截止日期"]) or first))
        return days

    def _teaching_days(self) -> set[date]:
        closures, off, shifted = self._written("停课"), self._written("放假"), self._written("调休")
        years = range(min(term[0].year for term in self.terms) - 1, max(term[1].year for term in self.terms) + 2)
        china = holidays.country_holidays("CN", years=years)
        prefilled_off, prefilled_shifted = set(china), set(china.weekend_workdays)
        teaching = set()
        for first, last, _ in self.terms:
            for day in days_of(first, last):
                works = day.weekday() < 5
                if day in prefilled_off:
                    works = False
                if day in prefilled_shifted:
                    works = True
                if day in off:
                    works = False
                if day in shifted:
                    works = True
                if day in closures:
                    works = False
                if works:
                    teaching.add(day)
        return teaching

    def _days_by_child(self, sheet: str, first: str, last: str) -> dict[str, list[tuple[date, date]]]:
        spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for row in self.sheets.get(sheet, []):
            spans[text(row["学生编号"])].append((a_date(row[first]), an_end(row[last])))
        return spans

    def _visit(self, row: Cells) -> Visit:
        return Visit(
            number=text(row["记录号"]),
            child=text(row["学生编号"]),
            day=a_date(row["日期"]),
            start=as_second(row["到达时间"]),
            end=as_second(row["离开时间"]),
            teachers=set(text(row["教师工号"]).split("、")),
            mode=text(row["方式"]),
            confirmed=text(row["家长确认"]),
            missed=as_date(row["补送原日期"]),
            void=text(row["作废"]) == "是",
        )

    def _absence(self, row: Cells) -> Absence:
        child, day = text(row["学生编号"]), a_date(row["日期"])
        return Absence(
            child=child,
            day=day,
            reduces=text(row["原因"]) in REDUCING,
            approved=text(row["学校批准"]) == "是",
            minutes=as_number(row["计划分钟"], self._slot_minutes(child, day)),
        )

    def _slot_minutes(self, child: str, day: date) -> int:
        """The minutes of the child's slot of that day: of the first, as an excuse is one lesson; 0 without one."""
        slots = []
        for row in self.sheets.get("日程", []):
            if text(row["学生编号"]) != child or WEEKDAYS.index(text(row["星期"])) != day.weekday():
                continue
            if a_date(row["起始日期"]) <= day <= an_end(row["截止日期"]):
                slots.append((as_second(row["开始时间"]), as_second(row["结束时间"])))
        start, end = min(slots, default=(0, 0))
        return (end - start) // 60

    # --- a day ---

    def rule_on(self, child: str, day: date) -> Rule | None:
        """The narrowest rule in force; among equals the one that began last."""
        if (child, day) not in self._rule_on:
            in_force = []
            for rule in self.rules:
                codes = {"全局": rule.scope_code, "学校": self.serving[child], "学生": child}
                if rule.first <= day <= rule.last and rule.scope_code == codes[rule.scope]:
                    in_force.append(rule)
            in_force.sort(key=lambda rule: (NARROWNESS[rule.scope], rule.first))
            self._rule_on[child, day] = in_force[-1] if in_force else None
        return self._rule_on[child, day]

    def is_agreed(self, child: str, day: date) -> bool:
        return any(first <= day <= last for first, last in self.agreed[child])

    def is_suspended(self, child: str, day: date) -> bool:
        return any(first <= day <= last for first, last in self.suspended[child])

    def is_active(self, child: str, day: date) -> bool:
        return day in self.teaching_days and self.is_agreed(child, day) and not self.is_suspended(child, day)

    def term_of(self, day: date) -> tuple[date, date, str] | None:
        for term in self.terms:
            if term[0] <= day <= term[1]:
                return term
        return None

    # --- a session ---

    def _judge(self) -> None:
        """Give every visit the first verdict that applies to it."""
        used_on_day: dict[tuple[str, date], int] = defaultdict(int)
        used_remote: dict[tuple[str, object], int] = defaultdict(int)
        for visit in sorted(self.visits, key=lambda visit: (visit.day, visit.start, visit.number)):
            visit.verdict = self._spoilt(visit)
            if visit.verdict:
                continue
            rule = self.rule_on(visit.child, visit.day)
            assert rule is not None
            of_day, of_term = (visit.child, visit.day), (visit.child, self.term_of(visit.day))
            if used_on_day[of_day] >= rule.max_per_day:
                visit.verdict = "over_daily_cap"
            elif visit.mode == "远程" and rule.remote_cap is not None and used_remote[of_term] >= rule.remote_cap:
                visit.verdict = "over_remote_cap"
            else:
                visit.verdict = "counted"
                used_on_day[of_day] += 1
                used_remote[of_term] += visit.mode == "远程"

    def _spoilt(self, visit: Visit) -> str:
        """The first verdict before the caps that applies, or nothing."""
        if visit.void:
            return "void"
        rule = self.rule_on(visit.child, visit.day)
        if rule is None:
            return "no_rule"
        if not self.is_agreed(visit.child, visit.day):
            return "outside_agreement"
        if self.is_suspended(visit.child, visit.day):
            return "suspended"
        if visit.confirmed == "有异议":
            return "disputed"
        if any(self._overlap(visit, other) for other in self.visits_on[visit.day]):
            return "overlap"
        if visit.mode not in rule.modes:
            return "mode_not_counted"
        if len(visit.teachers) < rule.min_teachers:
            return "too_few_teachers"
        if visit.minutes < rule.min_minutes:
            return "too_short"
        if rule.confirmation_required and visit.confirmed != "已确认":
            return "unconfirmed"
        return ""

    @staticmethod
    def _overlap(one: Visit, other: Visit) -> bool:
        if other is one or other.void or other.day != one.day:
            return False
        if other.child != one.child and not (other.teachers & one.teachers):
            return False
        return one.start < other.end and other.start < one.end

    def amount(self, visit: Visit, metric: str) -> int:
        """What a counted visit gives in a metric."""
        rule = self.rule_on(visit.child, visit.day)
        assert rule is not None
        return {"sessions": 1, "class_hours": visit.minutes // rule.class_hour, "minutes": visit.minutes}[metric]

    def repays(self, visit: Visit) -> bool:
        """Whether this counted visit is a make-up that was held within its window."""
        if visit.missed is None:
            return False
        rule, term = self.rule_on(visit.child, visit.day), self.term_of(visit.day)
        assert rule is not None
        if term is None or self.term_of(visit.missed) != term:
            return False
        return -DAYS_BEFORE <= (visit.day - visit.missed).days <= rule.make_up_days

    # --- a period ---

    def spans_of(self, period: str) -> list[tuple[date, date]]:
        """All periods of a kind that hold a day of a term, as first and last day."""
        spans: set[tuple[date, date]] = set()
        years = {year for _, _, year in self.terms}
        if period == "school_year":
            for year in years:
                of_year = [term for term in self.terms if term[2] == year]
                spans.add((min(term[0] for term in of_year), max(term[1] for term in of_year)))
        for first, last, _ in self.terms:
            if period == "term":
                spans.add((first, last))
            if period == "fortnight":
                monday = monday_of(first)
                while monday <= last:
                    spans.add((monday, monday + timedelta(days=13)))
                    monday += timedelta(days=14)
            for day in days_of(first, last):
                if period == "week":
                    spans.add((monday_of(day), monday_of(day) + timedelta(days=6)))
                if period == "month":
                    spans.add((day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])))
        return sorted(spans)

    def required(self, child: str, rule: Rule, period: str, minimum: int, start: date, end: date) -> int:
        teaching = [day for day in days_of(start, end) if day in self.teaching_days]
        active = [day for day in teaching if self.is_active(child, day)]
        usual = {"week": 5, "fortnight": 10}
        if not active:
            return 0
        if rule.partial == "全额":
            return minimum
        if rule.partial == "仅完整周期":
            return minimum if active == teaching and len(teaching) >= usual.get(period, 0) else 0
        exact = Fraction(minimum * len(active), usual.get(period, len(teaching)))
        return min(minimum, int(exact + Fraction(1, 2)))

    def ledger(self, as_of: date) -> list[Row]:
        """All rows: by child, kind of period, start, then the quotas in the sheet's order."""
        if as_of not in self._ledgers:
            self._ledgers[as_of] = list(self._all_rows(as_of))
        return self._ledgers[as_of]

    def _all_rows(self, as_of: date) -> Iterator[Row]:
        spans = {period: self.spans_of(period) for period in PERIODS.values()}
        for child in sorted(self.serving):
            for period in PERIODS.values():
                for start, end in spans[period]:
                    first_in_term = next(day for day in days_of(start, end) if self.term_of(day))
                    rule = self.rule_on(child, first_in_term)
                    for kind, metric, minimum, _ in sorted(rule.quotas, key=lambda quota: quota[3]) if rule else ():
                        if rule and kind == period:
                            yield self._row(child, rule, (kind, metric, minimum), (start, end), as_of)

    def _row(self, child: str, rule: Rule, quota: tuple[str, str, int], span: tuple[date, date], as_of: date) -> Row:
        (period, metric, minimum), (start, end) = quota, span
        required = self.required(child, rule, period, minimum, start, end)
        delivered = made_up = invalid = 0
        for visit in self.visits_of.get(child, []):
            inside = start <= visit.day <= end
            if visit.verdict == "counted" and self.repays(visit):
                assert visit.missed is not None
                if start <= visit.missed <= end:
                    made_up += self.amount(visit, metric)
            elif visit.verdict == "counted" and inside:
                delivered += self.amount(visit, metric)
            elif visit.verdict not in ("counted", "void") and inside:
                invalid += 1
        excused = min(required, self._excused(child, rule, metric, start, end))
        unaccounted = max(0, required - delivered - made_up - excused)
        surplus = max(0, delivered + made_up + excused - required)
        if not end < as_of:
            verdict = "open"
        elif required - excused == 0:
            verdict = "exempt"
        else:
            verdict = "short" if unaccounted else "met"
        counts = (required, delivered, made_up, excused, invalid, unaccounted, surplus)
        return Row(child, period, metric, start, end, *counts, verdict)

    def _excused(self, child: str, rule: Rule, metric: str, start: date, end: date) -> int:
        taken_off = 0
        for absence in self.absences_of.get(child, []):
            if absence.reduces and absence.approved and start <= absence.day <= end:
                class_hour = (self.rule_on(child, absence.day) or rule).class_hour
                hours = absence.minutes // class_hour
                taken_off += {"sessions": 1, "minutes": absence.minutes, "class_hours": hours}[metric]
        return taken_off

    # --- what is asked for ---

    def sessions(self) -> list[list[str]]:
        """(session, child, date, minutes, verdict), in the order of the sheet."""
        return [[visit.number, visit.child, str(visit.day), str(visit.minutes), visit.verdict] for visit in self.visits]

    def totals(self, year: int, as_of: date) -> dict[str, float | None]:
        counted = [visit for visit in self.visits if visit.verdict == "counted" and visit.day.year == year]
        weeks = [row for row in self.ledger(as_of) if row.period == "week" and row.start.year == year]
        judged = [row for row in weeks if row.verdict in ("met", "short")]
        child_weeks = {(row.child, row.start) for row in judged}
        short_weeks = {(row.child, row.start) for row in judged if row.verdict == "short"}
        of_sessions = [row for row in judged if row.metric == "sessions"]
        given = sum(min(row.required - row.excused, row.delivered + row.made_up) for row in of_sessions)
        present = [child for child in self.serving if self.is_agreed(child, as_of)]
        return {
            "A4-03": len({visit.child for visit in counted}),
            "A4-04": len([child for child in present if not self.is_suspended(child, as_of)]),
            "A4-05": percent(len(child_weeks - short_weeks), len(child_weeks)),
            "A4-10": len(counted),
            "A4-11": sum(self.amount(visit, "class_hours") for visit in counted),
            "A4-12": sum(self.repays(visit) for visit in counted),
            "A4-13": percent(given, sum(row.required - row.excused for row in of_sessions)),
            "A4-14": len(set().union(*(visit.teachers for visit in counted))),
        }


def percent(part: int, whole: int) -> float | None:
    """A share to one decimal; missing where there is nothing to divide by."""
    if whole == 0:
        return None
    return float((Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP))
