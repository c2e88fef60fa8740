"""The totals of a year, its report, and the roster."""

import json
from datetime import date
from pathlib import Path

import click

from hometeach.commands.files import written
from hometeach.commands.telling import Told, as_of_option
from hometeach.reporting.facts import totals_of
from hometeach.reporting.writing import report_bytes, roster_bytes

YEAR = click.option("--year", type=click.IntRange(1990, 2100), required=True, help="The calendar year.")
AS_OF = as_of_option("The day as of which it is told; today if left out.")
OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)


@click.command("totals", cls=Told)
@YEAR
@AS_OF
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def totals(year: int, as_of: date, form: str) -> None:
    """Print every figure of the year by its code; what is missing is null."""
    click.echo(json.dumps(totals_of(year, as_of), ensure_ascii=False, indent=1))


@click.command("report", cls=Told)
@YEAR
@AS_OF
@OUT
def report(year: int, as_of: date, out: Path) -> None:
    """Write the bureau's report of the year, as the file's name ends: .pdf or .xlsx."""
    _write(out, report_bytes(year, as_of, out.suffix.lower().removeprefix(".")))


@click.command("roster", cls=Told)
@YEAR
@AS_OF
@OUT
def roster(year: int, as_of: date, out: Path) -> None:
    """Write the roster of the year as PDF, with names: for use inside the bureau only."""
    if out.suffix.lower() != ".pdf":
        raise click.BadParameter("the roster is a PDF: let the name end in .pdf", param_hint="--out")
    _write(out, roster_bytes(year, as_of))


def _write(path: Path, content: bytes) -> None:
    with written(path) as file:
        file.write(content)
    click.echo(str(path))
