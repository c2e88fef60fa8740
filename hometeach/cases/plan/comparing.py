"""What is different between two versions of a plan, field by field?

Pure. A version is told as fields with a heading; two tellings are laid beside
each other by what each field is about, never by its place in a list.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Told(NamedTuple):
    """One field of one version. ``about`` and ``field`` are keys; ``value`` is as a person reads it."""

    about: str
    field: str
    value: str


class Difference(NamedTuple):
    """A field that reads otherwise; an empty side is new or taken away."""

    about: str
    field: str
    before: str
    after: str


def differences(before: Iterable[Told], after: Iterable[Told]) -> list[Difference]:
    """Every field that is not the same, in the order of the later version, then what is gone."""
    earlier = {(one.about, one.field): one.value for one in before}
    later = {(one.about, one.field): one.value for one in after}
    return list(_differing(earlier, later))


def _differing(earlier: dict[tuple[str, str], str], later: dict[tuple[str, str], str]) -> Iterator[Difference]:
    for key in dict.fromkeys((*later, *earlier)):
        was, now = earlier.get(key, ""), later.get(key, "")
        if was != now:
            yield Difference(*key, was, now)
