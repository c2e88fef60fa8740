"""All that runs without a browser: the table of jobs, the scheduler, every ``flask`` command."""

import csv
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask_babel import gettext as _

from hometeach import demonstration
from hometeach.compliance import actions as compliance
from hometeach.compliance.exports import LEDGER_HEAD, SESSION_HEAD, ledger_rows, session_rows
from hometeach.kernel import audit, clock, jobs
from hometeach.kernel.errors import Refused
from hometeach.people.entry import actions as entry
from hometeach.people.founding import make_first_administrator as make_first
from hometeach.workbook import uploads, wording
from hometeach.workbook.actions import Changes, FaultyWorkbook, Statements, apply_import, preview_import, read_workbook
from hometeach.workbook.telling import tell_lists

DAY = click.DateTime(formats=["%Y-%m-%d"])


@dataclass(frozen=True)
class Regular:
    """A job that runs by itself: what it does on a day, and when (an APScheduler cron trigger)."""

    work: Callable[[date], object]
    at: Mapping[str, str]


#: What runs by itself. Each may run twice, or in two processes at once, and changes nothing the second time.
REGULAR: dict[str, Regular] = {
    "plan-sessions": Regular(compliance.plan_ahead, {"hour": "2", "minute": "10"}),
    "rebuild-ledger": Regular(lambda _on: compliance.rebuild_ledger(), {"hour": "2", "minute": "30"}),
    "chain-access-log": Regular(lambda _on: audit.chain_access_log(), {"minute": "5"}),
    "forget-attempts": Regular(entry.forget_old_attempts, {"minute": "15"}),
}

#: Long work that a page asks for, by kind.
WORKS: dict[str, jobs.Work] = {**uploads.WORKS}


class Told(click.Command):
    """A command that tells a refusal in its own words instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit status 1 where it is refused."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise click.ClickException(refused.message) from refused


def register(app: Flask) -> None:
    """Give the application its commands."""
    for command in (
        run_job,
        scheduler,
        import_workbook,
        verify_audit,
        sessions,
        ledger,
        seed_demonstration,
        make_administrator,
    ):
        app.cli.add_command(command)


@click.command("run-job", cls=Told)
@click.argument("name", type=click.Choice(sorted(REGULAR)))
@click.option("--on", "on", type=DAY, help="The civil date to run it for; today if left out.")
def run_job(name: str, on: Any) -> None:
    """Run one regular job now."""
    with jobs.committed():
        result = REGULAR[name].work(on.date() if on else clock.today())
    click.echo(f"{name}: {result}")


@click.command("scheduler", cls=Told)
def scheduler() -> None:
    """Run the scheduler: a process of its own, until it is stopped."""
    run_scheduler(current_app._get_current_object())  # type: ignore[attr-defined]


def run_scheduler(app: Flask) -> None:
    """Beat, work off what pages ask for, and run the regular jobs. APScheduler keeps nothing: the rows do."""
    from apscheduler.schedulers.background import BlockingScheduler

    metronome = BlockingScheduler(
        timezone=clock.SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )

    def in_app(work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                work()

        return run

    def regular(job: Regular) -> Callable[[], None]:
        def run() -> None:
            with jobs.committed():
                job.work(clock.today())

        return in_app(run)

    with app.app_context():
        jobs.beat("scheduler")
    metronome.add_job(in_app(lambda: jobs.beat("scheduler")), "interval", seconds=20)
    metronome.add_job(in_app(_work_off), "interval", seconds=1)
    for name, job in REGULAR.items():
        metronome.add_job(regular(job), "cron", id=name, **job.at)
    metronome.start()


def _work_off() -> None:
    while jobs.work_next(WORKS):
        pass


@click.command("import-workbook", cls=Told)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def import_workbook(file: Path, dry_run: bool) -> None:
    """Take a bureau's own lists in: all of them, or nothing."""
    statements = _read_or_tell_faults(file)
    if dry_run:
        with jobs.only_reading():
            _tell_changes(preview_import(statements), dry=True)
        return
    with jobs.committed(), _progress(_("Taking the lists in")) as told:
        changes = apply_import(statements, by="import", bureau_name=current_app.config["BUREAU_NAME"], told=told)
    _tell_changes(changes, dry=False)


def _read_or_tell_faults(file: Path) -> Statements:
    try:
        with jobs.only_reading(), _progress(_("Reading the lists")) as told:
            return read_workbook(file, told)
    except FaultyWorkbook as faulty:
        for fault in faulty.faults:
            click.echo(wording.line(fault))
        raise


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


@click.command("verify-audit", cls=Told)
@click.option("--head", "expected", help="A head from a printed report; it must occur in the chain.")
def verify_audit(expected: str | None) -> None:
    """Check the chain of the audit log; name the first bad row."""
    flaw = audit.verify(expected)
    if flaw is not None:
        click.echo(f"audit_event {flaw.seq}: {flaw.wrong}")
        sys.exit(1)
    length, head = audit.head()
    click.echo(f"{length} rows hold; head {head}")


@click.command("sessions", cls=Told)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def sessions(out: Path) -> None:
    """Write every session with its minutes and verdict, in the order of the list."""
    _write_csv(out, SESSION_HEAD, session_rows())


@click.command("ledger", cls=Told)
@click.option("--as-of", "as_of", type=DAY, help="The day asked; today if left out.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def ledger(as_of: Any, out: Path) -> None:
    """Write every ledger row as it stands on a day."""
    _write_csv(out, LEDGER_HEAD, ledger_rows(as_of.date() if as_of else clock.today()))


@click.command("seed-demonstration", cls=Told)
def seed_demonstration() -> None:
    """Make the demonstration's people and print one sign-in per role."""
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("This is not the demonstration: no demonstration account can exist here.")
    with jobs.committed():
        cards = demonstration.seed(clock.today(), current_app.config["BUREAU_NAME"])
    for card in cards:
        click.echo(f"{card.role.value:20} {card.sign_in_name:8} {demonstration.PASSWORD}")


@click.command("make-administrator", cls=Told)
@click.argument("sign_in_name")
def make_administrator(sign_in_name: str) -> None:
    """Make the first administrator of a real deployment; the password is printed once."""
    password = secrets.token_urlsafe(12)
    with jobs.committed():
        make_first(sign_in_name, password, current_app.config["BUREAU_NAME"], clock.today())
    click.echo(f"{sign_in_name} {password}")


def _write_csv(path: Path, head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
    click.echo(f"{path}")
