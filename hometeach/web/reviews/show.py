"""One review: every account with what raises a question, what was decided, and the signature; also on paper."""

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from hometeach.kernel import clock, documents
from hometeach.kernel.documents import Document
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.kernel.settings import setting
from hometeach.people.access import Role
from hometeach.people.models import the_bureau
from hometeach.people.reviewing import actions
from hometeach.people.reviewing.facts import Content, content_of, state_of, undecided
from hometeach.people.reviewing.models import AccessReview
from hometeach.reporting.paper import frame
from hometeach.web import words
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.reviews import REVIEWERS, pages
from hometeach.web.reviews.index import names_of_accounts
from hometeach.web.words import reviews as said


@pages.get("/<public_id>")
@allowed(*REVIEWERS)
def show(public_id: str) -> str:
    """The review as it stands, or as it was signed."""
    return _shown(load_review(public_id), Form())


@pages.post("/<public_id>/sign")
@allowed(Role.ADMINISTRATOR)
def sign(public_id: str) -> BaseResponse | tuple[str, int]:
    """Sign what the page says; nothing of it can be changed afterwards."""
    review, form = load_review(public_id), Form()
    if form.validate():
        with refusals_on(form):
            seen = request.form.get("seen", "")
            actions.sign_review(review, seen=seen, today=clock.today(), by=person().actor)
            flash(_("The review is signed."), "done")
            return redirect(url_for(".show", public_id=public_id))
    return _shown(review, form), 422


@pages.get("/<public_id>/paper")
@allowed(*REVIEWERS)
def paper(public_id: str) -> Response:
    """The review as a PDF: the signed one to the letter, an open one as a draft."""
    document = review_pdf(load_review(public_id))
    answer = Response(document.content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="access-review-{public_id}.pdf"'
    return answer


def load_review(public_id: str) -> AccessReview:
    """The review of this address.

    Raises: NotFound.
    """
    review = db.session.scalar(select(AccessReview).where(AccessReview.public_id == public_id))
    if review is None:
        raise NotFound
    return review


def content_shown(review: AccessReview) -> Content:
    """What a review says: exactly what was signed, once it is."""
    if review.signature is None:
        return content_of(review, clock.today())
    signed: Content = json.loads(review.signature.content)
    return signed


def review_pdf(review: AccessReview) -> Document:
    """The review on paper.

    Raises: Refused (``document:glyph``) naming every character that the font lacks.
    """
    bureau = the_bureau()
    html = documents.render(
        "access_review.html",
        **frame(bureau.name if bureau else setting("bureau_name", clock.today())),
        **_facts(review),
        printed=words.day_words(clock.today()),
        opened_at=said.moment_of(content_shown(review)["opened_at"]),
        evidence=words.evidence_words,
    )
    return documents.print_pdf(html, "plan.css")


def _shown(review: AccessReview, form: Form) -> str:
    facts = _facts(review)
    lacking = undecided(facts["content"])
    return render_template(
        "reviews/show.html",
        **facts,
        form=form,
        lacking=lacking,
        seen=state_of(facts["content"]),
        own=person().actor,
        may_sign=Role.ADMINISTRATOR in person().roles and review.signature is None and not lacking,
        keepable=_keepable(facts["content"], review),
    )


def _facts(review: AccessReview) -> dict[str, Any]:
    content, signature = content_shown(review), review.signature
    names = names_of_accounts() if signature else {}
    return {
        "review": review,
        "content": content,
        "signature": signature,
        "signer": names.get(signature.signed_by, signature.signed_by) if signature else "",
        "said": said,
    }


def _keepable(content: Content, review: AccessReview) -> set[str]:
    """Whom the administrator who asks may leave as they are in one go: nothing was pointed at, and nothing decided."""
    if review.signature is not None or Role.ADMINISTRATOR not in person().roles:
        return set()
    return set(undecided(content)) - said.reasons_needed(content["accounts"]) - {person().actor}
