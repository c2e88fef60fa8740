"""Which reviews were signed, which one runs, when is the next one due? Begin the one of this year."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hometeach.kernel import clock
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Account
from hometeach.people.reviewing import actions
from hometeach.people.reviewing.facts import review_due_on
from hometeach.people.reviewing.models import reviews_in_order
from hometeach.web.base import allowed, person
from hometeach.web.forms import Form
from hometeach.web.reviews import REVIEWERS, pages


@pages.get("")
@allowed(*REVIEWERS)
def index() -> str:
    """Every review, the latest year first."""
    reviews, today = reviews_in_order(), clock.today()
    due_on = review_due_on(today)
    return render_template(
        "reviews/index.html",
        reviews=reviews,
        names=names_of_accounts(),
        due_on=due_on,
        is_overdue=due_on < today,
        year=today.year,
        form=Form(),
        may_open=Role.ADMINISTRATOR in person().roles and all(one.year != today.year for one in reviews),
    )


@pages.post("")
@allowed(Role.ADMINISTRATOR)
def begin() -> Response:
    """Begin the review of this year."""
    today = clock.today()
    review = actions.open_review(today.year, today=today, by=person().actor)
    flash(_("The review is begun. It can be done in several sittings."), "done")
    return redirect(url_for(".show", public_id=review.public_id))


def names_of_accounts() -> dict[str, str]:
    """Everybody's name by public id."""
    return {row.public_id: row.name for row in db.session.execute(select(Account.public_id, Account.name))}
