"""Small random counties that try every turn of the delivery rule: terms, rules, spans, visits and absences.

Everything is chosen near the edges that the rule names: the minimum and one
less, touching hours, the first and the last day of a window and the day beside it.
"""

import copy
import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import holidays

Rows = list[list[Any]]
Sheets = dict[str, Rows]
Span = tuple[date, date]

HEADS = {
    "学校": "学校代码 学校名称 类型 乡镇 纬度 经度",
    "教师": "工号 姓名 学校代码 手机号 专业 从业查询日期",
    "学生": "编号 学籍号 姓名 性别 出生日期 公民身份号码 残疾类别 残疾等级 残疾人证号 家庭经济类别 学籍学校代码"
    " 送教学校代码 责任教师工号 监护人姓名 监护人关系 监护人手机 住址 乡镇 纬度 经度 不能到校原因 安置日期",
    "送教规则": "规则代码 文号 生效日期 失效日期 适用范围 适用代码 每次最少分钟 每课时分钟 最少教师人数 计入方式"
    " 远程上限每学期 每日最多计次 需家长确认 补送期限天 不足周期 周期 计量 最低数",
    "校历": "起始日期 截止日期 类型 名称",
    "协议": "学生编号 协议编号 生效日期 终止日期 签署方式 签署日期",
    "暂停": "学生编号 起始日期 截止日期 原因",
    "日程": "学生编号 教师工号 星期 开始时间 结束时间 起始日期 截止日期",
    "送教记录": "记录号 学生编号 日期 到达时间 离开时间 教师工号 方式 家长确认 补送原日期 作废 内容",
    "缺课": "学生编号 日期 原因 计划分钟 学校批准",
    "指标": "指标代码 单位 周期类型 周期起 周期止 数值 数值上限 限定词 来源",
}
#: Days near which the State Council's calendar is least regular; a county's first term lies about one of them.
ANCHORS = (
    date(2025, 9, 1),
    date(2025, 9, 22),
    date(2025, 12, 22),
    date(2026, 2, 9),
    date(2026, 3, 2),
    date(2026, 4, 20),
    date(2026, 6, 8),
    date(2026, 9, 1),
    date(2026, 9, 14),
)
#: What people leave in a cell by mistake, or a spreadsheet makes of what they wrote.
SLIPS = (
    *(
        None,
        "",
        " ",
        "\u200b",
        "abc",
        "、",
        "长" * 300,
        "S0001",
        "X00",
        "T001、T001",
        "T001,T002",
        "是",
        "远程",
        "学期",
        "全局",
    ),
    *(-1, 0, 0.5, 1.5, 1e9, 10**18, 45000, "0", "1e3", "6O", "５９", True, float("nan"), float("inf"), "=1+1", "#N/A"),
    *("2026-02-30", "２０２６－０３－０２", "25:61", "24:00", "2026-2027学年第一学期", "2026-2028学年第一学期"),
    *(date(1900, 1, 1), date(2100, 12, 31), datetime(2026, 3, 2, 9, 30), time(0, 0), timedelta(hours=30)),  # noqa: DTZ001
)
#: Each child has an hour of its own, two hours after another's: a long lesson touches the next one or overlaps it.
OWN_STARTS = tuple(range(300, 1260, 120))
STARTS = (480, 510, 540, 555, 570, 600, 630, 660, 840, 870)
DURATIONS = (29, 30, 35, 39, 40, 44, 45, 59, 60, 79)
LONG_DURATIONS = (60, 80, 80, 90, 119, 120, 134, 135)
REASONS = (
    "学生生病、住院",
    "家庭外出",
    "家长拒绝当次",
    "疫情、停课",
    "恶劣天气、道路中断",
    "学校统一活动",
    "教师请假",
    "其他",
)
#: Columns that may have held something else before: so many words, or what stands in other rows.
CORRECTED: dict[str, tuple[tuple[int, tuple[Any, ...]], ...]] = {
    "送教记录": ((1, ()), (2, ()), (5, ()), (6, ()), (7, ()), (8, ()), (9, ("是", None)), (4, ("23:50", "23:59:30"))),
    "缺课": ((2, REASONS), (3, (None, 35, 90)), (4, ("是", "否"))),
    "协议": ((0, ()), (3, (None, date(2027, 12, 1))), (5, ())),
    "暂停": ((2, (None, date(2027, 12, 1))),),
    "日程": ((1, ()), (4, ("23:00", "23:59")), (6, (None,))),
    "学生": ((21, (None, date(2025, 9, 1))),),
}
MOST_OF_A_QUOTA = {"次": 2, "课时": 4, "分钟": 180}
PERIOD_FACTOR = {"周": 1, "双周": 2, "月": 4, "学期": 6, "学年": 10}


def invent(seed: int) -> Sheets:
    """The sheets of a random county, the same for the same seed."""
    return _County(random.Random(seed)).sheets


def begun(sheets: Sheets, seed: int) -> Sheets:
    """What the same county may have known earlier: rows not yet written, cells that were corrected since."""
    chance = random.Random(f"earlier {seed}")
    earlier = copy.deepcopy(sheets)
    for name in ("协议", "暂停", "日程", "送教记录", "缺课"):
        heads, *rows = earlier.get(name, [[]])
        if heads:
            earlier[name] = [heads, *(row for row in rows if chance.random() < 0.7)]
    heads, *rows = earlier["校历"]
    term, *others = sorted(rows, key=lambda row: row[2] != "学期")
    earlier["校历"] = [heads, term, *(row for row in others if chance.random() < 0.7)]
    heads, *rows = earlier["送教规则"]
    kept = {row[0] for row in rows if chance.random() < 0.7} or {rows[0][0]}
    earlier["送教规则"] = [heads, *(row for row in rows if row[0] in kept)]
    for name, corrections in CORRECTED.items():
        for row in earlier.get(name, [[]])[1:]:
            if chance.random() < 0.3:
                place, words = chance.choice(corrections)
                row[place] = chance.choice(words or [other[place] for other in sheets[name][1:]])
    for row in earlier["送教规则"][1:]:
        row[6] = 50 if row[0] == earlier["送教规则"][1][0] else row[6]
        row[17] += seed % 2
    return earlier


def with_slips(sheets: Sheets, seed: int) -> Sheets:
    """The same county with one to three cells that hold what does not belong there, and now and then a row twice."""
    chance = random.Random(f"slips {seed}")
    slipped = copy.deepcopy(sheets)
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice([name for name, rows in slipped.items() if len(rows) > 1])
        row = chance.choice(slipped[name] if chance.random() < 0.05 else slipped[name][1:])
        row[chance.randrange(len(row))] = chance.choice(SLIPS)
    if chance.random() < 0.1:
        rows = slipped[chance.choice(("学生", "送教规则", "校历"))]
        rows.append(list(chance.choice(rows[1:])))
    return slipped


class _County:
    """A county while it is being made up."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        self.sheets: Sheets = {name: [heads.split()] for name, heads in HEADS.items()}
        self.schools = [f"X{number:02}" for number in range(chance.randint(1, 3))]
        self.teachers = [f"T{number:03}" for number in range(1, chance.randint(2, 5) + 1)]
        self.children = self._child_codes()
        self.terms = self._terms()
        self.first, self.last = self.terms[0][0], self.terms[-1][1]
        #: How often something is irregular: some counties are orderly, others are not.
        self.disorder = chance.choice((0.05, 0.15, 0.15, 0.4))
        self._people()
        self._calendar()
        self._rules()
        for child, start in zip(self.children, chance.sample(OWN_STARTS, len(self.children)), strict=True):
            self._spans(child)
            self._lessons(child, start)
        self._leave_out()

    # --- small choices ---

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def slip(self) -> bool:
        return self.often(self.disorder)

    def day(self, before: int = 0, after: int = 0) -> date:
        """A day of the county's time, or so many days before or after it."""
        return self.first + timedelta(days=self.chance.randint(-before, (self.last - self.first).days + after))

    def edge(self) -> date:
        """A first or last day of a term, or a day beside it."""
        term = self.chance.choice(self.terms)
        return self.chance.choice(term) + timedelta(days=self.chance.choice((-1, 0, 0, 1)))

    def cell(self, day: date | None) -> Any:
        """A day as people write it into a cell."""
        if day is None:
            return self.chance.choice((None, ""))
        written = (f"{day}", f"{day:%Y/%m/%d}", f"{day.year}-{day.month}-{day.day}", f"{day:%Y年%m月%d日}")
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as spreadsheets keep days
        return self.chance.choice((midnight, midnight, midnight, day, *written))

    def hour(self, minute: int, second: int = 0) -> Any:
        hour, minute = divmod(minute, 60)
        if second:
            return self.chance.choice((time(hour, minute, second), f"{hour:02}:{minute:02}:{second:02}"))
        return self.chance.choice((f"{hour:02}:{minute:02}", f"{hour}:{minute:02}", time(hour, minute)))

    def number(self, value: int) -> Any:
        return self.chance.choice((value, value, value, str(value), float(value)))

    def or_blank(self, value: Any, otherwise: Any) -> Any:
        """A cell that says what a blank one means may be blank."""
        return self.chance.choice((value, None)) if value == otherwise else value

    # --- lists ---

    def _child_codes(self) -> list[str]:
        count = self.chance.randint(3, 8)
        form = self.chance.choice(("S{:04}", "S{:04}", "S{:04}", "s{}", "A-{}"))
        codes = [form.format(number) for number in self.chance.sample(range(1, 12), count)]
        return sorted(codes) if self.often(0.7) else codes

    def _terms(self) -> list[Span]:
        first = self.chance.choice(ANCHORS) + timedelta(days=self.chance.randint(-10, 10))
        terms = []
        for _ in range(self.chance.randint(2, 4)):
            last = first + timedelta(days=self.chance.choice((0, 5, 13, 20, 24, 27, 33, 40, 55)))
            terms.append((first, last))
            first = last + timedelta(days=self.chance.choice((1, 1, 1, 2, 3, 8, 17, 30)))
        return terms

    def _people(self) -> None:
        for code in self.schools:
            self.sheets["学校"].append([code, f"{code}小学", "普通学校", None, None, None])
        for code in self.teachers:
            self.sheets["教师"].append([code, f"林{code}", self.chance.choice(self.schools), None, None, None])
        for code in self.children:
            placed = self.cell(self.chance.choice((None, date(2025, 8, 20), self.day())))
            who = [code, None, f"吴{code}", "女", date(2014, 4, 20), None, "智力", "一级", None, "无"]
            where = [self.chance.choice(self.schools), self.chance.choice(self.schools)]
            teacher = self.chance.choice((None, self.teachers[0]))
            self.sheets["学生"].append([*who, *where, teacher, *[None] * 8, placed])

    def _calendar(self) -> None:
        year = 2025
        for first, last in self.terms:
            year += self.often(0.4)
            name = f"{year}-{year + 1}学年第{self.chance.choice('一二')}学期"
            self.sheets["校历"].append([self.cell(first), self.cell(last), "学期", name])
        off: set[date] = set()
        china = holidays.country_holidays("CN", years=range(2024, 2029))
        irregular = {
            "放假": [day for day in sorted(china.weekend_workdays) if self.first <= day <= self.last],
            "调休": [day for day in sorted(china) if self.first <= day <= self.last and day.weekday() < 5],
        }
        for kind, most in (("停课", 3), ("放假", 2), ("调休", 3)):
            for number in range(self.chance.randint(0, most)):
                first = self.day(3, 3)
                if kind == "调休" and self.often(0.5):
                    first += timedelta(days=5 - first.weekday())
                if kind != "停课" and irregular[kind] and self.often(0.6):
                    first = self.chance.choice(irregular[kind])
                last = first + timedelta(days=self.chance.choice((0, 0, 1, 2, 6)))
                days = {first + timedelta(days=offset) for offset in range((last - first).days + 1)}
                if kind == "放假":
                    off |= days
                if kind == "调休" and off & days:
                    continue
                self.sheets["校历"].append([self.cell(first), self.cell(last), kind, f"{kind}{number}"])
        if self.often(0.5):
            heads, *rows = self.sheets["校历"]
            self.sheets["校历"] = [heads, *self.chance.sample(rows, len(rows))]

    def _rules(self) -> None:
        begins: set[tuple[str, str, date]] = set()
        rows: Rows = []
        wanted = [("全局", "")] * self.chance.randint(1, 3)
        wanted += [("学校", self.chance.choice(self.schools)) for _ in range(self.chance.choice((0, 0, 1, 2)))]
        wanted += [("学生", self.chance.choice(self.children)) for _ in range(self.chance.choice((0, 1, 1, 3)))]
        for number, (scope, key) in enumerate(wanted):
            early = date(2025, 1, 1) if number == 0 and not self.slip() else self.first
            first = self.chance.choice((self.day(5), self.edge(), self.edge())) if number else early
            if (scope, key, first) not in begins:
                begins.add((scope, key, first))
                rows += self._rule(f"R-{number}", scope, key, first)
        self.chance.shuffle(rows) if self.often(0.3) else None
        self.sheets["送教规则"] += rows

    def _rule(self, code: str, scope: str, key: str, first: date) -> Rows:
        pick, often = self.chance.choice, self.often
        last = pick((None, None, None, max(first, self.day(0, 20)), max(first, self.edge())))
        wanted = ["入户", *self.chance.sample(("社区", "机构", "远程"), pick((0, 1, 2, 3, 3)))]
        modes = "远程" if often(0.05) else "、".join(self.chance.sample(wanted, len(wanted)))
        if set(modes.split("、")) == {"入户", "社区", "机构"}:
            modes = pick((modes, ""))
        head = [
            *(code, pick((None, "X教发1号")), self.cell(first), self.cell(last), scope, key or None),
            self.number(pick((30, 40, 45, 60, 60, 60, 80))),
            self.or_blank(pick((35, 40, 45)), 40),
            self.or_blank(pick((1, 1, 1, 1, 1, 2)), 1),
            modes,
            pick((None, None, 0, 1, 2)),
            self.or_blank(pick((1, 1, 2, 3)), 1),
            self.or_blank("是" if often(0.25) else "否", "否"),
            self.or_blank(pick((0, 3, 7, 14, 14, 30)), 14),
            self.or_blank(pick(("按比例", "按比例", "全额", "仅完整周期")), "按比例"),
        ]
        quotas: list[tuple[str, str, int]] = []
        for _ in range(self.chance.randint(1, 4)):
            period, metric = pick(("周", "周", "双周", "月", "学期", "学年")), pick(("次", "课时", "分钟"))
            minimum = self.chance.randint(0 if often(0.05) else 1, MOST_OF_A_QUOTA[metric])
            quota = period, metric, minimum * (PERIOD_FACTOR[period] if often(0.5) else 1)
            quotas += [quota] if quota not in quotas else []
        return [[*head, *quota] for quota in quotas]

    def _spans(self, child: str) -> None:
        for number in range(self.chance.choice((1, 1, 1, 2, 3)) - self.slip()):
            first = self.first - timedelta(days=20) if not number and not self.slip() else None
            first = first or self.chance.choice((self.first - timedelta(days=3), self.edge(), self.day(10, 5)))
            last = self.chance.choice((None, None, None, None, max(first, self.edge()), max(first, self.day(0, 10))))
            row = [child, f"XY-{child}-{number}", self.cell(first), self.cell(last), self.chance.choice(("纸质", None))]
            self.sheets["协议"].append([*row, self.cell(self.chance.choice((None, self.day(9, 9))))])
        begun: set[date] = set()
        for _ in range(self.chance.choice((0, 0, 0, 0, 0, 1, 2))):
            first = self.day(5, 5)
            last = self.chance.choice((None, *[first + timedelta(days=days) for days in (0, 2, 6, 13)]))
            if first not in begun:
                begun.add(first)
                self.sheets["暂停"].append([child, self.cell(first), self.cell(last), None])

    def _lessons(self, child: str, start: int) -> None:
        slots = self.chance.sample(range(7), self.chance.choice((0, 1, 1, 2)))
        slots += slots[:1] * self.often(0.3)
        hours = list(dict.fromkeys((start, *STARTS)))  # two hours of a day that begin alike would be one
        for weekday, begins in zip(slots, self.chance.sample(hours, len(slots)), strict=True):
            ends = begins + self.chance.choice((40, 60, 80, 90))
            first = self.chance.choice((self.first, self.day(10)))
            last = self.chance.choice((None, None, max(first, self.day())))
            when = ["一二三四五六日"[weekday], self.hour(begins), self.hour(ends), self.cell(first), self.cell(last)]
            self.sheets["日程"].append([child, self.chance.choice(self.teachers), *when])
        missed = self._absences(child, slots)
        usual = self.chance.choice(self.teachers)
        day = self.first - timedelta(days=self.chance.randint(0, 12))
        while day <= self.last + timedelta(days=12):
            ends = start
            for _ in range(self.chance.choice((0, 2, 2, 3)) if self.slip() or self.often(0.1) else 1):
                ends = self._visit(child, day, missed, usual, ends)
            day += timedelta(days=self.chance.choice((1, 3, 4, 5, 7, 7, 9)))

    def _absences(self, child: str, slots: Sequence[int]) -> list[date]:
        missed: dict[date, None] = {}
        for _ in range(self.chance.choice((0, 2, 4, 8))):
            day = self.day(5, 5)
            if slots and self.often(0.6):
                day += timedelta(days=self.chance.choice(slots) - day.weekday())
            missed[day] = None
        for day in missed:
            minutes = self.chance.choice((None, None, 0, 35, 79, 80, 89, 120, 400))
            approved = self.chance.choice(("是", "是", "是", "否", None))
            row = [child, self.cell(day), self.chance.choice(REASONS[:4] + REASONS), minutes, approved]
            self.sheets["缺课"].append(row)
        return list(missed)

    def _visit(self, child: str, day: date, missed: Sequence[date], teacher: str, start: int) -> int:
        """Write down a visit, and say when it ends."""
        if self.slip() or start > 1260:
            start = self.chance.choice(STARTS)
        minutes = self.chance.choice(DURATIONS if self.slip() else LONG_DURATIONS)
        seconds = self.chance.choice((0,) * 9 + (1, 30, 59)), self.chance.choice((0,) * 9 + (1, 30, 59))
        teachers = list(
            dict.fromkeys([teacher, *self.chance.sample(self.teachers, self.chance.choice((0, 0, 0, 0, 1, 2)))])
        )
        if self.slip():
            teachers = self.chance.sample(self.teachers, 1)
        mode = self.chance.choice(("社区", "机构", "远程", "远程")) if self.often(0.4) else "入户"
        said = self.chance.choice(("未确认", None, "有异议")) if self.slip() else "已确认"
        repays = self._missed(day, missed) if self.often(0.35) else None
        void = "是" if self.often(self.disorder / 5) else self.chance.choice((None, None, "否"))
        hours = self.hour(start, seconds[0]), self.hour(start + minutes, seconds[1])
        row = [f"V{len(self.sheets['送教记录']):05}", child, self.cell(day), *hours, "、".join(teachers)]
        self.sheets["送教记录"].append([*row, mode, said, self.cell(repays), void, self.chance.choice((None, "沟通"))])
        return start + minutes

    def _missed(self, day: date, missed: Sequence[date]) -> date:
        """A date that a make-up may name: about the ends of the window, or anywhere."""
        apart = self.chance.choice((-8, -7, -7, -6, -1, 0, 1, 3, 4, 6, 7, 7, 8, 13, 14, 14, 15, 30, 31))
        choices = [*[day - timedelta(days=apart)] * 4, self.day(9, 9), self.edge(), *missed[:2]]
        return self.chance.choice(choices)

    def _leave_out(self) -> None:
        """A list with nothing in it may be there or not; the visits may stand in any order."""
        for name in ("暂停", "日程", "缺课", "指标"):
            if len(self.sheets[name]) == 1 and self.often(0.5):
                del self.sheets[name]
        if self.often(0.03):
            del self.sheets[self.chance.choice(("协议", "送教记录"))][1:]
        if self.often(0.4):
            heads, *rows = self.sheets["送教记录"]
            self.sheets["送教记录"] = [heads, *self.chance.sample(rows, len(rows))]
