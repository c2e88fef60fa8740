"""What runs by itself, what pages ask for, and the process that does both."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import click
from flask import Flask, current_app

from hometeach.agreements.sealing import actions as sealing
from hometeach.commands.telling import DAY, Told
from hometeach.commands.trail import check_audit_log
from hometeach.compliance import actions as compliance
from hometeach.compliance import settling
from hometeach.kernel import audit, clock, jobs, outbox, receipts
from hometeach.people.entry import actions as entry
from hometeach.people.entry import interrupted
from hometeach.people.entry.guardians import actions as guardians
from hometeach.reminders import actions as reminders
from hometeach.reporting import works
from hometeach.visits.confirming import actions as confirming
from hometeach.workbook import uploads


@dataclass(frozen=True)
class Regular:
    """A job that runs by itself: what it does on a day, and when (an APScheduler cron trigger)."""

    work: Callable[[date], object]
    at: Mapping[str, str]


def _ask_families(on: date) -> int:
    """Ask the families about new records; their links begin where the deployment says that it stands."""
    site = current_app.config["PUBLIC_URL"]
    if not (site or current_app.config["DEMONSTRATION"]):
        return 0
    return confirming.ask_families(on, address_of=lambda token: f"{site}/family/to/{token}")


#: What runs by itself. Each may run twice, or in two processes at once, and changes nothing the second time.
REGULAR: dict[str, Regular] = {
    "plan-sessions": Regular(compliance.plan_ahead, {"hour": "2", "minute": "10"}),
    "settle-cases": Regular(settling.settle_cases, {"hour": "2", "minute": "5"}),
    "rebuild-ledger": Regular(lambda _on: compliance.rebuild_ledger(), {"hour": "2", "minute": "30"}),
    "chain-access-log": Regular(lambda _on: audit.chain_access_log(), {"minute": "5"}),
    "forget-receipts": Regular(lambda _on: receipts.forget_old(), {"hour": "3", "minute": "20"}),
    "forget-interrupted": Regular(lambda _on: interrupted.forget_interrupted_forms(), {"minute": "25"}),
    "derive-reminders": Regular(reminders.derive_reminders, {"minute": "*/10"}),
    "send-messages": Regular(reminders.send_messages, {"second": "*/2"}),
    "seal-agreements": Regular(sealing.seal_due, {"minute": "*"}),
    "ask-families": Regular(_ask_families, {"minute": "*/5"}),
    "wipe-codes": Regular(lambda _on: outbox.wipe_codes(), {"minute": "*"}),
    "forget-codes": Regular(guardians.forget_old_codes, {"hour": "3", "minute": "40"}),
    "forget-attempts": Regular(entry.forget_old_attempts, {"minute": "15"}),
}

#: Long work that a page asks for, by kind.
WORKS: dict[str, jobs.Work] = {**uploads.WORKS, **works.WORKS, "verify-audit": check_audit_log}


@click.command("run-job", cls=Told)
@click.argument("name", type=click.Choice(sorted(REGULAR)))
@click.option("--on", type=DAY, default=clock.today, help="The civil date to run it for; today if left out.")
def run_job(name: str, on: date) -> None:
    """Run one regular job now."""
    with jobs.committed():
        result = REGULAR[name].work(on)
    click.echo(f"{name}: {result}")


@click.command("scheduler", cls=Told)
def scheduler() -> None:
    """Run the scheduler: a process of its own, until it is stopped."""
    run_scheduler(current_app._get_current_object())  # type: ignore[attr-defined]


def run_scheduler(app: Flask) -> None:
    """Beat, work off what pages ask for, and run the regular jobs. APScheduler keeps nothing: the rows do."""
    from apscheduler.schedulers.background import BlockingScheduler

    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a beat that finds the last one at work is no news
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
