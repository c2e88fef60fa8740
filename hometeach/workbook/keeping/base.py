"""What the last import wrote, row by row: kept sealed, told apart by a keyed hash."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from hometeach.kernel import sealing
from hometeach.kernel.extensions import db
from hometeach.kernel.resealing import BETWEEN
from hometeach.workbook.comparing import Key, Plain, Stated
from hometeach.workbook.models import ImportedRow

PURPOSE = "imported_row"
TABLE: Any = ImportedRow.__table__


@dataclass(frozen=True, slots=True)
class Base:
    """The last import's rows of one list: how each was, by key."""

    list_name: str
    digests: dict[Key, bytes]

    def has(self, one: Stated) -> bool:
        """Whether the last import stated exactly the same."""
        return self.digests.get(one.key) == digest_of(self.list_name, one)

    def values_of(self, keys: Collection[Key]) -> dict[Key, Mapping[str, Plain]]:
        """The values that the last import wrote, of these rows."""
        wanted = {BETWEEN.join(key): key for key in keys if key in self.digests}
        if not wanted:
            return {}
        statement = select(TABLE.c.key, TABLE.c.values_sealed).where(TABLE.c.list_name == self.list_name)
        return {
            wanted[key]: json.loads(sealing.unseal(envelope, **_place(self.list_name, key)))
            for key, envelope in db.session.execute(statement)
            if key in wanted
        }


def base_of(list_name: str) -> Base:
    """The last import's rows of a list."""
    statement = select(TABLE.c.key, TABLE.c.digest).where(TABLE.c.list_name == list_name)
    return Base(list_name, {tuple(key.split(BETWEEN)): digest for key, digest in db.session.execute(statement)})


def keep_base(base: Base, other: Iterable[Stated], run_id: int) -> None:
    """Keep what this import states that is new, or other than before."""
    new, changed = [], []
    for one in other:
        digest = digest_of(base.list_name, one)
        key = BETWEEN.join(one.key)
        sealed = sealing.seal(_text(one), **_place(base.list_name, key))
        if one.key not in base.digests:
            new.append(
                {
                    "run_id": run_id,
                    "list_name": base.list_name,
                    "key": key,
                    "digest": digest,
                    "values_sealed": sealed,
                }
            )
        else:
            changed.append(
                {"old_list": base.list_name, "old_key": key, "new_run": run_id, "new_digest": digest, "new": sealed}
            )
    if new:
        db.session.execute(insert(TABLE), new)
    if changed:
        db.session.execute(_REPLACE, changed)


def digest_of(list_name: str, one: Stated) -> bytes:
    """The keyed hash of what is stated."""
    return sealing.blind_index(f"{list_name}{BETWEEN}{_text(one)}", purpose=PURPOSE)


_REPLACE = (
    update(TABLE)
    .where(TABLE.c.list_name == bindparam("old_list"), TABLE.c.key == bindparam("old_key"))
    .values(run_id=bindparam("new_run"), digest=bindparam("new_digest"), values_sealed=bindparam("new"))
)


def _text(one: Stated) -> str:
    return json.dumps(one.values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _place(list_name: str, key: str) -> dict[str, str]:
    return {"table": "imported_row", "column": "values_sealed", "row": f"{list_name}{BETWEEN}{key}"}
