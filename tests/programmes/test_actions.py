"""A figure is given, superseded, reviewed; nothing of home teaching is ever typed."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hometeach.kernel.audit import AuditEvent, verify
from hometeach.kernel.clock import Span, year_span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import OrgUnit
from hometeach.people.rules import UnitKind
from hometeach.programmes import actions, dictionary
from hometeach.programmes.models import (
    IndicatorDefinition,
    IndicatorValue,
    all_indicators,
    areas,
    current_figures,
    definition_on,
    indicators_of,
    texts_of,
    versions_of,
)
from hometeach.programmes.rules import Doubt, Figure, FigurePeriod, Qualifier, Standing, number_meant
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
YEAR = year_span(2026)


@pytest.fixture
def bureau() -> OrgUnit:
    """The bureau itself."""
    return factories.make_unit("J00", UnitKind.BUREAU, name="X市教育局")


def figure(code: str, low: object, **facts) -> Figure:
    facts = {"period_kind": FigurePeriod.YEAR, "period": YEAR, "unit": "J00"} | facts
    return Figure(code=code, low=None if low is None else number_meant(low), **facts)


def test_the_dictionary_in_the_database_is_the_one_that_comes_with_the_product() -> None:
    assert all_indicators() == list(dictionary.indicators())
    assert [area.name_zh for area in areas()] == [area.zh for area in dictionary.areas()]


def test_loading_the_dictionary_again_changes_nothing_and_undoes_nothing() -> None:
    changed = definition_on("A1-06", date(2026, 1, 1))
    assert changed is not None
    changed.note_zh = "本局的口径"
    assert actions.load_dictionary() == 0
    assert changed.note_zh == "本局的口径"


def test_a_lost_entry_of_the_dictionary_comes_back() -> None:
    lost = definition_on("A8-03", date(2026, 1, 1))
    db.session.delete(lost)
    db.session.flush()
    assert actions.load_dictionary() == 1
    assert definition_on("A8-03", date(2026, 1, 1)) is not None


def test_the_year_decides_which_wording_holds() -> None:
    names = {year: next(one.zh for one in indicators_of(year) if one.code == "A1-01") for year in (2020, 2026)}
    assert names == {2020: "补助建档立卡学生", 2026: "补助脱贫家庭（原建档立卡）学生"}


def test_a_figure_is_kept_as_it_was_given_with_its_qualifier_and_source(bureau: OrgUnit) -> None:
    given = figure("A3-01", 2242, qualifier=Qualifier.MORE_THAN, source_document="帮扶手册汇总")
    actions.record_figure(given, unit=bureau, by="import")
    assert current_figures(first=YEAR.first) == [given]


def test_a_float_of_the_workbook_is_kept_as_the_decimal_that_was_meant(bureau: OrgUnit) -> None:
    plan = Span(date(2021, 1, 1), date(2026, 10, 31))
    given = figure("A2-03", 7247.200000000001, period_kind=FigurePeriod.RANGE, period=plan)
    actions.record_figure(given, unit=bureau, by="import")
    stored = db.session.scalar(select(IndicatorValue.value_low))
    assert stored == 72_472_000


def test_the_same_figure_again_changes_nothing_and_a_new_one_supersedes(bureau: OrgUnit) -> None:
    first = actions.record_figure(figure("A7-01", 93), unit=bureau, by="import")
    again = actions.record_figure(figure("A7-01", 93), unit=bureau, by="bai")
    newer = actions.record_figure(figure("A7-01", 95), unit=bureau, by="bai")
    assert (first.changed, again.changed, newer.changed) == (True, False, True)
    assert [value.version for value in versions_of(newer.value)] == [2, 1]
    assert first.value.standing is Standing.SUPERSEDED
    assert first.value.superseded_by_id == newer.value.id
    assert [one.low for one in current_figures(first=YEAR.first)] == [950_000]


def test_each_figure_given_leaves_a_row_in_the_audit_log(bureau: OrgUnit) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEvent))
    actions.record_figure(figure("A7-01", 93), unit=bureau, by="bai")
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert (event.action, event.actor) == ("figure:recorded", "bai")
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before + 1
    assert verify() is None


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        pytest.param(figure("A4-10", 1102), "figure:derived", "code", id="home teaching"),
        pytest.param(figure("A9-01", 1), "figure:unknown", "code", id="no such indicator"),
        pytest.param(figure("A1-01", None), "figure:missing", "low", id="nothing"),
        pytest.param(figure("A3-04", "0.5"), "figure:not_whole", "low", id="half a person"),
    ],
)
def test_what_cannot_stand_is_refused_and_says_what_to_do(bureau: OrgUnit, given, code, field) -> None:
    with pytest.raises(Refused) as refused:
        actions.record_figure(given, unit=bureau, by="bai")
    assert (refused.value.code, refused.value.field) == (code, field)
    assert given.code in refused.value.message
    assert current_figures(first=date.min) == []


def test_a_doubtful_figure_stands_and_is_asked_about(bureau: OrgUnit) -> None:
    plan = {"period_kind": FigurePeriod.RANGE, "period": Span(date(2024, 1, 1), date(2026, 12, 31))}
    actions.record_figure(figure("A7-05", 65, **plan), unit=bureau, by="bai")
    recorded = actions.record_figure(figure("A7-06", "385", **plan), unit=bureau, by="bai")
    assert [question.doubt for question in recorded.questions] == [Doubt.PER_HEAD]
    assert "32.5" in actions.question_words(recorded.questions[0])


def test_a_figure_is_reviewed_by_somebody_else(bureau: OrgUnit) -> None:
    value = actions.record_figure(figure("A7-01", 93), unit=bureau, by="yu").value
    with pytest.raises(Refused) as refused:
        actions.review_figure(value, by="yu")
    assert refused.value.code == "figure:own"
    actions.review_figure(value, by="bai")
    assert (value.standing, value.reviewed_by) == (Standing.REVIEWED, "bai")


def test_a_superseded_figure_is_not_reviewed(bureau: OrgUnit) -> None:
    old = actions.record_figure(figure("A7-01", 93), unit=bureau, by="yu").value
    actions.record_figure(figure("A7-01", 94), unit=bureau, by="yu")
    with pytest.raises(Refused) as refused:
        actions.review_figure(old, by="bai")
    assert refused.value.code == "figure:superseded"


def test_the_database_holds_one_current_figure_of_an_indicator_unit_and_period(bureau: OrgUnit) -> None:
    value = actions.record_figure(figure("A7-01", 93), unit=bureau, by="yu").value
    copied = {column.key: getattr(value, column.key) for column in IndicatorValue.__table__.columns}
    copied |= {"id": None, "public_id": "another", "version": 2}
    db.session.add(IndicatorValue(**{name: content for name, content in copied.items() if name != "id"}))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_an_area_tells_of_a_year_in_words_beside_its_numbers() -> None:
    written = actions.write_area_text(
        area=6, year=2026, position=1, title="山枣镇中心小学", body="每周二、四开放活动室。", by="bai"
    )
    again = actions.write_area_text(area=6, year=2026, position=1, body="每周二、四下午开放活动室。", by="bai")
    assert written is again
    assert [text.body for text in texts_of(2026)] == ["每周二、四下午开放活动室。"]
    with pytest.raises(Refused) as refused:
        actions.write_area_text(area=6, year=2026, position=2, body="  ", by="bai")
    assert refused.value.code == "area_text:empty"


def test_every_entry_says_how_it_is_aggregated_and_where_it_comes_from() -> None:
    entries = db.session.scalars(select(IndicatorDefinition)).all()
    assert all(entry.aggregation and entry.source and entry.periods for entry in entries)
