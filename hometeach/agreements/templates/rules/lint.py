"""Which words may not stand in an agreement?

A blanket waiver for injury, a renewal that nobody signs, a fee, a service that
depends on a photo, a placeholder that nothing stands for. What looks like one
and is not must pass: "the school bears liability by law", "is not renewed by
itself". So each pattern says beside what it finds which words before, within
or after it turn it into its opposite.

Source: Civil Code 496, 497, 506, 1199-1201; Compulsory Education Law 2;
Personal Information Protection Law 16; the form F05.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hometeach.agreements.templates.rules.blocks import IN_PRINT, Block
from hometeach.agreements.templates.rules.placeholders import NAMES, placeholders_in
from hometeach.agreements.templates.rules.plain import Plain, plain


class Fault(StrEnum):
    """Why a wording is refused."""

    MISSING_BLOCK = "missing_block"
    WAIVER = "waiver"
    RENEWAL = "renewal"
    FEE = "fee"
    PHOTO_CONDITION = "photo_condition"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a text: which fault, and the words as they stand there."""

    fault: Fault
    words: str
    #: The missing block.
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for, and what around it turns it into something else."""

    fault: Fault
    found: re.Pattern[str]
    #: Directly before it, or with few words between: a "not" that governs it.
    unless_before: re.Pattern[str] | None = None
    #: In the words found themselves.
    unless_within: re.Pattern[str] | None = None
    #: In the same sentence behind it.
    unless_after: re.Pattern[str] | None = None
    #: What the sentence must speak of for it to be a fault.
    only_about: re.Pattern[str] | None = None


_SCHOOL = "(?:甲方|学校|我校|本校|校方|教师|老师|教育局|教育部门|送教人员|送教教师|工作人员|资源中心)"
_FAMILY = "(?:乙方|家长|监护人|家庭|学生|家属|照护人|本人|我方|其)"
_ALL = "(?:任何|一切|全部|所有|丝毫|半点|完全|相关|其他|的|之|形式|性质|上)*"
_KIND = "(?:法律|赔偿|民事|刑事|行政|经济|连带|医疗|安全|侵权|人身|监护|管理|看护|损害|补偿|及|和|或|与)*"
_SELF = "(?:自行|自己|独自|全部|全权|完全|独立|一力|单独|概|均|都|全|一律)*"
_NO = "(?:不|不再|均不|都不|概不|一概不|一律不|绝不|不予|无需|无须|不需|不必|毋须|不用|不应|不会)"
#: A sentence that forbids, voids or excludes the waiver.
_FORBIDDEN = re.compile(
    "(?:不得|不能|不可|不许|禁止|严禁|不应|无权|没有)(?:以|用|通过|在|将|把|有|作出|写入|出现|包含|约定|规定|声明|主张|要求|设置|设立|签订|借|据此|因此|对|凡)[^，]{0,24}$"
    "|(?:不|不得|不能|并不|也不|不因此)(?:免除|减轻|免责|意味|表示|等于|排除|影响)[^，]{0,12}$|(?:不存在|不适用)[^，]{0,12}$"
)
_VOID = re.compile("^[^，]{0,8}(?:无效|不发生效力|不具有法律效力|不得写入|不得约定|是违法|属违法)")
_LAWFUL = re.compile("(?:依法|依照|按照|根据|依据).{0,24}$|(?:没有|无)过错的?，?$|法律规定的?，?$")
_INJURY = re.compile(
    "伤|亡|死|人身|意外|事故|安全|身体|生命|疾病|发病|病情|病发|摔|跌|烫|烧|溺|走失|癫痫|抽搐|过敏|窒息|自残|咬|损害|后果|风险|危险|健康|急救|途中|路上|期间|过程|任何|一切|问题"
)


def _pattern(fault: Fault, found: str, **around: re.Pattern[str]) -> Pattern:
    return Pattern(fault, re.compile(found), **around)


#: Words that release from everything: no law beside them makes them right.
_BLANKET = (
    "概不(?:负责|承担|负|追究|过问|赔偿|理赔|担责)",
    f"(?:一概|一律|完全|绝对|统统){_NO}?(?:不)?(?:负责|承担责任|担责|赔偿|赔|管)(?<!一律负责)(?<!完全负责)(?<!一概负责)",
    f"(?:不|不再|不予|不会|无需|无须|不必|不用|不应|没有|无|毋须)(?:再|会|予|要|须)?(?:承担|负担|担负|负有|负|担|有)?(?:任何|一切|全部|所有|丝毫|半点){_ALL}{_KIND}(?:责任|义务和责任)",
    "(?:后果|责任|风险|安全|生死|伤亡|意外|事故|损失|医药费|医疗费)(?:均|都|全|全部|一律|概|完全|须|应|应当)?(?:由[^，]{0,6})?自负",
    "(?:自担|自负|自行承担|自己承担|自行负担)(?:一切|全部|所有|任何|其|的|相关)*(?:风险|后果|责任|安全|损失)",
    "自负其责|自承风险|生死有命|听天由命",
    f"(?:均|都|一概|一律|概)?(?:与|和|同|跟){_SCHOOL}(?:和|与|及|或|、)*{_SCHOOL}?(?:一概|完全|均|概|毫|没有|没|全|并|都|再|绝)?(?:无关|无涉|没有关系|没关系|无任何关系|不相干)",
    f"{_SCHOOL}(?:一概|概|均|完全|可|可以|得以|自动|将|应|应予|全部|全面)*(?:免责|免于承担|免于追责|豁免)",
    f"(?:免除|免去|豁免|解除|排除){_SCHOOL}(?:和|与|及|或|的|对|在|送教|期间|过程中|因|由此|产生|发生)*{_ALL}{_KIND}责任",
    f"{_SCHOOL}[^，]{{0,10}}(?:免除|免去|豁免)(?:任何|一切|全部|所有)(?:的)?{_KIND}责任",
    f"{_FAMILY}[^，]{{0,8}}(?:放弃|不得|不再|不能|不会|不|无权|承诺不|保证不|自愿不)[^，]{{0,10}}(?:追究|索赔|追责|起诉|诉讼|索要赔偿|要求赔偿|请求赔偿|提出赔偿|追偿|主张赔偿|主张责任|主张任何|主张权利)",
    "放弃[^，]{0,8}(?:追究|索赔|追责|起诉|诉讼|赔偿|求偿|申诉)",
)
#: Words that may be right beside the law, and are a waiver where they speak of injury alone.
_PARTIAL = (
    f"{_SCHOOL}[^，]{{0,6}}{_NO}(?:承担|负担|负有|负责|负|担责|担|赔偿|赔付){_KIND}(?:责任)?",
    f"{_NO}(?:承担|负担|担负|负有|负|担)(?:相应|相关|此|该|其|由此产生的|的)*{_KIND}责任",
    f"{_NO}(?:负责|担责|赔偿|赔付|理赔)",
    f"{_SCHOOL}(?:没有|没|无)(?:相关)?{_KIND}责任",
    f"(?:责任|后果|损失|风险|伤害|损害|赔偿|医疗费用?|医药费用?)(?:均|都|全|全部|一律|概|须|应|应当|将|等|由此)*(?:由|归|归于|让){_FAMILY}(?:和|或|及)*{_FAMILY}?{_SELF}(?:承担|负责|负担|担负|承受|解决|处理)",
    f"(?:由|归){_FAMILY}(?:和|或|及)*{_FAMILY}?{_SELF}(?:承担|负|担负|负担)(?:一切|全部|所有|任何|完全|主要)(?:的)?{_KIND}(?:责任|后果|损失)",
    f"{_FAMILY}(?:自行|自己|全权|完全|全部|独自)(?:负责|承担|解决|处理)",
)
#: A number, an amount, a way of paying.
_PAY = "(?:收取|收缴|缴纳|交纳|缴付|缴|交付|支付|付给|付|给付|负担|承担|预交|预缴|交|筹集|分摊)"
_MONEY = (
    "(?:费用|费|学费|路费|车费|交通费|材料费|教材费|资料费|误工费|伙食费|餐费|服务费|补课费|课时费|辅导费|押金"
    "|保证金|定金|订金|赞助费|赞助|捐资|酬金|报酬|红包|款项|款|钱|工本费|补贴|油费)"
)
_NO_FEE = re.compile(
    "(?:不|不得|不再|不会|不需|不需要|无需|无须|不必|不用|不准|不许|严禁|禁止|拒绝|免|免于|没有|未|均不|一律不|决不|不应)"
    "(?:以任何名义|以任何形式|以任何理由|以各种名义|变相|直接|间接|或者|或|再|额外|要求|让|向|任何|个人|收受|和|接受|或变相|乙方|家长|监护人|学生|家庭|私自|另行|另外|教师|甲方|费用|对)*$"
)
_RENEW = "(?:续期|续签|续约|续订|续展|延长|延期|顺延|延续|展期|接续|更新|转入下|进入下|生效下|滚动|往后延|再续)"
_NOT_RENEWED = re.compile(
    "(?:不|不得|不会|不能|不再|并不|并非|不是|不作|不予|禁止|没有|不可|绝不|不应|不许|不视|不默)$"
)
_TERM = re.compile("协议|合同|期限|期满|到期|届满|有效期|服务期|学年|届时|年|期")
_PHOTO = "(?:拍照|照相|照片|拍摄|摄影|录像|摄像|录影|影像|肖像|视频|录音|宣传)"
_SERVICE = "(?:送教|服务|上门|教学|上课|安排教师|协议|资助|派教师)"
_NOT_BOUND = re.compile("不影响|不因此|不作为|不以|不得|并不|均不受|照常|不改变|仍")

PATTERNS: tuple[Pattern, ...] = (
    *(_pattern(Fault.WAIVER, one, unless_before=_FORBIDDEN, unless_after=_VOID) for one in _BLANKET),
    *(
        _pattern(
            Fault.WAIVER,
            one,
            unless_before=re.compile(f"{_FORBIDDEN.pattern}|{_LAWFUL.pattern}"),
            unless_within=re.compile("依法|依照|违约"),
            unless_after=re.compile(f"{_VOID.pattern}|^(?:相应|应当承担的)|^[^，]{{0,4}}违约责任"),
            only_about=_INJURY,
        )
        for one in _PARTIAL
    ),
    _pattern(Fault.RENEWAL, f"自动(?:地)?{_RENEW}", unless_before=_NOT_RENEWED, unless_after=_VOID),
    _pattern(
        Fault.RENEWAL,
        f"(?:视为|视同|等同于?|推定(?:为)?|即为|默认(?:为)?|当作|算作|被认为)(?:乙方|双方|家长|监护人|甲方|同意|愿意|自愿|继续|本协议|协议|已|自动)*(?:{_RENEW}|继续有效|继续履行|继续接受)",
        unless_before=_NOT_RENEWED,
        unless_after=_VOID,
    ),
    _pattern(
        Fault.RENEWAL,
        f"(?:未|没有|无|不)(?:提出|书面|表示|作出|收到|任何|以|形式|另行|明确|主动|一方)*(?:异议|通知|终止|解除|反对|退出|表态|声明|提出)[^。]{{0,16}}(?:{_RENEW}|继续有效|继续履行|有效期(?:再|自)|再(?:执行|生效)一)",
        unless_within=re.compile("不(?:得|会|能|再)?(?:自动)?(?:续|延|顺延|展)|不视"),
        unless_after=_VOID,
    ),
    _pattern(
        Fault.RENEWAL,
        f"(?:协议|合同|期限|有效期|服务期)[^，]{{0,6}}(?:逐年|每年|自然|依次|相应|当然|无限期|无限|直接|一并){_RENEW}|(?:期满|到期|届满)(?:后|时|之后)?(?:仍|仍然|依然|继续|照样)(?:然)?(?:有效|履行|执行|生效)|(?:长期|永久|无限期|终身)有效",
        unless_before=_NOT_RENEWED,
    ),
    _pattern(
        Fault.FEE,
        f"{_PAY}[^，]{{0,12}}?{_MONEY}",
        unless_before=re.compile(
            f"{_NO_FEE.pattern}|(?:甲方|学校|教育局|财政|政府|本校|我校)(?:统一|全额|全部|依法|先行|和|或|另行|为教师|向教师|按规定|按照规定)*$"
        ),
        unless_within=re.compile("不"),
        unless_after=re.compile(
            "^(?:的)?(?:行为|均|一律|应|应当|都)?(?:可|可以|有权)?(?:被)?(?:属违规|禁止|不允许|拒绝|举报|退还|退回)"
        ),
    ),
    _pattern(
        Fault.FEE,
        f"(?:费用|学费|路费|车费|交通费|材料费|教材费|医疗费|餐费|伙食费|油费|资料费|教具费?)(?:均|全部|都|等)?(?:由|归){_FAMILY}(?:自行|自己|全部|共同)?(?:承担|负担|支付|出|解决|负责)|(?:费用|交通|食宿|餐费|车费|教材|教具|材料)自理|(?:乙方|家长|监护人)自费|有偿(?:服务|送教|补课|教学|提供)|(?:每次|每课时|每学期|每月|每年|每小时)\\d+元|{_FAMILY}(?:应|须|需|应当|必须)?(?:报销|补贴|酬谢|答谢|宴请|招待|管饭)",
        unless_before=re.compile(f"{_NO_FEE.pattern}|(?:没有|不存在|不是|并非|不属于|不得|禁止)[^，]{{0,4}}$"),
    ),
    _pattern(
        Fault.PHOTO_CONDITION,
        f"(?:不同意|拒绝|未同意|不接受|不配合|撤回|不授权|不允许|未签署|不签)[^。]{{0,10}}{_PHOTO}[^。]{{0,16}}?(?:不|停止|暂停|终止|取消|无法|拒绝|中止|减少|推迟|视为|解除)[^。]{{0,8}}{_SERVICE}",
        unless_within=_NOT_BOUND,
        unless_after=re.compile("^[^。]{0,6}(?:不影响|照常|继续|仍)"),
    ),
    _pattern(
        Fault.PHOTO_CONDITION,
        f"(?:同意|允许|授权|接受|配合|签署)[^。]{{0,10}}{_PHOTO}[^。]{{0,14}}?(?:方可|才能|才可|方能|才会|才予|后方|为前提|为条件|是前提|是条件|的前提|的条件)",
        unless_within=_NOT_BOUND,
        unless_before=re.compile("(?:不以|不得以|不把|不将|并非以|不得把|不得将|无需|不需)[^，]{0,8}$"),
    ),
    _pattern(
        Fault.PHOTO_CONDITION,
        f"{_FAMILY}(?:必须|应当|须|应|一律|有义务)(?:同意|允许|接受|授权|配合)[^。]{{0,10}}{_PHOTO}",
        unless_before=re.compile("(?:不得要求|不要求|不强迫|不得强迫|不认为|不因)[^，]{0,6}$"),
    ),
)


def faults_of(text: str) -> list[Finding]:
    """What may not stand in a text, in the order of the text; each stretch of words once for each fault."""
    read = plain(text)
    found = [*_unknown(text), *_deduplicated(read, _matches(read))]
    return sorted(found, key=lambda one: text.find(one.words))


def missing_blocks(present: Iterable[Block]) -> list[Finding]:
    """The blocks of which a version has no clause, in the order of print."""
    there = set(present)
    return [Finding(Fault.MISSING_BLOCK, "", block) for block in IN_PRINT if block not in there]


def _unknown(text: str) -> Iterator[Finding]:
    for name in placeholders_in(text):
        if name not in NAMES:
            yield Finding(Fault.UNKNOWN_PLACEHOLDER, name if name in ("{", "}") else f"{{{name}}}")


def _matches(read: Plain) -> Iterator[tuple[Fault, int, int]]:
    for pattern in PATTERNS:
        for match in pattern.found.finditer(read.letters):
            if _is_fault(read, pattern, match):
                yield pattern.fault, match.start(), match.end()


def _is_fault(read: Plain, pattern: Pattern, match: re.Match[str]) -> bool:
    before, after = read.before(match.start()), read.after(match.end())
    return not (
        _says(pattern.unless_before, before)
        or _says(pattern.unless_within, match.group())
        or _says(pattern.unless_after, after)
        or (pattern.only_about is not None and not pattern.only_about.search(before + match.group() + after))
    )


def _says(pattern: re.Pattern[str] | None, letters: str) -> bool:
    return pattern is not None and pattern.search(letters) is not None


def _deduplicated(read: Plain, matches: Iterable[tuple[Fault, int, int]]) -> list[Finding]:
    """Of words that two patterns find, the longer."""
    kept: list[tuple[Fault, int, int]] = []
    for fault, first, last in sorted(matches, key=lambda one: (one[1] - one[2], one[1])):
        if not any(fault is other and first < end and begin < last for other, begin, end in kept):
            kept.append((fault, first, last))
    return [Finding(fault, read.words(first, last)) for fault, first, last in sorted(kept, key=_place)]


def _place(match: tuple[Fault, int, int]) -> tuple[int, int]:
    return match[1:]
