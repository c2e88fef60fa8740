"""Keep the figures of the eight areas: the dictionary, a figure given, a figure reviewed, the words beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hometeach.kernel import audit
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import OrgUnit
from hometeach.programmes import dictionary
from hometeach.programmes.models import (
    AreaText,
    IndicatorDefinition,
    IndicatorValue,
    ProgrammeArea,
    current_figures,
    current_value,
    definition_on,
)
from hometeach.programmes.rules import (
    Doubt,
    Fault,
    Figure,
    Indicator,
    Question,
    Standing,
    faults_of,
    questions_about,
    unfixed,
)

#: What to do about a figure that cannot stand, and the field that it belongs to.
_FAULTS = {
    Fault.DERIVED: (
        "code",
        _l("%(code)s is worked out from the ledger of home teaching and cannot be typed. Correct the records instead."),
    ),
    Fault.MISSING: ("low", _l("%(code)s has no value. Write the figure, or leave it out: missing is not zero.")),
    Fault.NOT_WHOLE: ("low", _l("%(code)s counts whole ones. Write a figure without decimals.")),
    Fault.NEGATIVE: ("low", _l("%(code)s cannot be below zero. Check the sign.")),
    Fault.RANGE_REVERSED: ("high", _l("The upper end of %(code)s is below the lower one. Exchange the two.")),
    Fault.PERIOD_REVERSED: ("period_end", _l("The period of %(code)s ends before it begins. Check the two dates.")),
    Fault.NOT_ONE_DAY: ("period_end", _l("%(code)s stands on one day. Write the same date twice.")),
}
_DOUBTS = {
    Doubt.UNUSUAL_PERIOD: _l("%(about)s is usually given for another kind of period."),
    Doubt.BROKEN_PERIOD: _l("The dates of %(about)s are not those of a whole year or month."),
    Doubt.ABOVE_HUNDRED: _l("%(about)s is above 100%%."),
    Doubt.RATIO_GAP: _l("%(about)s works out at %(expected)s%%, which is not what was typed."),
    Doubt.ABOVE_WHOLE: _l("%(about)s is above %(other)s, which is %(expected)s."),
    Doubt.PER_HEAD: _l("Going by %(other)s, %(about)s would be near %(expected)s."),
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of giving a figure. ``changed`` is False where the same already stood."""

    value: IndicatorValue
    changed: bool
    questions: tuple[Question, ...] = ()


def load_dictionary() -> int:
    """Put the dictionary that comes with the product into the database; what is there stays as it is.

    Returns how many areas and entries were new.
    """
    known_areas = set(db.session.scalars(select(ProgrammeArea.number)))
    new_areas = [area for area in dictionary.areas() if area.number not in known_areas]
    db.session.add_all(
        ProgrammeArea(
            number=area.number, name_zh=area.zh, name_en=area.en, owner_zh=area.owner_zh, owner_en=area.owner_en
        )
        for area in new_areas
    )
    db.session.flush()
    entries = select(IndicatorDefinition.code, IndicatorDefinition.effective_from)
    known = {(code, first) for code, first in db.session.execute(entries)}
    new = [
        _definition(indicator, position)
        for position, indicator in enumerate(dictionary.indicators())
        if (indicator.code, indicator.span.first) not in known
    ]
    db.session.add_all(new)
    db.session.flush()
    return len(new_areas) + len(new)


def dictionary_entries() -> list[IndicatorDefinition]:
    """The dictionary that comes with the product as rows, in its own order."""
    return [_definition(indicator, position) for position, indicator in enumerate(dictionary.indicators())]


def check_figure(figure: Figure) -> IndicatorDefinition:
    """The entry that the figure belongs to, once nothing stands against it.

    Raises: Refused (``figure:unknown``, or ``figure:`` and the fault) with what to do.
    """
    definition = definition_on(figure.code, figure.period.last)
    if definition is None:
        message = _("There is no indicator %(code)s in the dictionary of that year. Check the code.", code=figure.code)
        raise Refused("figure:unknown", message, "code")
    for fault in faults_of(definition.as_indicator(), figure):
        field, message = _FAULTS[fault]
        raise Refused(f"figure:{fault}", str(message) % {"code": figure.code}, field)
    return definition


def record_figure(figure: Figure, *, unit: OrgUnit, by: str, note: str = "") -> Recorded:
    """Keep a figure; one that stood before is superseded, never overwritten.

    Raises: Refused as ``check_figure`` does.
    """
    definition = check_figure(figure)
    standing = current_value(definition.id, unit.id, figure.period_kind, figure.period)
    questions = tuple(questions_about(definition.as_indicator(), figure, _beside(figure)))
    if standing is not None and _says_the_same(standing, figure, note):
        return Recorded(standing, False, questions)
    if standing is not None:
        standing.standing = Standing.SUPERSEDED
        db.session.flush()
    value = _value(figure, definition, unit, by=by, note=note, version=standing.version + 1 if standing else 1)
    db.session.add(value)
    db.session.flush()
    if standing is not None:
        standing.superseded_by_id = value.id
    detail = {"code": figure.code, "unit": unit.code, "version": value.version, "until": figure.period.last}
    audit.record("figure:recorded", actor=by, about=f"indicator_value:{value.public_id}", detail=detail)
    return Recorded(value, True, questions)


def review_figure(value: IndicatorValue, *, by: str) -> None:
    """Say that a second person has looked at a figure.

    Raises: Refused if it is the person who gave it, or if it no longer stands.
    """
    if value.standing is Standing.SUPERSEDED:
        raise Refused("figure:superseded", _("A newer figure has taken its place. Review that one."))
    if value.entered_by == by:
        raise Refused("figure:own", _("Whoever gave a figure does not review it. Ask a colleague to look at it."))
    value.standing, value.reviewed_by, value.reviewed_at = Standing.REVIEWED, by, machine_now()
    audit.record("figure:reviewed", actor=by, about=f"indicator_value:{value.public_id}")


def write_area_text(
    *, area: int, year: int, position: int, body: str, by: str, title: str = "", source_document: str = ""
) -> AreaText:
    """Keep a paragraph or an example of an area; one at the same place is replaced, and the audit says so.

    Raises: Refused if there is nothing in it.
    """
    if not body.strip():
        raise Refused("area_text:empty", _("Write what the report should tell of this area."), "body")
    place = select(AreaText).where(AreaText.area == area, AreaText.year == year, AreaText.position == position)
    found = db.session.scalar(place)
    words = found or AreaText(area=area, year=year, position=position)
    words.title, words.body, words.source_document, words.entered_by = title.strip(), body.strip(), source_document, by
    db.session.add(words)
    db.session.flush()
    detail = {"area": area, "year": year, "position": position}
    audit.record("area_text:written", actor=by, about=f"area_text:{words.public_id}", detail=detail)
    return words


def question_words(question: Question) -> str:
    """A doubt as a sentence."""
    facts = {
        "about": question.about,
        "other": question.other or "",
        "expected": "" if question.expected is None else str(unfixed(question.expected)),
    }
    return str(_DOUBTS[question.doubt]) % facts


def _beside(figure: Figure) -> Mapping[str, Figure]:
    """The other current figures of the same unit and period, by code."""
    until: date = figure.period.last
    return {
        other.code: other
        for other in current_figures(first=until, last=until)
        if (other.unit, other.period) == (figure.unit, figure.period)
    }


def _says_the_same(value: IndicatorValue, figure: Figure, note: str) -> bool:
    kept = (value.value_low, value.value_high, value.text, value.qualifier, value.source_document, value.note)
    return kept == (figure.low, figure.high, figure.text, figure.qualifier, figure.source_document, note)


def _value(
    figure: Figure, definition: IndicatorDefinition, unit: OrgUnit, *, by: str, note: str, version: int
) -> IndicatorValue:
    return IndicatorValue(
        definition_id=definition.id,
        unit_id=unit.id,
        period_kind=figure.period_kind,
        period_start=figure.period.first,
        period_end=figure.period.last,
        value_low=figure.low,
        value_high=figure.high,
        text=figure.text,
        qualifier=figure.qualifier,
        note=note,
        source_document=figure.source_document,
        standing=Standing.SUBMITTED,
        version=version,
        entered_by=by,
    )


def _definition(indicator: Indicator, position: int) -> IndicatorDefinition:
    span = indicator.span
    return IndicatorDefinition(
        code=indicator.code,
        position=position,
        area=indicator.area,
        name_zh=indicator.zh,
        name_en=indicator.en,
        unit=indicator.unit,
        value_type=indicator.value_type,
        decimals=indicator.decimals,
        kind=indicator.kind,
        count_basis=indicator.count_basis,
        aggregation=indicator.aggregation,
        source=indicator.source,
        periods=",".join(indicator.periods),
        effective_from=span.first,
        effective_to=None if span.last == date.max else span.last,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        derivation=indicator.derivation,
        money=indicator.money,
        within=indicator.within,
        not_above=indicator.not_above,
        per_head_of=indicator.per_head.of if indicator.per_head else None,
        per_head_usual=indicator.per_head.usual if indicator.per_head else None,
        note_zh=indicator.note_zh,
        note_en=indicator.note_en,
    )
