"""Which lists does a bureau keep, under which headings, and what may stand in each column?

The layout as a table: one :class:`SheetLayout` for each sheet. Reading, checking,
comparing and applying all go by it; a new column is a new line here. Headings and
words are the bureau's own, codes are the product's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hometeach.agreements.rules import SigningRoute
from hometeach.programmes.rules import Qualifier
from hometeach.schedule.rules import Mode, PartialPeriod
from hometeach.visits.rules import Confirmation
from hometeach.workbook.words import (
    CALENDAR_KINDS,
    CONFIRMATIONS,
    DISABILITY_LEVELS,
    DISABILITY_TYPES,
    FAMILY_CATEGORIES,
    FIGURE_PERIODS,
    METRICS,
    MODES,
    PARTIAL_PERIODS,
    PERIODS,
    QUALIFIERS,
    REASONS,
    SCOPES,
    SEXES,
    SIGNING_ROUTES,
    UNIT_KINDS,
    WEEKDAYS,
    YES_NO,
)

#: What a cell holds once it is read.
Value = str | int | bool | float | date | tuple[str, ...] | None


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CODE = "code"
    CODES = "codes"
    DATE = "date"
    #: A time of day to the second, read as seconds after midnight.
    TIME = "time"
    #: A time of day to the minute, read as minutes after midnight.
    MINUTE = "minute"
    WHOLE = "whole"
    AMOUNT = "amount"
    DEGREES = "degrees"
    CHOICE = "choice"
    CHOICES = "choices"
    ID_NUMBER = "id_number"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its name in the product, and what may stand in it.

    ``required`` cells may not be blank; a blank one that is not required gives
    ``default``. ``personal`` values are never repeated in a message. ``choices``
    lead from the bureau's words to the product's values; ``refers`` names the
    sheet whose key the cell must hold. ``low`` and ``high`` include both ends;
    ``longest`` counts characters.
    """

    head: str
    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    personal: bool = False
    default: Value = None
    choices: Mapping[str, Value] = field(default_factory=dict)
    refers: str | None = None
    low: int | None = None
    high: int | None = None
    longest: int = 40


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One sheet: its name, the list that it fills, its key and its columns.

    ``key`` holds the fields that tell two rows apart; where ``grouped``, rows
    of one key are one record told over several rows. A ``required`` sheet must
    be there, and hold a row unless it ``may_be_empty``: a county begins with
    neither an agreement nor a visit.
    """

    sheet: str
    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    grouped: bool = False
    may_be_empty: bool = False

    def column(self, name: str) -> Column:
        """The column of a field."""
        return next(column for column in self.columns if column.name == name)


#: The minutes of a day: no session and no class hour is longer.
DAY_MINUTES = 1440
#: The corners of the country: they tell latitude from longitude where a list swapped them.
LATITUDE = Column("纬度", "latitude", Kind.DEGREES, low=3, high=54)
LONGITUDE = Column("经度", "longitude", Kind.DEGREES, low=73, high=136)
TOWNSHIP = Column("乡镇", "township")
OF_CHILD = Column("学生编号", "child", Kind.CODE, required=True, refers="学生", longest=32)

SCHOOLS = SheetLayout(
    "学校",
    "schools",
    ("code",),
    (
        Column("学校代码", "code", Kind.CODE, required=True, longest=32),
        Column("学校名称", "name", required=True, longest=80),
        Column("类型", "kind", Kind.CHOICE, required=True, choices=UNIT_KINDS),
        TOWNSHIP,
        LATITUDE,
        LONGITUDE,
    ),
    required=True,
)
TEACHERS = SheetLayout(
    "教师",
    "teachers",
    ("code",),
    (
        Column("工号", "code", Kind.CODE, required=True, longest=32),
        Column("姓名", "name", required=True, personal=True),
        Column("学校代码", "school", Kind.CODE, required=True, refers="学校", longest=32),
        Column("手机号", "phone", Kind.PHONE, personal=True),
        Column("专业", "specialism"),
        Column("从业查询日期", "record_checked_on", Kind.DATE),
    ),
    required=True,
)
CHILDREN = SheetLayout(
    "学生",
    "children",
    ("code",),
    (
        Column("编号", "code", Kind.CODE, required=True, longest=32),
        Column("学籍号", "roll_no", Kind.CODE, personal=True, longest=32),
        Column("姓名", "name", required=True, personal=True),
        Column("性别", "sex", Kind.CHOICE, required=True, choices=SEXES),
        Column("出生日期", "born_on", Kind.DATE, required=True),
        Column("公民身份号码", "id_number", Kind.ID_NUMBER, personal=True),
        Column("残疾类别", "disability_type", Kind.CHOICE, required=True, choices=DISABILITY_TYPES),
        Column("残疾等级", "disability_level", Kind.CHOICE, required=True, choices=DISABILITY_LEVELS),
        Column("残疾人证号", "disability_cert_no", Kind.CODE, personal=True),
        Column("家庭经济类别", "family_category", Kind.CHOICE, required=True, choices=FAMILY_CATEGORIES),
        Column("学籍学校代码", "roll_school", Kind.CODE, refers="学校", longest=32),
        Column("送教学校代码", "serving_school", Kind.CODE, required=True, refers="学校", longest=32),
        Column("责任教师工号", "responsible_teacher", Kind.CODE, refers="教师", longest=32),
        Column("监护人姓名", "guardian_name", personal=True),
        Column("监护人关系", "guardian_relation", longest=20),
        Column("监护人手机", "guardian_phone", Kind.PHONE, personal=True),
        Column("住址", "visit_address", personal=True, longest=200),
        TOWNSHIP,
        LATITUDE,
        LONGITUDE,
        Column("不能到校原因", "cannot_attend_reason", personal=True, longest=200),
        Column("安置日期", "placed_on", Kind.DATE),
    ),
    required=True,
)
RULES = SheetLayout(
    "送教规则",
    "rules",
    ("code",),
    (
        Column("规则代码", "code", Kind.CODE, required=True),
        Column("文号", "document_no", default="", longest=80),
        Column("生效日期", "effective_from", Kind.DATE, required=True),
        Column("失效日期", "effective_to", Kind.DATE),
        Column("适用范围", "scope", Kind.CHOICE, required=True, choices=SCOPES),
        Column("适用代码", "scope_key", Kind.CODE, default="", longest=32),
        Column("每次最少分钟", "min_minutes", Kind.WHOLE, required=True, low=1, high=DAY_MINUTES),
        Column("每课时分钟", "minutes_per_class_hour", Kind.WHOLE, default=40, low=1, high=DAY_MINUTES),
        Column("最少教师人数", "min_teachers", Kind.WHOLE, default=1, low=1, high=20),
        Column(
            "计入方式",
            "modes",
            Kind.CHOICES,
            default=(Mode.COMMUNITY, Mode.HOME, Mode.INSTITUTION),
            choices=MODES,
        ),
        Column("远程上限每学期", "remote_cap", Kind.WHOLE, low=0, high=1000),
        Column("每日最多计次", "max_per_day", Kind.WHOLE, default=1, low=1, high=20),
        Column("需家长确认", "confirmation_required", Kind.CHOICE, default=False, choices=YES_NO),
        Column("补送期限天", "make_up_days", Kind.WHOLE, default=14, low=0, high=400),
        Column("不足周期", "partial_period", Kind.CHOICE, default=PartialPeriod.PRORATE, choices=PARTIAL_PERIODS),
        Column("周期", "period", Kind.CHOICE, required=True, choices=PERIODS),
        Column("计量", "metric", Kind.CHOICE, required=True, choices=METRICS),
        Column("最低数", "minimum", Kind.WHOLE, required=True, low=0, high=1_000_000),
    ),
    required=True,
    grouped=True,
)
#: The columns of a rule that may differ between its rows: each row is one quota.
QUOTA_FIELDS = ("period", "metric", "minimum")
CALENDAR = SheetLayout(
    "校历",
    "calendar",
    ("kind", "effective_from", "name"),
    (
        Column("起始日期", "effective_from", Kind.DATE, required=True),
        Column("截止日期", "effective_to", Kind.DATE, required=True),
        Column("类型", "kind", Kind.CHOICE, required=True, choices=CALENDAR_KINDS),
        Column("名称", "name", default="", longest=80),
    ),
    required=True,
)
AGREEMENTS = SheetLayout(
    "协议",
    "agreements",
    ("number",),
    (
        OF_CHILD,
        Column("协议编号", "number", Kind.CODE, required=True),
        Column("生效日期", "effective_from", Kind.DATE, required=True),
        Column("终止日期", "effective_to", Kind.DATE),
        Column("签署方式", "route", Kind.CHOICE, default=SigningRoute.PAPER, choices=SIGNING_ROUTES),
        Column("签署日期", "signed_on", Kind.DATE),
    ),
    required=True,
    may_be_empty=True,
)
SUSPENSIONS = SheetLayout(
    "暂停",
    "suspensions",
    ("child", "effective_from"),
    (
        OF_CHILD,
        Column("起始日期", "effective_from", Kind.DATE, required=True),
        Column("截止日期", "effective_to", Kind.DATE),
        Column("原因", "reason", longest=80),
    ),
)
SLOTS = SheetLayout(
    "日程",
    "slots",
    ("child", "weekday", "start_minute", "effective_from"),
    (
        OF_CHILD,
        Column("教师工号", "teacher", Kind.CODE, required=True, refers="教师", longest=32),
        Column("星期", "weekday", Kind.CHOICE, required=True, choices=WEEKDAYS),
        Column("开始时间", "start_minute", Kind.MINUTE, required=True),
        Column("结束时间", "end_minute", Kind.MINUTE, required=True),
        Column("起始日期", "effective_from", Kind.DATE, required=True),
        Column("截止日期", "effective_to", Kind.DATE),
    ),
)
VISITS = SheetLayout(
    "送教记录",
    "visits",
    ("number",),
    (
        Column("记录号", "number", Kind.CODE, required=True),
        OF_CHILD,
        Column("日期", "held_on", Kind.DATE, required=True),
        Column("到达时间", "arrived_second", Kind.TIME, required=True),
        Column("离开时间", "left_second", Kind.TIME, required=True),
        Column("教师工号", "teachers", Kind.CODES, required=True, refers="教师", longest=32),
        Column("方式", "mode", Kind.CHOICE, required=True, choices=MODES),
        Column("家长确认", "confirmation", Kind.CHOICE, default=Confirmation.UNCONFIRMED, choices=CONFIRMATIONS),
        Column("补送原日期", "makes_up_for", Kind.DATE),
        Column("作废", "is_void", Kind.CHOICE, default=False, choices=YES_NO),
        Column("内容", "content", Kind.LONG_TEXT, personal=True, longest=2000),
    ),
    required=True,
    may_be_empty=True,
)
ABSENCES = SheetLayout(
    "缺课",
    "absences",
    ("child", "missed_on"),
    (
        OF_CHILD,
        Column("日期", "missed_on", Kind.DATE, required=True),
        Column("原因", "reason_code", Kind.CHOICE, required=True, choices=REASONS),
        Column("计划分钟", "planned_minutes", Kind.WHOLE, low=0, high=DAY_MINUTES),
        Column("学校批准", "is_approved", Kind.CHOICE, default=False, choices=YES_NO),
    ),
)
FIGURES = SheetLayout(
    "指标",
    "figures",
    ("code", "unit", "period_kind", "first", "last"),
    (
        Column("指标代码", "code", Kind.CODE, required=True, longest=16),
        Column("单位", "unit", required=True, longest=80),
        Column("周期类型", "period_kind", Kind.CHOICE, required=True, choices=FIGURE_PERIODS),
        Column("周期起", "first", Kind.DATE, required=True),
        Column("周期止", "last", Kind.DATE, required=True),
        Column("数值", "low", Kind.AMOUNT, required=True),
        Column("数值上限", "high", Kind.AMOUNT),
        Column("限定词", "qualifier", Kind.CHOICE, default=Qualifier.EXACT, choices=QUALIFIERS),
        Column("来源", "source_document", default="", longest=200),
    ),
)

#: Every sheet, in the order in which a later one refers to an earlier one.
SHEETS: tuple[SheetLayout, ...] = (
    SCHOOLS,
    TEACHERS,
    CHILDREN,
    RULES,
    CALENDAR,
    AGREEMENTS,
    SUSPENSIONS,
    SLOTS,
    VISITS,
    ABSENCES,
    FIGURES,
)
