"""Was this very form sent before? A second click does nothing twice."""

from flask import redirect, request
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from hometeach.kernel import receipts
from hometeach.kernel.extensions import db
from hometeach.web.base.loading import actor


def answered_before() -> BaseResponse | None:
    """Where this very form led when it was sent before: a second click does nothing twice."""
    location = receipts.answer_to(actor(), once) if (once := _once()) else None
    return redirect(location) if location is not None else None


def commit_once(response: BaseResponse) -> BaseResponse:
    """Commit with the receipt of the form; of two at the same time the second leads where the first did."""
    once = _once()
    asking = actor()
    if not (once and asking and response.location):
        db.session.commit()
        return response
    try:
        receipts.keep(asking, once, response.location)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        answer = answered_meanwhile()
        if answer is None:
            raise
        return answer
    return response


def answered_meanwhile() -> BaseResponse | None:
    """Where the same form led that was sent at the same time and won: who came second is not told of a refusal."""
    answer = answered_before()
    db.session.rollback()
    return answer


def _once() -> str:
    """The word that the form in this request carries; see ``web/forms.py``."""
    word: str = request.form.get("once", "") if request.method == "POST" else ""
    return word if len(word) <= receipts.LONGEST_KEY else ""
