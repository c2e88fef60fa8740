"""Take a bureau's workbook in: say what it would change, and do all of it or nothing.

Reading and checking need no transaction and hold nobody up; what is written is
one short transaction, and what it would change is worked out again inside it.
Nothing here commits.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from hometeach.compliance.actions import plan_ahead, rebuild_ledger
from hometeach.kernel import audit
from hometeach.kernel.clock import today
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.founding import found_bureau
from hometeach.programmes import dictionary
from hometeach.programmes.actions import load_dictionary
from hometeach.programmes.models import all_indicators
from hometeach.visits.recording.pairing import pair_with_plan
from hometeach.workbook import rules
from hometeach.workbook.clashes import clashes
from hometeach.workbook.comparing import Key, ListChanges, Stated, compare_list
from hometeach.workbook.faults import Fault, Note, in_reading_order
from hometeach.workbook.keeping import KEPT
from hometeach.workbook.keeping.base import Base, base_of, keep_base
from hometeach.workbook.keeping.cases import adopt_cases
from hometeach.workbook.keeping.fields import Ids
from hometeach.workbook.keeping.sessions import drop_stale_plan, keep_order
from hometeach.workbook.keeping.table import StandingRows
from hometeach.workbook.layout import SHEETS
from hometeach.workbook.models import ImportRun, state_of_imports
from hometeach.workbook.opening import open_workbook
from hometeach.workbook.reading import read_sheets
from hometeach.workbook.stating import LISTS, state_lists

#: Hears how many of how many steps are done.
Told = Callable[[int, int], None]
#: Lists that every child's ledger rests on.
ABOUT_EVERYBODY = ("rules", "calendar")
#: Lists whose rows tell of one child's days, and how it is named there.
ABOUT_ONE_CHILD = ("agreements", "suspensions", "slots", "visits", "absences")


class FaultyWorkbook(Refused):
    """A workbook in which something is wrong; every place of it is in ``faults``."""

    def __init__(self, faults: Sequence[Fault]):
        super().__init__(
            "workbook:faulty",
            _(
                "%(count)s places in the workbook are not right. Nothing was taken in: correct them and try again.",
                count=len(faults),
            ),
        )
        self.faults = list(faults)


@dataclass(frozen=True)
class Statements:
    """A workbook that has been read and found right: what it states, by list, and what it says nothing of."""

    sha256: str
    lists: Mapping[str, list[Stated]]
    unstated: Mapping[str, frozenset[str]]
    notes: Sequence[Note]


@dataclass(frozen=True)
class Changes:
    """What a workbook would change, or has changed, by list in the order of writing."""

    sha256: str
    #: The import that this was compared with, 0 for none.
    after_run: int
    lists: Mapping[str, ListChanges]
    notes: Sequence[Note]

    @property
    def is_empty(self) -> bool:
        """Whether everything stands already as the workbook states it."""
        return all(changes.is_empty for changes in self.lists.values())

    @property
    def token(self) -> str:
        """Names exactly these changes, so that what was looked at is what is done."""
        told = {name: _told(changes) for name, changes in self.lists.items()}
        text = json.dumps([self.sha256, told], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind, by list."""
        return {
            name: {
                "created": len(changes.created),
                "updated": len(changes.updated),
                "unchanged": changes.unchanged,
                "conflicts": len(changes.conflicts),
                "missing": len(changes.missing),
            }
            for name, changes in self.lists.items()
        }


@dataclass(frozen=True)
class _Compared:
    """One list's changes with what is needed to write them."""

    base: Base
    stated: list[Stated]
    #: What the last import did not state, or otherwise.
    other: list[Stated]
    standing: StandingRows
    changes: ListChanges


def read_workbook(source: bytes | Path, told: Told = lambda done, total: None) -> Statements:
    """What a workbook states, once it is found right from end to end. Needs no transaction.

    Raises: Refused (``workbook:…``) if it cannot be read; FaultyWorkbook if anything in it is wrong.
    """
    sheets = [layout.sheet for layout in SHEETS]
    opened = open_workbook(source, sheets)
    reading = read_sheets(opened.sheets, opened.other_sheets, told)
    faults = reading.faults + rules.check(reading, all_indicators() or dictionary.indicators())
    if faults:
        raise FaultyWorkbook(in_reading_order(faults, sheets))
    unstated = {one.name: one.unstated(reading.sheets[one.layout.name]) for one in LISTS}
    return Statements(opened.sha256, state_lists(reading), unstated, reading.notes)


def preview_import(statements: Statements) -> Changes:
    """What the workbook would change. Writes nothing.

    Raises: FaultyWorkbook where what stands leaves no room for it.
    """
    return _as_changes(statements, _compare(statements, Ids()))


def apply_import(
    statements: Statements,
    *,
    by: str,
    bureau_name: str,
    expected: str | None = None,
    told: Told = lambda done, total: None,
) -> Changes:
    """Take the workbook in, in the running transaction.

    ``expected`` is the token of the changes that somebody looked at.

    Raises: Refused ``workbook:changed_meanwhile`` where they would be others by now;
    FaultyWorkbook where what stands leaves no room for it.
    """
    audit.turn_first()
    found_bureau(bureau_name)
    load_dictionary()
    ids = Ids(by=by)
    compared = _compare(statements, ids)
    changes = _as_changes(statements, compared)
    if expected is not None and changes.token != expected:
        raise Refused(
            "workbook:changed_meanwhile",
            _("Something has changed since these changes were listed. Look at them again, then take them in."),
        )
    run = _begin_run(changes, compared, by)
    for done, (name, list_compared) in enumerate(compared.items(), start=1):
        _write(name, list_compared, ids, run)
        told(done, len(compared) + 1)
    if "visits" in compared:
        keep_order(compared["visits"].stated)
    if run is not None:
        _follow_up(changes, ids)
    told(len(compared) + 1, len(compared) + 1)
    return changes


def _compare(statements: Statements, ids: Ids) -> dict[str, _Compared]:
    ids.read()
    compared = {
        name: _compare_list(name, stated, statements.unstated[name], ids) for name, stated in statements.lists.items()
    }
    _refuse_clashes(compared)
    return compared


def _refuse_clashes(compared: Mapping[str, _Compared]) -> None:
    standing = {name: {key: row.values for key, row in one.standing.items()} for name, one in compared.items()}
    faults = clashes({name: one.changes for name, one in compared.items()}, standing)
    if faults:
        raise FaultyWorkbook(in_reading_order(faults, [layout.sheet for layout in SHEETS]))


def _compare_list(name: str, stated: list[Stated], unstated: frozenset[str], ids: Ids) -> _Compared:
    """Compare one list; what stands is read only if the workbook states something else than the last one."""
    base = base_of(name)
    if unstated:
        stated = _as_before(stated, base, unstated)
    other = [one for one in stated if not base.has(one)]
    gone = base.digests.keys() - {one.key for one in stated}
    standing = KEPT[name].standing(ids) if other or gone else {}
    changes = compare_list(
        other,
        base=base.values_of([one.key for one in other]),
        standing={key: row.values for key, row in standing.items()},
        unstated=unstated,
    )
    changes.unchanged += len(stated) - len(other)
    changes.missing = sorted(key for key in gone if key in standing)
    return _Compared(base, stated, other, standing, changes)


def _as_before(stated: Iterable[Stated], base: Base, unstated: frozenset[str]) -> list[Stated]:
    """The same, where fields without a column say again what the last import said."""
    before = base.values_of(list(base.digests))
    return [
        Stated(one.key, one.row, one.values | {k: v for k, v in before.get(one.key, {}).items() if k in unstated})
        for one in stated
    ]


def _as_changes(statements: Statements, compared: Mapping[str, _Compared]) -> Changes:
    lists = {name: one.changes for name, one in compared.items()}
    return Changes(statements.sha256, state_of_imports(), lists, statements.notes)


def _begin_run(changes: Changes, compared: Mapping[str, _Compared], by: str) -> ImportRun | None:
    """The run under which rows are kept; None where the workbook states nothing that the last one did not."""
    if not any(one.other for one in compared.values()):
        return None
    run = ImportRun(sha256=changes.sha256, by=by, counts=json.dumps(changes.counts()))
    db.session.add(run)
    db.session.flush()
    detail = {"sha256": changes.sha256, "changes": changes.token, "counts": changes.counts()}
    audit.record("workbook:imported", actor=by, about=f"import_run:{run.public_id}", detail=detail)
    return run


def _write(name: str, compared: _Compared, ids: Ids, run: ImportRun | None) -> None:
    kept, changes = KEPT[name], compared.changes
    kept.create(changes.created, ids)
    kept.update(changes.updated, compared.standing, ids)
    if run is not None:
        keep_base(compared.base, compared.other, run.id)
    if changes.created and name in {"schools", "teachers", "children"}:
        ids.read()


def _follow_up(changes: Changes, ids: Ids) -> None:
    """What follows from the lists: where cases stand, planned sessions, the ledger of those touched."""
    codes = _touched(changes)
    child_ids = None if codes is None else sorted({ids.children[code] for code in codes})
    if child_ids == []:
        return
    adopt_cases(child_ids, today())
    pair_with_plan(child_ids)
    drop_stale_plan(child_ids, today())
    plan_ahead(today())
    rebuild_ledger(child_ids)


def _touched(changes: Changes) -> set[str] | None:
    """The codes of the children whose ledger may come out otherwise; None where that is everybody's."""
    if any(_writes(changes.lists.get(name)) for name in ABOUT_EVERYBODY):
        return None
    codes = {one.key[0] for one in changes.lists["children"].created}
    codes |= {one.stated.key[0] for one in changes.lists["children"].updated}
    for name in ABOUT_ONE_CHILD:
        codes |= _children_named_in(changes.lists.get(name))
    return codes


def _writes(changes: ListChanges | None) -> bool:
    return changes is not None and bool(changes.created or changes.updated)


def _children_named_in(changes: ListChanges | None) -> set[str]:
    if changes is None:
        return set()
    named = {str(one.values["child"]) for one in changes.created}
    named |= {str(one.stated.values["child"]) for one in changes.updated}
    return named | {str(c.before) for one in changes.updated for c in one.changes if c.field == "child"}


def _told(changes: ListChanges) -> list[object]:
    keys: Callable[[Iterable[Stated]], list[Key]] = lambda some: [one.key for one in some]  # noqa: E731
    return [
        keys(changes.created),
        [(one.stated.key, [(c.field, c.before, c.after) for c in one.changes]) for one in changes.updated],
        [(one.stated.key, one.field, one.app, one.workbook) for one in changes.conflicts],
        changes.missing,
    ]
