"""Bring everything that is sealed under the newest field key."""

import click

from hometeach.commands.telling import Told
from hometeach.kernel import audit, sealing
from hometeach.kernel.jobs import committed, only_reading
from hometeach.kernel.resealing import SealedColumn, count_earlier, reseal_some, sealed_columns


@click.command("rotate-field-key", cls=Told)
def rotate_field_key() -> None:
    """Seal every field again with HOMETEACH_FIELD_KEY; the earlier keys stand in HOMETEACH_FIELD_KEYS_BEFORE.

    It may be stopped and started again at any time, while the product runs.
    """
    with only_reading():
        columns = list(sealed_columns())
    resealed = sum(_reseal(column) for column in columns if not column.is_kept)
    with only_reading():
        left = {one.name: count for one in columns if (count := count_earlier(one))}
    with committed():
        named = sealing.keys().field_key_id.decode()
        detail = {"resealed": resealed, "left": sum(left.values())}
        audit.record("field_key:rotate", actor="set-up", about=f"field_key:{named}", detail=detail)
    click.echo(f"{resealed} values sealed again with the newest key")
    _tell(left)


def _reseal(column: SealedColumn) -> int:
    done, after = 0, 0
    while True:
        with committed():
            some, last = reseal_some(column, after=after)
        if last is None:
            return done
        done, after = done + some, last


def _tell(left: dict[str, int]) -> None:
    if not left:
        click.echo("nothing is left under an earlier key: HOMETEACH_FIELD_KEYS_BEFORE can be taken away")
        return
    for name, count in left.items():
        click.echo(f"{name}: {count} rows stay as they were written")
    click.echo("keep the earlier keys in HOMETEACH_FIELD_KEYS_BEFORE for these rows, which are never changed")
