"""No photo without a live consent; what is kept is the picture and nothing that the camera told beside it."""

import hashlib
import io
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from PIL import Image

from hometeach.kernel import files, pictures
from hometeach.kernel.errors import Refused
from hometeach.kernel.jobs import committed
from hometeach.people.consents.actions import Taken, answer_purposes
from hometeach.people.consents.models import PrivacyNotice
from hometeach.people.consents.rules import Answer, ConsentRoute, Purpose
from hometeach.people.models import Child
from hometeach.visits.models import Visit
from hometeach.visits.photos.actions import keep_photo, photos_to_see, remove_photo
from hometeach.visits.photos.models import VisitPhoto, photos_of
from tests import factories
from tests.people.consents.test_actions import publish

TODAY = date(2026, 11, 23)
SERIAL = b"CAMERA-SERIAL-4711"


def picture(colour: str = "red", kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture that tells with which camera it was taken."""
    image, written, exif = Image.new("RGB", size, colour), io.BytesIO(), Image.Exif()
    exif[0x010F] = SERIAL.decode()
    image.save(written, kind, exif=exif)
    return written.getvalue()


def tells_nonsense(tag: int) -> bytes:
    """A picture lying on its side, which tells words where this tag of its device wants a number."""
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "x" * 50
    Image.new("RGB", (40, 30), "red").save(written, "JPEG", exif=exif)
    content = written.getvalue()
    return next(
        content.replace((0x010E).to_bytes(2, order), tag.to_bytes(2, order), 1)  # type: ignore[arg-type]
        for order, head in (("big", b"MM\0*"), ("little", b"II*\0"))
        if head in content
    )


@dataclass
class Lesson:
    """A lesson of last week, its child, and the notice that the family reads."""

    visit: Visit
    child: Child
    notice: PrivacyNotice

    def say(self, answer: Answer) -> None:
        with committed():
            taken = Taken(TODAY, self.notice, ConsentRoute.OWN_PHONE)
            answer_purposes(self.child.guardians[0], {Purpose.PHOTOS: answer}, taken, by="guardian:wu")

    def keep(self, content: bytes) -> VisitPhoto:
        with committed():
            return keep_photo(self.visit, self.child, content, by="lin", on=TODAY)

    def refusal(self, content: bytes) -> str:
        with pytest.raises(Refused) as told:
            self.keep(content)
        return told.value.code


@pytest.fixture
def lesson(app: Flask) -> Lesson:
    with committed():
        school = factories.make_unit("S1")
        teacher = factories.make_teacher("T1", school)
        child = factories.make_child("C1", school, teacher)
        visit = factories.make_visit(child, teacher, on=date(2026, 11, 17))
    return Lesson(visit, child, publish())


@pytest.fixture
def allowed(lesson: Lesson) -> Lesson:
    """The lesson of a family that allows photos."""
    lesson.say(Answer.GIVEN)
    return lesson


def test_without_a_consent_no_photo_is_kept(lesson: Lesson) -> None:
    assert lesson.refusal(picture()) == "consent:missing"
    assert photos_of(lesson.visit) == []


def test_with_a_consent_the_picture_is_kept_and_nothing_that_the_camera_told(allowed: Lesson) -> None:
    content = picture()
    assert SERIAL in content
    photo = allowed.keep(content)
    assert SERIAL not in photo.file.content
    assert photo.original_sha256 == hashlib.sha256(content).hexdigest()
    assert Image.open(io.BytesIO(photo.file.content)).size == (40, 30)


def test_once_the_consent_is_taken_back_the_photos_are_out_of_sight_and_no_more_are_kept(allowed: Lesson) -> None:
    allowed.keep(picture())
    allowed.say(Answer.WITHDRAWN)
    assert photos_to_see(allowed.visit, allowed.child, TODAY) == ((), 1)
    assert allowed.refusal(picture("blue")) == "consent:missing"


def test_a_photo_that_is_taken_away_leaves_its_hash_and_no_picture(allowed: Lesson) -> None:
    photo = allowed.keep(picture())
    with committed():
        remove_photo(photo, allowed.child, by="lin")
    assert photos_of(allowed.visit) == []
    assert photo.file.content == b""
    assert len(photo.original_sha256) == 64
    with pytest.raises(Refused):
        remove_photo(photo, allowed.child, by="lin")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture:wrong_kind"),
        (b"GIF89a" + bytes(50), "picture:wrong_kind"),
        (b"%PDF-1.7\n", "picture:wrong_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture:wrong_kind"),
        (picture()[:200], "picture:unreadable"),
        (tells_nonsense(0x011A), "picture:unreadable"),
        (tells_nonsense(0x0100), "picture:unreadable"),
        (bytes(16_000_000), "picture:too_large"),
    ],
)
def test_what_is_no_picture_is_refused(allowed: Lesson, content: bytes, code: str) -> None:
    assert allowed.refusal(content) == code


def test_a_picture_with_something_hidden_behind_it_loses_what_is_hidden(allowed: Lesson) -> None:
    photo = allowed.keep(picture("green") + b"PK\x03\x04 a zip file <script>")
    assert b"script" not in photo.file.content


def test_the_same_photo_is_kept_once_and_not_more_than_the_bureau_says(allowed: Lesson) -> None:
    for colour in ("red", "blue", "green", "white", "black"):
        allowed.keep(picture(colour))
    assert allowed.refusal(picture("red")) == "photo:twice"
    allowed.keep(picture("yellow"))
    assert allowed.refusal(picture("pink")) == "photo:too_many"


def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked() -> None:
    bomb = picture("white", "PNG", (9_000, 9_000))
    with pytest.raises(Refused) as told:
        pictures.redrawn(bomb, megabytes=15, field="photo")
    assert told.value.code == "picture:too_large"


def test_bytes_that_were_let_go_are_gone_and_their_hash_stays(app: Flask) -> None:
    with committed():
        file = files.keep(b"secret", "image/jpeg")
    before = file.sha256
    with committed():
        files.wipe(file)
    assert (file.content, file.sha256) == (b"", before)
