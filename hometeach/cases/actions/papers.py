"""Keep a paper that somebody hands in with a move: a scan or a photo of it."""

from datetime import date

from flask_babel import gettext as _

from hometeach.kernel import files
from hometeach.kernel.errors import Refused
from hometeach.kernel.settings import whole_number

#: How a file of each kind begins: what the sender calls it is not believed.
BEGINNINGS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
MEGABYTE = 1_000_000


def kept_paper(content: bytes, on: date) -> files.StoredFile:
    """Keep a scan in the running transaction, sealed.

    Raises: Refused ``paper:too_large``, ``paper:wrong_kind``.
    """
    most = whole_number("paper_megabytes", on)
    if len(content) > most * MEGABYTE:
        raise Refused("paper:too_large", _("The file is larger than %(n)s MB. Scan it smaller.", n=most), "paper")
    kind = next((kind for beginning, kind in BEGINNINGS if content.startswith(beginning)), None)
    if kind is None:
        raise Refused(
            "paper:wrong_kind", _("Only PDF, JPEG and PNG files can be kept. Scan or photograph it."), "paper"
        )
    return files.keep(content, kind)
