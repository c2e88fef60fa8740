"""How a command takes a day, and tells what went wrong in words."""

import errno
import sys
from datetime import date
from typing import Any

import click
from sqlalchemy.exc import DatabaseError

from hometeach.agreements.sealing.keys import KeyUnusable
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.faults import about_database
from hometeach.kernel.sealing import SealBroken

#: The days that a command can be asked about.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


class Told(click.Command):
    """A command that tells what went wrong in its own words instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit status 1 where it is refused, or cannot be done."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise click.ClickException(refused.message) from refused
        except (KeyUnusable, SealBroken) as unusable:
            raise click.ClickException(str(unusable)) from unusable
        except DatabaseError as error:
            if not (told := about_database(error)):
                raise
            raise click.ClickException(told) from error
        except UnicodeEncodeError as error:
            if error.encoding != "utf-8":  # of the terminal, not of what was asked
                raise
            raise click.ClickException("what was written is no text: write it in UTF-8") from error
        except OSError as error:
            if error.filename is None and error.errno != errno.ENOSPC:
                raise
            raise click.ClickException(f"{error.filename or 'what is printed'}: {error.strerror}") from error


def tell_now(text: str) -> None:
    """Print what is told only once.

    Raises: ClickException where nobody can read it.
    """
    if sys.stdout is None:
        raise click.ClickException("nothing can be printed here: nothing was done")
    click.echo(text)


class Day(click.ParamType):
    """A civil date, year-month-day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date that was written."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write it as 2026-11-23", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value} lies outside {FIRST_DAY} to {LAST_DAY}", param, ctx)
        return day


DAY = Day()


def as_of_option(help_text: str) -> Any:
    """``--as-of DATE``, today where it is left out."""
    return click.option("--as-of", "as_of", type=DAY, default=clock.today, help=help_text)
