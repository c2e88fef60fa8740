"""Which children are there, and how does each one's term stand?

A name is personal data and stays out of addresses and logs: looking for one is
a POST, whose answer leads to an address that names the children found by their
random ids. That address can be kept, sorted and filtered like any other.
"""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from hometeach.cases.models import is_on_the_list
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.people.access import FILE_READERS
from hometeach.people.models import Child
from hometeach.web.base import allowed, refusals_on, sees_child
from hometeach.web.children import pages
from hometeach.web.forms import BareForm
from hometeach.web.lists import Asked, Filter, page_of
from hometeach.web.standings.listed import Listed, children_listed, count_awaiting, schools_among, teachers_among
from hometeach.web.standings.pictures import TERM_STATE_WORDS, TermPicture, TermState, picture_of
from hometeach.web.standings.terms import Terms, chosen_term
from hometeach.web.subjects import MOST_FOUND, children_called, refuse_too_many

#: A list that fits one screen needs no filters.
SHORT_LIST = 12
SORTS = ("code", "name", "school", "teacher", "unaccounted")


class FindForm(BareForm):
    """Whom are you looking for?"""

    who = StringField(
        _l("Name or number"),
        validators=[DataRequired(_l("Enter a name or a number, or a part of one.")), Length(max=40)],
    )


@pages.get("")
@allowed(*FILE_READERS)
def index() -> str:
    """The children whom the person sees, narrowed and ordered by the address."""
    return _index(FindForm())


@pages.post("/find")
@allowed(*FILE_READERS)
def find() -> Response | tuple[str, int]:
    """Lead to the children with this name or number."""
    form = FindForm()
    if form.validate():
        with refusals_on(form):
            found = _found(form.who.data or "")
            if len(found) == 1:
                return redirect(url_for(".show", public_id=found[0]))
            return redirect(url_for(".index", found=".".join(found)))
    return _index(form), 422


def _found(text: str) -> list[str]:
    """The random ids of the children with this name or number, or with it in it.

    Raises: Refused where there are none, or too many.
    """
    found = children_called(text.strip())
    if not found:
        raise Refused(
            "child:not_found",
            _("No child whom you see has this name or number. Check how it is written, or look for a part of it."),
            field="who",
        )
    refuse_too_many(found)
    return found


def _index(form: FindForm) -> str:
    today = clock.today()
    terms = chosen_term(today, request.args.get("term", ""))
    visible = children_listed(today, sees_child(), _asked_for())
    picture = picture_of(terms, sees_child())
    asked = Asked(
        "children.index", _filters(visible, terms), sorts=SORTS, kept={"found": request.args.get("found", "")}
    )
    shown = _ordered([one for one in visible if _matches(one, asked, picture)], asked.sort, picture)
    return render_template(
        "children/index.html",
        form=form,
        asked=asked,
        page=page_of(shown, asked),
        picture=picture,
        terms=terms,
        unaccounted=picture.unaccounted_words(shown),
        affected=sum(picture.line(one.id).unaccounted > 0 for one in shown),
        awaiting=count_awaiting(sees_child()),
        is_long=len(visible) > SHORT_LIST,
        is_narrowed=bool(asked.chosen or asked.kept["found"]),
        base=url_for(".index") + "/",
    )


def _filters(visible: Sequence[Listed], terms: Terms) -> tuple[Filter, ...]:
    states = [(one.value, str(TERM_STATE_WORDS[one])) for one in TermState]
    return (
        Filter.over("school", _("School"), _("All schools"), schools_among(visible)),
        Filter.over("teacher", _("Teacher"), _("All teachers"), teachers_among(visible)),
        Filter.over("state", _("State"), _("All states"), states),
        Filter("term", _("Term"), terms.choices, default=terms.default_key),
    )


def _asked_for() -> ColumnElement[bool]:
    """Those who were looked for, wherever they stand; else those who are taught at home."""
    found = request.args.get("found", "").split(".")[:MOST_FOUND]
    return Child.public_id.in_(found) if any(found) else is_on_the_list()


def _matches(child: Listed, asked: Asked, picture: TermPicture) -> bool:
    return (
        asked["school"] in ("", child.school_key)
        and asked["teacher"] in ("", child.teacher_key)
        and asked["state"] in ("", picture.line(child.id).state.value)
    )


def _ordered(children: Sequence[Listed], sort: str, picture: TermPicture) -> list[Listed]:
    """By the column asked for, then by code; most unaccounted first, since that is what one looks for."""
    by_code = sorted(children, key=lambda one: one.code)
    keys = {
        "code": lambda one: one.code,
        "name": lambda one: one.name,
        "school": lambda one: one.school_code or "",
        "teacher": lambda one: one.teacher_code or "",
        "unaccounted": lambda one: -picture.line(one.id).unaccounted,
    }
    return sorted(by_code, key=keys[sort.removeprefix("-")], reverse=sort.startswith("-"))
