"""Take in a scan or a photo of a signed paper: drawn anew, so that only its picture is kept of the sender's file.

A file is what its bytes are, never what it is called. A picture is decoded and
encoded again: what it told beside (place, device, anything appended to it) is
gone. Of a PDF the pages are drawn as pictures; scripts and forms in it are
never run. The code on the paper says which agreement it is.
"""

import io
from datetime import date

import pypdfium2
import zxingcpp
from flask_babel import gettext as _
from PIL import Image

from hometeach.agreements.offers.facts import paper_code
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.rules import read_paper_code
from hometeach.kernel import files, pictures
from hometeach.kernel.errors import Refused
from hometeach.kernel.settings import whole_number

MOST_PAGES = 12
#: Points to the inch at which the pages of a PDF are drawn, over those of its own unit.
PDF_SCALE = 200 / 72


def kept_scan(content: bytes, on: date) -> files.StoredFile:
    """Keep a scan in the running transaction, sealed, as one picture: its pages one below another.

    Raises: Refused ``scan:too_large``, ``scan:unreadable``, ``scan:too_many_pages``, and as ``kernel.pictures`` says.
    """
    most = whole_number("scan_megabytes", on)
    if len(content) > most * pictures.MEGABYTE:
        raise _refused("scan:too_large", _("The file is larger than %(n)s MB. Photograph it smaller.", n=most))
    pages = _pages_of_pdf(content) if content.startswith(b"%PDF-") else [pictures.opened(content, field="paper")]
    return files.keep(pictures.encoded(_one_below_another(pages)), "image/jpeg")


def refuse_other_version(scan: files.StoredFile, offer: Offer) -> None:
    """Look at the code on the paper.

    Raises: Refused ``scan:no_code``, ``scan:other_version``.
    """
    told = [code for text in codes_on(scan.content) if (code := read_paper_code(text)) is not None]
    if paper_code(offer.terms) in told:
        return
    if not told:
        raise _refused(
            "scan:no_code",
            _("The square code on the paper cannot be read. Photograph the whole sheet flat, in good light."),
        )
    raise _refused(
        "scan:other_version",
        _("This paper is another agreement, or another version. Print %(number)s and sign it.", number=offer.number),
    )


def codes_on(picture: bytes) -> list[str]:
    """What the square codes on a picture say."""
    square = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    with Image.open(io.BytesIO(picture), formats=pictures.KINDS) as image:
        found = zxingcpp.read_barcodes(image.convert("L"), formats=square)
    return [one.text for one in found]


def _pages_of_pdf(content: bytes) -> list[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as broken:
        raise _refused("scan:unreadable", _("This PDF cannot be opened. Photograph the paper instead.")) from broken
    try:
        if not 0 < len(document) <= MOST_PAGES:
            told = _("A scan has at most %(n)s pages. Scan the signed sheets only.", n=MOST_PAGES)
            raise _refused("scan:too_many_pages", told)
        _refuse_monstrous([_scaled(page) for page in document])
        return [pictures.plain(_drawn(page)) for page in document]
    except pypdfium2.PdfiumError as broken:
        raise _refused("scan:unreadable", _("This PDF cannot be opened. Photograph the paper instead.")) from broken
    finally:
        document.close()


def _refuse_monstrous(sizes: list[tuple[float, float]]) -> None:
    """Draw nothing that would not fit into memory, its pages one below another."""
    if max(width for width, _height in sizes) * sum(height for _width, height in sizes) > pictures.MOST_PIXELS:
        raise _refused("scan:too_large", _("The picture has too many points. Photograph it smaller."))


def _scaled(page: pypdfium2.PdfPage) -> tuple[float, float]:
    """How large a page is drawn: width and height in points of the picture."""
    width, height = page.get_size()
    return width * _scale(page), height * _scale(page)


def _scale(page: pypdfium2.PdfPage) -> float:
    """At how many points to one of its own a page is drawn; one of a monstrous size smaller."""
    return min(PDF_SCALE, pictures.LONGEST_EDGE / max(*page.get_size(), 1))


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    """A page as a picture."""
    drawn: Image.Image = page.render(scale=_scale(page), may_draw_forms=False).to_pil()
    return drawn


def _one_below_another(pages: list[Image.Image]) -> Image.Image:
    if len(pages) == 1:
        return pages[0]
    width, height = max(one.width for one in pages), sum(one.height for one in pages)
    whole, top = Image.new("RGB", (width, height), "white"), 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    return whole


def _refused(code: str, told: str) -> Refused:
    return Refused(code, told, "paper")
