"""Workbooks for tests and trials: the sample with changes, hostile files, and whole invented counties."""

import copy
import io
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from hometeach.workbook.layout import SHEETS
from hometeach.workbook.words import DISABILITY_TYPES, FAMILY_CATEGORIES, REASONS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SAMPLE = EXAMPLES / "county.xlsx"
SECOND = EXAMPLES / "second" / "county.xlsx"
Rows = list[list[Any]]
Sheets = dict[str, Rows]


def rows_of(path: Path = SAMPLE) -> Sheets:
    """Every sheet of a workbook as rows, headings first; the row numbers of the file are the indices plus one."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    finally:
        book.close()


def set_cell(sheets: Sheets, sheet: str, row: int, head: str, value: Any) -> None:
    """Write into one cell, named as people name it."""
    rows = sheets[sheet]
    rows[row - 1][rows[0].index(head)] = value


def write(path: Path, sheets: Sheets) -> Path:
    """Write the rows as a workbook."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def changed_sample(path: Path, change: Callable[[Sheets], object], base: Path = SAMPLE) -> Path:
    """The sample with a change, written to a path."""
    sheets = copy.deepcopy(rows_of(base))
    change(sheets)
    return write(path, sheets)


def of_few_children(sheets: Sheets, most: int = 6) -> Sheets:
    """The same lists with the first few children only: enough for most questions, and quick."""
    few = {row[0] for row in sheets["学生"][1 : most + 1]}
    kept = dict(sheets)
    for name in ("学生", "协议", "暂停", "日程", "送教记录", "缺课"):
        place = sheets[name][0].index("编号" if name == "学生" else "学生编号")
        kept[name] = [sheets[name][0], *(row for row in sheets[name][1:] if row[place] in few)]
    return kept


def with_twenty_faults(sheets: Sheets) -> None:
    """Twenty slips of different kinds, in every sheet."""
    for sheet, row, head, value in (
        ("学校", 4, "类型", "小学"),
        ("教师", 3, "学校代码", "X99"),
        ("教师", 6, "手机号", "1234567"),
        ("学生", 5, "公民身份号码", "431302201604139989"),
        ("学生", 8, "出生日期", "2012-02-30"),
        ("学生", 9, "编号", "S0007"),
        ("学生", 12, "姓名", None),
        ("送教规则", 3, "每次最少分钟", 90),
        ("校历", 3, "名称", "第一学期"),
        ("协议", 4, "终止日期", "2026-01-01"),
        ("暂停", 3, "起始日期", "下周"),
        ("日程", 6, "星期", "八"),
        ("日程", 7, "结束时间", "08:00"),
        ("送教记录", 10, "离开时间", "25:61"),
        ("送教记录", 20, "教师工号", "T008、T999"),
        ("送教记录", 30, "方式", "飞行"),
        ("送教记录", 40, "记录号", "V000038"),
        ("缺课", 5, "原因", "睡过头"),
        ("缺课", 9, "计划分钟", "一小时"),
        ("指标", 2, "指标代码", "A4-03"),
    ):
        set_cell(sheets, sheet, row, head, value)


# --- hostile files ---


def repacked(
    change: Callable[[str, bytes], bytes | None] = lambda name, content: content,
    extra: Iterable[tuple[str, bytes]] = (),
    base: Path = SAMPLE,
) -> bytes:
    """The sample's container with members changed (None: left out) and others added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(base) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
        for name, content in extra:
            target.writestr(name, content)
    return packed.getvalue()


def with_in_sheet(number: int, before: bytes, put: bytes, base: Path = SAMPLE) -> bytes:
    """The sample with bytes put before the first occurrence of others in one sheet's XML."""

    def change(name: str, content: bytes) -> bytes:
        return content.replace(before, put + before, 1) if name.endswith(f"/sheet{number}.xml") else content

    return repacked(change, base=base)


# --- invented counties ---

FAMILY_NAMES = "陈黄唐吴曾刘李王张周胡林高董赵钱孙郑冯蒋沈韩杨朱秦许何吕"
GIVEN_NAMES = "诚芳晨子军艳敏佳杰丽思勇涵浩鹏梓英磊慧静娟嘉华平安宁乐康文武明亮"
TOWNS = ("山枣镇", "月山镇", "石柱乡", "龙洞镇", "白沙乡", "泉塘镇", "栗山镇", "梅桥镇")
TERMS = (
    (date(2025, 9, 1), date(2026, 1, 23), "2025-2026学年第一学期"),
    (date(2026, 3, 2), date(2026, 7, 10), "2025-2026学年第二学期"),
    (date(2026, 9, 1), date(2027, 1, 22), "2026-2027学年第一学期"),
)
#: Visits of an invented county are written down up to this day.
RECORDED_UNTIL = date(2026, 11, 22)
STARTS = ("08:30", "09:00", "10:00", "11:00", "14:00", "14:30", "15:30", "16:30")
#: Rules as lines: one word for each heading of RULE_HEADS, "·" for a blank cell.
RULE_HEADS = (
    "规则代码 生效日期 失效日期 适用范围 适用代码 每次最少分钟 每课时分钟 最少教师人数 计入方式 远程上限每学期",
    "每日最多计次 需家长确认 补送期限天 不足周期 周期 计量 最低数",
)
PLAIN_RULES = (
    "R-1 2025-09-01 · 全局 · 60 40 1 入户、社区、机构 · 1 否 14 按比例 周 次 1",
    "R-1 2025-09-01 · 全局 · 60 40 1 入户、社区、机构 · 1 否 14 按比例 月 课时 4",
)
#: Every kind of scope, quota, metric and partial period, with a gap and an overlap between rules.
EVERY_RULE = (
    "R-1 2025-09-01 2026-03-31 全局 · 60 40 1 入户、社区、机构 · 1 否 14 按比例 周 次 1",
    "R-1 2025-09-01 2026-03-31 全局 · 60 40 1 入户、社区、机构 · 1 否 14 按比例 学期 课时 30",
    "R-2 2026-04-06 · 全局 · 45 45 1 入户、社区、机构、远程 3 2 否 7 全额 双周 分钟 90",
    "R-2 2026-04-06 · 全局 · 45 45 1 入户、社区、机构、远程 3 2 否 7 全额 学年 课时 60",
    "R-3 2026-09-01 · 全局 · 80 40 1 入户、社区 0 1 否 0 仅完整周期 周 次 2",
    "R-3 2026-09-01 · 全局 · 80 40 1 入户、社区 0 1 否 0 仅完整周期 月 课时 8",
    "R-S 2026-03-02 · 学校 X01 40 35 2 入户 · 1 是 14 按比例 学期 次 12",
    "R-C 2026-09-14 2026-12-31 学生 S00007 30 30 1 远程、入户 5 3 否 30 全额 月 分钟 200",
)


def make_county(
    path: Path, children: int = 310, visits: int = 12_000, seed: int = 1, rules: Sequence[str] = EVERY_RULE
) -> Path:
    """Write the lists of an invented county: so many children, about so many visits, the same for the same seed."""
    chance = random.Random(seed)
    schools = max(4, children // 20)
    teachers = [f"T{number:04}" for number in range(1, max(8, children // 2) + 1)]
    sheets: Sheets = {layout.sheet: [[column.head for column in layout.columns]] for layout in SHEETS}
    sheets["学校"] += [_school(number, chance) for number in range(schools)]
    sheets["教师"] += [_teacher(code, chance, schools) for code in teachers]
    sheets["送教规则"] = [" ".join(RULE_HEADS).split(), *(_rule(line) for line in rules)]
    sheets["校历"] += [[first, last, "学期", name] for first, last, name in TERMS]
    sheets["校历"] += [[date(2026, 4, 21), date(2026, 4, 22), "停课", "强降雨停课"]]
    plans = [_plan(chance, teachers) for _ in range(children)]
    weeks = _weeks(visits, children)
    for number, plan in enumerate(plans, start=1):
        code = f"S{number:05}"
        sheets["学生"].append(_child(code, number, plan, chance, schools))
        sheets["日程"].append(_slot(code, plan))
        sheets["协议"] += _agreements(code, chance)
        _add_lessons(sheets, code, plan, weeks, chance, teachers)
    if children > 8:
        sheets["暂停"].append(["S00009", date(2026, 9, 21), date(2026, 10, 16), "住院"])
    sheets["指标"].append(["A1-01", "全市", "年度", "2026-01-01", "2026-12-31", 4641, None, None, "业务股室报表"])
    return write(path, sheets)


def id_number(region: str, born_on: date, order: int) -> str:
    """A well-formed number for an invented person: odd orders are male."""
    body = f"{region}{born_on:%Y%m%d}{order:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def _rule(line: str) -> list[Any]:
    return [None if word == "·" else int(word) if word.isdigit() else word for word in line.split()]


def _school(number: int, chance: random.Random) -> list[Any]:
    kind = "普通学校" if number else "特殊教育学校"
    return [f"X{number:02}", f"第{number}中心小学", kind, chance.choice(TOWNS), 27.7 + number / 100, 112.0]


def _teacher(code: str, chance: random.Random, schools: int) -> list[Any]:
    return [code, _name(chance), f"X{chance.randrange(schools):02}", _phone(chance), "特教", date(2026, 7, 2)]


def _plan(chance: random.Random, teachers: Sequence[str]) -> tuple[str, int, str, int]:
    """(teacher, weekday, start, minutes)."""
    return chance.choice(teachers), chance.randrange(5), chance.choice(STARTS), chance.choice((60, 80, 90, 120))


def _slot(code: str, plan: tuple[str, int, str, int]) -> list[Any]:
    teacher, weekday, start, minutes = plan
    return [code, teacher, "一二三四五"[weekday], start, _later(start, minutes), TERMS[0][0], None]


def _child(code: str, number: int, plan: tuple[str, int, str, int], chance: random.Random, schools: int) -> list[Any]:
    born_on = date(2011, 1, 1) + timedelta(days=chance.randrange(3000))
    sex = chance.randrange(2)
    person = id_number("431302", born_on, (2 * number + sex) % 1000)
    disability, level = chance.choice(list(DISABILITY_TYPES)), chance.choice(("一级", "二级", "三级"))
    family, serving = chance.choice(list(FAMILY_CATEGORIES)), f"X{chance.randrange(schools):02}"
    town = chance.choice(TOWNS)
    who = [code, None, _name(chance), "男" if sex else "女", born_on, person, disability, level, None, family]
    where = [f"X{chance.randrange(schools):02}", serving, plan[0], _name(chance), "母亲", _phone(chance)]
    return [*who, *where, f"{town}大塘村{number}组", town, 27.8, 111.9, "需专人照护", date(2025, 8, 20)]


def _agreements(code: str, chance: random.Random) -> Iterator[list[Any]]:
    for turn, (first, last, _) in enumerate(TERMS, start=1):
        begins = first + timedelta(days=chance.choice((0, 0, 0, 0, 3, 14)))
        yield [code, f"XY{code}-{turn}", begins, last, "纸质", begins - timedelta(days=3)]


def _weeks(visits: int, children: int) -> list[date]:
    """As many Mondays, the latest ones, as give each child its share of the visits."""
    mondays = []
    for first, last, _ in TERMS:
        monday = first - timedelta(days=first.weekday())
        while monday <= min(last, RECORDED_UNTIL - timedelta(days=6)):
            mondays.append(monday)
            monday += timedelta(days=7)
    wanted = max(1, round(visits / children / 0.95))
    repeated = [monday for monday in mondays for _ in range(-(-wanted // len(mondays)))]
    return repeated[-wanted:]


def _add_lessons(
    sheets: Sheets,
    code: str,
    plan: tuple[str, int, str, int],
    weeks: Sequence[date],
    chance: random.Random,
    teachers: Sequence[str],
) -> None:
    """A visit or an absence for each week, with the slips of real lists in between."""
    teacher, weekday, start, minutes = plan
    missed: set[date] = set()
    for turn, monday in enumerate(weeks):
        day = monday + timedelta(days=(weekday + turn - weeks.index(monday)) % 6)
        if chance.random() < 0.05 and day not in missed:
            missed.add(day)
            reason, approved = chance.choice(list(REASONS)), chance.choice("是是是否")
            sheets["缺课"].append([code, day, reason, chance.choice((None, minutes)), approved])
            continue
        repays = chance.choice(sorted(missed)) if missed and chance.random() < 0.3 else None
        given = minutes - chance.choice((0, 0, 0, 0, 0, 5, 25))
        with_whom = dict.fromkeys([teacher, *([chance.choice(teachers)] if chance.random() < 0.3 else [])])
        mode = chance.choices(("入户", "社区", "机构", "远程"), (85, 5, 5, 5))[0]
        said = chance.choices(("已确认", "未确认", "有异议"), (90, 8, 2))[0]
        void = "是" if chance.random() < 0.01 else None
        number = f"V{len(sheets['送教记录']):06}"
        hours = (_later(start, chance.choice((0, 0, 3, -5))), _later(start, given))
        sheets["送教记录"].append(
            [number, code, day, *hours, "、".join(with_whom), mode, said, repays, void, "沟通：图片交换"]
        )


def _later(start: str, minutes: int) -> str:
    hour, minute = map(int, start.split(":"))
    total = hour * 60 + minute + minutes
    return f"{total // 60:02}:{total % 60:02}"


def _name(chance: random.Random) -> str:
    return chance.choice(FAMILY_NAMES) + "".join(chance.choices(GIVEN_NAMES, k=chance.choice((1, 2))))


def _phone(chance: random.Random) -> str:
    return f"12{chance.randrange(10**9):09}"
