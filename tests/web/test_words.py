"""Are days, amounts, verdicts and shortfalls said as the county says them, in both languages?"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hometeach.compliance.rules import Cause
from hometeach.kernel.clock import Span, month_of, week_of
from hometeach.schedule.rules import DeliveryRule, Metric, Mode, PartialPeriod, PeriodKind, Quota
from hometeach.visits.rules import Judgement, Session, Verdict
from hometeach.web import words

WEEKLY = Quota(PeriodKind.WEEK, Metric.SESSIONS, 1)
RULE = DeliveryRule("XJ-2026-11", Span(date(2026, 9, 1)), 60, (WEEKLY,), min_teachers=2, remote_cap=6)


def lasting(minutes: int) -> Session:
    """A remote session from 14:00 of 18 November."""
    arrived = 14 * 3600
    return Session("V1", "S1", date(2026, 11, 18), arrived, arrived + minutes * 60, ("T1",), mode=Mode.REMOTE)


@pytest.mark.usefixtures("chinese")
class TestInChinese:
    def test_a_day_has_its_weekday_and_no_year(self) -> None:
        assert words.day_words(date(2026, 11, 23)) == "11月23日 周一"

    def test_a_day_of_another_year_has_its_year(self) -> None:
        assert words.day_words(date(2025, 11, 23)) == "2025年11月23日 周日"

    @pytest.mark.parametrize(
        ("span", "said"),
        [
            pytest.param(Span(date(2026, 11, 16), date(2026, 11, 22)), "11月16–22日", id="within a month"),
            pytest.param(Span(date(2026, 11, 30), date(2026, 12, 6)), "11月30日–12月6日", id="over two months"),
            pytest.param(Span(date(2026, 11, 23), date(2026, 11, 23)), "11月23日", id="one day"),
            pytest.param(Span(date(2025, 11, 16), date(2025, 11, 22)), "2025年11月16–22日", id="another year"),
            pytest.param(Span(date(2026, 12, 28), date(2027, 1, 3)), "2026年12月28日–2027年1月3日", id="over new year"),
            pytest.param(Span(date(2026, 9, 1)), "9月1日起", id="open"),
        ],
    )
    def test_a_span_says_each_part_once(self, span: Span, said: str) -> None:
        assert words.span_words(span) == said

    @pytest.mark.parametrize(
        ("kind", "span", "said"),
        [
            (PeriodKind.WEEK, week_of(date(2026, 11, 18)), "第12周（11月16–22日）"),
            (PeriodKind.FORTNIGHT, Span(date(2026, 11, 9), date(2026, 11, 22)), "双周（11月9–22日）"),
            (PeriodKind.MONTH, month_of(date(2026, 11, 18)), "2026年11月"),
            (PeriodKind.TERM, Span(date(2026, 9, 1), date(2027, 1, 22)), "2026-2027学年第一学期"),
        ],
    )
    def test_a_period_is_named_by_its_kind(self, kind: PeriodKind, span: Span, said: str) -> None:
        assert words.period_words(kind, span, number=12, name="2026-2027学年第一学期") == said

    def test_moments_are_told_on_the_clock_in_shanghai(self) -> None:
        moment = datetime(2026, 11, 22, 22, 5, 12, tzinfo=UTC)
        assert words.moment_words(moment) == "11月23日 周一 06:05"
        assert words.evidence_words(moment) == "2026-11-23 06:05:12 +08:00"

    @pytest.mark.parametrize(
        ("verdict", "said"),
        [
            (Verdict.VOID, "已作废，不计入"),
            (Verdict.NO_RULE, "11月18日没有生效的送教规定，不计入"),
            (Verdict.OUTSIDE_AGREEMENT, "11月18日没有生效的服务协议，不计入"),
            (Verdict.SUSPENDED, "11月18日在暂停送教期间，不计入"),
            (Verdict.DISPUTED, "家长对这条记录有异议，认定属实之前不计入"),
            (Verdict.OVERLAP, "与另一条记录的时间重叠，核实以前两条都不计入"),
            (Verdict.MODE_NOT_COUNTED, "方式为远程，XJ-2026-11 只计入户、社区、机构，不计入"),
            (Verdict.TOO_FEW_TEACHERS, "到场教师 1 人，XJ-2026-11 要求 2 人，不计入"),
            (Verdict.UNCONFIRMED, "XJ-2026-11 要求家长确认，确认之前不计入"),
            (Verdict.OVER_DAILY_CAP, "XJ-2026-11 每天最多计 1 次，当天更早的一次已计入，这次不计入"),
            (Verdict.OVER_REMOTE_CAP, "XJ-2026-11 每学期最多计 6 次远程送教，已计满，这次不计入"),
        ],
    )
    def test_a_verdict_says_its_arithmetic(self, verdict: Verdict, said: str) -> None:
        assert words.verdict_sentence(Judgement(lasting(60), verdict, RULE)) == said

    def test_a_short_session_says_how_much_is_missing(self) -> None:
        said = words.verdict_sentence(Judgement(lasting(58), Verdict.TOO_SHORT, RULE))
        assert said == "58 分钟，比 XJ-2026-11 的 60 分钟少 2 分钟，不计入"

    def test_a_counted_session_says_what_it_is_worth(self) -> None:
        said = words.verdict_sentence(Judgement(lasting(120), Verdict.COUNTED, RULE))
        assert said == "120 分钟，不少于 XJ-2026-11 的 60 分钟，计入 1 次、3 课时"

    @pytest.mark.parametrize(
        ("partial", "teaching", "active", "required", "said"),
        [
            ("prorate", 5, 5, 1, "应送 1 次：每周 1 次，5 个教学日中在册 5 天"),
            ("prorate", 5, 3, 1, "应送 1 次：5 个教学日中在册 3 天，1 × 3 ÷ 5 = 0.6，四舍五入为 1"),
            ("prorate", 3, 3, 1, "应送 1 次：3 个教学日中在册 3 天，整期按 5 天折算，1 × 3 ÷ 5 = 0.6，四舍五入为 1"),
            ("prorate", 5, 2, 0, "应送 0 次：5 个教学日中在册 2 天，1 × 2 ÷ 5 = 0.4，四舍五入为 0"),
            ("prorate", 0, 0, 0, "应送 0 次：这一期没有教学日"),
            ("prorate", 5, 0, 0, "应送 0 次：这一期的教学日都不在册"),
            ("full", 5, 1, 1, "应送 1 次：每周 1 次，有一个教学日在册就按全额"),
            ("whole_only", 5, 5, 1, "应送 1 次：每周 1 次，整期都在册"),
            ("whole_only", 5, 4, 0, "应送 0 次：5 个教学日中在册 4 天，不是完整的一期，按规定不作要求"),
        ],
    )
    def test_what_is_owed_is_reckoned_aloud(
        self, partial: str, teaching: int, active: int, required: int, said: str
    ) -> None:
        owed = words.owed_sentence(WEEKLY, PartialPeriod(partial), teaching=teaching, active=active, required=required)
        assert owed == said

    @pytest.mark.parametrize(
        ("delivered", "missing", "surplus", "end"),
        [(3, 1, 0, "= 还缺 1 课时"), (4, 0, 0, "= 不缺"), (6, 0, 2, "= 多送 2 课时")],
    )
    def test_a_sum_ends_in_what_is_missing_or_beyond(
        self, delivered: int, missing: int, surplus: int, end: str
    ) -> None:
        said = words.balance_sentence(
            Metric.CLASS_HOURS,
            required=6,
            delivered=delivered,
            made_up=1,
            excused=1,
            unaccounted=missing,
            surplus=surplus,
        )
        assert said == f"应送 6 − 已送 {delivered} − 补送 1 − 免计 1 {end}"

    def test_causes_are_told_in_the_order_in_which_they_are_asked(self) -> None:
        told = words.cause_sentences({Cause.NOTHING: 2, Cause.CALENDAR: 0, Cause.MAKE_UP: 1}, Metric.SESSIONS)
        assert told == ["待补送：1 次", "无人交代：2 次"]

    def test_a_figure_says_what_its_source_said_of_it(self) -> None:
        assert words.qualified("230", "约") == "约 230"
        assert words.qualified("3,000", "多") == "3,000 多"
        assert words.qualified("20", "") == "20"

    def test_a_missing_figure_is_not_zero(self) -> None:
        assert words.number(None) == "未报"
        assert words.percent_words(None) == "未报"


@pytest.mark.usefixtures("english")
class TestInEnglish:
    def test_days_and_weeks(self) -> None:
        assert words.day_words(date(2026, 11, 23)) == "Mon 23 November"
        assert words.day_words(date(2025, 11, 23)) == "Sun 23 November 2025"
        assert words.week_words(12, week_of(date(2026, 11, 18))) == "Week 12 (16–22 November)"

    def test_one_is_not_many(self) -> None:
        assert words.amount_words(1, Metric.SESSIONS) == "1 session"
        assert words.amount_words(1102, Metric.MINUTES) == "1,102 minutes"

    def test_every_verdict_is_a_sentence_of_its_own(self) -> None:
        said = {words.verdict_sentence(Judgement(lasting(58), verdict, RULE)) for verdict in Verdict}
        assert len(said) == len(Verdict)

    def test_a_short_session(self) -> None:
        said = words.verdict_sentence(Judgement(lasting(58), Verdict.TOO_SHORT, RULE))
        assert said == "58 minutes, 2 minutes less than the 60 minutes of XJ-2026-11, so it does not count"


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (4641, "4,641"), (230.5, "230.5"), (Decimal("320.25"), "320.25"), (20.0, "20")]
)
def test_numbers_have_their_thousands_apart_and_no_idle_zeros(value: int | float | Decimal, said: str) -> None:
    assert words.number(value) == said


def test_what_is_empty_leaves_no_comma_behind() -> None:
    assert words.listed(["a", "", "b"]) == "a, b"
    assert words.listed([]) == ""
