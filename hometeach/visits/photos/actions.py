"""Keep a photo of a lesson, take it away, and say which may be seen."""

import hashlib
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.kernel import audit, files, pictures
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.settings import whole_number
from hometeach.people.consents.actions import is_allowed, require_consent
from hometeach.people.consents.rules import Purpose
from hometeach.people.models import Child
from hometeach.visits.models import Visit
from hometeach.visits.photos.models import VisitPhoto, photos_of


def keep_photo(visit: Visit, child: Child, content: bytes, *, by: str, on: date) -> VisitPhoto:
    """Keep a photo with a visit, drawn anew: place, device and whatever else the file told are gone.

    Raises: Refused ``consent:missing`` without a live consent to photos, ``photo:twice``,
    ``photo:too_many``, ``visit:void``, and as ``kernel.pictures.redrawn`` says.
    """
    hold(child)
    require_consent(child, Purpose.PHOTOS, on)
    if visit.is_void:
        raise Refused("visit:void", _("This record is void. Add the photo to the one that took its place."), "photo")
    came = hashlib.sha256(content).hexdigest()
    most = whole_number("photos_per_visit", on)
    if len(photos_of(visit)) >= most:
        raise Refused("photo:too_many", _("A visit keeps at most %(n)s photos. Take one away first.", n=most), "photo")
    known = select(VisitPhoto.id).where(VisitPhoto.visit_id == visit.id, VisitPhoto.original_sha256 == came)
    if db.session.scalar(known) is not None:
        raise Refused("photo:twice", _("This photo is with the visit already, or was taken away from it."), "photo")
    drawn = pictures.redrawn(content, megabytes=whole_number("photo_megabytes", on), field="photo")
    photo = VisitPhoto(visit_id=visit.id, file=files.keep(drawn, "image/jpeg"), original_sha256=came, kept_by=by)
    db.session.add(photo)
    db.session.flush()
    _note("photo:keep", photo, child, by)
    return photo


def remove_photo(photo: VisitPhoto, child: Child, *, by: str) -> None:
    """Take a photo away: its row stays, its picture is gone.

    Raises: Refused ``photo:gone``.
    """
    hold(photo)
    if photo.removed_at is not None:
        raise Refused("photo:gone", _("Somebody has taken this photo away already."))
    photo.removed_by, photo.removed_at = by, machine_now()
    files.wipe(photo.file)
    db.session.flush()
    _note("photo:remove", photo, child, by)


def photos_to_see(visit: Visit, child: Child, on: date) -> tuple[Sequence[VisitPhoto], int]:
    """The photos that may be seen today, and how many are withheld because the family does not allow them any more."""
    there = photos_of(visit)
    return (there, 0) if there and is_allowed(child, Purpose.PHOTOS, on) else ((), len(there))


def _note(action: str, photo: VisitPhoto, child: Child, by: str) -> None:
    detail = {"visit": photo.visit.public_id, "photo": photo.public_id, "original": photo.original_sha256}
    audit.record(action, actor=by, about=f"child:{child.public_id}", detail=detail)
