"""What was written with a move, and the paper that was kept with it: each reading is logged."""

from flask import Response, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from hometeach.cases.models import Case, CaseMove
from hometeach.cases.wording import DONE
from hometeach.kernel.extensions import db
from hometeach.people.access import MAY_REVEAL
from hometeach.web.base import allowed
from hometeach.web.cases import pages
from hometeach.web.cases.loading import load_case
from hometeach.web.cases.next import days_words
from hometeach.web.words import cases as said

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@pages.get("/<public_id>/papers/<int:number>")
@allowed(*MAY_REVEAL)
def read(public_id: str, number: int) -> str | BaseResponse:
    """The words that were sealed with a move; where there are none, the case's page."""
    case = load_case(public_id)
    move = _move(case, number)
    if move is None or not (move.words_sealed or move.file_id):
        return redirect(url_for(".show", public_id=public_id))
    g.opened.append((f"child:{public_id}", "case_paper", ""))
    return render_template(
        "cases/paper.html",
        case=case,
        move=move,
        what=str(DONE[move.event]),
        days=days_words(move),
        code=said.code_words(move.code),
    )


@pages.get("/<public_id>/papers/<int:number>/file")
@allowed(*MAY_REVEAL)
def take(public_id: str, number: int) -> BaseResponse:
    """The scan that was kept with a move, to be saved; where there is none, the case's page."""
    case = load_case(public_id)
    move = _move(case, number)
    if move is None or move.file is None:
        return redirect(url_for(".show", public_id=public_id))
    g.opened.append((f"child:{public_id}", "case_paper", ""))
    name = f"{case.child.code}-{number}.{ENDINGS[move.file.kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(move.file.content, mimetype=move.file.kind, headers=headers)


def _move(case: Case, number: int) -> CaseMove | None:
    return db.session.scalar(select(CaseMove).where(CaseMove.case_id == case.id, CaseMove.number == number))
