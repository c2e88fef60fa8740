"""A bureau's own lists in, and the lists that come of them out."""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from flask import current_app
from flask_babel import gettext as _

from hometeach.commands.files import written
from hometeach.commands.telling import Told, as_of_option
from hometeach.compliance.exports import LEDGER_HEAD, SESSION_HEAD, ledger_rows, session_rows
from hometeach.kernel import jobs
from hometeach.workbook import wording
from hometeach.workbook.actions import Changes, FaultyWorkbook, Statements, apply_import, preview_import, read_workbook
from hometeach.workbook.telling import tell_lists


@click.command("import-workbook", cls=Told)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def import_workbook(file: Path, dry_run: bool) -> None:
    """Take a bureau's own lists in: all of them, or nothing."""
    try:
        changes = _try_out(file) if dry_run else _take_in(file)
    except FaultyWorkbook as faulty:
        for fault in faulty.faults:
            click.echo(wording.line(fault))
        raise
    _tell_changes(changes, dry=dry_run)


def _try_out(file: Path) -> Changes:
    statements = _read(file)
    with jobs.only_reading():
        return preview_import(statements)


def _take_in(file: Path) -> Changes:
    statements = _read(file)
    with jobs.committed(), _progress(_("Taking the lists in")) as told:
        return apply_import(statements, by="import", bureau_name=current_app.config["BUREAU_NAME"], told=told)


def _read(file: Path) -> Statements:
    with jobs.only_reading(), _progress(_("Reading the lists")) as told:
        return read_workbook(file, told)


def _tell_changes(changes: Changes, *, dry: bool) -> None:
    for note in changes.notes:
        click.echo(wording.note_line(note))
    for told in tell_lists(changes.lists):
        for line in wording.summary(told, dry=dry):
            click.echo(line)
    if changes.is_empty:
        click.echo(_("Nothing has changed: everything stands as the workbook states it."))
    else:
        click.echo(_("This was a trial; nothing was written.") if dry else _("The lists have been taken in."))


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal's error stream, so that what is printed can be piped on."""
    with click.progressbar(length=1, label=label, file=sys.stderr, show_eta=False) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield told


@click.command("sessions", cls=Told)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def sessions(out: Path) -> None:
    """Write every session with its minutes and verdict, in the order of the list."""
    _write_csv(out, SESSION_HEAD, session_rows())


@click.command("ledger", cls=Told)
@as_of_option("The day asked; today if left out.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def ledger(as_of: date, out: Path) -> None:
    """Write every ledger row as it stands on a day."""
    _write_csv(out, LEDGER_HEAD, ledger_rows(as_of))


def _write_csv(path: Path, head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with written(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(head)
        writer.writerows(rows)
        text.detach()  # what is written goes out; the file is closed by whoever opened it
    click.echo(f"{path}")
