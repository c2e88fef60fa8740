"""Which placeholders may a clause hold, and what do they stand for?

A placeholder is a name in braces: ``{学生姓名}``. What stands in its place is
gathered when an agreement is drawn up; the longest that a bureau's data can be
is what a preview is printed with.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: A name in braces, or a brace that belongs to none.
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One name, with an example of what will stand there and the longest that can."""

    name: str
    example: str
    longest: str


PLACEHOLDERS = (
    Placeholder("协议编号", "XY-2026-0001", "XY-2026-9999"),
    Placeholder("起草日期", "2026年8月29日", "2026年12月31日"),
    Placeholder(
        "学校名称", "月山镇中心小学", "湘西土家族苗族自治州吉首市特殊教育学校（特殊教育资源中心）马颈坳镇隘口教学点" * 2
    ),
    Placeholder(
        "学校地址",
        "月山镇解放路8号",
        "湘西土家族苗族自治州吉首市马颈坳镇隘口村第十七村民小组老供销社对面二层办公楼东侧" * 3,
    ),
    Placeholder("学校负责人", "何校长", "阿卜杜热合曼·麦麦提吐尔逊·艾力"),
    Placeholder("学校电话", "0743-8123456", "0743-81234567转80012"),
    Placeholder("教育局名称", "X市教育局", "湘西土家族苗族自治州吉首市教育和体育局（特殊教育专家委员会办公室）" * 2),
    Placeholder("教育局电话", "0743-8765432", "0743-87654321转80034"),
    Placeholder(
        "监护人",
        "吴桂兰（祖母，电话138****5678，身份证4****************3）",
        "；".join(
            f"{name}（{relation}，电话138****5678，身份证4****************X）"
            for name, relation in (
                ("阿卜杜热合曼·麦麦提吐尔逊", "父亲"),
                ("古丽努尔·阿卜杜热合曼·麦麦提", "母亲（委托外祖母代为照看）"),
                ("䶮堃喆·翀赟祎玥", "村民委员会指定的监护人"),
                ("𬱖㛃犇", "外祖母"),
            )
        ),
    ),
    Placeholder(
        "监护人姓名", "吴桂兰", "阿卜杜热合曼·麦麦提吐尔逊、古丽努尔·阿卜杜热合曼·麦麦提、䶮堃喆·翀赟祎玥、𬱖㛃犇"
    ),
    Placeholder("照护人", "无", "阿依古丽·麦麦提吐尔逊·艾力（外祖母）、䶮堃喆（邻居）、翀赟祎（村妇联主任）"),
    Placeholder("学生姓名", "安安", "穆罕默德江·阿卜杜热合曼·麦麦提吐尔逊"),
    Placeholder("学生编号", "S0001", "4331302026SJ0000000000000000123"),
    Placeholder("学籍号", "G****************3", "G**********************X"),
    Placeholder(
        "送教地点",
        "月山镇大塘村17组",
        "湘西土家族苗族自治州吉首市马颈坳镇隘口村第十七村民小组（村部以北过桥后右侧第三栋木房）" * 3,
    ),
    Placeholder("送教方式", "入户", "入户、社区、机构、远程"),
    Placeholder("起始日期", "2026年9月1日", "2026年12月31日"),
    Placeholder("截止日期", "2027年7月9日", "2027年12月31日"),
    Placeholder("送教频次", "每周1次", "每周2次、每双周4次、每月8次、每学期40次、每学年216课时、每学年12,960分钟"),
    Placeholder("每次时长", "60分钟", "120分钟"),
    Placeholder(
        "日程",
        "周二15:00–16:15",
        "、".join(f"周{day}08:30–10:30（第{n}位教师）" for n, day in enumerate("一二三四五六日", 1)),
    ),
    Placeholder(
        "送教内容",
        "生活自理、语言与沟通",
        "感知觉、粗大动作、精细动作、生活自理、生活适应、语言与沟通、认知、社会交往、情绪行为、康复训练、家长指导",
    ),
    Placeholder(
        "送教教师",
        "林老师",
        "、".join(("阿卜杜热合曼·麦麦提吐尔逊", "䶮堃喆", "翀赟祎", "玥𬱖㛃", "犇老师", "古丽努尔·阿卜杜热合曼")),
    ),
    Placeholder(
        "规则名称",
        "《X市送教上门工作规程》（X教发〔2026〕11号）",
        "《湘西土家族苗族自治州适龄重度残疾儿童少年送教上门工作管理办法（试行）实施细则》（州教体联发〔2026〕第111号）"
        * 2,
    ),
    Placeholder("规则代码", "XJ-2026-11", "XJ-2026-11-4331302026SJ0000000000000123"),
    Placeholder("补送天数", "14", "60"),
    Placeholder("改期提前天数", "1", "3"),
)
NAMES = frozenset(one.name for one in PLACEHOLDERS)
EXAMPLES = {one.name: one.example for one in PLACEHOLDERS}
LONGEST = {one.name: one.longest for one in PLACEHOLDERS}


def placeholders_in(text: str) -> list[str]:
    """The names in braces, each once, in order; a brace that belongs to none is told as itself."""
    found = (match.group(1) if match.group(1) is not None else match.group(0) for match in _BRACES.finditer(text))
    return list(dict.fromkeys(found))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced.

    Raises: KeyError for a name that has no value.
    """
    return _BRACES.sub(lambda match: values[match.group(1)], text)
