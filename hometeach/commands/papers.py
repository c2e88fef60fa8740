"""The paper of an agreement as a file, and whether a text can be printed at all."""

import sys
from pathlib import Path

import click
from sqlalchemy import select

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.models import Seal
from hometeach.commands.files import written
from hometeach.commands.telling import Told
from hometeach.kernel import documents
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import only_reading

#: So many characters of a text are looked at; a long book has fewer.
LONGEST_TEXT = 20_000_000


@click.command("agreement-pdf", cls=Told)
@click.argument("number")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def agreement_pdf(number: str, out: Path) -> None:
    """Write an agreement as a PDF: sealed if it is sealed, else as it was drawn up."""
    with only_reading():
        offer = db.session.scalar(select(Offer).where(Offer.number == number))
        if offer is None:
            raise click.ClickException(f"{number}: no agreement was drawn up here under this number")
        seal = db.session.scalar(select(Seal).where(Seal.offer_id == offer.id))
        kept = seal.document if seal else offer.document
        content, sha256 = kept.content, kept.sha256
    with written(out) as file:
        file.write(content)
    what = f"sealed, level {seal.level}" if seal else "not sealed: the text as it was drawn up, without signatures"
    click.echo(f"{out}: {number}, {what}, {len(content)} bytes, sha256 {sha256}")


@click.command("check-glyphs", cls=Told)
@click.argument("textfile", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check_glyphs(textfile: Path) -> None:
    """Say whether the printing font has every character of a text (UTF-8). Exit status 0 if so, 1 if not."""
    if documents.font_file() is None:
        raise click.ClickException(f"the printing font is not installed: {documents.FONT}")
    try:
        with textfile.open(encoding="utf-8-sig") as file:
            text = file.read(LONGEST_TEXT + 1)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{textfile}: no text in UTF-8, byte {error.start}: save it as UTF-8") from error
    if len(text) > LONGEST_TEXT:
        raise click.ClickException(f"{textfile}: more than {LONGEST_TEXT} characters: look at it in pieces")
    lacking = documents.missing_glyphs(text)
    for mark in lacking:
        click.echo(f"no glyph: {documents.glyph_name(mark)}")
    if lacking:
        sys.exit(1)
    click.echo(f"{documents.FONT} has every one of {len(set(text))} characters")
