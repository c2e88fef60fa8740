"""How a command takes a day, and tells what went wrong in words."""

import errno
import sys
from datetime import date
from typing import Any

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from hometeach.agreements.sealing.keys import KeyUnusable
from hometeach.kernel import clock
from hometeach.kernel.errors import Refused
from hometeach.kernel.sealing import SealBroken

#: The days that a command can be asked about.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
#: What either database says of a table that is not there, or not as it should be.
NOT_MIGRATED = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")


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
            raise click.ClickException(about_database(error)) from error
        except UnicodeEncodeError as error:
            raise click.ClickException("what was written is no text: write it in UTF-8") from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read has read enough
                raise
            raise click.ClickException(f"{error.filename or 'what is printed'}: {error.strerror}") from error


def about_database(error: DatabaseError) -> str:
    """What is the matter with the database, without a word of the statement."""
    said = f"{type(error.orig).__name__}: {str(error.orig).splitlines()[0] if str(error.orig) else ''}"
    if any(sign in said for sign in NOT_MIGRATED):
        return "The database lacks tables, or has those of another version. Run `flask db upgrade`, then try again."
    if "locked" in said:
        return "Another program is writing to the database. Nothing was written: try again in a minute."
    if isinstance(error, OperationalError) or "not a database" in said:
        return f"The database cannot be used ({said}). Look at DATABASE_URL, and whether its server is there."
    return f"The database refuses it ({said}). Nothing was written."


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
