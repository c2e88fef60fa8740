"""The agreement as it is read and as it is printed: the same words, from the same facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

import segno
from flask_babel import gettext as _
from markupsafe import Markup

from hometeach.agreements.offers import wording
from hometeach.agreements.offers.choices import asked_in
from hometeach.agreements.offers.facts import Facts, paper_code
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.pictures import picture_of
from hometeach.agreements.templates.models import Template, in_print
from hometeach.agreements.templates.rules import LONGEST, filled
from hometeach.agreements.templates.wording import BLOCKS
from hometeach.kernel import documents
from hometeach.kernel.documents import Document

#: So many lines has the longest annex with which a wording is tried.
MANY = 14


class ReadClause(NamedTuple):
    """A clause as it is read and printed."""

    heading: str
    text: str
    limits_rights: bool
    clause_id: int


class Point(NamedTuple):
    """One point of the summary: what one wants to know, and the answer."""

    question: str
    answer: str

    @property
    def picture(self) -> str:
        """Which picture stands beside it; empty for none."""
        return picture_of(self.question)


def as_read(offer: Offer) -> list[ReadClause]:
    """The clauses of an agreement in the order of print, with its facts in them."""
    return clauses_of(offer.template, offer.terms["words"])


def summary_of(offer: Offer) -> list[Point]:
    """The page in plain words that is read before the text."""
    return points_of(offer.template.summary, offer.terms["words"])


def clauses_of(template: Template, words: Mapping[str, str]) -> list[ReadClause]:
    """The clauses of a wording with such words in place of the placeholders."""
    with wording.in_chinese():
        return [
            ReadClause(str(BLOCKS[one.block]), filled(one.text, words), one.limits_rights, one.id)
            for one in in_print(template)
        ]


def points_of(summary: str, words: Mapping[str, str]) -> list[Point]:
    """The summary, a point a line; a line without a question mark is all answer."""
    points = []
    for line in filled(summary, words).splitlines():
        question, mark, answer = line.strip().partition("？")
        if line.strip():
            points.append(Point(question + mark, answer) if mark else Point("", question))
    return points


def unsigned_pdf(template: Template, facts: Facts, *, is_trial: bool = False) -> Document:
    """The agreement before anybody signed: summary, clauses, signatures, annexes.

    The same wording and facts give the same bytes.

    Raises: Refused (``document:glyph``) naming every character that the font lacks.
    """
    with wording.in_chinese():
        html = documents.render(
            "agreement.html",
            **_page_words(facts["words"]["学校名称"]),
            title=template.title,
            facts=facts,
            words=facts["words"],
            points=points_of(template.summary, facts["words"]),
            choices=[(str(wording.QUESTIONS[one.name]), one.options) for one in asked_in(facts)],
            parts=_parts(clauses_of(template, facts["words"])),
            code=_drawn(str(paper_code(facts))),
            is_trial=is_trial,
        )
        return documents.print_pdf(html, "agreement.css")


def longest_facts(template: Template) -> Facts:
    """The longest that a bureau's data can be: what a wording is tried with before it is published."""
    person = {"relation": "祖母", "standing": "guardian", "phone": "138****5678", "id_number": "4****************X"}
    names = LONGEST["监护人姓名"].split("、")
    return {
        "number": LONGEST["协议编号"],
        "drawn_up_on": date.max.isoformat(),
        "template": {"version": template.version, "title": template.title},
        "who_signs": "all",
        "who_signs_reason": "",
        "signers": [{**person, "guardian": name, "name": name} for name in names],
        "supersedes": None,
        "words": dict(LONGEST),
        "schedule": {"version": 99, "sha256": "f" * 64, "hours": [_LONG_HOUR] * MANY},
        "teachers": [
            {
                "name": LONGEST["学生姓名"],
                "code": "T0000001",
                "school": LONGEST["学校名称"],
                "specialism": "特殊教育、康复治疗",
                "checked": LONGEST["起始日期"],
            }
        ]
        * 6,
        "plan": {
            "version": 12,
            "term": "2026-2027学年第一学期",
            "days": "2026年9月1日—2027年1月22日",
            "goals": [_LONG_GOAL] * MANY,
            "services": [],
        },
        "rule": {
            "code": LONGEST["规则代码"],
            "name": LONGEST["规则名称"],
            "issuer": LONGEST["教育局名称"],
            "days": "2026年9月1日起",
            "source": LONGEST["送教内容"] * 4,
            "lines": [["每周最低次数和课时", LONGEST["送教频次"]]] * 9,
        },
    }


_LONG_HOUR = {
    "weekday": "周三",
    "time": "08:30–10:30",
    "minutes": 120,
    "mode": "社区",
    "teacher": LONGEST["学生姓名"],
    "days": "2026年9月1日—2027年1月22日",
}
_LONG_GOAL = {
    "domain": "语言与沟通",
    "text": "能在成人口头提示和肢体辅助下完成穿脱外套、系扣、洗手、擦脸等日常生活自理活动的全部步骤" * 2,
    "criterion": "连续三次送教中五次机会里有四次独立完成" * 2,
    "is_step": True,
}


def _page_words(school: str) -> dict[str, Any]:
    """What the frame of every document asks for; an agreement stands under the school's name."""
    return {
        "bureau": school,
        "language": "zh-Hans-CN",
        "page_number": Markup('<span class="page"></span>'),
        "page_count": Markup('<span class="pages"></span>'),
    }


def _parts(clauses: Sequence[ReadClause]) -> list[tuple[str, list[ReadClause]]]:
    """The clauses by block: a heading, and what stands under it."""
    return [(heading, list(some)) for heading, some in groupby(clauses, key=lambda one: one.heading)]


def _drawn(code: str) -> Markup:
    """A code as it is printed on every page."""
    drawn = segno.make(code, error="m", micro=False)
    svg = drawn.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None, title=_("Code of this text"))
    return Markup(svg)  # noqa: S704 - drawn here, of figures and letters
