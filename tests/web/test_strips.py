"""Is a strip a table for the ear, and does a county's stack stay light?"""

import gzip
import re
from datetime import date
from pathlib import Path
from secrets import token_urlsafe

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel

import config
from hometeach.compliance.rules import Cause, RowVerdict
from hometeach.kernel.clock import Span, month_of, week_of
from hometeach.schedule.rules import Metric, PeriodKind
from hometeach.web import look
from hometeach.web.states import RowNumbers, State
from hometeach.web.strips import CellMaker, Head, Line, Stack, Strip, period_heads, week_heads

FIRST_MONDAY = date(2026, 8, 31)
AS_OF = date(2026, 11, 23)
MET = RowNumbers(RowVerdict.MET, 1, 1, 0, 0, 0)
MISSING = RowNumbers(RowVerdict.SHORT, 1, 0, 0, 0, 1, ((Cause.NOTHING, 1),))
KINDS = (MET, MET, MET, MISSING, MET, RowNumbers(RowVerdict.EXEMPT, 1, 0, 0, 1, 0), MET, None)


def weeks(count: int) -> list[Span]:
    return [week_of(date.fromordinal(FIRST_MONDAY.toordinal() + 7 * n)) for n in range(count)]


def heads(count: int) -> list[Head]:
    return week_heads(weeks(count), number=lambda day: (day - FIRST_MONDAY).days // 7 + 1, as_of=AS_OF)


@pytest.fixture
def pages(translations: Path) -> Flask:
    """Templates alone, in Chinese."""
    app = Flask("strips", template_folder=str(config.ROOT / "templates"), static_folder=str(config.ROOT / "static"))
    Babel(app, default_locale="zh_Hans_CN", default_translation_directories=str(translations))
    look.init_app(app)
    return app


@pytest.mark.usefixtures("chinese")
class TestCells:
    def test_a_cell_says_what_was_owed_and_given(self) -> None:
        cell = CellMaker(heads(12)).cells({date(2026, 11, 16): MET})[11]
        assert cell.label == "第12周，应送 1，已送 1，达标"
        assert (cell.state, cell.mark, cell.key) == (State.MET, "●", "2026-11-16")

    def test_a_cell_that_is_short_says_why(self) -> None:
        cell = CellMaker(heads(12)).cells({date(2026, 11, 16): MISSING})[11]
        assert cell.label == "第12周，应送 1，已送 0，无人交代 1"

    def test_amounts_other_than_sessions_have_their_unit(self) -> None:
        month = period_heads(PeriodKind.MONTH, [month_of(date(2026, 11, 1))], as_of=AS_OF)
        (cell,) = CellMaker(month, Metric.CLASS_HOURS).cells(
            {date(2026, 11, 1): RowNumbers(RowVerdict.OPEN, 6, 3, 0, 0, 3)}
        )
        assert cell.label == "2026年11月，应送 6 课时，已送 3 课时，未结束"

    def test_a_period_without_a_row_says_nothing(self) -> None:
        assert CellMaker(heads(1)).cells({})[0].label == ""

    def test_a_head_names_its_week_and_knows_whether_it_is_this_one(self) -> None:
        head = heads(13)[12]
        assert (head.full, head.number, head.foot, head.is_now) == ("第13周（11月23–29日）", "13", "23", True)

    def test_months_stand_over_their_weeks(self) -> None:
        strip = Strip("", heads(21), "", [])
        assert strip.groups == [("8月", 1), ("9月", 4), ("10月", 4), ("11月", 5), ("12月", 4), ("1月", 3)]


def test_a_strip_is_a_table_with_caption_scoped_heads_and_a_link_in_each_cell(pages: Flask) -> None:
    with pages.test_request_context():
        strip = Strip("每周送教", heads(12), "/children/a/week/", CellMaker(heads(12)).cells({FIRST_MONDAY: MET}))
        page = render_template_string('{% from "macros/strip.html" import strip %}{{ strip(one) }}', one=strip)
    assert "<caption>每周送教</caption>" in page
    assert page.count('<th scope="col"') == 12
    assert '<a href="/children/a/week/2026-08-31" aria-label="第1周，应送 1，已送 1，达标">●</a>' in page


def test_a_name_cannot_break_out_of_its_cell(pages: Flask) -> None:
    with pages.test_request_context():
        line = Line("<b>&", '/c/"', '/c/"/', CellMaker(heads(1)).cells({FIRST_MONDAY: MET}), note="<i>")
        page = render_template_string(
            '{% from "macros/strip.html" import stack %}{{ stack(one) }}', one=Stack("", heads(1), [line], "学生")
        )
    assert "<b>&" not in page.replace("<b>1</b>", "")
    assert '/c/"' not in page
    assert "<i>" not in page


def test_310_strips_of_23_weeks_weigh_less_than_60_kilobytes_compressed(pages: Flask) -> None:
    with pages.test_request_context():
        term = heads(23)
        maker = CellMaker(term)
        lines = [_line(child, maker) for child in range(310)]
        page = render_template_string(
            '{% from "macros/strip.html" import stack %}{{ stack(one) }}', one=Stack("全县", term, lines, "学生")
        )
    assert len(re.findall("<td class=.><a ", page)) > 6000
    assert len(gzip.compress(page.encode(), 6)) < 60_000


def _line(child: int, maker: CellMaker) -> Line:
    own = f"/children/{token_urlsafe(12)}"
    name, school = f"学生{child * 7919 % 9973}", f"第{child % 24}中心小学"
    return Line(name, own, f"{own}/week/", maker.cells(_rows(child)), school)


def _rows(child: int) -> dict[date, RowNumbers]:
    """A term that no other child has."""
    rows = {week.first: KINDS[(child * 31 + n * n * (child % 7 + 1)) % 8] for n, week in enumerate(weeks(23))}
    return {first: numbers for first, numbers in rows.items() if numbers}
