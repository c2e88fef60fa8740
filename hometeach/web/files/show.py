"""What is in one child's file, what is missing, what runs out; enter a paper, take one out."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hometeach.cases.file import actions
from hometeach.cases.file.dictionary import form_of, forms
from hometeach.cases.file.models import FileItem as Paper
from hometeach.cases.file.models import papers_of
from hometeach.cases.file.rules import lacking
from hometeach.compliance.paperwork import files_of
from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.models import Child
from hometeach.reporting.facts import day_facts
from hometeach.web.base import allowed, load_child, person, refusals_on
from hometeach.web.editing import tidy
from hometeach.web.files import pages
from hometeach.web.forms import Form
from hometeach.web.words import files as said

#: Those who bring papers.
KEEPERS = (Role.TEACHER, Role.SCHOOL_COORDINATOR, Role.BUREAU_OFFICER)


class PaperForm(Form):
    """Which paper lies in the file?"""

    code = SelectField(_l("Which form is it?"))
    dated_on = DateField(_l("Which day is on the paper?"), validators=[InputRequired(_l("Choose the day."))])
    made_by = StringField(
        _l("Who made or signed it?"),
        filters=[tidy],
        validators=[DataRequired(_l("Write who made or signed it.")), Length(max=80)],
    )
    valid_to = DateField(_l("Until which day is it valid?"), validators=[Optional()])
    note = TextAreaField(_l("What else is to be known of it?"), filters=[tidy], validators=[Length(max=500)])


@pages.get("/children/<public_id>/file")
@allowed(*FILE_READERS)
def show(public_id: str) -> str:
    """One child's file."""
    child, form = load_child(public_id), _paper_form()
    wanted = form_of(request.args.get("form", ""))
    if wanted is not None:
        form.code.data = wanted.code
    form.dated_on.data = clock.today()
    return _shown(child, form)


@pages.post("/children/<public_id>/file")
@allowed(*KEEPERS)
def enter(public_id: str) -> Response | tuple[str, int]:
    """Enter that a paper lies in the file."""
    child, form = load_child(public_id), _paper_form()
    if form.validate():
        with refusals_on(form):
            draft = actions.PaperDraft(
                form.code.data, form.dated_on.data, form.made_by.data or "", form.valid_to.data, form.note.data or ""
            )
            actions.enter_paper(child, draft, by=person().actor, on=clock.today())
            flash(_("The paper is entered."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _shown(child, form), 422


@pages.post("/papers/<public_id>/take-out")
@allowed(*KEEPERS)
def take_out(public_id: str) -> Response:
    """Take a paper out that was entered by mistake."""
    found = select(Paper, Child.public_id).join(Child, Child.id == Paper.child_id)
    row = db.session.execute(found.where(Paper.public_id == public_id)).first()
    if row is None:
        raise NotFound
    paper, child = row[0], load_child(row[1])
    actions.take_out(paper, child, by=person().actor)
    flash(_("The paper is taken out of the file. That it was there stays on record."), "done")
    return redirect(url_for(".show", public_id=child.public_id))


def _paper_form() -> PaperForm:
    form = PaperForm()
    form.code.choices = [SelectChoice(one.code, f"{one.code} {said.form_name(one)}") for one in forms()]
    return form


def _shown(child: Child, form: PaperForm) -> str:
    only = select(Child.id).where(Child.id == child.id)
    items = files_of(only, clock.today()).get(child.id, [])
    return render_template(
        "files/show.html",
        child=child,
        items=items,
        lacking=lacking(items),
        is_complete=child.id in (day_facts(clock.today(), only).files_counted or ()),
        papers=db.session.scalars(papers_of(only)).all(),
        names={one.code: said.form_name(one) for one in forms()},
        may_enter=bool(person().roles & set(KEEPERS)),
        form=form,
        said=said,
    )
