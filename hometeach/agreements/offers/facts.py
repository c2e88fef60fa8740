"""What goes into an agreement for a child, as it is on that day?

Everything is copied in words: the paper, the page that is read before signing
and the evidence say the same for ever, whatever changes afterwards.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.agreements.offers import wording
from hometeach.agreements.offers.around import Around, given
from hometeach.agreements.offers.choices import Choice
from hometeach.agreements.offers.rules import PaperCode, WhoSigns
from hometeach.cases.plan.models import LearningDomain, Plan, PlanGoal, in_outline
from hometeach.kernel.audit import canonical
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import setting
from hometeach.people.models import Guardian, Teacher
from hometeach.people.rules import masked_id_number, masked_phone
from hometeach.schedule.models import the_calendar
from hometeach.schedule.planning.publishing import is_published, latest
from hometeach.schedule.rules import DeliveryRule

Facts = dict[str, Any]


def gather(
    found: Around,
    *,
    number: str,
    who: WhoSigns,
    reason: str,
    signers: Sequence[Guardian],
    supersedes: str | None,
    options: Mapping[Choice, tuple[str, ...]],
    on: date,
) -> Facts:
    """The facts as they are frozen: plain values, in the words in which they are printed.

    ``found`` lacks nothing but what may follow.
    """
    with wording.in_chinese():
        facts: Facts = {
            "number": number,
            "drawn_up_on": on.isoformat(),
            "first": found.span.first.isoformat(),
            "last": found.span.last.isoformat(),
            "template": {"version": given(found.template).version, "title": given(found.template).title},
            "who_signs": who.value,
            "who_signs_reason": reason,
            "signers": [_person(one) for one in signers],
            "supersedes": supersedes,
            "schedule": _schedule(found),
            "teachers": [_teacher(one) for one in found.teachers],
            "plan": _plan(found.plan) if found.plan else None,
            "rule": _rule_facts(given(found.rule)),
        }
        if options:
            facts["choices"] = [{"name": one.value, "options": list(options[one])} for one in Choice if one in options]
        facts["words"] = _words(found, facts, on)
        if Choice.TIMES in options:
            facts["words"]["日程"] = wording.to_be_chosen(options[Choice.TIMES])
    return facts


def paper_code(facts: Facts) -> PaperCode:
    """What is printed as a code on every page."""
    digest = hashlib.sha256(canonical(facts).encode()).hexdigest().upper()
    return PaperCode(facts["number"], facts["template"]["version"], digest)


def _words(found: Around, facts: Facts, on: date) -> dict[str, str]:
    """What stands in place of each placeholder."""
    child, rule = found.child, given(found.rule)
    school, bureau = given(found.school), given(found.bureau)
    return {
        "协议编号": facts["number"],
        "起草日期": wording.day_words(on),
        "学校名称": school.name,
        "学校地址": school.address or school.township or school.name,
        "学校负责人": found.head or school.name,
        "学校电话": school.phone or "",
        "教育局名称": bureau.name,
        "教育局电话": bureau.phone or "",
        "监护人": "；".join(_described(one) for one in facts["signers"]),
        "监护人姓名": wording.enumerated(one["name"] for one in facts["signers"]),
        "照护人": wording.enumerated(f"{one.name}（{one.relation}）" for one in found.carers) or _("none"),
        "学生姓名": child.name,
        "学生编号": child.code,
        "学籍号": masked_id_number(child.roll_no) or _("not yet given"),
        "送教地点": found.place,
        "送教方式": wording.modes_words(rule),
        "起始日期": wording.day_words(found.span.first),
        "截止日期": wording.day_words(found.span.last),
        "送教频次": _close(wording.enumerated(wording.quota_words(one) for one in rule.quotas)) or _("none"),
        "每次时长": _close(wording.minutes_words(rule.min_minutes)),
        "日程": wording.enumerated(
            dict.fromkeys(f"{one['weekday']} {one['time']}" for one in facts["schedule"]["hours"])
        )
        or _("agreed with the family before teaching begins, and given in writing"),
        "送教内容": _contents(facts),
        "送教教师": wording.enumerated(one.name for one in found.teachers)
        or _("named by the school before teaching begins"),
        "规则名称": _rule_name(rule),
        "规则代码": rule.code,
        "补送天数": str(rule.make_up_days),
        "改期提前天数": setting("change_notice_days", on),
    }


def _contents(facts: Facts) -> str:
    domains = dict.fromkeys(goal["domain"] for goal in facts["plan"]["goals"]) if facts["plan"] else ()
    return wording.enumerated(domains) or _(
        "self-care, daily living, communication, cognition, movement, by the child's plan"
    )


def _described(signer: Facts) -> str:
    parts = [signer["relation"]]
    parts += [_("telephone %(number)s", number=signer["phone"])] if signer["phone"] else []
    parts += [_("ID number %(number)s", number=signer["id_number"])] if signer["id_number"] else []
    return f"{signer['name']}（{_close('，'.join(parts))}）"


def _close(text: str) -> str:
    """Without the spaces around figures: within a clause they would come and go with its line ends."""
    return text.replace(" ", "")


def _person(guardian: Guardian) -> Facts:
    return {
        "guardian": guardian.public_id,
        "name": guardian.name,
        "relation": guardian.relation,
        "standing": guardian.standing.value,
        "phone": masked_phone(guardian.phone) or "",
        "id_number": masked_id_number(guardian.id_number) or "",
    }


def _schedule(found: Around) -> Facts:
    school, term = given(found.school), the_calendar().term_of(found.span.first)
    version = latest(school, term.name) if term and is_published(found.child.id, found.span.first) else None
    hours = [
        {
            "weekday": wording.weekday_words(slot.weekday),
            "time": wording.hours_words(slot.start_minute, slot.end_minute),
            "minutes": slot.end_minute - slot.start_minute,
            "mode": str(wording.MODES[slot.mode]),
            "teacher": teacher.name,
            "days": wording.span_words(slot.effective_from, slot.effective_to),
        }
        for slot, teacher in found.hours
    ]
    return {
        "version": version.number if version else None,
        "sha256": version.sha256 if version else None,
        "hours": hours,
    }


def _teacher(teacher: Teacher) -> Facts:
    checked = teacher.record_checked_on
    return {
        "name": teacher.name,
        "code": teacher.code,
        "school": teacher.school.name,
        "specialism": teacher.specialism or "",
        "checked": wording.day_words(checked) if checked else "",
    }


def _plan(plan: Plan) -> Facts:
    names = {one.code: one.name_zh for one in db.session.scalars(select(LearningDomain))}
    return {
        "version": plan.version,
        "term": plan.term,
        "days": wording.span_words(plan.effective_from, plan.effective_to),
        "goals": [_goal(goal, names) for goal in in_outline(plan.goals)],
        "services": [
            {
                "domain": names[one.domain],
                "minutes": wording.minutes_words(one.minutes_per_week),
                "provider": one.provider,
            }
            for one in plan.services
        ],
    }


def _goal(goal: PlanGoal, names: dict[str, str]) -> Facts:
    return {
        "domain": names[goal.domain],
        "text": goal.text,
        "criterion": goal.criterion,
        "is_step": goal.is_short_term,
    }


def _rule_facts(rule: DeliveryRule) -> Facts:
    return {
        "code": rule.code,
        "name": _rule_name(rule),
        "issuer": rule.issuer,
        "days": wording.span_words(rule.span.first, rule.span.last),
        "source": rule.source_text,
        "lines": [list(line) for line in wording.rule_lines(rule)],
    }


def _rule_name(rule: DeliveryRule) -> str:
    title = f"《{rule.title}》" if rule.title else ""
    number = rule.document_no if not title else f"（{rule.document_no}）" if rule.document_no else ""
    return f"{title}{number}" or rule.code
