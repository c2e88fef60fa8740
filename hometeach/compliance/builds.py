"""Under which build does a child's ledger stand, and what was made of the child under it?

Whoever changes something that a child's ledger is computed from has it computed again in the same transaction, and each
time its build gets a name that nothing had before, whether a row came out otherwise or not. So what was read and worked
out of these facts is still true as long as the build has that name, in any process and in any copy of the database.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, select

from hometeach.compliance.facts.reading import Which, ask
from hometeach.compliance.models import LedgerBuild
from hometeach.kernel.extensions import INSERTS, db
from hometeach.kernel.files import new_public_id
from hometeach.people.models import Child

#: The name of the build of each child's ledger, by the child's id.
Builds = Mapping[int, str]

_BUILDS: Any = LedgerBuild.__table__
_CHILDREN: Any = Child.__table__


def name_build(child_ids: Iterable[int]) -> str:
    """Give the ledgers of these children a build of a new name, and tell it."""
    name = new_public_id()
    rows = [{"child_id": child_id, "name": name} for child_id in sorted(child_ids)]
    if rows:
        connection = db.session.connection()
        connection.execute(_named(connection.dialect.name), rows)
    return name


def builds_of(*conditions: ColumnElement[bool]) -> dict[int, str]:
    """The builds of the children of whom the conditions (on ``Child``) hold, by the child's code.

    Asked before anything that is kept under them is read, so that what is kept is never older than its name. A ledger
    that has no build yet gets a name that is asked for only once.
    """
    db.session.flush()  # what is asked by table does not see to it
    return _named_or_not(db.session.connection().execute(_builds().where(*conditions)).all())


def builds_of_these(child_ids: Collection[int]) -> dict[int, str]:
    """The builds of these children, as :func:`builds_of` gives them."""
    db.session.flush()
    return _named_or_not(ask(_of_children, child_ids))


def _named_or_not(rows: Iterable[Any]) -> dict[int, str]:
    return {child_id: name or new_public_id() for child_id, name in rows}


def _of_children(which: Which) -> Any:
    return _builds().where(which(_CHILDREN.c.id))


@cache
def _builds() -> Any:
    return (
        select(_CHILDREN.c.id, _BUILDS.c.name)
        .select_from(_CHILDREN)
        .outerjoin(_BUILDS, _BUILDS.c.child_id == _CHILDREN.c.id)
        .order_by(_CHILDREN.c.code)
    )


Made = TypeVar("Made")


class UnderBuild(Generic[Made]):
    """What was made of children under the builds of their ledgers, as long as there is room; in one process."""

    def __init__(self, at_most: int):
        self._at_most = at_most
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Hashable, ...], Made] = OrderedDict()

    def forget(self) -> None:
        """Keep nothing of what was made so far."""
        with self._lock:
            self._kept.clear()

    def of(
        self, builds: Builds, make: Callable[[Collection[int]], Mapping[int, Made]], *, what: Hashable = None
    ) -> dict[int, Made]:
        """What was made of each child under its build; ``make`` makes what is not there yet.

        Never asked between a change of these facts and the computation of the ledger that follows it: what is read
        there would be kept under the name of what was before.
        ``what`` tells apart what is made of the same child for different questions.
        """
        found = self.kept(builds, what=what)
        lacking = [child_id for child_id in builds if child_id not in found]
        made = make(lacking) if lacking else {}
        self.keep({child_id: builds[child_id] for child_id in made}, made, what=what)
        known = found | dict(made)
        return {child_id: known[child_id] for child_id in builds if child_id in known}

    def kept(self, builds: Builds, *, what: Hashable = None) -> dict[int, Made]:
        """What is there already of these."""
        keys = {child_id: (child_id, build, what) for child_id, build in builds.items()}
        with self._lock:
            found = {child_id: self._kept[key] for child_id, key in keys.items() if key in self._kept}
            for child_id in found:
                self._kept.move_to_end(keys[child_id])
        return found

    def keep(self, builds: Builds, made: Mapping[int, Made], *, what: Hashable = None) -> None:
        """Keep what was made of each child under its build.

        One that is named in the same transaction will do: if it is undone, nobody ever asks for that name.
        """
        with self._lock:
            self._kept.update({(child_id, build, what): made[child_id] for child_id, build in builds.items()})
            while len(self._kept) > self._at_most:
                self._kept.popitem(last=False)


@cache
def _named(dialect: str) -> Any:
    """Writes the name of a build, in place of the one before."""
    statement = INSERTS[dialect](_BUILDS)
    return statement.on_conflict_do_update(index_elements=["child_id"], set_={"name": statement.excluded.name})
