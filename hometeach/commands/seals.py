"""Is this file an agreement as it was sealed, and what does a lawyer need to see that?"""

import sys
from pathlib import Path

import click
from sqlalchemy import select

from hometeach.agreements.offers.models import Offer
from hometeach.agreements.sealing.keys import trust
from hometeach.commands.files import written
from hometeach.commands.telling import Told
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import only_reading

OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)


@click.command("verify-agreement", cls=Told)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify_agreement(file: Path) -> None:
    """Check a sealed agreement without the database. Exit status 0 if it holds, 1 if not, with the reason."""
    from hometeach.agreements.sealing.verifying import LONGEST, verify  # pyHanko: only where it is needed

    with file.open("rb") as opened:
        verdict = verify(opened.read(LONGEST + 1), trust())
    if not verdict.valid:
        looked_at = "" if verdict.reason == "too_large" else f" (sha256 {verdict.sha256})"
        click.echo(f"not valid: {verdict.reason}{looked_at}")
        sys.exit(1)
    stamped = f", timestamp {verdict.timestamp:%Y-%m-%dT%H:%M:%S%z} by {verdict.authority}" if verdict.timestamp else ""
    click.echo(
        f"valid: {verdict.number}, signed by {', '.join(verdict.initials)}, "
        f"sealed {verdict.sealed_at:%Y-%m-%dT%H:%M:%S%z}, level {verdict.level}{stamped} (sha256 {verdict.sha256})"
    )


@click.command("evidence-pack", cls=Told)
@click.argument("number")
@OUT
def evidence_pack(number: str, out: Path) -> None:
    """Write the evidence pack of a sealed agreement: a zip with a README for a lawyer."""
    from hometeach.agreements.sealing.packing import evidence_pack as packed

    with only_reading():
        offer = db.session.scalar(select(Offer).where(Offer.number == number))
        if offer is None:
            raise click.ClickException(f"{number}: no agreement was drawn up here under this number")
        content = packed(offer, trust())
    with written(out) as file:
        file.write(content)
    click.echo(f"{out}: {len(content)} bytes")
