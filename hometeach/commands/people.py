"""The people a deployment begins with: the demonstration's, or one administrator."""

import secrets

import click
from flask import current_app

from hometeach import demonstration
from hometeach.commands.telling import Told, tell_now
from hometeach.demonstration.families import the_family
from hometeach.demonstration.signing import signing_link
from hometeach.kernel import clock, jobs
from hometeach.people.founding import make_first_administrator as make_first


@click.command("seed-demonstration", cls=Told)
def seed_demonstration() -> None:
    """Make the demonstration's people and print one sign-in per role."""
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("This is not the demonstration: no demonstration account can exist here.")
    with jobs.committed():
        cards = demonstration.seed(clock.today(), current_app.config["BUREAU_NAME"])
    for card in cards:
        click.echo(f"{card.role.value:20} {card.sign_in_name:8} {demonstration.PASSWORD}")
    guardian = the_family(clock.today())
    if guardian is not None:
        click.echo(f"{'guardian':20} {guardian.phone} at /family; the code stands in /outbox")
    if link := signing_link():
        click.echo(f"{'guardian, to sign':20} {link}")


@click.command("make-administrator", cls=Told)
@click.argument("sign_in_name")
def make_administrator(sign_in_name: str) -> None:
    """Make the first administrator of a real deployment; the password is printed once."""
    password = secrets.token_urlsafe(12)
    with jobs.committed():
        made = make_first(sign_in_name, password, current_app.config["BUREAU_NAME"], clock.today())
        tell_now(f"{made.sign_in_name} {password}")  # where nobody can read it there is no account either
