"""Which words does a bureau write for the product's values?

Each table leads from a word to a value. Where two words mean one value, messages
offer the first.
"""

from types import MappingProxyType

from hometeach.agreements.rules import SigningRoute
from hometeach.people.rules import DisabilityType, FamilyCategory, Sex, UnitKind
from hometeach.programmes.rules import FigurePeriod, Qualifier
from hometeach.schedule.rules import Metric, Mode, PartialPeriod, PeriodKind, RuleScope
from hometeach.visits.rules import Confirmation

WEEKDAYS = MappingProxyType(
    {f"{before}{day}": number for before in ("", "周", "星期") for number, day in enumerate("一二三四五六日")}
    | {"天": 6, "周天": 6, "星期天": 6}
)
YES_NO = MappingProxyType({"是": True, "否": False})
SEXES = MappingProxyType({"男": Sex.MALE, "女": Sex.FEMALE})
UNIT_KINDS = MappingProxyType({"特殊教育学校": UnitKind.SPECIAL_SCHOOL, "普通学校": UnitKind.SCHOOL})
DISABILITY_TYPES = MappingProxyType(
    {
        "视力": DisabilityType.VISUAL,
        "听力": DisabilityType.HEARING,
        "言语": DisabilityType.SPEECH,
        "肢体": DisabilityType.PHYSICAL,
        "智力": DisabilityType.INTELLECTUAL,
        "精神": DisabilityType.MENTAL,
        "多重": DisabilityType.MULTIPLE,
    }
)
DISABILITY_LEVELS = MappingProxyType(
    {f"{level}级": number for level, number in zip("一二三四1234", (1, 2, 3, 4) * 2, strict=True)}
    | {str(number): number for number in range(1, 5)}
)
FAMILY_CATEGORIES = MappingProxyType(
    {
        "脱贫户": FamilyCategory.LIFTED,
        "监测对象": FamilyCategory.MONITORED,
        "低保": FamilyCategory.MINIMUM_LIVING,
        "特困供养": FamilyCategory.DESTITUTE,
        "家庭经济困难残疾学生": FamilyCategory.DISABLED_HARDSHIP,
        "孤儿": FamilyCategory.ORPHAN,
        "事实无人抚养儿童": FamilyCategory.DE_FACTO_UNATTENDED,
        "无": FamilyCategory.NONE,
    }
)
MODES = MappingProxyType({"入户": Mode.HOME, "社区": Mode.COMMUNITY, "机构": Mode.INSTITUTION, "远程": Mode.REMOTE})
SCOPES = MappingProxyType({"全局": RuleScope.BUREAU, "学校": RuleScope.SCHOOL, "学生": RuleScope.CHILD})
PARTIAL_PERIODS = MappingProxyType(
    {"按比例": PartialPeriod.PRORATE, "全额": PartialPeriod.FULL, "仅完整周期": PartialPeriod.WHOLE_ONLY}
)
PERIODS = MappingProxyType(
    {
        "周": PeriodKind.WEEK,
        "双周": PeriodKind.FORTNIGHT,
        "月": PeriodKind.MONTH,
        "学期": PeriodKind.TERM,
        "学年": PeriodKind.SCHOOL_YEAR,
    }
)
METRICS = MappingProxyType({"次": Metric.SESSIONS, "课时": Metric.CLASS_HOURS, "分钟": Metric.MINUTES})
CALENDAR_KINDS = MappingProxyType({"学期": "term", "停课": "closure", "放假": "holiday", "调休": "shifted"})
SIGNING_ROUTES = MappingProxyType(
    {
        "纸质": SigningRoute.PAPER,
        "手机": SigningRoute.PHONE,
        "当面": SigningRoute.IN_PERSON,
        "到校": SigningRoute.OFFICE,
    }
)
CONFIRMATIONS = MappingProxyType(
    {
        "已确认": Confirmation.CONFIRMED,
        "未确认": Confirmation.UNCONFIRMED,
        "有异议": Confirmation.DISPUTED,
    }
)
REASONS = MappingProxyType(
    {
        "学生生病、住院": "ill",
        "家庭外出": "family_away",
        "家长拒绝当次": "refused",
        "恶劣天气、道路中断": "weather",
        "疫情、停课": "closure",
        "学校统一活动": "school_event",
        "教师请假": "teacher_leave",
        "其他": "other",
    }
)
FIGURE_PERIODS = MappingProxyType(
    {
        "年度": FigurePeriod.YEAR,
        "区间": FigurePeriod.RANGE,
        "时点": FigurePeriod.AS_OF,
        "事件": FigurePeriod.EVENT,
        "学年": FigurePeriod.SCHOOL_YEAR,
        "学期": FigurePeriod.TERM,
        "月": FigurePeriod.MONTH,
    }
)
QUALIFIERS = MappingProxyType({"约": Qualifier.APPROX, "多": Qualifier.MORE_THAN})
