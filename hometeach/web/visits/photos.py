"""The photos of a lesson: kept only where the guardians allow it, seen only as long as they do."""

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from hometeach.kernel import clock
from hometeach.kernel.errors import NotFound, Refused
from hometeach.kernel.extensions import db
from hometeach.people.access import FILE_READERS, Role
from hometeach.people.consents.actions import is_allowed
from hometeach.people.consents.rules import Purpose
from hometeach.people.models import Child
from hometeach.visits.models import Visit
from hometeach.visits.photos.actions import keep_photo, photos_to_see, remove_photo
from hometeach.visits.photos.models import VisitPhoto
from hometeach.web.base import allowed, person, refusals_on
from hometeach.web.forms import Form
from hometeach.web.visits import pages
from hometeach.web.visits.loading import load_visit, may_change

MAY_KEEP = (Role.TEACHER, Role.SCHOOL_COORDINATOR)


class PhotoForm(Form):
    """Which photo belongs to this lesson?"""

    photo = FileField(_l("A photo of the lesson"), validators=[FileRequired(_l("Choose a photo, or take one."))])


@pages.get("/<public_id>/photos")
@allowed(*FILE_READERS)
def photos(public_id: str) -> str:
    """The photos that may be seen today."""
    visit, child = load_visit(public_id)
    return _page(visit, child, PhotoForm())


@pages.post("/<public_id>/photos")
@allowed(*MAY_KEEP)
def keep(public_id: str) -> BaseResponse | tuple[str, int]:
    """Keep a photo with the lesson."""
    visit, child = _load_to_change(public_id)
    form = PhotoForm()
    if form.validate():
        with refusals_on(form):
            keep_photo(visit, child, form.photo.data.read(), by=person().actor, on=clock.today())
            flash(_("The photo is kept with the lesson."), "done")
            return redirect(url_for(".photos", public_id=public_id))
    return _page(visit, child, form), 422


@pages.get("/photos/<public_id>")
@allowed(*FILE_READERS)
def photo(public_id: str) -> BaseResponse:
    """One photo."""
    found = photo_named(public_id)
    _visit, child = load_visit(found.visit.public_id)
    return picture_of(found, child)


@pages.post("/photos/<public_id>/remove")
@allowed(*MAY_KEEP)
def remove(public_id: str) -> BaseResponse:
    """Take a photo away for good."""
    found = photo_named(public_id)
    visit, child = _load_to_change(found.visit.public_id)
    remove_photo(found, child, by=person().actor)
    flash(_("The photo is taken away. That there was one stays in the log."), "done")
    return redirect(url_for(".photos", public_id=visit.public_id))


def photo_named(public_id: str) -> VisitPhoto:
    """The photo of this address; whose it is, the caller asks next.

    Raises: NotFound.
    """
    found = db.session.scalar(select(VisitPhoto).where(VisitPhoto.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def picture_of(photo: VisitPhoto, child: Child) -> BaseResponse:
    """The picture itself, if it may be seen today.

    Raises: NotFound, alike for one that is absent and one that is withheld.
    """
    if photo not in photos_to_see(photo.visit, child, clock.today())[0]:
        raise NotFound
    return Response(photo.file.content, mimetype="image/jpeg")


def _load_to_change(public_id: str) -> tuple[Visit, Child]:
    visit, child = load_visit(public_id)
    if not may_change(visit):
        raise Refused(
            "visit:not_yours", _("Only who was there, or the school's coordinator, adds or takes away photos.")
        )
    return visit, child


def _page(visit: Visit, child: Child, form: PhotoForm) -> str:
    today = clock.today()
    seen, withheld = photos_to_see(visit, child, today)
    may_keep = bool(person().roles & set(MAY_KEEP)) and not visit.is_void and may_change(visit)
    return render_template(
        "visits/photos.html",
        visit=visit,
        child=child,
        form=form,
        photos=seen,
        withheld=withheld,
        may_keep=may_keep,
        is_allowed=is_allowed(child, Purpose.PHOTOS, today),
    )
