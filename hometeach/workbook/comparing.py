"""What would a workbook change, where somebody may have changed something since?

Pure. Three sides, field by field: what the last import wrote, what the new
workbook states, what stands now. What the workbook still states as before is
left to whoever edited it in the app; what it states anew is taken over, unless
the app holds something else again: then both are shown and the app's stays.
Nothing is ever deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hometeach.workbook.layout import Value

#: A value as JSON holds it, so that what was kept and what is read compare alike.
Plain = str | int | float | bool | None | list["Plain"]
Key = tuple[str, ...]
#: What stands for a row that is not there, where a field's value is asked for.
ABSENT = "—"


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that the workbook states: its key, its row in the sheet, its values by field."""

    key: Key
    row: int
    values: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after."""

    field: str
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True)
class Update:
    """One thing whose fields are taken over from the workbook."""

    stated: Stated
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both the workbook and the app have changed; the app's value stays."""

    stated: Stated
    field: str
    app: Plain
    workbook: Plain


@dataclass(slots=True)
class ListChanges:
    """What one list would change."""

    created: list[Stated] = field(default_factory=list)
    updated: list[Update] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    #: Keys that the last import wrote and that this workbook no longer has; kept all the same.
    missing: list[Key] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written and nobody need look."""
        return not (self.created or self.updated or self.conflicts or self.missing)


def plain(value: Value | StrEnum) -> Plain:
    """The value as JSON holds it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def compare_list(
    stated: Sequence[Stated],
    *,
    base: Mapping[Key, Mapping[str, Plain]],
    standing: Mapping[Key, Mapping[str, Plain]],
    unstated: frozenset[str] = frozenset(),
) -> ListChanges:
    """What these statements would change.

    ``base`` is what the last import wrote, ``standing`` what stands now.
    ``unstated`` fields have no column in this workbook: only what is new takes
    their defaults.
    """
    changes = ListChanges()
    for one in stated:
        kept, now = base.get(one.key), standing.get(one.key)
        if now is None and kept is None:
            changes.created.append(one)
        else:
            _compare_one(one, kept, now, unstated, changes)
    return changes


def _compare_one(
    one: Stated,
    kept: Mapping[str, Plain] | None,
    now: Mapping[str, Plain] | None,
    unstated: frozenset[str],
    changes: ListChanges,
) -> None:
    taken: list[FieldChange] = []
    conflicts: list[Conflict] = []
    for name, new in one.values.items():
        if name in unstated or (kept is not None and kept.get(name) == new):
            continue
        current = ABSENT if now is None else now.get(name)
        if current == new:
            continue
        if now is not None and kept is not None and current == kept.get(name):
            taken.append(FieldChange(name, current, new))
        else:
            conflicts.append(Conflict(one, name, current, new))
    if taken:
        changes.updated.append(Update(one, tuple(taken)))
    changes.conflicts += conflicts
    changes.unchanged += not (taken or conflicts)
