"""What does the dictionary that comes with the product say?

``dictionary.toml`` is the bureau's report taken apart: areas, units, indicators.
The database holds what a deployment uses; this is what it begins with.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hometeach.kernel.clock import Span
from hometeach.programmes.rules import (
    Aggregation,
    CountBasis,
    FigurePeriod,
    Indicator,
    Kind,
    MoneyKind,
    PerHead,
    Source,
    ValueType,
    fixed,
)

FILE = Path(__file__).with_name("dictionary.toml")
#: Since when the wordings hold that give no date of their own.
BEGINNING = date(2016, 1, 1)


@dataclass(frozen=True, slots=True)
class Area:
    """One of the eight areas, and the section of the bureau of whom a missing figure is asked."""

    number: int
    zh: str
    en: str
    owner_zh: str
    owner_en: str


@cache
def areas() -> tuple[Area, ...]:
    """The eight areas in order."""
    return tuple(Area(**entry) for entry in _file()["area"])


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator in the order of the file, older wordings after newer ones."""
    return tuple(_indicator(entry) for entry in _file()["indicator"])


@cache
def units() -> dict[str, str]:
    """The English of each unit."""
    return {zh: entry["en"] for zh, entry in _file()["units"].items()}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _indicator(entry: dict[str, Any]) -> Indicator:
    kind = Kind(entry.get("kind", Kind.FLOW))
    basis = CountBasis(_file()["units"][entry["unit"]]["basis"])
    per_head = entry.get("per_head")
    return Indicator(
        code=entry["code"],
        area=int(entry["code"][1]),
        zh=entry["zh"],
        en=entry["en"],
        unit=entry["unit"],
        value_type=ValueType(entry.get("value_type", ValueType.INTEGER)),
        decimals=entry.get("decimals", 0),
        kind=kind,
        count_basis=basis,
        aggregation=Aggregation(entry.get("aggregation", _usual_aggregation(kind, basis))),
        source=Source(entry.get("source", Source.ENTERED)),
        periods=tuple(FigurePeriod(code) for code in entry["periods"]),
        span=Span.of(entry.get("valid_from", BEGINNING), entry.get("valid_to")),
        numerator=entry.get("numerator"),
        denominator=entry.get("denominator"),
        derivation=entry.get("derivation"),
        money=MoneyKind(entry["money"]) if "money" in entry else None,
        within=entry.get("within"),
        not_above=entry.get("not_above"),
        per_head=PerHead(per_head["of"], fixed(Decimal(per_head["usual"]))) if per_head else None,
        note_zh=entry.get("note_zh", ""),
        note_en=entry.get("note_en", ""),
    )


def _usual_aggregation(kind: Kind, basis: CountBasis) -> Aggregation:
    if kind in (Kind.STOCK, Kind.CUMULATIVE):
        return Aggregation.LAST
    if kind is Kind.FLOW:
        return Aggregation.DISTINCT if basis is CountBasis.PERSON else Aggregation.SUM
    return Aggregation.NONE
