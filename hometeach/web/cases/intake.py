"""Register one child by a form. Many come by the bureau's workbook."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from hometeach.cases.actions import Intake, register_child
from hometeach.cases.rules import Acting, Around, Source, movers_of
from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import OrgUnit, units_in_order
from hometeach.people.rules import DisabilityType, FamilyCategory, Sex, UnitKind
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.cases import pages
from hometeach.web.editing import narrow, tidy
from hometeach.web.forms import Form
from hometeach.web.words import cases as said

WHO_REGISTERS = (Role.BUREAU_OFFICER, Role.SCHOOL_COORDINATOR)


def _choices(codes: Any, worded: Any) -> list[SelectChoice]:
    return [SelectChoice("", _("Choose one")), *(SelectChoice(code.value, worded(code)) for code in codes)]


class IntakeForm(Form):
    """Which child is it, and who cares for it?"""

    source = SelectField(_l("From where is the child known?"), validators=[InputRequired(_l("Choose one."))])
    name = StringField(
        _l("What is the child's name?"),
        filters=[tidy],
        validators=[DataRequired(_l("Enter the name.")), Length(max=40)],
    )
    sex = SelectField(_l("Boy or girl?"), validators=[InputRequired(_l("Choose one."))])
    born_on = DateField(_l("When was the child born?"), validators=[InputRequired(_l("Enter the birth date."))])
    id_number = StringField(
        _l("ID number"),
        filters=[tidy, narrow],
        validators=[Optional(), Regexp(r"^[0-9]{17}[0-9Xx]$", message=_l("An ID number has 18 characters."))],
    )
    disability_type = SelectField(_l("Which kind of disability?"), validators=[InputRequired(_l("Choose one."))])
    disability_level = SelectField(
        _l("Which level does the certificate say?"),
        choices=[SelectChoice("", _l("Choose one")), *(SelectChoice(str(level), str(level)) for level in range(1, 5))],
        validators=[InputRequired(_l("Choose one."))],
    )
    family_category = SelectField(_l("Which family category?"), validators=[InputRequired(_l("Choose one."))])
    school = SelectField(
        _l("Which school takes the child in hand?"), validators=[InputRequired(_l("Choose the school."))]
    )
    township = StringField(_l("In which township does the child live?"), filters=[tidy], validators=[Length(max=40)])
    visit_address = StringField(_l("Where is the home?"), filters=[tidy], validators=[Length(max=200)])
    cannot_attend_reason = TextAreaField(
        _l("Why can the child not attend school, as far as is known?"), filters=[tidy], validators=[Length(max=500)]
    )
    guardian = StringField(
        _l("What is the guardian's name?"),
        filters=[tidy],
        validators=[DataRequired(_l("Enter the guardian's name.")), Length(max=40)],
    )
    relation = StringField(
        _l("How is the guardian related to the child?"),
        filters=[tidy],
        validators=[DataRequired(_l("Enter it as the family says it: father, grandmother.")), Length(max=20)],
    )
    phone = StringField(_l("What is the guardian's mobile number?"), filters=[tidy], validators=[Length(max=20)])
    is_another = BooleanField(_l("I compared: a child of this name and birth date is registered, and this is another"))

    def intake(self, school_id: int) -> Intake:
        """What was written into the form."""
        return Intake(
            name=_text(self.name),
            sex=Sex(self.sex.data),
            born_on=self.born_on.data or date.max,
            id_number=_text(self.id_number).upper(),
            disability_type=DisabilityType(self.disability_type.data),
            disability_level=int(self.disability_level.data),
            family_category=FamilyCategory(self.family_category.data),
            school_id=school_id,
            source=self.source.data,
            guardian=_text(self.guardian),
            relation=_text(self.relation),
            phone=_text(self.phone),
            township=_text(self.township),
            visit_address=_text(self.visit_address),
            cannot_attend_reason=_text(self.cannot_attend_reason),
            is_another=self.is_another.data,
        )


@pages.get("/new")
@allowed(*WHO_REGISTERS)
def new() -> str:
    """Ask for the child and its family."""
    return render_template("cases/new.html", form=_form())


@pages.post("/new")
@allowed(*WHO_REGISTERS)
def register() -> Response | tuple[str, int]:
    """Register the child."""
    form = _form()
    if form.validate():
        with refusals_on(form):
            school_id = _school_id(form.school.data)
            child = register_child(form.intake(school_id), acting=_acting_at(school_id), on=clock.today())
            flash(_("%(name)s is registered under the number %(code)s.", name=child.name, code=child.code), "done")
            return redirect(url_for(".show", public_id=child.public_id))
    return render_template("cases/new.html", form=form), 422


def _form() -> IntakeForm:
    form = IntakeForm()
    form.source.choices = _choices(Source, lambda code: said.SOURCES[code])
    form.sex.choices = _choices(Sex, words.sex_words)
    form.disability_type.choices = _choices(DisabilityType, words.disability_kind_words)
    form.family_category.choices = _choices(FamilyCategory, words.family_words)
    form.school.choices = _schools_offered()
    return form


def _schools_offered() -> list[SelectChoice]:
    """The schools to choose from; of several none is chosen beforehand."""
    schools = [SelectChoice(one.public_id, one.name) for one in _schools()]
    return schools if len(schools) == 1 else [SelectChoice("", _("Choose one")), *schools]


def _schools() -> list[OrgUnit]:
    """The schools that the person may choose: every one for the bureau, else the own ones."""
    scope = person().scope
    schools = [one for one in units_in_order() if one.kind is not UnitKind.BUREAU]
    return schools if scope.everything else [one for one in schools if one.id in scope.school_ids]


def _school_id(public_id: str) -> int:
    return db.session.scalars(select(OrgUnit.id).where(OrgUnit.public_id == public_id)).one()


def _acting_at(school_id: int) -> Acting:
    asking = person()
    return Acting(asking.actor, movers_of(asking.grants, asking.signed_in.teacher_id, Around(school_id, None)))


def _text(field: StringField) -> str:
    return field.data or ""
