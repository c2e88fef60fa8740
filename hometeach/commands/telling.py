"""How a command takes a day and tells a refusal."""

from datetime import date
from typing import Any

import click

from hometeach.kernel import clock
from hometeach.kernel.errors import Refused


class Told(click.Command):
    """A command that tells a refusal in its own words instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit status 1 where it is refused."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise click.ClickException(refused.message) from refused


class Day(click.ParamType):
    """A civil date, year-month-day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date that was written."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write it as 2026-11-23", param, ctx)


DAY = Day()


def as_of_option(help_text: str) -> Any:
    """``--as-of DATE``, today where it is left out."""
    return click.option("--as-of", "as_of", type=DAY, default=clock.today, help=help_text)
