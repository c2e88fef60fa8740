"""Do messages name no child, and nothing of what a child has, in either language?"""

import re
from datetime import date

import pytest
from jinja2 import meta

from hometeach.reminders import words
from hometeach.reminders.rules import Kind, Matter, Side

#: What nobody is to read on a screen that lies open. English words by their stems.
FORBIDDEN = re.compile(
    r"残|障碍|智力|智障|自闭|孤独症|脑瘫|癫痫|聋|哑|盲|弱视|特殊|特教|诊断|患|病|瘫|"
    r"disab|handicap|autis|epilep|palsy|diagnos|\bdeaf|\bblind|special|impair|illness|disease|patient",
    re.IGNORECASE,
)
LANGUAGES = ("zh_Hans_CN", "en")
TEMPLATES = sorted(path.stem for path in words.TEMPLATES.glob("*.txt"))
TUESDAY = date(2026, 11, 24)


def matter(kind: Kind, number: int = 0) -> Matter:
    return Matter(kind, f"child:{number}", TUESDAY, str(number), until=TUESDAY, amount=1, least=60, start_minute=900)


def every_message(language: str) -> list[str]:
    """Each kind to each side, alone and with others."""
    said = []
    for kind in Kind:
        for side in Side:
            for many in (1, 3):
                told = [(matter(kind, number), side) for number in range(many)]
                said += words.said(told, language=language, path="/")
    return said


def test_there_is_a_template_for_every_kind_and_no_other():
    assert set(TEMPLATES) == {kind.value for kind in Kind} | {"subject", "whole"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_given_numbers_days_and_times_and_nothing_else(name):
    source = (words.TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    asked = meta.find_undeclared_variables(words.environment().parse(source)) - {"_", "ngettext", "gettext"}
    assert asked <= words.GIVEN
    assert not FORBIDDEN.search(source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_tells_what_a_child_has(app, language):
    said = every_message(language)
    assert all(said)
    assert not [text for text in said if FORBIDDEN.search(text)]


def test_every_message_is_said_in_chinese(app):
    english = set(every_message("en"))
    assert not english & set(every_message("zh_Hans_CN"))


def test_the_thursday_message_says_what_is_missing_and_until_when(app):
    sunday = Matter(
        Kind.QUOTA_NOT_MET, "child:an", date(2026, 11, 23), "x", until=date(2026, 11, 29), amount=1, least=60
    )
    _subject, chinese = words.said([(sunday, Side.TEACHER)], language=None, path="/")
    assert chinese == "本周还差 1 次至少 60 分钟的送教，最迟 11月29日周日。"
    _subject, english = words.said([(sunday, Side.TEACHER)], language="en", path="/")
    assert english == "This week still lacks 1 session of at least 60 minutes, by Sun, Nov 29."


def test_one_digest_says_each_kind_once_and_leads_to_the_pages(app):
    app.config["PUBLIC_URL"] = "https://songjiao.example.org"
    told = [(matter(Kind.VISIT_TOMORROW, number), Side.TEACHER) for number in range(3)]
    told += [(matter(Kind.RECORD_MISSING, 7), Side.TEACHER)]
    subject, body = words.said(told, language="en", path="/")
    assert subject == "Home visits: 4 things to look at"
    assert body.splitlines() == [
        "Tue, Nov 24: 3 visits, the first at 15:00.",
        "1 visit that was planned has no record yet (Tue, Nov 24). Write it down, or report why it did not take place.",
        "",
        "Sign in to see more: https://songjiao.example.org/",
    ]
