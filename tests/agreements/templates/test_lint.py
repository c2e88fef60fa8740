"""What may not stand in an agreement, and what looks like it and may."""

import pytest

from hometeach.agreements.templates.default import default_wording
from hometeach.agreements.templates.rules import (
    EXAMPLES,
    IN_PRINT,
    LONGEST,
    Block,
    Fault,
    faults_of,
    filled,
    missing_blocks,
    placeholders_in,
)

REFUSED = {
    Fault.WAIVER: (
        "送教期间发生意外，学校概不负责。",
        "学校概 不 负 责。",
        "学校概不、负——责。",
        "概不。负责。",
        "学校概　不　负　责！",
        "學校概不負責。",
        "学校不承担任何责任。",
        "甲方不承担任何法律责任。",
        "学生受伤，甲方不承担责任。",
        "学生在送教过程中摔伤、烫伤的，学校不负责任。",
        "教师不对学生的人身安全承担责任，不负赔偿责任。",
        "路上出了事故，学校不予赔偿。",
        "一切后果自负。",
        "后果由乙方自负。",
        "发生任何意外，责任自负。",
        "安全自负，风险自担。",
        "乙方自行承担一切风险。",
        "学生出现任何问题与学校无关。",
        "学生病情变化和教师没有关系。",
        "一切事故均与甲方和教师无关。",
        "送教途中的伤亡与学校一概无关。",
        "学生突发疾病，学校免责。",
        "乙方同意免除甲方的一切责任。",
        "乙方自愿免除学校在送教期间的赔偿责任。",
        "家长放弃向学校索赔的权利。",
        "乙方承诺不追究学校和教师的责任。",
        "监护人不得向甲方主张任何赔偿。",
        "学生发生伤害事故的，由家长自行负责。",
        "由此产生的一切后果由乙方承担。",
        "学生在送教中受伤，全部责任由监护人承担。",
        "医疗费由乙方自理，一切损失由乙方承担。",
        "癫痫发作造成的损害由乙方自行承担。",
        "学校无任何责任。",
        "发生安全事故，教师没有责任。",
        "甲方依法不承担任何责任。",
        "甲方对学生的安全不负责。",
        "若有意外，甲方一律不负责。",
        "学生伤亡的，生死自负。",
        "乙方不得以任何理由起诉学校。",
        "甲方不再承担全部赔偿责任。",
        "学校不\u200b承\u200b担\u200b任何\u200b责任。",
        "学校不承担任何責任。",
        "乙方迟到的，不得以此投诉。学校概不负责。",
        "乙方迟到的，不得以此投诉，学校概不负责。",
        "甲方不得要求乙方提前到达，学生受伤，学校概不负责。",
        "不得在上课时喧哗，否则出了事故学校概不负责。",
    ),
    Fault.RENEWAL: (
        "期满自动续期一年。",
        "本协议到期自动延长。",
        "期满双方无异议的，本协议自动顺延一学年。",
        "期满前未书面通知的，视为同意续签。",
        "乙方未提出异议的，视为续签。",
        "一方没有提出终止的，协议继续有效。",
        "到期后仍然有效。",
        "本协议长期有效。",
        "自 动 续 签。",
        "协议逐年顺延。",
        "期满默认继续履行。",
        "自動延長一年。",
    ),
    Fault.FEE: (
        "乙方每次支付交通费20元。",
        "乙方应缴纳材料费。",
        "甲方向乙方收取服务费。",
        "教材费由家长承担。",
        "教材、教具费用自理。",
        "教师的餐费由乙方负担。",
        "签约时乙方交纳保证金。",
        "提供有偿送教。",
        "每次80元。",
    ),
    Fault.PHOTO_CONDITION: (
        "乙方不同意拍照的，甲方可以停止送教。",
        "乙方须同意甲方拍照。",
        "签署照片使用同意书后方可送教。",
        "撤回拍摄同意的，视为放弃送教服务。",
        "拒绝录像的，本协议终止，不再提供服务。",
        "以同意拍照为送教的前提。",
    ),
    Fault.UNKNOWN_PLACEHOLDER: ("甲方：{学校}。", "学生{学生姓名。", "学生姓名}。", "{{学生姓名}}"),
}
ALLOWED = (
    "学校依法承担责任。",
    "发生人身损害的，各方依法承担各自的责任。",
    "本协议不免除任何一方依法应当承担的责任。",
    "本协议不得约定学校概不负责。",
    "“学校概不负责”的约定无效。",
    "任何免除学校人身损害责任的条款无效。",
    "甲方不得以本协议排除乙方的任何权利。",
    "甲方尽到教育、管理职责的，依照民法典第一千二百条的规定不承担侵权责任。",
    "学校没有过错的，依法不承担赔偿责任。",
    "因乙方隐瞒病情造成的损害，由乙方依法承担相应责任。",
    "甲方承担由此产生的全部责任。",
    "损失由甲方承担。",
    "学校承担任何因教师过错造成的责任。",
    "因自然灾害不能按时送教的，双方不承担违约责任，但应当补送。",
    "甲乙双方都有责任保护学生的安全。",
    "教师负责上课，家长负责陪同。",
    "教师不负责喂药。",
    "责任教师原则上不更换。",
    "学校安排责任教师，与学校有关的通知由其转达。",
    "甲方采取措施保护这些信息，不向无关的人提供。",
    "乙方可以请求赔偿，也可以提起诉讼。",
    "乙方有权追究甲方的责任。",
    "乙方有投诉的权利，甲方不得因此减少送教。",
    "甲方为教师投保意外险，保险费由甲方承担。",
    "乙方不承担任何费用。",
    "学生受伤的，教师立即拨打120并通知家长。",
    "期满即终止，不自动续期。",
    "本协议不会自动延长，继续送教须重新签订。",
    "期满未重新签订的，不视为续签。",
    "期满前由双方重新签订协议。",
    "因假期调休的课次顺延到下一周。",
    "学生休学期间协议中止，恢复后继续履行。",
    "规则自2026年9月1日起生效。",
    "甲方不得以任何名义向乙方收取费用。",
    "不收取任何费用。",
    "乙方不需要支付任何费用。",
    "送教所需费用由甲方承担。",
    "严禁收取家长的红包、礼金。",
    "甲方向教师支付交通费。",
    "乙方无需缴纳押金。",
    "不存在任何有偿服务。",
    "乙方不同意拍照的，不影响送教。",
    "拍照须取得乙方的单独同意。",
    "不得以同意拍照作为送教的前提。",
    "乙方撤回录像同意的，甲方立即停止拍摄，送教照常进行。",
    "甲方不得要求乙方必须同意拍照。",
    "学生{学生姓名}，编号{学生编号}。",
)


@pytest.mark.parametrize(
    ("fault", "text"), [(fault, text) for fault, texts in REFUSED.items() for text in texts], ids=str
)
def test_what_the_law_forbids_is_found(fault: Fault, text: str) -> None:
    assert fault in {one.fault for one in faults_of(text)}


@pytest.mark.parametrize("text", ALLOWED)
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert faults_of(text) == []


def test_the_words_found_are_told_as_they_stand_there() -> None:
    (found,) = faults_of("送教期间，学校概 不、负-责。其他照旧。")
    assert found.words == "学校概 不、负-责"


def test_two_faults_in_one_clause_are_both_told_in_their_order() -> None:
    found = faults_of("期满自动续期。学校概不负责。")
    assert [one.fault for one in found] == [Fault.RENEWAL, Fault.WAIVER]


def test_a_missing_block_is_told() -> None:
    present = [block for block in IN_PRINT if block is not Block.SAFETY]
    assert [one.block for one in missing_blocks(present)] == [Block.SAFETY]
    assert missing_blocks(IN_PRINT) == []


def test_the_wording_that_the_product_comes_with_passes_whole() -> None:
    wording = default_wording()
    assert missing_blocks(one.block for one in wording.clauses) == []
    assert [faults_of(text) for text in (wording.title, wording.summary, *(one.text for one in wording.clauses))] == [
        [] for _ in range(len(wording.clauses) + 2)
    ]


def test_some_clauses_of_it_limit_rights_and_the_summary_says_what_one_asks() -> None:
    wording = default_wording()
    assert {one.block for one in wording.clauses if one.limits_rights} >= {Block.GUARDIAN_DUTIES, Block.SAFETY}
    for asked in ("要花钱吗？", "可以退出吗？", "有问题找谁？", "谁来教？", "从哪天到哪天？"):
        assert asked in wording.summary


def test_placeholders_are_found_once_each_and_filled() -> None:
    assert placeholders_in("{学生姓名}和{学生姓名}，{学校名称}") == ["学生姓名", "学校名称"]
    assert filled("{学生姓名}在{学校名称}", EXAMPLES) == "安安在月山镇中心小学"


def test_the_longest_of_each_is_longer_than_its_example() -> None:
    assert all(len(LONGEST[name]) >= len(EXAMPLES[name]) for name in EXAMPLES)
