"""How is a value of the environment read? One left empty is not given; one that cannot be read stops the start.

Each function takes the variable's name and what holds where it is not given.
Raises: SystemExit with the name, what stands there, and what to write.
"""

import math
import os
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

#: No wait that a deployment sets is longer, in seconds: a week.
LONGEST_WAIT = 604_800.0


def given(name: str, default: str = "") -> str:
    """A few words."""
    return os.environ.get(name, "").strip() or default


def secret(name: str) -> str:
    """A password, to the last blank."""
    return os.environ.get(name, "")


def folder(name: str) -> Path | None:
    """A folder, where one is named."""
    return Path(text) if (text := given(name)) else None


def whole(name: str, default: int, *, most: int) -> int:
    """A whole number from 0 to ``most``."""
    text = given(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise _unreadable(name, f"a whole number from 0 to {most}")
    return int(text)


def seconds(name: str, default: str) -> float:
    """A time in seconds, more than nothing."""
    found = _number(given(name, default))
    if not 0 < found <= LONGEST_WAIT:
        raise _unreadable(name, f"seconds, as in {default}")
    return found


def waits(name: str, default: str) -> tuple[float, ...]:
    """Waits in seconds, apart by commas; none is 0."""
    found = tuple(_number(part) for part in given(name, default).split(","))
    if not all(0 <= one <= LONGEST_WAIT for one in found):
        raise _unreadable(name, f"seconds apart by commas, as in {default}")
    return found


def one_of(name: str, *choices: str) -> str:
    """One of these words; the first where nothing is said."""
    word = given(name, choices[0]).lower()
    if word not in choices:
        raise _unreadable(name, f"one of {', '.join(choices)}")
    return word


def listed(name: str) -> list[str]:
    """What stands there apart by commas."""
    return [part.strip() for part in given(name).split(",") if part.strip()]


def pairs(name: str, how: str) -> list[list[str]]:
    """The same, of two words each; ``how`` says what they are."""
    found = [part.split() for part in listed(name)]
    if any(len(pair) != 2 for pair in found):
        raise _unreadable(name, how)
    return found


def database(default: str) -> str:
    """The database's address. It is not repeated where it cannot be used: a password stands in it."""
    text = given("DATABASE_URL", default)
    if not _can_be_used(text):
        raise SystemExit(
            "DATABASE_URL is not one that can be used. Write one of\n"
            "    sqlite:////absolute/path/hometeach.db\n"
            "    postgresql+psycopg://user:password@host:5432/database"
        )
    return text


def _can_be_used(address: str) -> bool:
    """Whether it is a server's, or a file's that is the same wherever one stands."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return False
    if url.get_backend_name() == "sqlite":
        return url.database in (None, "", ":memory:") or Path(url.database).is_absolute()
    return url.drivername == "postgresql+psycopg"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _unreadable(name: str, how: str) -> SystemExit:
    return SystemExit(f"Not started: {name}={os.environ.get(name)!r} cannot be read. Write {how}.")
