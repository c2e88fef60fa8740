"""One figure of one year: what it means, who gave it, the versions before, and the form that gives another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hometeach.kernel import clock
from hometeach.kernel.clock import Span, year_span
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account, OrgUnit, units_in_order
from hometeach.programmes.actions import question_words, record_figure, review_figure, write_area_text
from hometeach.programmes.models import IndicatorValue, areas, indicators_of, texts_of, values_in
from hometeach.programmes.rules import (
    Figure,
    FigurePeriod,
    Indicator,
    Qualifier,
    Standing,
    figure_for_year,
    number_meant,
)
from hometeach.reporting import wording
from hometeach.reporting.facts import year_figures
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.figures import is_given, period_kinds, rows_behind, value_words
from hometeach.web.forms import Form

pages = Blueprint("indicators", __name__, url_prefix="/indicators")

READERS = (Role.BUREAU_OFFICER, Role.RELIEF_CLERK, Role.AUDITOR)
WRITERS = (Role.BUREAU_OFFICER, Role.RELIEF_CLERK)
QUALIFIERS = {
    Qualifier.EXACT: _l("exactly so many"),
    Qualifier.APPROX: _l("about so many"),
    Qualifier.MORE_THAN: _l("over so many"),
}
STANDINGS = {
    Standing.SUBMITTED: _l("not reviewed yet"),
    Standing.REVIEWED: _l("reviewed"),
    Standing.SUPERSEDED: _l("replaced by a newer one"),
}


def is_number(_form: Form, field: StringField) -> None:
    """Refuse what no amount can be read from; empty is left to other checks."""
    try:
        if field.data:
            number_meant(field.data)
    except ValueError:
        message = _("Write a number with at most four decimals, such as 320.25, without its unit.")
        raise ValidationError(message) from None


class FigureForm(Form):
    """What is the figure, of what time, and where is it from?"""

    low = StringField(_l("What is the figure?"), validators=[Optional(), Length(max=24), is_number])
    high = StringField(_l("If it is a range: up to what?"), validators=[Optional(), Length(max=24), is_number])
    qualifier = RadioField(
        _l("How exactly is it meant?"),
        choices=[SelectChoice(one.value, words) for one, words in QUALIFIERS.items()],
        default=Qualifier.EXACT.value,
    )
    period_kind = SelectField(_l("Of what stretch of time does it speak?"))
    period_start = DateField(_l("From which day?"), validators=[InputRequired(_l("Choose the first day."))])
    period_end = DateField(_l("Until which day?"), validators=[InputRequired(_l("Choose the last day."))])
    unit = SelectField(_l("Of which unit?"))
    source_document = StringField(
        _l("From which list or paper is it taken?"),
        validators=[DataRequired(_l("Name the list or paper, so that it can be found again.")), Length(max=200)],
    )
    note = StringField(_l("Is there anything to know about it?"), validators=[Optional(), Length(max=200)])


class WordsForm(Form):
    """What should the report tell of this area?"""

    title = StringField(_l("If it is an example: of what place or school?"), validators=[Optional(), Length(max=80)])
    body = TextAreaField(
        _l("What should the report tell?"),
        validators=[DataRequired(_l("Write what the report should tell of this area.")), Length(max=2000)],
    )
    source_document = StringField(_l("Where is it from?"), validators=[Optional(), Length(max=200)])


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the figure, as its page tells it."""

    key: str
    value: str
    unit: str
    period: str
    source: str
    note: str
    standing: str
    is_superseded: bool
    who: str
    value_row: IndicatorValue

    def may_be_reviewed_by(self, actor: str) -> bool:
        """Whether this person may say that it was looked at."""
        return self.value_row.standing is Standing.SUBMITTED and self.value_row.entered_by != actor


@pages.get("/<int:year>/<code>")
@allowed(*READERS)
def show(year: int, code: str) -> str:
    """The figure of a year: its meaning, its versions, and the form."""
    indicator = _indicator(year, code)
    return _show(year, indicator, _form(year, indicator))


@pages.post("/<int:year>/<code>")
@allowed(*WRITERS)
def give(year: int, code: str) -> Response | tuple[str, int]:
    """Take a figure in; one that stood before stays as an older version."""
    indicator = _indicator(year, code)
    form = _form(year, indicator)
    if form.validate():
        with refusals_on(form):
            recorded = record_figure(
                _figure(indicator, form), unit=_unit(form.unit.data), by=person().actor, note=form.note.data or ""
            )
            flash(_("The figure was kept.") if recorded.changed else _("The same figure stood there already."), "done")
            for question in recorded.questions:
                flash(question_words(question))
            return redirect(url_for(".show", year=recorded.value.period_end.year, code=code))
    return _show(year, indicator, form), 422


@pages.post("/values/<public_id>/review")
@allowed(*WRITERS)
def review(public_id: str) -> Response:
    """Say that a second person has looked at the figure."""
    value = db.session.scalar(select(IndicatorValue).where(IndicatorValue.public_id == public_id))
    if value is None:
        raise NotFound
    review_figure(value, by=person().actor)
    flash(_("The figure is reviewed."), "done")
    return redirect(url_for(".show", year=value.period_end.year, code=value.definition.code))


@pages.get("/<int:year>/words/<int:area>")
@allowed(*WRITERS)
def tell(year: int, area: int) -> str:
    """The form for what the report tells of an area."""
    return _tell(year, area, WordsForm())


@pages.post("/<int:year>/words/<int:area>")
@allowed(*WRITERS)
def keep_words(year: int, area: int) -> Response | tuple[str, int]:
    """Add a paragraph or an example to an area."""
    form = WordsForm()
    if area not in {one.number for one in areas()}:
        raise NotFound
    if form.validate():
        with refusals_on(form):
            positions = [text.position for text in texts_of(year) if text.area == area]
            write_area_text(
                area=area,
                year=year,
                position=max(positions, default=0) + 1,
                body=form.body.data or "",
                title=form.title.data or "",
                source_document=form.source_document.data or "",
                by=person().actor,
            )
            flash(_("The report will tell it."), "done")
            return redirect(url_for("totals.one_area", year=year, area=area))
    return _tell(year, area, form), 422


def _show(year: int, indicator: Indicator, form: FigureForm) -> str:
    versions = _versions(year, indicator)
    return render_template(
        "indicators/show.html",
        year=year,
        indicator=indicator,
        name=wording.name_of(indicator),
        note=wording.note_of(indicator),
        unit=wording.unit_of(indicator),
        versions=versions,
        standing=_printed(year, indicator, versions),
        rows=rows_behind(indicator.code, year, person()),
        is_given=is_given(indicator),
        may_give=bool(person().roles & set(WRITERS)),
        actor=person().actor,
        form=form,
    )


def _printed(year: int, indicator: Indicator, versions: Sequence[Version]) -> Version | None:
    """Of the versions the one that the report of the year prints."""
    current = [version for version in versions if not version.is_superseded]
    figures = {version.key: version.value_row.as_figure(indicator.code, "") for version in current}
    printed = figure_for_year(indicator, figures.values(), year)
    return next((version for version in current if figures[version.key] is printed), None)


def _tell(year: int, area: int, form: WordsForm) -> str:
    found = next((one for one in areas() if one.number == area), None)
    if found is None:
        raise NotFound
    name = found.name_zh if wording.is_chinese() else found.name_en
    return render_template("indicators/words.html", year=year, area=area, name=name, form=form)


def _indicator(year: int, code: str) -> Indicator:
    """The entry of this code in the year's dictionary.

    Raises: NotFound.
    """
    if not 1990 <= year <= 2100:
        raise NotFound
    found = next((one for one in indicators_of(year) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def _form(year: int, indicator: Indicator) -> FigureForm:
    """The form with its choices; a new one begins with the time of the figure that stands, else the usual one."""
    form = FigureForm()
    form.period_kind.choices = [SelectChoice(value, words) for value, words in period_kinds()]
    form.unit.choices = [SelectChoice(unit.public_id, unit.name) for unit in units_in_order()]
    if not form.is_submitted():
        standing = year_figures(year).figures.get(indicator.code)
        kind, period = (standing.period_kind, standing.period) if standing else _usual_time(year, indicator)
        form.period_kind.data, form.period_start.data, form.period_end.data = kind.value, period.first, period.last
    return form


def _usual_time(year: int, indicator: Indicator) -> tuple[FigurePeriod, Span]:
    """The time for which the first figure of a year is likely to be given."""
    kind = indicator.periods[0]
    if kind in (FigurePeriod.AS_OF, FigurePeriod.EVENT):
        day = min(date(year, 12, 31), clock.today())
        return kind, Span(day, day)
    return kind, year_span(year)


def _figure(indicator: Indicator, form: FigureForm) -> Figure:
    low, high = (number_meant(text) if text else None for text in (form.low.data, form.high.data))
    return Figure(
        code=indicator.code,
        unit=_unit(form.unit.data).code,
        period_kind=FigurePeriod(form.period_kind.data),
        period=Span(form.period_start.data or date.min, form.period_end.data or date.min),
        low=low,
        high=high,
        qualifier=Qualifier(form.qualifier.data),
        source_document=form.source_document.data or "",
    )


def _unit(public_id: str) -> OrgUnit:
    return db.session.scalars(select(OrgUnit).where(OrgUnit.public_id == public_id)).one()


def _versions(year: int, indicator: Indicator) -> Sequence[Version]:
    span = year_span(year)
    names: dict[str, Any] = {
        row.public_id: row.name for row in db.session.execute(select(Account.public_id, Account.name))
    }
    return [
        Version(
            key=value.public_id,
            value=value_words(indicator, value.as_figure(indicator.code, "")),
            unit=unit,
            period=wording.figure_period(value.period_kind, Span(value.period_start, value.period_end)),
            source=value.source_document,
            note=value.note,
            standing=str(STANDINGS[value.standing]),
            is_superseded=value.standing is Standing.SUPERSEDED,
            who=names.get(value.entered_by, _("from a workbook")),
            value_row=value,
        )
        for value, unit in values_in(indicator.code, span.first, span.last)
    ]
