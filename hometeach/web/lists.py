"""What does a list page read from its address, and how does it lead on from there?

Filters, order and page stand in the address, so that a list can be kept and
passed on; a name never does. What an address asks for and no list offers is as
good as unasked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from flask import request, url_for
from flask_babel import gettext as _

Item = TypeVar("Item")
PER_PAGE = 50


@dataclass(frozen=True)
class Filter:
    """One choice by which a list is narrowed: its values with their words, the first of them "all"."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    #: What is shown where the address says nothing.
    default: str = ""

    @property
    def is_useful(self) -> bool:
        """Whether there is anything to choose between."""
        return len(self.options) > (1 if self.default else 2)

    @classmethod
    def over(cls, name: str, label: str, every: str, options: Iterable[tuple[str, str]]) -> "Filter":
        """A choice that may be left open, which is said as ``every``."""
        return cls(name, label, (("", every), *options))


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for.

    ``sorts`` are the columns by which the list can be ordered, a leading minus
    turning the order round; ``kept`` stands in the address beside the filters.
    """

    endpoint: str
    filters: Sequence[Filter] = ()
    sorts: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @cached_property
    def values(self) -> dict[str, str]:
        """The value of each filter."""
        return {one.name: self._value_of(one) for one in self.filters}

    @cached_property
    def sort(self) -> str:
        """The column to order by, with a minus where it is turned round."""
        wanted = request.args.get("sort", "")
        return wanted if wanted.removeprefix("-") in self.sorts else next(iter(self.sorts), "")

    @property
    def page(self) -> int:
        """The page of the list, from 1."""
        text = request.args.get("page", "")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1

    def address(self, **changes: str) -> str:
        """The address of the same list with something changed; a new order or filter begins at the first page."""
        wanted = {**self._in_use, **self.kept, "sort": self._sort_in_use, **changes}
        said: dict[str, Any] = {name: value for name, value in wanted.items() if value}
        return url_for(self.endpoint, **said)

    def heading(self, column: str) -> tuple[str, str]:
        """Where a click on a column's head leads, and how the list is ordered by it now."""
        if self.sort == column:
            return self.address(sort=f"-{column}"), "ascending"
        return self.address(sort=column), "descending" if self.sort == f"-{column}" else ""

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Each filter in use in words, with the address without it."""
        return [
            (_("%(what)s: %(value)s", what=one.label, value=dict(one.options)[self[one.name]]), self._without(one))
            for one in self.filters
            if self[one.name] != one.default
        ]

    def _value_of(self, one: Filter) -> str:
        wanted = request.args.get(one.name, one.default)
        return wanted if wanted in dict(one.options) else one.default

    def _without(self, one: Filter) -> str:
        return self.address(**{one.name: ""})

    @property
    def _in_use(self) -> dict[str, str]:
        return {one.name: self[one.name] for one in self.filters if self[one.name] != one.default}

    @property
    def _sort_in_use(self) -> str:
        return self.sort if self.sort != next(iter(self.sorts), "") else ""


@dataclass(frozen=True)
class Paged(Generic[Item]):
    """One page of a list, how long the list is, and where the pages beside it are."""

    items: Sequence[Item]
    total: int
    page: int
    pages: int
    previous: str
    next: str


def page_of(items: Sequence[Item], asked: Asked, per_page: int = PER_PAGE) -> Paged[Item]:
    """The page that is asked for, cut out of a list that is there whole; the last one where it has not so many."""
    number, _pages = place_of(len(items), asked.page, per_page)
    return paged(items[(number - 1) * per_page : number * per_page], len(items), asked, per_page)


def paged(items: Sequence[Item], total: int, asked: Asked, per_page: int = PER_PAGE) -> Paged[Item]:
    """A page whose items were read alone."""
    number, pages = place_of(total, asked.page, per_page)
    return Paged(
        items,
        total,
        number,
        pages,
        previous=asked.address(page=str(number - 1)) if number > 1 else "",
        next=asked.address(page=str(number + 1)) if number < pages else "",
    )


def place_of(total: int, page: int, per_page: int = PER_PAGE) -> tuple[int, int]:
    """The number of the page to show, and how many there are."""
    pages = max(1, -(-total // per_page))
    return min(page, pages), pages
