"""The dictionary of the eight areas, its figures, and the words that stand beside them."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Select,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.clock import LAST_DAY, Span, machine_now
from hometeach.kernel.extensions import Model, coded, db
from hometeach.people.models import IN_ORDER, Dated, Identified, OrgUnit
from hometeach.programmes.rules import (
    Aggregation,
    CountBasis,
    Figure,
    FigurePeriod,
    Indicator,
    Kind,
    MoneyKind,
    PerHead,
    Qualifier,
    Source,
    Standing,
    ValueType,
)

#: Of an indicator, unit and period one figure is current; superseded ones stand beside it.
IS_CURRENT = text("standing <> 'superseded'")


class ProgrammeArea(Model):
    """One of the eight areas of the bureau's report."""

    __tablename__ = "programme_area"

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    #: The section of the bureau that supplies the area's figures.
    owner_zh: Mapped[str] = mapped_column(String(40))
    owner_en: Mapped[str] = mapped_column(String(60))

    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 8", name="number"),)


class IndicatorDefinition(Dated, Model):
    """What a figure means, from one day to another; see ``rules.Indicator``."""

    __tablename__ = "indicator_definition"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    #: Place in the dictionary's own order.
    position: Mapped[int]
    area: Mapped[int] = mapped_column(ForeignKey("programme_area.number"))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    #: As it is printed in Chinese; money is kept as the workbook gives it, in 万元.
    unit: Mapped[str] = mapped_column(String(16))
    value_type: Mapped[ValueType] = mapped_column(coded(ValueType))
    decimals: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[Kind] = mapped_column(coded(Kind))
    count_basis: Mapped[CountBasis] = mapped_column(coded(CountBasis))
    aggregation: Mapped[Aggregation] = mapped_column(coded(Aggregation))
    source: Mapped[Source] = mapped_column(coded(Source))
    #: Usual period kinds, the first the one that a report prints, separated by commas.
    periods: Mapped[str] = mapped_column(String(80))
    numerator: Mapped[str | None] = mapped_column(String(16))
    denominator: Mapped[str | None] = mapped_column(String(16))
    #: Name of the roll-up that computes a derived figure.
    derivation: Mapped[str | None] = mapped_column(String(40))
    money: Mapped[MoneyKind | None] = mapped_column(coded(MoneyKind))
    #: Code of a wider figure that already holds this one.
    within: Mapped[str | None] = mapped_column(String(16))
    #: Code of a figure that this one cannot exceed.
    not_above: Mapped[str | None] = mapped_column(String(16))
    #: Code of the people that this money is for.
    per_head_of: Mapped[str | None] = mapped_column(String(16))
    #: Ten-thousandths of the unit that one of them usually gets.
    per_head_usual: Mapped[int | None] = mapped_column(BigInteger)
    note_zh: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("code", "effective_from"),
        CheckConstraint(IN_ORDER, name="in_order"),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals"),
    )

    def as_indicator(self) -> Indicator:
        """The same for the pure rules."""
        has_price = self.per_head_of is not None and self.per_head_usual is not None
        return Indicator(
            code=self.code,
            area=self.area,
            zh=self.name_zh,
            en=self.name_en,
            unit=self.unit,
            value_type=self.value_type,
            decimals=self.decimals,
            kind=self.kind,
            count_basis=self.count_basis,
            aggregation=self.aggregation,
            source=self.source,
            periods=tuple(FigurePeriod(kind) for kind in self.periods.split(",")),
            span=self.span,
            numerator=self.numerator,
            denominator=self.denominator,
            derivation=self.derivation,
            money=self.money,
            within=self.within,
            not_above=self.not_above,
            per_head=PerHead(self.per_head_of or "", self.per_head_usual or 0) if has_price else None,
            note_zh=self.note_zh,
            note_en=self.note_en,
        )


class IndicatorValue(Identified, Model):
    """A figure as somebody gave it. A later one supersedes it and never overwrites it."""

    __tablename__ = "indicator_value"

    definition_id: Mapped[int] = mapped_column(ForeignKey("indicator_definition.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    period_kind: Mapped[FigurePeriod] = mapped_column(coded(FigurePeriod))
    period_start: Mapped[date] = mapped_column(Date)
    period_end: Mapped[date] = mapped_column(Date)
    #: Ten-thousandths of the indicator's unit (a whole number on both engines); empty for text.
    value_low: Mapped[int | None] = mapped_column(BigInteger)
    #: Only where a range is meant.
    value_high: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text, default="")
    qualifier: Mapped[Qualifier] = mapped_column(coded(Qualifier))
    note: Mapped[str] = mapped_column(Text, default="")
    #: The list, ledger or paper that it was taken from.
    source_document: Mapped[str] = mapped_column(String(200), default="")
    standing: Mapped[Standing] = mapped_column(coded(Standing))
    #: 1 for the first figure of its indicator, unit and period.
    version: Mapped[int]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("indicator_value.id"))
    #: As the audit names people: the account's public id, or the process.
    entered_by: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=machine_now)
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    reviewed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    definition: Mapped[IndicatorDefinition] = relationship()

    __table_args__ = (
        Index(
            "uq_indicator_value_current",
            "definition_id",
            "unit_id",
            "period_kind",
            "period_start",
            "period_end",
            unique=True,
            sqlite_where=IS_CURRENT,
            postgresql_where=IS_CURRENT,
        ),
        UniqueConstraint(
            "definition_id",
            "unit_id",
            "period_kind",
            "period_start",
            "period_end",
            "version",
            name="uq_indicator_value_version",
        ),
        CheckConstraint("period_start <= period_end", name="in_order"),
        CheckConstraint("value_high IS NULL OR value_low <= value_high", name="range"),
        CheckConstraint("value_low IS NOT NULL OR text <> ''", name="says_something"),
        CheckConstraint("superseded_by_id IS NULL OR standing = 'superseded'", name="superseded_by_one"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> entered_by", name="four_eyes"),
        Index(None, "period_end"),
    )

    def as_figure(self, code: str, unit: str) -> Figure:
        """The same for the pure rules."""
        return Figure(
            code=code,
            unit=unit,
            period_kind=self.period_kind,
            period=Span(self.period_start, self.period_end),
            low=self.value_low,
            high=self.value_high,
            text=self.text,
            qualifier=self.qualifier,
            source_document=self.source_document,
        )


class AreaText(Identified, Model):
    """What an area tells of a year beside its figures: a paragraph, or an example with a place and a name."""

    __tablename__ = "area_text"

    area: Mapped[int] = mapped_column(ForeignKey("programme_area.number"))
    year: Mapped[int]
    position: Mapped[int]
    #: Empty for a plain paragraph; an example carries what it is an example of.
    title: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(Text)
    source_document: Mapped[str] = mapped_column(String(200), default="")
    entered_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("area", "year", "position"),)


class PolicyDocument(Identified, Model):
    """A paper that an area rests on, with the years that it covers."""

    __tablename__ = "policy_document"

    area: Mapped[int] = mapped_column(ForeignKey("programme_area.number"))
    title: Mapped[str] = mapped_column(String(160))
    document_no: Mapped[str] = mapped_column(String(80), default="")
    first_year: Mapped[int | None]
    last_year: Mapped[int | None]

    __table_args__ = (UniqueConstraint("area", "title"),)


class Donor(Identified, Model):
    """A fund, firm or programme that gives; its figures are joint ones, so no amounts stand here."""

    __tablename__ = "donor"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]


def all_indicators() -> list[Indicator]:
    """The whole dictionary, older wordings included, in its own order."""
    statement = select(IndicatorDefinition).order_by(IndicatorDefinition.position, IndicatorDefinition.id)
    return [row.as_indicator() for row in db.session.scalars(statement)]


def indicators_of(year: int) -> list[Indicator]:
    """The dictionary as it reads at the end of a year, one entry a code, in its own order."""
    last_day = date(year, 12, 31)
    return [indicator for indicator in all_indicators() if last_day in indicator.span]


def definition_on(code: str, day: date) -> IndicatorDefinition | None:
    """The entry with this code that holds on a day."""
    return db.session.scalar(
        select(IndicatorDefinition)
        .where(IndicatorDefinition.code == code, IndicatorDefinition.effective_from <= day)
        .where((IndicatorDefinition.effective_to.is_(None)) | (IndicatorDefinition.effective_to >= day))
        .order_by(IndicatorDefinition.effective_from.desc())
        .limit(1)
    )


def current_figures(*, first: date, last: date = LAST_DAY) -> list[Figure]:
    """Every current figure whose period ends in the span; ``unit`` holds the unit's code."""
    statement = _current().where(IndicatorValue.period_end >= first, IndicatorValue.period_end <= last)
    return [value.as_figure(code, unit) for value, code, unit in db.session.execute(statement)]


def current_value(definition_id: int, unit_id: int, kind: FigurePeriod, period: Span) -> IndicatorValue | None:
    """The current figure of an indicator, unit and period."""
    return db.session.scalar(
        _value(definition_id, unit_id, kind, period).where(IndicatorValue.standing != Standing.SUPERSEDED)
    )


def values_in(code: str, first: date, last: date) -> list[tuple[IndicatorValue, str]]:
    """Every version of an indicator's figures whose period ends in the span, with the unit's name, newest first."""
    statement = (
        select(IndicatorValue, OrgUnit.name)
        .join(IndicatorDefinition, IndicatorDefinition.id == IndicatorValue.definition_id)
        .join(OrgUnit, OrgUnit.id == IndicatorValue.unit_id)
        .where(IndicatorDefinition.code == code, IndicatorValue.period_end.between(first, last))
        .order_by(IndicatorValue.entered_at.desc(), IndicatorValue.id.desc())
    )
    return [(value, unit) for value, unit in db.session.execute(statement)]


def versions_of(value: IndicatorValue) -> list[IndicatorValue]:
    """Every version of a figure, the newest first."""
    period = Span(value.period_start, value.period_end)
    statement = _value(value.definition_id, value.unit_id, value.period_kind, period)
    return list(db.session.scalars(statement.order_by(IndicatorValue.version.desc())))


def areas() -> list[ProgrammeArea]:
    """The eight areas in order."""
    return list(db.session.scalars(select(ProgrammeArea).order_by(ProgrammeArea.number)))


def texts_of(year: int) -> list[AreaText]:
    """What the areas tell of a year, in order."""
    statement = select(AreaText).where(AreaText.year == year)
    return list(db.session.scalars(statement.order_by(AreaText.area, AreaText.position)))


def policies_of(year: int) -> list[PolicyDocument]:
    """The papers that hold in a year."""
    statement = (
        select(PolicyDocument)
        .where((PolicyDocument.first_year.is_(None)) | (PolicyDocument.first_year <= year))
        .where((PolicyDocument.last_year.is_(None)) | (PolicyDocument.last_year >= year))
    )
    return list(db.session.scalars(statement.order_by(PolicyDocument.area, PolicyDocument.id)))


def donors() -> list[Donor]:
    """The donors in the order in which the report names them."""
    return list(db.session.scalars(select(Donor).order_by(Donor.position, Donor.id)))


def _current() -> Select[IndicatorValue, str, str]:
    return (
        select(IndicatorValue, IndicatorDefinition.code, OrgUnit.code)
        .join(IndicatorDefinition, IndicatorDefinition.id == IndicatorValue.definition_id)
        .join(OrgUnit, OrgUnit.id == IndicatorValue.unit_id)
        .where(IndicatorValue.standing != Standing.SUPERSEDED)
        .order_by(IndicatorDefinition.position, OrgUnit.code, IndicatorValue.period_end, IndicatorValue.id)
    )


def _value(definition_id: int, unit_id: int, kind: FigurePeriod, period: Span) -> Select[IndicatorValue]:
    return select(IndicatorValue).where(
        IndicatorValue.definition_id == definition_id,
        IndicatorValue.unit_id == unit_id,
        IndicatorValue.period_kind == kind,
        IndicatorValue.period_start == period.first,
        IndicatorValue.period_end == period.last,
    )
