"""Draw a sample; note what a call-back or an unannounced visit gave."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from hometeach.compliance.sampling.models import CheckResult, Sample, SampleChild
from hometeach.compliance.sampling.rules import MOST, SEED, CheckKind, digest_of, draw
from hometeach.kernel import audit, clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child


@dataclass(frozen=True, slots=True)
class CheckNote:
    """What was seen or heard. Units: minutes as they were said."""

    kind: CheckKind
    checked_on: date
    reached: str = ""
    took_place: bool | None = None
    minutes: int | None = None
    is_satisfied: bool | None = None
    note: str = ""


def draw_sample(
    weights: Mapping[str, int], ids: Mapping[str, int], *, count: int, seed: str, on: date, by: str
) -> Sample:
    """Draw so many children by their weights and keep what was drawn. Without a seed the server draws one too.

    ``ids`` are those of the children, by their codes.

    Raises: Refused ``sample:seed``, ``sample:count``.
    """
    if seed and not SEED.fullmatch(seed):
        told = _("A seed is made of at most 40 letters, digits and hyphens.")
        raise Refused("sample:seed", told, field="seed")
    if not 1 <= count <= MOST:
        raise Refused("sample:count", _("Draw between 1 and %(most)s children.", most=MOST), field="count")
    used = seed or secrets.token_hex(4)
    sample = Sample(seed=used, as_of=on, weights_digest=digest_of(weights), drawn_by=by, drawn_at=clock.machine_now())
    db.session.add(sample)
    db.session.flush()
    db.session.add_all(
        SampleChild(sample_id=sample.id, child_id=ids[code], position=place, weight=weights[code])
        for place, code in enumerate(draw(weights, count, used))
    )
    detail = {"seed": used, "children": count, "weights": sample.weights_digest}
    audit.record("sample:draw", actor=by, about=f"sample:{sample.public_id}", detail=detail)
    return sample


def note_check(sample: Sample, child: Child, said: CheckNote, *, by: str, on: date) -> CheckResult:
    """Note what a check gave.

    Raises: Refused ``check:future`` for a day that has not come, ``check:nobody``
    where nobody was reached and yet something is told.
    """
    if said.checked_on > on:
        raise Refused("check:future", _("This day has not come yet."), field="checked_on")
    if not said.reached and (said.took_place is not None or said.is_satisfied is not None):
        raise Refused("check:nobody", _("Write who was reached: somebody must have said so."), field="reached")
    result = CheckResult(
        sample_id=sample.id,
        child_id=child.id,
        kind=said.kind,
        checked_on=said.checked_on,
        reached=said.reached,
        took_place=said.took_place,
        minutes=said.minutes,
        is_satisfied=said.is_satisfied,
        note=said.note or None,
        noted_by=by,
        noted_at=clock.machine_now(),
    )
    db.session.add(result)
    db.session.flush()
    audit.record("check:note", actor=by, about=f"child:{child.public_id}", detail={"kind": said.kind})
    return result
