"""Pictures that people hand in, drawn anew: nothing of the file is kept but what one sees.

A file is what its bytes are, never what it is called. What it told beside
(place, device, anything appended to it) is gone with it.
"""

import io
import struct

from flask_babel import gettext as _
from PIL import Image, ImageOps

from hometeach.kernel.errors import Refused

KINDS = ("JPEG", "PNG")
MEGABYTE = 1_000_000
#: A sheet of A4 at 300 points to the inch has 8.7 million; larger ones are drawn smaller.
LONGEST_EDGE, MOST_PIXELS, QUALITY = 3_600, 60_000_000, 82
#: What a damaged picture may raise when it is drawn, and what it tells beside when that is read.
BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, struct.error, Image.DecompressionBombError)


def redrawn(content: bytes, *, megabytes: int, field: str) -> bytes:
    """A JPEG of what the picture shows. ``field`` is the form's field that a refusal stands beside.

    Raises: Refused ``picture:too_large``, ``picture:wrong_kind``, ``picture:unreadable``.
    """
    if len(content) > megabytes * MEGABYTE:
        told = _("The file is larger than %(n)s MB. Photograph it smaller.", n=megabytes)
        raise Refused("picture:too_large", told, field)
    return encoded(opened(content, field=field))


def opened(content: bytes, *, field: str) -> Image.Image:
    """The picture itself, upright, on white, in colour, and no larger than needed.

    Raises: Refused, as :func:`redrawn` says.
    """
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                told = _("The picture has too many points. Photograph it smaller.")
                raise Refused("picture:too_large", told, field)
            image.load()
            return plain(ImageOps.exif_transpose(image))
    except Image.UnidentifiedImageError as wrong:
        told = _("Only JPEG and PNG pictures can be taken. Photograph it.")
        raise Refused("picture:wrong_kind", told, field) from wrong
    except BROKEN as broken:
        raise Refused("picture:unreadable", _("This file is damaged. Photograph it again."), field) from broken


def plain(image: Image.Image) -> Image.Image:
    """On white, in colour, and no larger than needed."""
    if image.mode in ("RGBA", "LA", "P"):
        above = image.convert("RGBA")
        image = Image.new("RGB", above.size, "white")
        image.paste(above, mask=above.getchannel("A"))
    drawn = image.convert("RGB")
    drawn.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    return drawn


def encoded(image: Image.Image) -> bytes:
    """The picture as JPEG."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
