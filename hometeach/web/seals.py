"""What is signed and not sealed, why, and what comes next? And the evidence packs of what is sealed.

Numbers and schools only: who looks after the machine reads no child's name here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing import models
from hometeach.agreements.sealing.actions import try_now
from hometeach.agreements.sealing.keys import trust
from hometeach.agreements.sealing.models import Seal
from hometeach.agreements.sealing.wording import LEVELS, NEXT_STEPS, STEPS
from hometeach.agreements.signing.models import countersignature_of
from hometeach.kernel.clock import aware, machine_now
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db
from hometeach.people.access import Role
from hometeach.people.models import Child, OrgUnit
from hometeach.web.base import allowed, load_child, person, sees_child

pages = Blueprint("seals", __name__, url_prefix="/seals")

#: So many of the newest seals are listed.
MOST = 50


@dataclass(frozen=True)
class Line:
    """One agreement whose seal, or whose timestamp, is still to come."""

    public_id: str
    number: str
    school: str
    #: Whether it is sealed and waits for its timestamp only.
    is_sealed: bool
    countersigned_at: datetime
    tries: int
    step: str
    said: str
    failed_at: datetime | None
    next_step: str
    #: When it is tried again; None where it is at work, or next in line.
    again_at: datetime | None


@pages.get("")
@allowed(Role.BUREAU_OFFICER, Role.ADMINISTRATOR)
def index() -> str:
    """What waits, and the newest seals."""
    found = models.waiting(with_timestamps=bool(current_app.config["TIMESTAMP_AUTHORITIES"]))
    schools = _schools([one.offer.school_id for one in found])
    newest = list(db.session.scalars(select(Seal).order_by(Seal.id.desc()).limit(MOST)))
    return render_template(
        "seals/index.html",
        lines=[_line(one, schools) for one in found],
        newest=newest,
        levels=LEVELS,
        may_open=Role.BUREAU_OFFICER in person().roles,
    )


@pages.post("/<public_id>/again")
@allowed(Role.BUREAU_OFFICER, Role.ADMINISTRATOR)
def again(public_id: str) -> BaseResponse:
    """Have it tried again at once."""
    try_now(_offer(public_id), by=person().actor)
    flash(_("It is tried again within a minute."), "done")
    return redirect(url_for(".index"))


@pages.get("/<public_id>/pack")
@allowed(Role.BUREAU_OFFICER)
def pack(public_id: str) -> Response:
    """The evidence pack of a sealed agreement; that the child's file was opened is logged."""
    from hometeach.agreements.sealing.packing import evidence_pack  # pyHanko, which few pages need

    statement = select(Offer).join(Child, Child.id == Offer.child_id)
    offer = db.session.scalar(statement.where(Offer.public_id == public_id, sees_child()))
    if offer is None or models.seal_of(offer.id) is None:
        raise NotFound
    load_child(offer.child.public_id)
    answer = Response(evidence_pack(offer, trust()), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{offer.number}.zip"'
    return answer


def _line(one: models.Waiting, schools: dict[int, str]) -> Line:
    countersigned = countersignature_of(one.offer)
    failed, claim = one.failed, one.claim
    waits = claim is not None and claim.tries > 0 and aware(claim.not_before) > machine_now()
    return Line(
        public_id=one.offer.public_id,
        number=one.offer.number,
        school=schools[one.offer.school_id],
        is_sealed=one.seal is not None,
        countersigned_at=countersigned.at if countersigned else machine_now(),
        tries=claim.tries if claim else 0,
        step=str(STEPS[failed.step]) if failed else "",
        said=failed.told if failed else "",
        failed_at=failed.at if failed else None,
        next_step=str(NEXT_STEPS[failed.step]) if failed else "",
        again_at=claim.not_before if claim and waits else None,
    )


def _schools(ids: Sequence[int]) -> dict[int, str]:
    rows: Any = db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _offer(public_id: str) -> Offer:
    offer = db.session.scalar(select(Offer).where(Offer.public_id == public_id))
    if offer is None:
        raise NotFound
    return offer
