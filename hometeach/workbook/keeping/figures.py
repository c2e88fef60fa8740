"""Figures of the eight areas: kept by ``programmes``, one version after the other."""

from collections.abc import Mapping, Sequence
from datetime import date

from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.models import OrgUnit
from hometeach.programmes.actions import record_figure
from hometeach.programmes.models import current_figures
from hometeach.programmes.rules import Figure, FigurePeriod, Qualifier
from hometeach.workbook.comparing import Plain, Stated, Update
from hometeach.workbook.keeping.fields import Ids
from hometeach.workbook.keeping.table import Standing, StandingRows
from hometeach.workbook.layout import FIGURES


class FigureList:
    """The list of figures, told apart by indicator, unit and period."""

    name = "figures"

    def standing(self, ids: Ids) -> StandingRows:
        """Every current figure, by key."""
        rows: StandingRows = {}
        for figure in current_figures(first=date.min):
            values = _values_of(figure, ids.school_codes[ids.schools[figure.unit]])
            rows[tuple(str(values[name]) for name in FIGURES.key)] = Standing(0, "", values)
        return rows

    def create(self, stated: Sequence[Stated], ids: Ids) -> None:
        """Give figures that are not there."""
        for one in stated:
            _record(one.values, ids)

    def update(self, updates: Sequence[Update], standing: StandingRows, ids: Ids) -> None:
        """Give newer versions of figures that are there."""
        for one in updates:
            _record(standing[one.stated.key].values | {change.field: change.after for change in one.changes}, ids)


def _record(values: Mapping[str, Plain], ids: Ids) -> None:
    unit = db.session.get_one(OrgUnit, ids.schools[str(values["unit"])])
    low, high = values["low"], values["high"]
    figure = Figure(
        code=str(values["code"]),
        unit=unit.code,
        period_kind=FigurePeriod(str(values["period_kind"])),
        period=Span(date.fromisoformat(str(values["first"])), date.fromisoformat(str(values["last"]))),
        low=low if isinstance(low, int) else None,
        high=high if isinstance(high, int) else None,
        qualifier=Qualifier(str(values["qualifier"])),
        source_document=str(values["source_document"]),
    )
    record_figure(figure, unit=unit, by=ids.by)


def _values_of(figure: Figure, unit: str) -> dict[str, Plain]:
    return {
        "code": figure.code,
        "unit": unit,
        "period_kind": figure.period_kind.value,
        "first": figure.period.first.isoformat(),
        "last": figure.period.last.isoformat(),
        "low": figure.low,
        "high": figure.high,
        "qualifier": figure.qualifier.value,
        "source_document": figure.source_document,
    }
